// SPDX-License-Identifier: Apache-2.0
import C1219
import Testing

/// Whole fields: what fits is stored, what does not leaves the octets as they were.
@Suite struct StoreTests {
  private static let table = Table.of([
    .uint8("A"), .int16("B"), .uint32("C"), .text("Name", octets: 4), .set("Set", octets: .exactly(2)),
    .octets("Raw", .exactly(3)), .longTime("Moment"), .int32("D"),
    .field(Field("Wide", .unsigned, size: .exactly(8))), .field(Field("Wider", .signed, size: .exactly(8))),
    .field(Field("Odd", .signed, size: .exactly(3))), .reserved(2),
  ])

  private static func place(_ path: String) throws -> Place { try #require(try table.layout(in: Dimensions())[path]) }

  @Test(
    arguments: [
      ("a", 0, [0]), ("a", 255, [255]), ("b", -2, [0xFE, 0xFF]), ("b", 0x1234, [0x34, 0x12]), ("b", -32768, [0, 0x80]),
      ("c", 4_294_967_295, [255, 255, 255, 255]), ("c", 517, [5, 2, 0, 0]), ("d", -1, [255, 255, 255, 255]),
      ("odd", -8_388_608, [0, 0, 0x80]), ("odd", 8_388_607, [0xFF, 0xFF, 0x7F]),
      ("wide", .max, [255, 255, 255, 255, 255, 255, 255, 127]), ("wider", .min, [0, 0, 0, 0, 0, 0, 0, 128]),
      ("wider", -2, [254, 255, 255, 255, 255, 255, 255, 255]),
    ] as [(String, Int64, [UInt8])])
  func integers(path: String, value: Int64, stored: [UInt8]) throws {
    let place = try Self.place(path)
    var octets = [UInt8](repeating: 0x55, count: 60)
    #expect(place.store(.integer(value), in: &octets))
    #expect(Array(octets[place.offset..<place.end]) == stored)
    #expect(place.integer(in: octets) == value && place.raw(in: octets) == .integer(value))
    octets.replaceSubrange(place.offset..<place.end, with: [UInt8](repeating: 0x55, count: place.octets))
    #expect(octets.allSatisfy { $0 == 0x55 })
  }

  @Test(
    arguments: [
      ("a", 256), ("a", -1), ("b", 32768), ("b", -32769), ("c", 4_294_967_296), ("c", -1), ("d", 2_147_483_648),
      ("odd", 8_388_608), ("odd", -8_388_609), ("name", 1), ("set", 0), ("moment", 0), ("reserved", 0),
    ] as [(String, Int64)])
  func integersThatDoNotFit(path: String, value: Int64) throws {
    var octets = [UInt8](repeating: 0x55, count: 60)
    #expect(try !Self.place(path).store(.integer(value), in: &octets))
    #expect(octets.allSatisfy { $0 == 0x55 })
  }

  @Test(arguments: [("name", 4), ("set", 2), ("raw", 3), ("moment", 6), ("reserved", 2)])
  func octetsMustBeAsMany(path: String, count: Int) throws {
    let place = try Self.place(path)
    for wrong in [0, count - 1, count + 1] {
      var octets = [UInt8](repeating: 0x55, count: 60)
      #expect(!place.store(.octets([UInt8](repeating: 1, count: wrong)), in: &octets))
      #expect(octets.allSatisfy { $0 == 0x55 })
    }
    var octets = [UInt8](repeating: 0x55, count: 60)
    let new = (0..<count).map { UInt8($0 + 1) }
    #expect(place.store(.octets(new), in: &octets) && place.raw(in: octets) == .octets(new))
    #expect(octets.filter { $0 == 0x55 }.count == 60 - count)
  }

  @Test func anIntegerTakesNoOctets() throws {
    var octets = [UInt8](repeating: 0, count: 60)
    #expect(try !Self.place("a").store(.octets([1]), in: &octets))
  }

  @Test func whatIsBehindTheEndIsNotThere() throws {
    let place = try Self.place("c")
    var octets: [UInt8] = [1, 2, 3, 4, 5, 6]
    #expect(place.end == 7 && place.integer(in: octets) == nil && place.raw(in: octets) == nil)
    #expect(!place.store(.integer(1), in: &octets) && octets == [1, 2, 3, 4, 5, 6])
  }
}
