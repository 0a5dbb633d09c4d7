// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import OSGPTables

struct Describe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what a table holds: its fields, their types and units, and where its size comes from.")

  @Argument(help: "The table: BT28, et03, 2051.")
  var table: String

  func run() throws {
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
    let rows = Outline(self).rows.flatMap { row in
      [row.line]
        + row.meanings.map { Outline.Row(depth: row.depth + 1, name: "\($0.value) = \($0.words.description)").line }
    }
    return head + ["", "offset  type            unit      control  name"] + rows + [""] + Self.legend
  }

  private static let legend = [
    "offset   in octets from the start of the table, or (+) of an entry; none where the meter decides it",
    "unit     what 1 as stored stands for",
    "control  who sets it: F fixed, P fixed for a program ID, H the host, M the meter",
    "[ ]      how many there are, and which field tells it",
  ]
}

extension Outline.Row {
  fileprivate var line: String {
    let offset = (place?.description ?? "").padded(to: 6, right: true)
    let lead = "\(offset)  \(type.padded(to: 14))  \(unit.padded(to: 8))  \(control.padded(to: 7))  "
    return (lead + String(repeating: "  ", count: depth) + name).trimmed
  }
}
