// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import Glibc
import MEPTransport
import OSGPTables

/// For `make docs`; no help shows it.
struct Document: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a Markdown page for each table that is described, and an index.", shouldDisplay: false)

  @Argument(help: "An existing folder.")
  var folder: String

  @Option(help: "Wireshark's dissector, whose names of tables are written anew as well.")
  var dissector: String?

  func run() throws {
    try write(Self.index, to: "\(folder)/README.md")
    for table in Catalogue.tables { try write(table.markdown, to: "\(folder)/\(table.id).md") }
    if let dissector { try name(tablesIn: dissector) }
  }

  /// Puts the names of all tables between two lines of the dissector.
  private func name(tablesIn path: String) throws {
    let lines = Files.text(path)?.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) ?? []
    guard let begin = lines.firstIndex(where: { $0.hasPrefix("-- begin of names") }),
      let end = lines.firstIndex(of: "-- end of names"), begin < end
    else { throw Failure(.wrongUse, "\(path) is no dissector with a place for the names of tables.") }
    let names = (Catalogue.tables + Catalogue.namedOnly).sorted { $0.id.number < $1.id.number }.map { table in
      "  [\(table.id.number)] = \"\("\(table.id) \(table.name)".trimmed)\","
    }
    try write(
      lines[...begin] + ["local names = {"] + names + ["}"] + lines[end...].dropLast(lines.last == "" ? 1 : 0), to: path
    )
  }

  private func write(_ lines: [String], to path: String) throws {
    guard let file = fopen(path, "w") else {
      throw Failure(.wrongUse, "\(path) cannot be written: \(String(cString: strerror(errno))).")
    }
    let failure = Output.put(lines.joined(separator: "\n") + "\n", on: fileno(file))
    fclose(file)
    if let failure { throw Failure(.other, "\(path) cannot be written: \(String(cString: strerror(failure))).") }
  }

  private static var index: [String] {
    func row(_ table: Table, _ last: String) -> String {
      let name = table.isDescribed ? "[\(table.id)](\(table.id).md)" : "\(table.id)"
      let access = "\(table.read.words) | \(table.write.words) | \(table.memory.words)"
      return "| \(name) | \(table.id.number) | \(table.hexadecimal) | \(access) | \(last) |"
    }
    return [
      Table.origin, "# Tables", "",
      "Which key reads and writes a table, and which of the two touches the meter's non-volatile memory (NVM).", "",
      "| table | number | hex | read | write | NVM | name |", "|---|---|---|---|---|---|---|",
    ] + Catalogue.tables.map { row($0, $0.name.description) } + [
      "", "## Named only", "",
      "The guide names these and does not describe them: `mep read` shows their octets.", "",
      "| table | number | hex | read | write | NVM | page | name | what is said of it |",
      "|---|---|---|---|---|---|---|---|---|",
    ] + Catalogue.namedOnly.map { row($0, "\($0.page) | \($0.name) | \($0.remark)") }
  }
}

extension Table {
  fileprivate var hexadecimal: String {
    let digits = String(id.number, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  fileprivate static let origin = "<!-- Made from the declarations in Sources/OSGPTables by `make docs`. -->"

  fileprivate var markdown: [String] {
    [Self.origin, "# \(title)", ""]
      + facts(link: { "[\($0)](\($0).md)" }).map { "- \($0)" } + [
        "", "| offset | type | unit | control | field | values |", "|---:|---|---|---|---|---|",
      ] + Outline(self).rows.map(\.cells) + [
        "",
        "Offsets are in octets from the start of the table, or (+) of an entry; none where the meter decides it. The unit",
        "is what 1 as stored stands for. Control: F fixed, P fixed for a program ID, H the host, M the meter. In brackets:",
        "how many there are, and which field tells it.",
      ]
  }
}

extension Outline.Row {
  /// A row of a Markdown table; a dot for each array, group and condition around it.
  fileprivate var cells: String {
    let values = meanings.map { "\($0.value) \($0.words)" }.joined(separator: "<br>")
    let field = String(repeating: "· ", count: depth) + name
    let cells = [place?.description ?? "", type, unit, control, field, values]
    return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
  }
}
