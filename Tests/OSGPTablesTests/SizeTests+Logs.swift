// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

@Suite struct LogSizeTests {
  @Test(arguments: [Table.bt70, .bt71]) func dimensionsOfTheLogs(table: Table) throws {
    #expect(try table.layout(in: Dimensions()).octets == 9)
  }

  /// 11 + BT71.5 * (12 + BT71.3).
  @Test(arguments: [(100, 2, 1411), (200, 2, 2811), (0, 2, 11), (1, 0, 23), (300, 4, 4811)])
  func primaryLog(entries: UInt16, argument: UInt8, octets: Int) throws {
    var dimensions = Dimensions()
    try dimensions.learn(
      .bt71, [0x06, 8, 19, argument, 2, UInt8(entries & 0xFF), UInt8(entries >> 8), 0, 0])
    #expect(try Table.bt74.layout(in: dimensions).octets == octets)
  }

  /// BT71.5 is the primary log's; this one has what ET54 tells.
  @Test(arguments: [(nil, 25, 361), (nil, 0, 11), (FirmwareVersion(3, 70), 25, 361), (FirmwareVersion(3, 50), 25, 11)])
  func alternateLog(firmware: FirmwareVersion?, entries: UInt8, octets: Int) throws {
    var dimensions = Dimensions(firmware: firmware)
    try dimensions.learn(.bt71, [0x06, 8, 19, 2, 2, 100, 0, 0, 0])
    try dimensions.learn(.et11, Table.et11Image())
    try dimensions.learn(.et54, [UInt8](repeating: 0, count: 80) + [entries, 0])
    #expect(try Table.et79.layout(in: dimensions).octets == octets)
  }

  @Test(arguments: [(0, 12, 6), (1, 12, 18), (253, 12, 3042), (2, 14, 34)])
  func outageLog(entries: UInt8, size: UInt8, octets: Int) throws {
    var dimensions = Dimensions()
    try dimensions.learn(.et36, Table.et36Image(outages: entries, octets: size))
    #expect(try Table.et81.layout(in: dimensions).octets == octets)
  }

  static let qualities: [(firmware: FirmwareVersion?, octets: Int)] = [
    (FirmwareVersion(2, 10), 319), (FirmwareVersion(2, 12), 324), (FirmwareVersion(3, 0), 324),
    (FirmwareVersion(3, 10), 537), (FirmwareVersion(3, 69), 537), (FirmwareVersion(3, 70), 657),
    (FirmwareVersion(3, 84, 6), 657), (FirmwareVersion(4, 0), 657), (FirmwareVersion(4, 10), 698),
    (FirmwareVersion(4, 20), 698), (FirmwareVersion(4, 21), 699), (nil, 699), (FirmwareVersion(1, 32), 537),
  ]

  /// With ten outages: 180 octets, and what the firmware has.
  @Test(arguments: qualities) func powerQuality(firmware: FirmwareVersion?, octets: Int) throws {
    var dimensions = Dimensions(firmware: firmware)
    try dimensions.learn(.et04, Table.et04.layout(in: dimensions).factoryImage)
    #expect(try Table.et09.layout(in: dimensions).octets == octets)
  }

  /// A list without a dimension is none; nobody guesses how many entries there are.
  @Test func impossibleNumbersAreRefused() throws {
    var dimensions = Dimensions()
    try dimensions.learn(.bt71, [0x06, 8, 19, 2, 2, 0xA1, 0x0F, 0, 0])
    #expect(throws: LayoutError.self) { try Table.bt74.layout(in: dimensions) }
    try dimensions.learn(.bt71, [0x06, 8, 19, 5, 2, 100, 0, 0, 0])
    #expect(throws: LayoutError.self) { try Table.bt74.layout(in: dimensions) }
    try dimensions.learn(.et04, [UInt8](repeating: 101, count: 140))
    #expect(throws: LayoutError.self) { try Table.et09.layout(in: dimensions) }
    #expect(throws: LayoutError.self) { try Table.et81.layout(in: dimensions) }
  }
}
