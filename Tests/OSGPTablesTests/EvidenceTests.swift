// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEP
import MEPTransport
import OSGPTables
import Testing

/// That nothing is left out of what the other suites compare: every heading, every printed row, a vector for every table.
@Suite struct EvidenceTests {
  // MARK: Headings

  struct Heading: CustomTestStringConvertible {
    let name: String
    let number: Int
    let page: Int
    let title: String
    var testDescription: String { name }
  }

  static let headings: [Heading] = {
    let text = (try? Fixtures.data("headings.txt")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let words = line.split(separator: " ", maxSplits: 3)
      return Heading(
        name: String(words[0]), number: Int(words[1]) ?? -1, page: Int(words[2]) ?? -1, title: String(words[3]))
    }
  }()

  /// Where the guide says two things, and the declaration follows the other: the line above the table, not the heading.
  static let contradictions = ["ET36": (name: "Manufacturer Table Actual Dimensions", page: 114)]

  @Test(arguments: headings) func isDeclaredAsItsHeadingSays(_ heading: Heading) throws {
    if heading.name.hasPrefix("EP") {
      let procedure = try #require(Catalogue.procedure(ProcedureID(number: UInt16(heading.number))))
      #expect(procedure.id.description == heading.name && procedure.source == .described(page: heading.page))
      #expect(procedure.name.description == heading.title)
    } else {
      let table = try #require(Table.named(heading.name))
      #expect(table.id == TableID(number: UInt16(heading.number)))
      if let (name, page) = Self.contradictions[heading.name] {
        #expect(table.name.description == name && name != heading.title)
        #expect(table.page == page && page != heading.page)
      } else {
        #expect(table.page == heading.page)
        #expect(table.name.description.hasPrefix(heading.title), "\(heading.title)")
      }
    }
  }

  /// The others: BT07 and BT08 have one section for both, the rest are the optical guide's.
  @Test func everyTableHasAHeading() {
    let others = Catalogue.tables.map(\.id.description).filter { id in !Self.headings.contains { $0.name == id } }
    #expect(others == ["BT03", "BT04", "BT07", "BT08", "BT20", "BT70", "BT71"])
    #expect(Self.headings.count == 69 + 3)
  }

  // MARK: Printed rows

  @Test func everyPrintedRowIsCompared() throws {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures/printed", withExtension: nil))
    let tables = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
      .map { String($0.dropLast(5)) }
    #expect(
      tables.sorted() == (PrintedOffsetsTests.tables + PrintedEntriesTests.tables + ["BT23", "BT28"]).sorted())
    var (printed, dropped, reserved, compared) = (0, 0, 0, 0)
    for table in tables {
      let rows = try PrintedRow.corrected(table)
      printed += rows.count
      dropped += rows.count { $0.name == Erratum.dropped }
      reserved += rows.count { $0.isReserved }
      compared += rows.count { $0.name != Erratum.dropped && !$0.isReserved }
    }
    let counts: [Int] = [printed, dropped, reserved, compared]
    #expect(counts == [1475, 98, 119, 1258])
    for table in PrintedEntriesTests.tables {
      let rows = try PrintedRow.corrected(table)
      let asked = PrintedEntriesTests.variants.filter { $0.table == table }.flatMap(\.rows)
      let left = rows.indices.filter { rows[$0].name != Erratum.dropped && !asked.contains($0) }
      #expect(left.isEmpty, "\(table)")
    }
  }

  /// A row of an array that no meter of the tests has entries of would be compared with nothing.
  @Test(arguments: PrintedOffsetsTests.tables) func everyRowMeetsAField(name: String) throws {
    let table = try #require(Table.named(name))
    let layouts = try Scenario.all.map { Set(try $0.layout(of: table).places.map(\.key)) }
    for row in try PrintedRow.fields(of: name) where !row.isReserved {
      // Several bits, or a table, as a whole.
      if table.groups[row.key] != nil || row.key == "C12.19Compliance" { continue }
      if case .copies? = try row.shape(Scenario.all[0].arithmetic(of: name)) { continue }
      #expect(layouts.contains { $0.contains(row.key) }, "\(row)")
    }
  }

  /// The parameters of the procedures that have a section, as printed: name, offset in BT07, octets.
  @Test(arguments: [
    (Procedure.ep17.id, [0, 1, 0], ["Action 3 1", "Device Handle 4 2"]),
    (
      Procedure.ep19.id, [1, 4, 2, 0, 4, 3, 7, 8, 9],
      [
        "Transaction Number 3 2", "Device Handle, Group Mask or Device Index Bitmask 5 2", "Request Type 7 1",
        "Write Data Length 8 1", "Write Data 9 3",
      ]
    ),
    (
      Procedure.ep19.id, [1, 4, 2, 0, 9] + [UInt8](repeating: 5, count: 20),
      [
        "Transaction Number 3 2", "Device Handle, Group Mask or Device Index Bitmask 5 2", "Request Type 7 1",
        "Image Length 8 4", "Image MAC 12 16",
      ]
    ),
    (Procedure.ep61.id, [1], ["Lock 3 1"]),
  ]) func parametersAreThePrintedOnes(id: ProcedureID, parameters: [UInt8], rows: [String]) throws {
    let procedure = try #require(Catalogue.procedure(id))
    let layout = try procedure.call.layout(in: Dimensions(), image: [0, 0, 0] + parameters)
    #expect(layout.places.dropFirst(3).map { "\($0.field.name) \($0.offset) \($0.octets)" } == rows)
  }

  // MARK: Vectors

  /// What one image of each table says: its first fields and its last ones. `MEP_RECORD=1` records them anew.
  @Test func everyTableHasAVector() throws {
    var lines = [
      "# Octets at random for each table, and what they say: the first ten fields and the last two, as offset, path and",
      "# stored value. Of more than 64 octets, the first 32 and the last 32.",
    ]
    for table in Catalogue.tables {
      var random = SeededGenerator(seed: UInt64(table.id.number))
      let (layout, octets) = try table.plausible(in: Scenario.all[1].dimensions(), using: &random)
      let decoded = Decoded(layout: layout, octets: octets)
      #expect(layout.encode(decoded.values) == octets, "\(table.id)")
      let shown = octets.count > 64 ? Hex.text(octets.prefix(32)) + "…" + Hex.text(octets.suffix(32)) : Hex.text(octets)
      lines.append("\(table.id) \(octets.count) \(shown)")
      let places = layout.places.filter { !$0.isReserved }
      lines += (places.prefix(10) + places.dropFirst(10).suffix(2)).map { place in
        let value =
          switch decoded[place] {
          case .integer(let integer)?: "\(integer)"
          case .octets(let octets)?: Hex.text(octets.prefix(16))
          case nil: "?"
          }
        return "  \(place.offset) \(place.pathText) \(value)"
      }
    }
    let text = lines.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["MEP_RECORD"] != nil {
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Fixtures/vectors.txt")
      try text.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let recorded = String(decoding: try Fixtures.data("vectors.txt"), as: UTF8.self)
    for (line, expected) in zip(text.split(separator: "\n"), recorded.split(separator: "\n")) {
      #expect(String(line) == String(expected))
    }
    #expect(text.count == recorded.count)
  }
}
