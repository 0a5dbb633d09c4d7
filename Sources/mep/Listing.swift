// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient

/// How rows are to come out.
struct ListingOptions: ParsableArguments {
  @Flag(help: "JSON: one object a line.")
  var json = false

  @Flag(help: "CSV with a line of names.")
  var csv = false

  @Flag(help: "Times in UTC, not in this computer's zone.")
  var utc = false

  func validate() throws {
    if json, csv { throw Failure(.wrongUse, "--json and --csv exclude each other: give one of them.") }
  }

  /// Neither JSON nor CSV.
  var isText: Bool { !json && !csv }

  /// For times that the meter has in its local time only.
  func refuseUTC() throws {
    if utc { throw Failure(.wrongUse, "The meter has these times in its local time only: leave --utc out.") }
  }
}

/// Rows for a person, for a program or for a spreadsheet: the same rows, the same names.
struct Listing {
  struct Column {
    /// The published name, in JSON and CSV.
    let key: String
    let label: String

    init(_ key: String, _ label: String) {
      self.key = key
      self.label = label
    }
  }

  let columns: [Column]
  private(set) var rows: [[JSON]] = []

  init(_ columns: [Column]) { self.columns = columns }

  mutating func add(_ row: [JSON]) {
    precondition(row.count == columns.count, "a row has \(columns.count) cells")
    rows.append(row)
  }

  /// JSON and CSV tell with each row when it was read, which is now.
  ///
  /// - Parameter isContinued: it goes on behind rows of the same columns: CSV names them no more.
  func print(_ options: ListingOptions, empty: String, isContinued: Bool = false) {
    let readAt = JSON.string(Clock.now())
    if options.json {
      for row in rows {
        Output.line(JSON.object(zip(columns.map(\.key), row).map { ($0, $1) } + [(Self.readAt, readAt)]))
      }
    } else if options.csv {
      let lines = (isContinued ? [] : [columns.map(\.key) + [Self.readAt]]) + rows.map { ($0 + [readAt]).map(\.plain) }
      for line in lines { Output.line(CSV.line(line)) }
    } else if rows.isEmpty {
      Output.line(empty)
    } else {
      Output.line(text.joined(separator: "\n"))
    }
  }

  private static let readAt = "read_at"

  /// Columns that line up; numbers to the right, empty columns left out.
  var text: [String] {
    let shown = columns.indices.filter { i in rows.contains { !$0[i].isEmpty } }
    let isNumber = columns.indices.map { i in rows.allSatisfy { $0[i].isNumber || $0[i].isEmpty } }
    let widths = columns.indices.map { i in rows.map { $0[i].plain.count }.reduce(columns[i].label.count, max) }
    func line(_ cells: [String]) -> String {
      shown.map { cells[$0].padded(to: widths[$0], right: isNumber[$0]) }.joined(separator: "  ").trimmed
    }
    return [line(columns.map(\.label))] + rows.map { line($0.map(\.plain)) }
  }
}

extension JSON {
  fileprivate var isNumber: Bool {
    switch self {
    case .integer, .number: true
    default: false
    }
  }

  fileprivate var isEmpty: Bool { plain.isEmpty }
}
