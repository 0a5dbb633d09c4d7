// SPDX-License-Identifier: Apache-2.0
import C1219

/// Takes the values of a table's fields one after the other, reserved ones left out.
struct FieldReader {
  private let octets: [UInt8]
  private var places: Slice<Places>

  init(_ table: Decoded, _ places: Slice<Places>) {
    octets = table.octets
    self.places = places
  }

  init(_ table: Decoded) { self.init(table, table.layout.places[...]) }

  /// Nil behind the last field, and where the octets end before it.
  mutating func octetString() -> [UInt8]? {
    guard let place = nextPlace(), case .octets(let octets)? = place.raw(in: octets) else { return nil }
    return octets
  }

  /// Nil behind the last field, and where the octets end before it; the type holds whatever the field does.
  mutating func integer<T: FixedWidthInteger>(_ type: T.Type = Int.self) -> T? {
    guard let place = nextPlace(), let integer = place.integer(in: octets) else { return nil }
    return T(truncatingIfNeeded: integer)
  }

  /// In the base unit of the field; nil behind the last one, and where the octets end before it.
  mutating func decimal() -> Decimal? {
    guard let place = nextPlace(), let integer = place.integer(in: octets) else { return nil }
    return place.quantity.value(of: integer)
  }

  private mutating func nextPlace() -> Place? {
    while let place = places.popFirst() {
      if !place.isReserved { return place }
    }
    return nil
  }
}
