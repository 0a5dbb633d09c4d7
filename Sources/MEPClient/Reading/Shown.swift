// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables

/// A field's value for a person and for JSON.
package struct Shown: Sendable {
  package private(set) var text: String
  package private(set) var json: JSON
  package private(set) var unit = ""
  package private(set) var meaning: String?
  package private(set) var isNumber = false

  /// - Parameter unit: what the meter's energy registers count; without it, it is as if they counted Wh.
  package init(_ place: Place, _ raw: Raw, in table: Table?, unit energyUnit: EnergyRegisterUnit = .one) {
    switch raw {
    case .integer(let integer):
      meaning =
        place.field.meanings.first { Int64($0.value) == integer }?.words.description
        ?? table?.source(integer, at: place)?.name.description
      if place.field.type == .flag {
        text = meaning ?? (integer == 0 ? "no" : "yes")
        json = .bool(integer != 0)
        return
      }
      let quantity = energyUnit.quantity(of: place)
      let value = quantity.value(of: integer)
      unit = quantity.unit.symbol.description
      json = .number(value.description)
      text = meaning.map { "\(value) (\($0))" } ?? value.description
      isNumber = meaning == nil
    case .octets(let octets):
      switch place.field.type {
      case .text:
        text = String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self).printable
        json = .string(text)
      case .longTime, .shortTime, .date:
        let moment = Moment(octets)?.description
        let shown = moment.map { place.field.type == .date ? String($0.prefix(10)) : $0 }
        text =
          shown ?? (octets.allSatisfy { $0 == 0 } ? "not set" : "no valid date: \(Hex.text(octets, separator: " "))")
        json = shown.map { .string($0) } ?? .null
      case .time:
        text = octets.map { ($0 < 10 ? "0" : "") + "\($0)" }.joined(separator: ":")
        json = .string(text)
      case .bcd:
        text = Hex.text(octets.reversed())
        json = .string(text)
      case .set:
        let members = (0..<octets.count * 8).filter { octets[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
        text = members.isEmpty ? "none" : members.map(String.init).joined(separator: " ")
        json = .array(members.map { .integer(Int64($0)) })
      default:
        text = Hex.text(octets, separator: " ")
        json = .string(Hex.text(octets))
      }
    }
  }
}
