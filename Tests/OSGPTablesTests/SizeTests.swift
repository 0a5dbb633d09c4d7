// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Sizes of whole tables, from the guide's formulas and from what meters answer.
@Suite struct SizeTests {
  private func octets(_ table: Table, _ firmware: FirmwareVersion? = nil, et11: [UInt8]? = nil) throws -> Int {
    var dimensions = Dimensions(firmware: firmware)
    if let et11 { try dimensions.learn(.et11, et11) }
    return try table.layout(in: dimensions).octets
  }

  @Test(arguments: [(13, 79), (20, 93)] as [(UInt8, Int)])
  func bt00(extended: UInt8, expected: Int) throws {
    var image = try Table.bt00.layout(in: Dimensions()).factoryImage
    image[14] = extended
    #expect(try Table.bt00.layout(in: Dimensions(), image: image).octets == expected)
    #expect(try Table.bt00.layout(in: Dimensions(), image: Array(image.prefix(10))).octets == 19)
  }

  @Test(arguments: Scenario.all) func registerTables(scenario: Scenario) throws {
    let dimensions = try scenario.dimensions()
    let (r, flags) = (scenario.register.map { Int($0) }, scenario.register[0])
    let demand =
      (flags & 2 == 0 ? 0 : 5 * r[6]) + (flags & 0x10 == 0 ? 0 : 4) + (flags & 0x20 == 0 ? 0 : 4) + 4 * r[6]
    let block = 4 * r[3] + r[4] * demand + r[5] * 4 * r[6]
    #expect(try Table.bt22.layout(in: dimensions).octets == r[3] + r[4] + (r[4] + 7) / 8 + 2 * r[5])
    #expect(try Table.bt23.layout(in: dimensions).octets == (flags & 4 == 0 ? 0 : 1) + (1 + r[7]) * block)
    #expect(try Table.bt27.layout(in: dimensions).octets == r[8] + r[9])
    #expect(try Table.bt28.layout(in: dimensions).octets == r[8] * (4 + (flags & 0x40 == 0 ? 0 : 3)) + 4 * r[9])
  }

  @Test(arguments: [(11, 0, 44), (11, 4, 220), (19, 8, 684)] as [(UInt8, UInt8, Int)])
  func bt23(summations: UInt8, tiers: UInt8, expected: Int) throws {
    var scenario = Scenario.household
    (scenario.register[3], scenario.register[7]) = (summations, tiers)
    #expect(try Table.bt23.layout(in: scenario.dimensions()).octets == expected)
  }

  @Test(arguments: [(55, 220), (41, 164), (26, 104), (84, 336)] as [(UInt8, Int)])
  func bt28(values: UInt8, expected: Int) throws {
    var scenario = Scenario.household
    scenario.register[9] = values
    #expect(try Table.bt28.layout(in: scenario.dimensions()).octets == expected)
  }

  static let firmwares: [(table: String, firmware: FirmwareVersion?, octets: Int)] = [
    ("ET04", FirmwareVersion(2, 1), 123), ("ET04", FirmwareVersion(3, 12, 31), 123),
    ("ET04", FirmwareVersion(3, 13), 129), ("ET04", FirmwareVersion(3, 13, 9), 129),
    ("ET04", FirmwareVersion(3, 14), 123), ("ET04", FirmwareVersion(3, 79, 31), 123),
    ("ET04", FirmwareVersion(3, 80), 129), ("ET04", FirmwareVersion(3, 84, 6), 129),
    ("ET04", FirmwareVersion(4, 0), 140), ("ET04", FirmwareVersion(4, 30), 140), ("ET04", nil, 140),
    ("ET04", FirmwareVersion(1, 32), 123),
    ("ET11", FirmwareVersion(2, 1), 24), ("ET11", FirmwareVersion(3, 29), 24), ("ET11", FirmwareVersion(3, 30), 27),
    ("ET11", FirmwareVersion(3, 40), 28), ("ET11", FirmwareVersion(3, 50), 32), ("ET11", FirmwareVersion(3, 84), 32),
    ("ET11", FirmwareVersion(4, 0), 38), ("ET11", FirmwareVersion(4, 29), 38), ("ET11", FirmwareVersion(4, 30), 39),
    ("ET11", nil, 39), ("ET11", FirmwareVersion(1, 19), 28), ("ET11", FirmwareVersion(1, 20), 32),
    ("ET11", FirmwareVersion(1, 32), 32),
    ("ET03", FirmwareVersion(2, 1), 143), ("ET03", nil, 143), ("ET70", FirmwareVersion(4, 0), 156),
    ("ET70", nil, 156), ("ET70", FirmwareVersion(3, 84, 6), 142), ("ET70", FirmwareVersion(1, 32), 142),
    ("BT01", nil, 24), ("BT15", nil, 17), ("BT21", nil, 10), ("BT52", nil, 7), ("BT55", nil, 9),
  ]

  @Test(arguments: firmwares) func bySize(table: String, firmware: FirmwareVersion?, expected: Int) throws {
    #expect(try octets(#require(Table.named(table)), firmware) == expected)
  }

  @Test(
    arguments: [
      (FirmwareVersion(4, 0), 6, 142), (FirmwareVersion(3, 84), 6, 71), (FirmwareVersion(1, 32), 20, 155),
      (nil, 6, 142), (FirmwareVersion(2, 1), 6, 71),
    ] as [(FirmwareVersion?, UInt8, Int)])
  func et50(firmware: FirmwareVersion?, sources: UInt8, expected: Int) throws {
    var image = try Table.et11.layout(in: Dimensions(firmware: firmware)).factoryImage
    image[22] = sources
    #expect(try octets(.et50, firmware, et11: image) == expected)
  }

  @Test(
    arguments: [
      (FirmwareVersion(2, 1), 69), (FirmwareVersion(3, 50), 69), (FirmwareVersion(3, 70), 82),
      (FirmwareVersion(3, 80), 91), (FirmwareVersion(3, 84, 6), 91), (FirmwareVersion(3, 13, 5), 91),
      (FirmwareVersion(4, 0), 141), (FirmwareVersion(4, 10), 145), (FirmwareVersion(4, 29, 31), 145),
      (FirmwareVersion(4, 30), 150), (nil, 150), (FirmwareVersion(1, 19), 69), (FirmwareVersion(1, 20), 82),
    ] as [(FirmwareVersion?, Int)])
  func et54(firmware: FirmwareVersion?, expected: Int) throws {
    let image = try Table.et11.layout(in: Dimensions(firmware: firmware)).factoryImage
    #expect(try octets(.et54, firmware, et11: image) == expected)
  }

  /// The key counts are printed at 82 for 3.13 as well, though the fields before them came with 3.60 only.
  @Test(arguments: [FirmwareVersion(3, 13), FirmwareVersion(3, 80), FirmwareVersion(4, 30), nil])
  func keyCountsAreAtTheirOffset(firmware: FirmwareVersion?) throws {
    var dimensions = Dimensions(firmware: firmware)
    try dimensions.learn(.et11, Table.et11.layout(in: dimensions).factoryImage)
    let layout = try Table.et54.layout(in: dimensions)
    #expect(layout.places.first { $0.pathText == "unicast_key_usage_count" }?.offset == 82)
    #expect(layout.places.first { $0.pathText == "supported_security_modes" }?.offset == 90)
  }

  @Test func theSecondPortsEntryFollowsTheFirst() throws {
    var dimensions = Dimensions()
    try dimensions.learn(.et11, Table.et11Image(sources: 20, channels: 2))
    let places = try Table.et50.layout(in: dimensions).places
    #expect(places.count.isMultiple(of: 2))
    let half = places.count / 2
    for i in 0..<half {
      #expect(places[i + half].offset == places[i].offset + 35 + 6 * 20)
      #expect(places[i + half].pathText == places[i].pathText.replacing("configuration[0]", with: "configuration[1]"))
    }
  }
}
