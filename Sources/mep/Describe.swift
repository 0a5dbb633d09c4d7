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
    guard let declared = Catalogue.table(id) else {
      throw Failure(
        .wrongUse, "\(id) is not declared; `mep read \(id)` shows its octets. `mep tables` lists the others.")
    }
    Output.line(declared.description.joined(separator: "\n"))
  }
}

extension Table {
  /// Lines for a person.
  fileprivate var description: [String] {
    var lines = [
      "\(id) (\(id.number), 0x\(String(id.number, radix: 16, uppercase: true))) \(name.description)",
      "Read: \(read.words.description). Write: \(write.words.description).",
    ]
    if !memory.isEmpty { lines.append("Touches the meter's non-volatile memory on: \(memory.words).") }
    let shaped = dimensionTables.map { "\($0.id)" }
    if !shaped.isEmpty { lines.append("Shaped by: \(shaped.joined(separator: ", ")).") }
    if dependsOnFirmware { lines.append("Depends on the firmware version (BT01).") }
    lines.append("\(guide.title.description), page \(page).")
    var outline = Outline()
    var offset: Int? = 0
    outline.add(elements, at: &offset)
    return lines + [""] + outline.lines + [""] + Outline.legend
  }
}

/// The parts of a table, a line each: where it lies, what it is, who sets it.
private struct Outline {
  static let legend = [
    "offset   in octets from the start of the table, or (+) of an entry; none where the meter decides it",
    "unit     what 1 as stored stands for",
    "control  who sets it: F fixed, P fixed for a program ID, H the host, M the meter",
    "[ ]      how many there are, and which field tells it",
  ]

  private(set) var lines = ["offset  type            unit      control  name"]

  /// - Parameter offset: nil from where on the meter's dimensions decide it.
  mutating func add(_ elements: [Element], at offset: inout Int?, indent: Int = 0, inEntry: Bool = false) {
    for element in elements {
      let place = offset.map { (inEntry ? "+" : "") + "\($0)" } ?? ""
      switch element {
      case .field(let field):
        add(field, place, indent)
        offset = field.size.constant.flatMap { size in offset.map { $0 + size } }
      case .bits(let name, let octets, let fields):
        line(indent, name.description + ":", place, type: octetsText(octets))
        for field in fields where field.type != .reserved { add(field, "", indent + 1) }
        offset = offset.map { $0 + octets }
      case .array(let array):
        line(indent, array.heading, place, type: "array")
        var inner: Int? = array.entry.count == 1 ? nil : 0
        add(array.entry, at: &inner, indent: indent + 1, inEntry: true)
        offset = nil
      case .when(let condition, let then, let otherwise):
        line(indent, "if \(condition.description):")
        var inner = offset
        add(then, at: &inner, indent: indent + 1, inEntry: inEntry)
        var other = offset
        if !otherwise.isEmpty {
          line(indent, "else:")
          add(otherwise, at: &other, indent: indent + 1, inEntry: inEntry)
        }
        // Parts that newer firmware adds stand at the end; behind others nothing is certain.
        offset = condition.isFirmware ? inner : nil
      }
    }
  }

  private mutating func add(_ field: Field, _ place: String, _ indent: Int) {
    let name = field.name.description.isEmpty ? "(value)" : field.name.description
    let size = field.size.constant == nil ? " [\(field.size.description) octets]" : ""
    line(
      indent, name + size, place, type: field.typeText, unit: field.quantity?.text ?? "",
      control: field.control.letter.description)
    for meaning in field.meanings { line(indent + 1, "\(meaning.value) = \(meaning.words.description)") }
  }

  private mutating func line(
    _ indent: Int, _ text: String, _ place: String = "", type: String = "", unit: String = "", control: String = ""
  ) {
    let lead =
      "\(place.padded(to: 6, right: true))  \(type.padded(to: 14))  \(unit.padded(to: 8))  \(control.padded(to: 7))  "
    lines.append((lead + String(repeating: "  ", count: indent) + text).trimmed)
  }
}

extension ArrayElement {
  fileprivate var heading: String {
    var heading = "\(name.description.isEmpty ? "(entries)" : name.description) [\(count.description)]"
    if let stride { heading += ", an entry every \(stride.description) octets" }
    if let labels { heading += ", named and scaled by \(labels.numbers.description)" }
    return heading
  }
}

extension Field {
  fileprivate var typeText: String {
    if let bits {
      return bits.count == 1 ? "bit \(bits.lowerBound)" : "bits \(bits.lowerBound)…\(bits.upperBound)"
    }
    let octets = size.constant
    return switch type {
    case .unsigned: "UINT\((octets ?? 0) * 8)"
    case .signed: "INT\((octets ?? 0) * 8)"
    case .flag: "bit"
    case .text: "text" + (octets.map { ", \($0)" } ?? "")
    case .bcd: "BCD" + (octets.map { ", \($0)" } ?? "")
    case .set: "set" + (octets.map { ", \($0)" } ?? "")
    case .octets, .reserved: octets.map(octetsText) ?? "octets"
    case .time: "TIME"
    case .longTime: "LTIME_DATE"
    case .shortTime: "STIME_DATE"
    case .date: "date"
    }
  }
}

private func octetsText(_ count: Int) -> String { count == 1 ? "1 octet" : "\(count) octets" }

extension Quantity {
  /// "0.001 V"; "W" for one of it.
  fileprivate var text: String {
    let one = value(of: 1).description
    return (one == "1" ? unit.symbol.description : "\(one) \(unit.symbol.description)").trimmed
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
