// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient
import OSGPTables

extension Decoded {
  /// Stored integers by the name of their register source or field; of equal names the first counts.
  var byName: [String: Int64] { Dictionary(pairs(places)) { first, _ in first } }

  /// "rms_voltage_l1 = 232591", in the order of the octets.
  var lines: [String] { pairs(places).map { "\($0) = \($1)" } }

  private func pairs(_ places: [Place]) -> [(String, Int64)] {
    places.compactMap { place in
      guard case .integer(let value)? = self[place] else { return nil }
      return (place.displayName.slug, value)
    }
  }
}

extension Selection {
  /// The stored integers of the chosen fields.
  var integers: [Int64?] { places.map { $0.integer(in: octets) } }
  var names: [String] { places.map(\.displayName.slug) }
}

extension Decoded {
  /// The registers by tier (-1 for the totals) and source, whatever their order.
  var bySource: [[Int]: Int64] {
    var values: [[Int]: Int64] = [:]
    for place in places {
      guard let source = place.source, case .integer(let value)? = self[place] else { continue }
      values[[place.path.count > 1 ? place.path[0].index ?? 0 : -1, Int(source.number)]] = value
    }
    return values
  }
}

extension Dictionary where Value: Equatable {
  /// Whether every entry is one of `other`'s.
  func agrees(with other: Self) -> Bool { allSatisfy { other[$0.key] == $0.value } }
}

extension LoadProfile.Value {
  /// Eight digits, the least significant octet first.
  var bcd: Int {
    guard case .octets(let octets) = raw else { return -1 }
    return octets.reversed().reduce(0) { $0 * 100 + Int($1 >> 4) * 10 + Int($1 & 0x0F) }
  }
}
