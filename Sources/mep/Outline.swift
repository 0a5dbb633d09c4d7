// SPDX-License-Identifier: Apache-2.0
import C1219

/// The parts of a table in the order of its octets, in words: where each lies, what it is, who sets it.
struct Outline {
  struct Row {
    /// How many arrays, groups and conditions it is in.
    let depth: Int
    var place: Place?
    var type = ""
    var unit = ""
    var control = ""
    let name: String
    var meanings: [Meaning] = []
  }

  /// In octets, from the start of the table or of the entry of an array.
  struct Place: CustomStringConvertible {
    var offset: Int
    let isInEntry: Bool

    var description: String { (isInEntry ? "+" : "") + "\(offset)" }
  }

  private(set) var rows: [Row] = []

  init(_ table: Table) {
    var offset: Int? = 0
    add(table.elements, at: &offset, Surroundings())
  }

  private struct Surroundings {
    var depth = 0
    var isInEntry = false
    /// An entry's only value lies where the entry does.
    var isAlone = false

    var inner: Surroundings { Surroundings(depth: depth + 1, isInEntry: isInEntry) }

    func entry(of array: ArrayElement) -> Surroundings {
      var isAlone = false
      if array.entry.count == 1 {
        switch array.entry[0] {
        case .field, .array: isAlone = true
        case .bits, .section, .when: break
        }
      }
      return Surroundings(depth: depth + 1, isInEntry: true, isAlone: isAlone)
    }
  }

  /// - Parameter offset: nil from where on the meter's dimensions decide it.
  private mutating func add(_ elements: [Element], at offset: inout Int?, _ around: Surroundings) {
    for element in elements {
      let place = around.isAlone ? nil : offset.map { Place(offset: $0, isInEntry: around.isInEntry) }
      switch element {
      case .field(let field):
        rows.append(Row(field, place, around.depth))
        offset += field.size.constant
      case .bits(let name, let octets, let fields):
        rows.append(Row(depth: around.depth, place: place, type: Row.octets(octets), name: name.description + ":"))
        for field in fields where field.type != .reserved { rows.append(Row(field, nil, around.depth + 1)) }
        offset += octets
      case .array(let array):
        rows.append(Row(depth: around.depth, place: place, type: "array", name: array.heading))
        var size: Int? = 0
        add(array.entry, at: &size, around.entry(of: array))
        if let stride = array.stride { size = stride.constant }
        offset += array.count.constant.flatMap { count in size.map { count * $0 } }
      case .section(let name, let octets, let elements):
        rows.append(
          Row(depth: around.depth, place: place, type: "section", name: "\(name) [\(octets.inOctets)]:"))
        var inner = offset
        add(elements, at: &inner, around.inner)
        offset += octets.constant
      case .when(let condition, let then, let otherwise):
        rows.append(Row(depth: around.depth, name: "if \(condition.description):"))
        var (inner, other) = (offset, offset)
        add(then, at: &inner, around.inner)
        if !otherwise.isEmpty {
          rows.append(Row(depth: around.depth, name: "else:"))
          add(otherwise, at: &other, around.inner)
        }
        // What firmware decides is as the newest one has it.
        offset = condition.holdsOfTheNewest.map { $0 ? inner : other } ?? (inner == other ? inner : nil)
      }
    }
  }
}

extension Int? {
  fileprivate static func += (offset: inout Int?, octets: Int?) {
    offset = offset.flatMap { offset in octets.map { offset + $0 } }
  }
}

extension Outline.Row {
  fileprivate init(_ field: Field, _ place: Outline.Place?, _ depth: Int) {
    let name = field.name.description.isEmpty ? "(value)" : field.name.description
    let size = field.size.constant == nil ? " [\(field.size.inOctets)]" : ""
    self.init(
      depth: depth, place: place, type: field.typeText, unit: field.quantity?.text ?? "",
      control: field.control.letter.description, name: name + size, meanings: field.meanings)
  }

  fileprivate static func octets(_ count: Int) -> String { count == 1 ? "1 octet" : "\(count) octets" }
}

extension ArrayElement {
  fileprivate var heading: String {
    var heading = "\(name.description.isEmpty ? "(entries)" : name.description) [\(count.description)]"
    if let stride { heading += ", \(stride.inOctets) each" }
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
    case .octets, .reserved: octets.map(Outline.Row.octets) ?? "octets"
    case .time: "TIME"
    case .longTime: "LTIME_DATE"
    case .shortTime: "STIME_DATE"
    case .date: "date"
    }
  }
}

extension Quantity {
  /// "0.001 V"; "W" for one of it.
  fileprivate var text: String {
    let one = value(of: 1).description
    return (one == "1" ? unit.symbol.description : "\(one) \(unit.symbol.description)").trimmed
  }
}

extension Count {
  fileprivate var inOctets: String {
    switch self {
    case .upTo, .rest: description
    default: description + " octets"
    }
  }

  fileprivate var constant: Int? {
    if case .exactly(let n) = self { n } else { nil }
  }
}

extension Condition {
  /// Nil where more than the firmware decides it.
  fileprivate var holdsOfTheNewest: Bool? {
    switch self {
    case .firmware, .version: true
    case .not(let condition): condition.holdsOfTheNewest.map { !$0 }
    case .any(let conditions):
      conditions.allSatisfy { $0.holdsOfTheNewest != nil }
        ? conditions.contains { $0.holdsOfTheNewest == true } : nil
    case .isSet, .equals, .atLeast, .index: nil
    }
  }
}
