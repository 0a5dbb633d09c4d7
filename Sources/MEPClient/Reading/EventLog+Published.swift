// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables

extension EventLog.Entry {
  /// What happened, by published names; times as `text` writes them.
  package func published(time text: (Moment) -> String) -> [(String, JSON)] {
    let details = arguments.map(\.text).joined(separator: ", ")
    let user: JSON =
      switch user {
      case .nobody: .null
      case .id(let id): .string("user \(id)")
      default: .string(self.user.words.description)
      }
    return [
      ("time", time.map { .string(text($0)) } ?? .null), ("number", .integer(Int64(sequence))),
      ("event", .string(event?.name.description ?? "unknown")), ("details", details.isEmpty ? .null : .string(details)),
      ("user", user), ("kind", .string(id.isManufacturer ? "manufacturer" : "standard")),
      ("id", .integer(Int64(id.number))), ("argument", .string(Hex.text(argument))),
    ]
  }
}

extension EventArgument {
  /// "L1", "Lowest Voltage 187 V", "Table ET09".
  fileprivate var text: String {
    if let words { return "\(name.description) \(words.description)" }
    switch kind {
    case .flag: return name.description
    case .table: return "\(name.description) \(TableID(number: UInt16(value)))"
    case .procedure:
      let id = TableID(number: UInt16(value))
      return "\(name.description) \(id.isExtended ? "EP" : "BP")\(id.index < 10 ? "0" : "")\(id.index)"
    case .number:
      let symbol = unit.symbol.description
      return "\(name.description) \(value)" + (symbol.isEmpty ? "" : " \(symbol)")
    }
  }
}
