// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import OSGPTables

struct Describe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what a table holds: its fields, their types and units, and where its size comes from.")

  @Argument(help: "BT28, et03, 2051.")
  var table: String

  func run() throws {
    guard let id = TableID(table) else {
      throw Failure(.wrongUse, "\"\(table)\" names no table: write BT28, ET03 or a number. `mep tables` lists them.")
    }
    guard let declared = Catalogue.table(id) else {
      throw Failure(.wrongUse, "\(id) is not declared; `mep read \(id)` shows its octets. `mep tables` lists the others.")
    }
    Output.line(declared.description.joined(separator: "\n"))
  }
}

extension Table {
  /// Lines for a person.
  var description: [String] {
    var lines = [
      "\(id) (\(id.number), 0x\(String(id.number, radix: 16, uppercase: true))) \(name.description)",
      "Read: \(read.words.description). Write: \(write.words.description).",
    ]
    if !memory.isEmpty { lines.append("Touches the meter's non-volatile memory on: \(memory.words).") }
    let shaped = dimensionTables.map { "\($0.id)" }
    if !shaped.isEmpty { lines.append("Shaped by: \(shaped.joined(separator: ", ")).") }
    if dependsOnFirmware { lines.append("Depends on the firmware version (BT01).") }
    lines.append("MEP Client Developer's Guide, page \(page).")
    lines.append("")
    lines.append("offset  type            unit  control  name")
    var offset: Int? = 0
    for element in elements { element.describe(into: &lines, offset: &offset, indent: 0) }
    return lines
  }
}

extension Element {
  /// `offset` is known until a part is reached whose size the meter decides.
  fileprivate func describe(into lines: inout [String], offset: inout Int?, indent: Int) {
    switch self {
    case .field(let field):
      lines.append(field.line(offset: offset, type: field.typeText, indent: indent))
      lines += field.meaningLines(indent)
      offset = field.size.constant.flatMap { size in offset.map { $0 + size } }
    case .bits(let name, let octets, let fields):
      lines.append(Self.line(offset, octets == 1 ? "1 octet" : "\(octets) octets", "", "", name.description + ":", indent))
      for field in fields where field.type != .reserved {
        lines.append(field.line(offset: nil, type: field.typeText, indent: indent + 1))
        lines += field.meaningLines(indent + 1)
      }
      offset = offset.map { $0 + octets }
    case .array(let array):
      var heading = "\(array.name.description) [\(array.count.description)]"
      if let stride = array.stride { heading += ", an entry every \(stride.description) octets" }
      if let labels = array.labels { heading += ", named and scaled by \(labels.numbers.description)" }
      lines.append(Self.line(offset, "array", "", "", heading, indent))
      var inner: Int?
      for element in array.entry { element.describe(into: &lines, offset: &inner, indent: indent + 1) }
      offset = nil
    case .when(let condition, let then, let otherwise):
      lines.append(Self.line(nil, "", "", "", "if \(condition.description):", indent))
      var inner = offset
      for element in then { element.describe(into: &lines, offset: &inner, indent: indent + 1) }
      if !otherwise.isEmpty {
        lines.append(Self.line(nil, "", "", "", "else:", indent))
        var inner = offset
        for element in otherwise { element.describe(into: &lines, offset: &inner, indent: indent + 1) }
      }
      // Parts that newer firmware adds stand at the end; behind others nothing is certain.
      offset = condition.isFirmware ? inner : nil
    }
  }

  fileprivate static func line(
    _ offset: Int?, _ type: String, _ unit: String, _ control: String, _ name: String, _ indent: Int
  ) -> String {
    let place = (offset.map(String.init) ?? "").padded(to: 6, right: true)
    let lead = "\(place)  \(type.padded(to: 14))  \(unit.padded(to: 4))  \(control.padded(to: 7))  "
    return (lead + String(repeating: "  ", count: indent) + name).trimmed
  }
}

extension Field {
  fileprivate func line(offset: Int?, type: String, indent: Int) -> String {
    let unit = quantity?.unit.symbol.description ?? ""
    let title = name.description.isEmpty ? "(value)" : name.description
    return Element.line(offset, type, unit, control.letter.description, title, indent)
  }

  fileprivate func meaningLines(_ indent: Int) -> [String] {
    meanings.map { Element.line(nil, "", "", "", "  \($0.value) = \($0.words.description)", indent) }
  }

  fileprivate var typeText: String {
    if let bits {
      return bits.count == 1 ? "bit \(bits.lowerBound)" : "bits \(bits.lowerBound)…\(bits.upperBound)"
    }
    let octets = size.constant
    return switch type {
    case .unsigned: "UINT\((octets ?? 0) * 8)"
    case .signed: "INT\((octets ?? 0) * 8)"
    case .flag: "bit"
    case .text: "text, \(size.description)"
    case .octets: "\(size.description) octets"
    case .set: octets == nil ? "set" : "set, \(size.description)"
    case .time: "TIME"
    case .longTime: "LTIME_DATE"
    case .shortTime: "STIME_DATE"
    case .date: "date"
    case .reserved: octets == nil ? "reserved" : "\(size.description) octets"
    }
  }
}

extension Count {
  fileprivate var constant: Int? {
    if case .exactly(let n) = self { n } else { nil }
  }
}

extension Condition {
  fileprivate var isFirmware: Bool {
    switch self {
    case .firmware, .version: true
    case .any(let conditions): conditions.allSatisfy(\.isFirmware)
    default: false
    }
  }
}
