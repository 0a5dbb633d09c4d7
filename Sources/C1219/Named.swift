// SPDX-License-Identifier: Apache-2.0

extension Layout {
  /// The field of that name of the guide's, or of the array of plain values of that name.
  ///
  /// - Parameter n: which one of a repeated field, counted from 0.
  public func place(named name: StaticString, _ n: Int = 0) -> Place? {
    var left = n
    for place in places where place.isCalled(name) {
      if left == 0 { return place }
      left -= 1
    }
    return nil
  }
}

extension Decoded {
  /// The value of an integer field, bits included; nil where the table, or this firmware's form of it, does not have it.
  public func integer(named name: StaticString, _ n: Int = 0) -> Int64? {
    layout.place(named: name, n)?.integer(in: octets)
  }

  /// Whether a bit is set; nil where it is not there.
  public func flag(named name: StaticString, _ n: Int = 0) -> Bool? {
    integer(named: name, n).map { $0 != 0 }
  }

  /// The octets of a field that is no integer; nil where it is not there.
  public func octets(named name: StaticString, _ n: Int = 0) -> [UInt8]? {
    guard let place = layout.place(named: name, n), !place.field.isInteger, place.end <= octets.count else {
      return nil
    }
    return Array(octets[place.offset..<place.end])
  }

  /// The values of all fields of that name, or of arrays of plain values of that name; those that are there.
  ///
  /// - Parameter entry: only those in the outermost array's entry with this index.
  public func values(named name: StaticString, entry: Int? = nil) -> [Raw] {
    var values: [Raw] = []
    for place in layout.places where place.isCalled(name) && place.isIn(entry: entry) {
      if let value = self[place] { values.append(value) }
    }
    return values
  }

  /// The same of integer fields, bits included.
  public func integers(named name: StaticString, entry: Int? = nil) -> [Int64] {
    values(named: name, entry: entry).compactMap { if case .integer(let integer) = $0 { integer } else { nil } }
  }
}

/// Octets to put into a table from this offset on, as a partial write does.
public struct TablePart: Equatable, Sendable {
  public let offset: Int
  public let octets: [UInt8]

  public init(offset: Int, octets: [UInt8]) {
    self.offset = offset
    self.octets = octets
  }
}

extension Decoded {
  /// What to write so that fields get new values: one part for fields that adjoin, octets shared with other bits as they
  /// are now. Nil where a field is not there or cannot hold its value.
  public func parts(writing values: [(name: StaticString, value: Raw)]) -> [TablePart]? {
    var new = octets
    var ranges: [Range<Int>] = []
    for (name, value) in values {
      guard let place = layout.place(named: name), place.store(value, in: &new) else { return nil }
      ranges.append(place.offset..<place.end)
    }
    ranges.sort { $0.lowerBound < $1.lowerBound }
    var joined: [Range<Int>] = []
    for range in ranges {
      if let last = joined.last, range.lowerBound <= last.upperBound {
        joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    return joined.map { TablePart(offset: $0.lowerBound, octets: Array(new[$0])) }
  }
}
