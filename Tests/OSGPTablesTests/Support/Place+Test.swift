// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension Place {
  /// Letters and digits of the guide's name for it: its own, or that of the array that it is a plain entry of.
  var key: String {
    if !isUnnamed { return field.name.description.key }
    return path.last { !$0.name.description.isEmpty }?.name.description.key ?? ""
  }

  private var isUnnamed: Bool { field.name.description.isEmpty }

  /// Whether it is in the first of the records that hold it; the guide prints offsets for that one only.
  var isInFirstRecord: Bool { path.dropLast().allSatisfy { ($0.index ?? 0) == 0 } }

  /// Its bits, counted from the table's first octet on.
  var bits: Range<Int> {
    guard let bits = field.bits else { return offset * 8..<end * 8 }
    return offset * 8 + bits.lowerBound..<offset * 8 + bits.upperBound + 1
  }
}

extension Table {
  /// Groups of bits by their name.
  var groups: [String: [(octets: Int, fields: [Field])]] {
    var found: [String: [(Int, [Field])]] = [:]
    for element in elements { element.visitGroups { found[$0.key, default: []].append(($1, $2)) } }
    return found
  }

  static func named(_ name: String) -> Table? { Catalogue.tables.first { $0.id.description == name } }
}

extension Element {
  fileprivate func visitGroups(_ body: (String, Int, [Field]) -> Void) {
    switch self {
    case .field: break
    case .bits(let name, let octets, let fields): body(name.description, octets, fields)
    case .array(let array): for element in array.entry { element.visitGroups(body) }
    case .section(_, _, let elements): for element in elements { element.visitGroups(body) }
    case .when(_, let then, let otherwise): for element in then + otherwise { element.visitGroups(body) }
    }
  }
}
