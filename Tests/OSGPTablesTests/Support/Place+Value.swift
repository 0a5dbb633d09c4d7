// SPDX-License-Identifier: Apache-2.0
import C1219

extension Decoded {
  /// The value of an integer in its unit, as people read it: "228.315 V".
  func reading(_ path: String) -> String? {
    guard let place = places.first(where: { $0.pathText == path }), case .integer(let integer)? = self[place] else {
      return nil
    }
    let symbol = place.quantity.unit.symbol.description
    return place.quantity.value(of: integer).description + (symbol.isEmpty ? "" : " " + symbol)
  }

  func integer(_ path: String) -> Int64? {
    guard let place = places.first(where: { $0.pathText == path }) else { return nil }
    return place.integer(in: octets)
  }

  /// The place that a source names, and its value.
  func named(_ name: String) -> String? {
    places.first { $0.displayName == name }.flatMap { reading($0.pathText) }
  }
}
