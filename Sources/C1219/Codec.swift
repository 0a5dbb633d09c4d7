// SPDX-License-Identifier: Apache-2.0

/// What a field holds, as it is stored.
public enum Raw: Equatable, Sendable {
  case integer(Int64)
  case octets([UInt8])
}

/// A table's octets and what they say.
public struct Decoded: Sendable {
  public let layout: Layout
  public let octets: [UInt8]

  public init(layout: Layout, octets: [UInt8]) {
    self.layout = layout
    self.octets = octets
  }

  /// The fields that the octets hold whole, reserved ones included. Older firmware has shorter tables.
  public var places: [Place] { layout.places.filter { $0.end <= octets.count } }

  /// Octets behind the last declared field: firmware newer than the guide has them. Kept, never guessed at.
  public var tail: ArraySlice<UInt8> {
    var end = 0
    for place in layout.places where place.end <= octets.count { end = max(end, place.end) }
    return octets[end...]
  }

  public subscript(place: Place) -> Raw? { place.raw(in: octets) }

  /// All values and the tail: everything that it takes to make the octets again.
  public var values: [Raw] { places.compactMap { self[$0] } }
}

extension Layout {
  /// The octets that hold `values`, one for each place from the first on, and `tail` behind them.
  ///
  /// Returns nil when a value does not fit its field.
  public func encode(_ values: [Raw], tail: [UInt8] = []) -> [UInt8]? {
    guard values.count <= places.count else { return nil }
    var octets: [UInt8] = []
    for (place, value) in zip(places, values) {
      while octets.count < place.end { octets.append(0) }
      guard place.store(value, in: &octets) else { return nil }
    }
    return octets + tail
  }

  /// A table as a new meter has it: fixed and factory values, zeros elsewhere.
  public var factoryImage: [UInt8] {
    var octets = [UInt8](repeating: 0, count: self.octets)
    places.storeFactoryValues(in: &octets)
    return octets
  }
}

extension Places {
  fileprivate func storeFactoryValues(in octets: inout [UInt8]) {
    for run in runs {
      for place in run.fields where place.field.isInteger && place.field.factory != 0 {
        _ = place.store(.integer(place.field.factory), in: &octets)
      }
      guard let entries = run.entries, let start = entries.first.first?.offset else { continue }
      entries.first.storeFactoryValues(in: &octets)
      let first = octets[start..<start + entries.octets]
      for i in 1..<entries.count {
        octets.replaceSubrange(start + i * entries.octets..<start + (i + 1) * entries.octets, with: first)
      }
    }
  }
}

extension Place {
  /// The value in a table's octets, or nil where these end before it.
  public func raw(in octets: [UInt8]) -> Raw? {
    guard end <= octets.count else { return nil }
    if field.isInteger, let integer = integer(in: octets) { return .integer(integer) }
    return .octets(Array(octets[offset..<end]))
  }

  /// The value of an integer field, bits included, least significant octet first.
  public func integer(in octets: [UInt8]) -> Int64? {
    guard field.isInteger, end <= octets.count, self.octets <= 8 else { return nil }
    var word: UInt64 = 0
    for i in (offset..<end).reversed() { word = word << 8 | UInt64(octets[i]) }
    let (shift, width) = span
    word = word >> UInt64(shift) & mask(width)
    if field.type == .signed, width < 64, width > 0, word >> UInt64(width - 1) & 1 == 1 { word |= ~mask(width) }
    return Int64(bitPattern: word)
  }

  /// Puts a value into a table's octets, leaving the other bits of shared octets as they are. False when it does not fit.
  public func store(_ value: Raw, in octets: inout [UInt8]) -> Bool {
    guard end <= octets.count else { return false }
    switch value {
    case .octets(let new):
      guard !field.isInteger, new.count == self.octets else { return false }
      for i in 0..<new.count { octets[offset + i] = new[i] }
    case .integer(let integer):
      guard field.isInteger, self.octets <= 8, fits(integer) else { return false }
      let (shift, width) = span
      let mask = mask(width) << UInt64(shift)
      var word = UInt64(bitPattern: integer) << UInt64(shift) & mask
      var keep = ~mask
      for i in offset..<end {
        octets[i] = octets[i] & UInt8(truncatingIfNeeded: keep) | UInt8(truncatingIfNeeded: word)
        word >>= 8
        keep >>= 8
      }
    }
    return true
  }

  private var span: (shift: Int, width: Int) {
    field.bits.map { ($0.lowerBound, $0.count) } ?? (0, octets * 8)
  }

  private func mask(_ width: Int) -> UInt64 { width >= 64 ? .max : (1 << UInt64(width)) - 1 }

  private func fits(_ integer: Int64) -> Bool {
    let width = span.width
    if width >= 64 { return true }
    if field.type == .signed {
      let half = Int64(1) << Int64(width - 1)
      return integer >= -half && integer < half
    }
    return integer >= 0 && UInt64(integer) <= mask(width)
  }
}
