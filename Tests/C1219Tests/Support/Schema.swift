// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// A table that a test invents.
  static func of(_ elements: [Element]) -> Table { Table(.extended(2000), "Invented", page: 1, elements) }

  func octets(_ dimensions: Dimensions = Dimensions(), image: [UInt8]? = nil) throws(LayoutError) -> Int {
    try layout(in: dimensions, image: image).octets
  }

  /// "offset+octets path" for each place: the whole layout at a glance.
  func map(_ dimensions: Dimensions = Dimensions(), image: [UInt8]? = nil) throws(LayoutError) -> [String] {
    try layout(in: dimensions, image: image).places.map { "\($0.offset)+\($0.octets) \($0.pathText)" }
  }
}

extension Layout {
  subscript(path: String) -> Place? { places.first { $0.pathText == path } }
}

/// A table of numbers that shape others.
let shaping = Table(
  .extended(1999), "Shaping", page: 1,
  [
    .uint8("Number of Things", limit: 100),
    .uint8("Number of Parts"),
    .uint16("Entry Size"),
    .bits("Flags", octets: 1, [.flag(0, "Has Time"), .uint(1...3, "Kind"), .fill(4...7)]),
    .uint32("Huge"),
    .array("Sources", .exactly(4), of: [.uint8("")]),
  ])

extension Reference {
  static func shaping(_ field: StaticString, absent: Int? = nil) -> Reference {
    Reference(C1219Tests.shaping, field, absent: absent)
  }
}

extension Dimensions {
  /// With the values of the table `shaping`.
  static func of(
    things: UInt8 = 0, parts: UInt8 = 0, size: UInt16 = 0, flags: UInt8 = 0, huge: UInt32 = 0,
    sources: [UInt8] = [1, 2, 3, 4], octets: Int? = nil
  ) throws(LayoutError) -> Dimensions {
    let image =
      [things, parts, UInt8(size & 0xFF), UInt8(size >> 8), flags]
      + (0..<4).map { UInt8(huge >> UInt32(8 * $0) & 0xFF) } + sources
    var dimensions = Dimensions()
    try dimensions.learn(C1219Tests.shaping, octets.map { Array(image.prefix($0)) } ?? image)
    return dimensions
  }
}
