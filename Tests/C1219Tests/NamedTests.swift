// SPDX-License-Identifier: Apache-2.0
import C1219
import Testing

/// Fields by the guide's names, without text, as an Embedded program asks for them.
@Suite struct NamedTests {
  private static let table = Table(
    .extended(2000), "Invented", page: 1,
    [
      .uint8("First"),
      .bits("Group", octets: 1, [.flag(0, "Low"), .uint(1...3, "Middle"), .fill(4...7)]),
      .array("Numbers", .exactly(2), of: [.uint16("")]),
      .array("Records", .exactly(2), of: [.uint8("Same"), .octets("Key", .exactly(2))]),
      .when(.firmware(4, 0), [.uint8("Late")]),
    ])

  private func decoded(_ octets: [UInt8], _ firmware: FirmwareVersion? = nil) throws -> Decoded {
    Decoded(layout: try Self.table.layout(in: Dimensions(firmware: firmware)), octets: octets)
  }

  @Test func valuesByName() throws {
    let octets: [UInt8] = [7, 0x0B, 0x34, 0x12, 0x78, 0x56, 1, 0xA, 0xB, 2, 0xC, 0xD, 9]
    let decoded = try decoded(octets)
    #expect(decoded.integer(named: "First") == 7 && decoded.integer(named: "Middle") == 5)
    #expect(decoded.flag(named: "Low") == true && decoded.flag(named: "First") == true)
    #expect(decoded.integer(named: "Numbers") == 0x1234 && decoded.integer(named: "Numbers", 1) == 0x5678)
    #expect(decoded.integer(named: "Same", 1) == 2 && decoded.octets(named: "Key", 1) == [0xC, 0xD])
    #expect(decoded.layout.place(named: "Late")?.offset == 12 && decoded.integer(named: "Late") == 9)
  }

  @Test func valuesOfAllEntriesOrOfOne() throws {
    let decoded = try decoded([7, 0x0B, 0x34, 0x12, 0x78, 0x56, 1, 0xA, 0xB, 2, 0xC, 0xD])
    #expect(decoded.integers(named: "Same") == [1, 2] && decoded.integers(named: "Same", entry: 1) == [2])
    #expect(decoded.values(named: "Key", entry: 0) == [.octets([0xA, 0xB])] && decoded.integers(named: "Key").isEmpty)
    #expect(
      decoded.integers(named: "Numbers") == [0x1234, 0x5678] && decoded.integers(named: "Numbers", entry: 2).isEmpty)
    #expect(decoded.integers(named: "First") == [7] && decoded.integers(named: "First", entry: 0).isEmpty)
    // What the octets do not hold.
    #expect(decoded.integers(named: "Late").isEmpty)
  }

  @Test func whatIsNotThereIsNil() throws {
    let short = try decoded([7, 0, 0x34, 0x12, 0x78, 0x56, 1, 0xA])
    #expect(short.octets(named: "Key") == nil && short.integer(named: "Late") == nil)
    #expect(short.integer(named: "First", 1) == nil && short.integer(named: "Fir") == nil)
    // No integer, and no octets.
    #expect(short.integer(named: "Key") == nil && short.octets(named: "First") == nil)
    #expect(try decoded([UInt8](repeating: 0, count: 13), FirmwareVersion(3, 84)).flag(named: "Late") == nil)
  }

  @Test func partsJoinWhatAdjoins() throws {
    let decoded = try decoded([7, 0xFF, 0, 0, 0, 0, 1, 0xA, 0xB, 2, 0xC, 0xD, 9])
    let parts = decoded.parts(writing: [
      ("Late", .integer(3)), ("Low", .integer(0)), ("Middle", .integer(2)), ("First", .integer(1)),
      ("Numbers", .integer(0x0102)),
    ])
    // The upper bits of octet 1 stay; octets 4 to 11 are not written.
    #expect(parts == [TablePart(offset: 0, octets: [1, 0xF4, 0x02, 0x01]), TablePart(offset: 12, octets: [3])])
    #expect(decoded.parts(writing: []) == [])
  }

  @Test func whatDoesNotFitIsNotWritten() throws {
    let decoded = try decoded([7, 0xFF, 0, 0, 0, 0, 1, 0xA, 0xB])
    #expect(decoded.parts(writing: [("Middle", .integer(8))]) == nil)
    #expect(decoded.parts(writing: [("Key", .octets([1]))]) == nil)
    #expect(decoded.parts(writing: [("Key", .integer(1))]) == nil)
    #expect(decoded.parts(writing: [("First", .integer(1)), ("Late", .integer(1))]) == nil)
    #expect(decoded.parts(writing: [("Nowhere", .integer(1))]) == nil)
  }
}
