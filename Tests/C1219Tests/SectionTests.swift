// SPDX-License-Identifier: Apache-2.0
import C1219
import Testing

/// Parts of a table that a meter says the length of.
@Suite struct SectionTests {
  private static let table = Table.of([
    .uint8("Length", factory: 4),
    .section(
      "Part", octets: .field(Reference(nil, "Length", absent: 0)),
      [.uint8("A"), .uint16("B"), .bits("Flags", octets: 1, [.flag(0, "C"), .uint(1...7, "D")])]),
    .uint8("End"),
  ])

  @Test(
    arguments: [
      (0, []), (1, ["1+1 a"]), (2, ["1+1 a", "2+1 unlisted"]), (3, ["1+1 a", "2+2 b"]),
      (4, ["1+1 a", "2+2 b", "4+1 c", "4+1 d"]), (6, ["1+1 a", "2+2 b", "4+1 c", "4+1 d", "5+2 unlisted"]),
    ] as [(UInt8, [String])])
  func isAsLongAsTheMeterSays(length: UInt8, inside: [String]) throws {
    let image = [length] + [UInt8](repeating: 7, count: Int(length) + 1)
    #expect(try Self.table.map(image: image) == ["0+1 length"] + inside + ["\(1 + Int(length))+1 end"])
    let layout = try Self.table.layout(in: Dimensions(), image: image)
    #expect(layout.encode(Decoded(layout: layout, octets: image).values) == image)
  }

  @Test func withoutAnImageItIsAsANewMeterHasIt() throws {
    #expect(try Self.table.octets() == 6)
  }

  /// A field that the section is too short for shapes nothing.
  @Test func whatIsCutOffIsAbsent() throws {
    let table = Table.of([
      .uint8("Length"), .section("Part", octets: .field(Reference(nil, "Length")), [.uint8("A"), .uint8("Count")]),
      .octets("Data", .field(Reference(nil, "Count", absent: 1))),
    ])
    #expect(try table.map(image: [2, 9, 3, 0, 0, 0]) == ["0+1 length", "1+1 a", "2+1 count", "3+3 data"])
    #expect(try table.map(image: [1, 9, 3, 0, 0, 0]) == ["0+1 length", "1+1 a", "2+1 data"])
  }

  @Test func sectionsCountAmongReferencesAndFirmware() {
    let table = Table.of([
      .section("Part", octets: .field(.shaping("Entry Size")), [.when(.firmware(4, 0), [.uint8("A")])])
    ])
    #expect(table.dimensionTables.map(\.id) == [shaping.id] && table.dependsOnFirmware && !table.describesItself)
    #expect(Self.table.describesItself && !Self.table.dependsOnFirmware)
  }
}
