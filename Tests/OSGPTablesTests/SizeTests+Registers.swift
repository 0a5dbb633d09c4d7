// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Sizes of the tables that hold copies of BT23.
@Suite struct RegisterCopySizeTests {
  @Test(arguments: Scenario.all) func byDimensions(scenario: Scenario) throws {
    let dimensions = try scenario.dimensions()
    let flags = scenario.register[0]
    let copy = try Table.bt23.layout(in: dimensions).octets + (flags & 2 == 0 ? 0 : 5) + (flags & 1 == 0 ? 0 : 1)
    #expect(try Table.bt24.layout(in: dimensions).octets == copy)
    #expect(try Table.bt25.layout(in: dimensions).octets == copy)
    let entry = copy + (scenario.demands == 0 ? 0 : 2)
    #expect(try Table.bt26.layout(in: dimensions).octets == 6 + Int(scenario.register[2]) * entry)
  }

  @Test func ofAHousehold() throws {
    let dimensions = try Scenario.household.dimensions()
    #expect(try Table.bt24.layout(in: dimensions).octets == 226)
    #expect(try Table.bt26.layout(in: dimensions).octets == 6 + 12 * 226)
  }

  /// ET31 by default has entries of 232 octets, 6 of which nobody describes.
  @Test(arguments: [(232, 2, 470), (226, 3, 684), (10, 2, 26), (0, 255, 6)] as [(UInt16, UInt16, Int)])
  func byET36(size: UInt16, entries: UInt16, expected: Int) throws {
    var dimensions = try Scenario.household.dimensions()
    try dimensions.learn(.et36, Table.et36Image(registers: (size, entries)))
    for table in [Table.et31, .et41] {
      let layout = try table.layout(in: dimensions)
      #expect(layout.octets == expected && layout.flaw == nil)
    }
    let unlisted = try Table.et31.layout(in: dimensions).places.first { $0.key == "Unlisted" }
    #expect(unlisted?.octets == (size == 232 ? 6 : nil))
  }

  /// Their headers count entries in one octet.
  @Test func moreEntriesThanAHeaderCounts() throws {
    var dimensions = try Scenario.household.dimensions()
    try dimensions.learn(.et36, Table.et36Image(registers: (0, 256)))
    let error = #expect(throws: LayoutError.self) { try Table.et41.layout(in: dimensions) }
    #expect(error?.description.hasPrefix("ET36 says that \"Current Entries\" is 256") == true)
  }
}
