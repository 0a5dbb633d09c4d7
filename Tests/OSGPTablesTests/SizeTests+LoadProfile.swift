// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Sizes of the load profile's tables by dimension and firmware.
@Suite struct LoadProfileSizeTests {
  private func dimensions(
    _ sets: [DataSetDimensions], flags: UInt16 = 0, channels: UInt8 = 16, firmware: FirmwareVersion? = nil
  ) throws -> Dimensions {
    var dimensions = Dimensions(firmware: firmware)
    try dimensions.learn(.bt60, Table.loadProfileImage([.init(9530, 1440, channels)]))
    try dimensions.learn(.bt61, Table.loadProfileImage(flags: flags, sets))
    try dimensions.learn(.bt62, Table.loadProfileControlImage(flags: flags, sets))
    return dimensions
  }

  @Test(
    arguments: [
      // One channel, one interval: 5 + 1 + 1 + 4 octets a block, as many as memory has (guide, BT60).
      (DataSetDimensions(9530, 1, 1), 0, 104_830), (DataSetDimensions(21_259, 1, 1), 0, 233_849),
      // 5 + 12 + 96 × (2 + 12), and 12 more with end readings.
      (DataSetDimensions(30, 96, 3), 0, 30 * 1361), (DataSetDimensions(30, 96, 3), 0x10, 30 * 1373),
      // An even number of channels leaves a nibble: 5 + 2 + 9 × (3 + 16).
      (DataSetDimensions(2, 9, 4), 0, 2 * 178), (DataSetDimensions(1, 1440, 16), 0x10, 5 + 64 + 180 + 1440 * 73),
      (DataSetDimensions(0, 96, 3), 0, 0), (DataSetDimensions(2, 0, 3), 0, 10), (DataSetDimensions(2, 8, 0), 0, 28),
    ] as [(DataSetDimensions, UInt16, Int)])
  func bt64(set: DataSetDimensions, flags: UInt16, octets: Int) throws {
    #expect(try Table.bt64.layout(in: dimensions([set], flags: flags)).octets == octets)
    // Each table has its own set, and none has the meter's that are not there.
    let third = try dimensions([.init(1, 1, 1), .init(2, 2, 2), set], flags: flags)
    #expect(try Table.bt66.layout(in: third).octets == octets)
    #expect(try Table.bt67.layout(in: third).octets == 0)
  }

  /// What takes a moment once is seen when it is done over and over.
  @Test(.timeLimit(.minutes(10))) func largeOnesAreLaidOutInNoTime() throws {
    let dimensions = try dimensions([.init(60, 96, 4), .init(90, 24, 8)])
    for _ in 0..<20 {
      #expect(try Table.bt64.layout(in: dimensions).places.count == 60 * (2 + 96 * 5))
      #expect(try Table.bt65.layout(in: dimensions).places.count == 90 * (2 + 24 * 9))
    }
  }

  @Test(
    arguments: [
      ([], 0, 0, 0), ([.init(30, 96, 3)], 0, 10, 13), ([.init(30, 96, 3)], 0x40, 22, 13),
      ([.init(30, 96, 3)], 0x80, 10, 13), ([.init(1, 1, 16), .init(0, 0, 0)], 0x1C0, 49 + 64 + 1, 26),
      ([.init(1, 1, 1), .init(1, 1, 2), .init(1, 1, 3), .init(1, 1, 4)], 0x3C0, 4 + 7 + 10 + 13 + 40, 52),
    ] as [([DataSetDimensions], UInt16, Int, Int)])
  func controlAndStatus(sets: [DataSetDimensions], flags: UInt16, control: Int, status: Int) throws {
    let dimensions = try dimensions(sets, flags: flags)
    #expect(try Table.bt62.layout(in: dimensions).octets == control)
    #expect(try Table.bt63.layout(in: dimensions).octets == status)
  }

  @Test(
    arguments: [
      (FirmwareVersion(3, 49, 31), 107), (FirmwareVersion(3, 50), 111), (FirmwareVersion(3, 59, 31), 111),
      (FirmwareVersion(3, 60), 131), (FirmwareVersion(4, 30), 131), (nil, 131), (FirmwareVersion(1, 19), 107),
      (FirmwareVersion(1, 20), 131),
    ] as [(FirmwareVersion?, Int)])
  func et21(firmware: FirmwareVersion?, octets: Int) throws {
    let one = DataSetDimensions(30, 96, 3)
    #expect(try Table.et21.layout(in: dimensions([one], firmware: firmware)).octets == octets)
    #expect(try Table.et21.layout(in: dimensions([one, one, one, one], firmware: firmware)).octets == 4 * octets)
    #expect(try Table.et21.layout(in: dimensions([], firmware: firmware)).octets == 0)
  }

  @Test(
    arguments: [
      (FirmwareVersion(3, 69, 31), 16, 117), (FirmwareVersion(3, 70), 16, 127), (FirmwareVersion(3, 84, 6), 8, 79),
      (FirmwareVersion(4, 0), 16, 149), (nil, 16, 149), (nil, 2, 51), (FirmwareVersion(1, 19), 16, 117),
      (FirmwareVersion(1, 32), 16, 127),
    ] as [(FirmwareVersion?, UInt8, Int)])
  func et62(firmware: FirmwareVersion?, channels: UInt8, octets: Int) throws {
    let dimensions = try dimensions([], channels: channels, firmware: firmware)
    #expect(try Table.et62.layout(in: dimensions).octets == octets)
    #expect(try Table.et66.layout(in: dimensions).octets == 8 * Int(channels))
  }

  /// The factory's 16 entries, also where firmware is too old to tell.
  @Test(arguments: [(nil, 64), (FirmwareVersion(3, 29), 64)] as [(FirmwareVersion?, Int)])
  func et57(firmware: FirmwareVersion?, octets: Int) throws {
    var dimensions = Dimensions(firmware: firmware)
    try dimensions.learn(.et11, Table.et11.layout(in: dimensions).factoryImage)
    #expect(try Table.et57.layout(in: dimensions).octets == octets)
  }

  @Test(
    arguments: [
      (DataSetDimensions(21_260, 1, 1), "Number of Blocks", 21_260),
      (DataSetDimensions(1, 1441, 1), "Number of Intervals", 1441),
      (DataSetDimensions(1, 1, 17), "Number of Channels", 17),
    ] as [(DataSetDimensions, String, Int)])
  func theImpossibleDimensionIsNamed(set: DataSetDimensions, field: String, value: Int) throws {
    var dimensions = Dimensions()
    try dimensions.learn(.bt61, Table.loadProfileImage([.init(1, 1, 1)]))
    try dimensions.learn(.bt62, Table.loadProfileControlImage([.init(1, 1, 1)]))
    try dimensions.learn(.bt61, Table.loadProfileImage([set]))
    let error = #expect(throws: LayoutError.self) { try Table.bt64.layout(in: dimensions) }
    guard case .impossible(let table, let name, let told)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(table == .basic(61) && name.description == field && told == value)
  }

  /// Each dimension possible, all of them together not.
  @Test func moreThanMemoryIsTooLarge() throws {
    let error = #expect(throws: LayoutError.self) {
      try Table.bt64.layout(in: dimensions([.init(21_259, 1440, 16)]))
    }
    guard case .tooLarge(.basic(64))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
