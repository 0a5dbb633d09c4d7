// SPDX-License-Identifier: Apache-2.0
import C1219
import Testing

@Suite struct CodecTests {
  private static let layout = try! Table.of([
    .uint16("First", factory: 0x0102), .bits("Bits", octets: 1, [.flag(0, "On", factory: true), .fill(1...7)]),
    .text("Name", octets: 3), .int16("Last", factory: -1),
  ]).layout(in: Dimensions())

  @Test func decodingAndEncodingAreInverse() {
    let octets: [UInt8] = [1, 2, 0xFF, 65, 66, 0, 0xFE, 0xFF]
    let decoded = Decoded(layout: Self.layout, octets: octets)
    #expect(
      decoded.values == [.integer(0x0201), .integer(1), .integer(127), .octets([65, 66, 0]), .integer(-2)])
    #expect(decoded.tail.isEmpty && Self.layout.encode(decoded.values) == octets)
  }

  @Test func theTailIsKept() {
    let decoded = Decoded(layout: Self.layout, octets: [1, 2, 0xFF, 65, 66, 0, 0xFE, 0xFF, 9, 8])
    #expect(decoded.values.count == 5 && decoded.tail == [9, 8])
    #expect(Self.layout.encode(decoded.values, tail: Array(decoded.tail)) == decoded.octets)
  }

  @Test(arguments: [(0, 0, 0), (1, 0, 1), (2, 1, 0), (3, 3, 0), (5, 3, 2), (6, 4, 0), (7, 4, 1), (8, 5, 0)])
  func aShortImageHasItsWholeFields(count: Int, values: Int, tail: Int) {
    let octets: [UInt8] = Array([1, 2, 0xFF, 65, 66, 0, 0xFE, 0xFF].prefix(count))
    let decoded = Decoded(layout: Self.layout, octets: octets)
    #expect(decoded.values.count == values && decoded.tail.count == tail)
    #expect(Self.layout.encode(decoded.values, tail: Array(decoded.tail)) == octets)
  }

  @Test func fieldsByTheirNames() {
    let decoded = Decoded(layout: Self.layout, octets: [1, 2, 0xFF, 65, 66, 0, 0xFE])
    #expect(decoded.values(named: "First") == [.integer(0x0201)] && decoded.integers(named: "On") == [1])
    #expect(decoded.values(named: "Name") == [.octets([65, 66, 0])] && decoded.integers(named: "Name") == [])
    // Cut off, not there, in no array.
    #expect(decoded.values(named: "Last") == [] && decoded.values(named: "first") == [])
    #expect(decoded.values(named: "First", entry: 0) == [])
  }

  @Test func whatDoesNotFitIsNotEncoded() {
    #expect(Self.layout.encode([.integer(65536)]) == nil)
    #expect(Self.layout.encode([.octets([1, 2])]) == nil)
    #expect(Self.layout.encode([.integer(1), .integer(1), .integer(1), .octets([1]), .integer(1)]) == nil)
    #expect(Self.layout.encode([Raw](repeating: .integer(0), count: 6)) == nil)
    #expect(Self.layout.encode([]) == [])
  }

  @Test func aNewMeter() {
    #expect(Self.layout.factoryImage == [2, 1, 1, 0, 0, 0, 0xFF, 0xFF])
  }
}
