// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

@Suite struct DisplayTablesTests {
  /// BT30 as the guide has it for a new meter.
  private static let dimension: [UInt8] = [0x01, 0xC2, 0x03, 0x02, 0x1E, 0x00, 0x01, 0x00, 0x00, 0x00]

  private func display(_ items: UInt8, _ lists: UInt8, _ octets: [UInt8]) throws -> Decoded {
    var image = Self.dimension
    (image[4], image[6]) = (items, lists)
    var dimensions = Dimensions()
    try dimensions.learn(.bt30, image)
    return Decoded(layout: try Table.bt33.layout(in: dimensions), octets: octets)
  }

  @Test func theMostThatCanBeDisplayed() throws {
    let layout = try Table.bt30.layout(in: Dimensions())
    #expect(layout.factoryImage == Self.dimension)
    let decoded = Decoded(layout: layout, octets: Self.dimension)
    #expect(decoded.integer("on_time") == 1 && decoded.integer("hold_time") == 0)
    #expect(decoded.integer("number_of_display_sources") == 962 && decoded.integer("width_display_sources") == 2)
    #expect(decoded.integer("number_of_primary_list_items") == 30)
    #expect(decoded.integer("number_of_secondary_lists") == 0)
  }

  /// The guide's own example: 6 seconds each, three items.
  @Test func whatIsDisplayed() throws {
    let decoded = try display(3, 1, [0x06, 0x10, 0x03, 0x00, 0x20, 0x01, 0x20, 0x00, 0x00])
    #expect(decoded.tail.isEmpty)
    #expect(decoded.reading("primary_display_list[0].on_time") == "6 s")
    #expect(decoded.integer("primary_display_list[0].default_list") == 1)
    #expect(decoded.integer("primary_display_list[0].number_list_items") == 3)
    let sources = (0..<3).map { decoded.integer("primary_display_list[0].display_sources[\($0)]") }
    #expect(sources == [0x2000, 0x2001, 0x0000])
  }

  @Test func halvesOfOctets() throws {
    let decoded = try display(1, 1, [0xA5, 0x73, 1, 0x34, 0x12])
    #expect(decoded.integer("primary_display_list[0].on_time") == 5)
    #expect(decoded.integer("primary_display_list[0].off_time") == 10)
    #expect(decoded.integer("primary_display_list[0].hold_time") == 3)
    #expect(decoded.integer("primary_display_list[0].default_list") == 7)
  }

  @Test(arguments: [(30, 1, 63), (0, 1, 3), (5, 2, 26), (30, 0, 0)] as [(UInt8, UInt8, Int)])
  func aListIsAsLongAsBT30Says(items: UInt8, lists: UInt8, expected: Int) throws {
    #expect(try display(items, lists, []).layout.octets == expected)
  }
}
