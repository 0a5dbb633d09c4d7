// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import Testing

@Suite struct BitFieldTests {
  private static func group(_ octets: Int, _ fields: [Field]) throws -> Layout {
    try Table.of([.uint8("Before"), .bits("Group", octets: octets, fields), .uint8("After")]).layout(in: Dimensions())
  }

  private static let status: [Field] = [
    .uint(0...2, "Tier"), .fill(3...5), .uint(6...7, "Drive"), .uint(8...11, "Schedule"), .uint(12...15, "Season"),
  ]

  @Test func bitsShareTheirOctets() throws {
    let layout = try Self.group(2, Self.status)
    #expect(layout.octets == 4)
    #expect(layout.places.map(\.offset) == [0, 1, 1, 1, 1, 1, 3])
    #expect(layout.places.map(\.octets) == [1, 2, 2, 2, 2, 2, 1])
  }

  /// Bit 8 is the least significant of the second octet.
  @Test func bitsAbove7AreInTheNextOctet() throws {
    let layout = try Self.group(2, Self.status)
    let octets: [UInt8] = [0xFF, 0b1000_0101, 0b0011_1010, 0xFF]
    #expect(layout["tier"]?.integer(in: octets) == 0b101)
    #expect(layout["drive"]?.integer(in: octets) == 0b10)
    #expect(layout["schedule"]?.integer(in: octets) == 0b1010)
    #expect(layout["season"]?.integer(in: octets) == 0b0011)
    #expect(layout["filler"]?.raw(in: octets) == .integer(0))
  }

  /// A field may begin in one octet and end in another: 12 bits and 4 bits, as event numbers are.
  @Test func aFieldMayStraddleOctets() throws {
    let layout = try Self.group(3, [.uint(0...11, "Low"), .uint(12...19, "Middle"), .uint(20...23, "High")])
    var octets: [UInt8] = [0, 0x34, 0x12, 0xAB, 0]
    #expect(layout["low"]?.integer(in: octets) == 0x234)
    #expect(layout["middle"]?.integer(in: octets) == 0xB1)
    #expect(layout["high"]?.integer(in: octets) == 0xA)
    #expect(layout["middle"]?.store(.integer(0xC7), in: &octets) == true)
    #expect(octets == [0, 0x34, 0x72, 0xAC, 0])
  }

  @Test(arguments: [(0x0, 0), (0x7, 7), (0x8, -8), (0xF, -1)] as [(UInt8, Int64)])
  func bitsMayBeSigned(stored: UInt8, value: Int64) throws {
    let field = Field("Signed", .signed, size: .exactly(0), bits: 2...5)
    let layout = try Self.group(1, [.uint(0...1, "Low"), field, .uint(6...7, "High")])
    var octets: [UInt8] = [0, stored << 2 | 0b1100_0011, 0]
    #expect(layout["signed"]?.integer(in: octets) == value)
    octets[1] = 0b1100_0011
    #expect(layout["signed"]?.store(.integer(value), in: &octets) == true)
    #expect(octets == [0, stored << 2 | 0b1100_0011, 0])
  }

  @Test func aFlagIsOneBit() throws {
    let layout = try Self.group(1, [.flag(0, "Low"), .fill(1...6), .flag(7, "High")])
    #expect(
      layout["high"]?.raw(in: [0, 0x80, 0]) == .integer(1) && layout["low"]?.raw(in: [0, 0x80, 0]) == .integer(0))
    var octets: [UInt8] = [0, 0, 0]
    #expect(layout["high"]?.store(.integer(2), in: &octets) == false && octets == [0, 0, 0])
    #expect(layout["high"]?.store(.integer(-1), in: &octets) == false && octets == [0, 0, 0])
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func storingLeavesTheNeighboursAlone(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let low = Int.random(in: 0...31, using: &random)
    let high = Int.random(in: low...31, using: &random)
    let field = Field("Wanted", Bool.random(using: &random) ? .signed : .unsigned, size: .exactly(0), bits: low...high)
    let place = try #require(try Self.group(4, [field])["wanted"])
    let before = random.octets(6)
    var octets = before
    let width = high - low + 1
    let most: Int64 = 1 << Int64(field.type == .signed ? width - 1 : width)
    let value = Int64.random(in: (field.type == .signed ? -most : 0)..<most, using: &random)
    #expect(place.store(.integer(value), in: &octets), "seed \(seed)")
    #expect(place.integer(in: octets) == value, "seed \(seed)")
    for bit in 0..<48 where !(8 + low...8 + high).contains(bit) {
      let mask = UInt8(1) << UInt8(bit % 8)
      #expect(octets[bit / 8] & mask == before[bit / 8] & mask, "seed \(seed), bit \(bit)")
    }
    for wrong in [most, field.type == .signed ? -most - 1 : -1] {
      let kept = octets
      #expect(!place.store(.integer(wrong), in: &octets) && octets == kept, "seed \(seed)")
    }
  }
}
