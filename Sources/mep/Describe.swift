// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import OSGPTables

struct Describe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what a table holds, or what a procedure takes: fields, types, units, sizes.")

  @Argument(help: "The table or procedure: BT28, et03, 2051, EP17.")
  var table: String

  func run() throws {
    if let id = ProcedureID(name: table) {
      guard let procedure = Catalogue.procedure(id) else {
        throw Failure(.wrongUse, "The guide does not name \(id).")
      }
      return Output.line(procedure.text.joined(separator: "\n"))
    }
    guard let id = TableID(table) else {
      throw Failure(.wrongUse, "\"\(table)\" names no table: write BT28, ET03 or a number. `mep tables` lists them.")
    }
    guard let table = Catalogue.named(id) else {
      throw Failure(
        .wrongUse, "The guide does not name \(id); `mep read \(id)` shows its octets. `mep tables` lists the others.")
    }
    Output.line(table.text.joined(separator: "\n"))
  }
}

extension Table {
  /// "BT28 (28, 0x1C) Present Register Data".
  var title: String {
    let name = name.description.isEmpty ? "(without a name)" : name.description
    return "\(id) (\(id.number), 0x\(String(id.number, radix: 16, uppercase: true))) \(name)"
  }

  /// What holds of it as a whole, a sentence each.
  ///
  /// - Parameter link: how another table is mentioned.
  func facts(link: (TableID) -> String = { "\($0)" }) -> [String] {
    func list(_ tables: [Table]) -> String { tables.map { link($0.id) }.joined(separator: ", ") }
    var facts = ["Read: \(read.words.description). Write: \(write.words.description)."]
    if let since {
      let condition = Condition.firmware(from: since.meter, module: since.module)
      facts.append("Only with \(condition.description).")
    }
    if !memory.isEmpty { facts.append("Touches the meter's non-volatile memory on: \(memory.words).") }
    if !dimensionTables.isEmpty { facts.append("Shaped by: \(list(dimensionTables)).") }
    let shaped = Catalogue.tables.filter { $0.dimensionTables.contains { $0.id == id } }
    if !shaped.isEmpty { facts.append("Shapes: \(list(shaped)).") }
    if dependsOnFirmware { facts.append("Depends on the firmware version (\(link(Table.bt01.id))).") }
    if !remark.description.isEmpty { facts.append(remark.description) }
    facts.append("\(guide.title.description), page \(page).")
    if !isDescribed { facts.append("The guide does not describe its layout: \(id) can be read as octets only.") }
    return facts
  }

  /// Lines for a person.
  fileprivate var text: [String] {
    let head = [title] + facts()
    guard isDescribed else { return head }
    return head + ["", Self.heading] + rows + [""] + Self.legend
  }

  /// Its fields and their meanings.
  fileprivate var rows: [String] {
    Outline(self).rows.flatMap { row in
      [row.line]
        + row.meanings.map { Outline.Row(depth: row.depth + 1, name: "\($0.value) = \($0.words.description)").line }
    }
  }

  fileprivate static let heading = "offset  type            unit      control  name"

  fileprivate static let legend = [
    "offset   in octets from the start of the table, or (+) of an entry; none where the meter decides it",
    "unit     what 1 as stored stands for",
    "control  who sets it: F fixed, P fixed for a program ID, H the host, M the meter",
    "[ ]      how many there are, and which field tells it",
  ]
}

extension Procedure {
  /// "EP17 (2065, 0x811) Remove MEP Device".
  var title: String {
    "\(id) (\(id.number), 0x\(String(id.number, radix: 16, uppercase: true))) \(name)".trimmed
  }

  private var origin: String {
    switch source {
    case .described(let page): "MEP Client Developer's Guide, page \(page)."
    case .unproven: "The guide leaves its parameters out: these are a guess that no meter has proven (--unproven)."
    case .named: "The guide names it, and does not describe its parameters."
    }
  }

  /// Lines for a person.
  fileprivate var text: [String] {
    var text = [title, summary.description.sentence]
    if let access { text.append("Key: \(access.words).") }
    if isIdempotent == false { text.append("Calling it twice does it twice: it cannot be a step of a transaction.") }
    text.append(origin)
    guard source != .named else { return text }
    text += ["", "What is written to BT07:", Table.heading] + call.rows
    text += ["", "What is answered:", Table.heading] + response(in: .bt08).rows
    if !results.isEmpty {
      text += ["", "Result codes of its own:"] + results.map { "  \($0.value) = \($0.words)" }
    }
    return text + [""] + Table.legend
  }
}

extension String {
  fileprivate var sentence: String { (first?.uppercased() ?? "") + dropFirst() + "." }
}

extension Outline.Row {
  fileprivate var line: String {
    let offset = (place?.description ?? "").padded(to: 6, right: true)
    let lead = "\(offset)  \(type.padded(to: 14))  \(unit.padded(to: 8))  \(control.padded(to: 7))  "
    return (lead + String(repeating: "  ", count: depth) + name).trimmed
  }
}
