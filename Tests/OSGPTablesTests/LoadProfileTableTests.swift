// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Octets of the load profile's tables, laid down by hand after the guide.
@Suite struct LoadProfileTableTests {
  private func decoded(_ table: Table, _ octets: [UInt8], _ dimensions: Dimensions = Dimensions()) throws -> Decoded {
    Decoded(layout: try table.layout(in: dimensions, image: octets), octets: octets)
  }

  private func dimensions(_ actual: [UInt8], control: [UInt8]? = nil) throws -> Dimensions {
    var dimensions = Dimensions()
    try dimensions.learn(.bt61, actual)
    if let control { try dimensions.learn(.bt62, control) }
    return dimensions
  }

  /// 104 832 octets of memory in all, one set of up to 9530 blocks, 1440 intervals, 16 channels, 255 minutes.
  private static let most: [UInt8] = [0x80, 0x99, 0x01, 0, 0, 0x0C, 0x20, 0x3A, 0x25, 0xA0, 0x05, 16, 255]

  /// Four sets: 30 days of 15 minutes, 3 channels; one week of hours; one block of days; one that is not in use. Scalars and
  /// divisors in the second.
  private static let actual: [UInt8] =
    [0, 0, 0, 0, 0x80, 0x0C, 0x20] + [30, 0, 96, 0, 3, 15] + [7, 0, 24, 0, 1, 60] + [1, 0, 31, 0, 2, 84]
    + [0, 0, 0, 0, 0, 0]

  @Test func bt60() throws {
    let table = try decoded(.bt60, Self.most)
    #expect(table.integer("memory_length") == 104_832)
    #expect(table.integer("extended_interval_status") == 1 && table.integer("simple_interval_status") == 1)
    #expect(table.integer("end_reading_supported") == 0 && table.integer("int32_supported") == 1)
    #expect(table.integer("data_set_configuration[0].number_of_blocks") == 9530)
    #expect(table.integer("data_set_configuration[0].number_of_intervals") == 1440)
    #expect(table.integer("data_set_configuration[0].number_of_channels") == 16)
    #expect(table.reading("data_set_configuration[0].maximum_interval_time") == "15300 s")
    #expect(table.tail.isEmpty && table.layout.octets == 13)
  }

  @Test func thereAreAsManySetsAsTheTableIsLong() throws {
    let table = try decoded(.bt61, Self.actual)
    #expect(table.integers(named: "Number of Blocks") == [30, 7, 1, 0] && table.layout.octets == 31)
    #expect(table.integers(named: "Number of Intervals") == [96, 24, 31, 0])
    #expect(table.integers(named: "Number of Channels") == [3, 1, 2, 0])
    #expect(table.integer("set_2_scalar_divisor_enable") == 1 && table.integer("set_1_scalar_divisor_enable") == 0)
    let time = table.places.filter { $0.field.name.description == "Maximum Interval Time" }
    #expect(time.map { $0.integer(in: table.octets) } == [15, 60, 84, 0])
    #expect(time.first?.field.meanings.first { $0.value == 84 }?.words.description == "24 hours")
    // A set that is cut off is none.
    let cut = try decoded(.bt61, Array(Self.actual.prefix(18)))
    #expect(cut.integers(named: "Number of Blocks") == [30] && cut.tail.count == 5)
  }

  @Test func bt62() throws {
    let octets: [UInt8] =
      [0, 0, 0, 0, 1, 0, 0, 15, 0, 32] + [0, 112, 0, 32, 10, 0, 0xE8, 0x03] + [1, 6, 6, 1, 7, 7, 32] + [32]
    let table = try decoded(.bt62, octets, dimensions(Self.actual))
    #expect(table.layout.octets == octets.count)
    #expect((0...3).map { table.integers(named: "Interval Source", entry: $0) } == [[0, 1, 15], [112], [6, 7], []])
    #expect(table.integers(named: "Format") == [32, 32, 32, 32])
    #expect(table.integers(named: "Scalars") == [10] && table.integers(named: "Divisors") == [1000])
    #expect(table.integers(named: "Scalars", entry: 1) == [10])
    #expect(table.integers(named: "End Reading") == [0, 0, 0, 0, 1, 1])
  }

  @Test func bt63() throws {
    let octets: [UInt8] =
      [0x26, 30, 0, 0x1D, 0, 0x78, 0x56, 0x34, 0x12, 2, 0, 95, 0] + [UInt8](repeating: 0, count: 39)
    let table = try decoded(.bt63, octets, dimensions(Self.actual))
    #expect(table.layout.octets == 52)
    #expect(table.integers(named: "Block Order").first == 0 && table.integers(named: "Overflow").first == 1)
    #expect(table.integers(named: "List Type").first == 1 && table.integers(named: "Active Mode").first == 1)
    #expect(
      table.integers(named: "Number of Valid Blocks").first == 30 && table.integers(named: "Last Block").first == 29)
    #expect(table.integers(named: "Last Block Sequence Number").first == 0x1234_5678)
    #expect(
      table.integers(named: "Number of Unread Blocks").first == 2
        && table.integers(named: "Number of Valid Intervals").first == 95)
  }

  /// A block of two intervals with two channels: 5 octets time, 1 simple status, twice 2 extended status and 8 values.
  @Test func bt65() throws {
    let actual: [UInt8] = [0, 0, 0, 0, 0, 0x0C, 0x20, 9, 0, 9, 0, 1, 15, 2, 0, 2, 0, 2, 60]
    let dimensions = try dimensions(actual, control: [0, 8, 0, 32, 0, 0, 0, 0, 19, 0, 32])
    let first: [UInt8] =
      [26, 11, 22, 10, 0, 0x03] + [0x14, 0x50, 1, 0, 0, 0, 0x50, 0xC3, 0, 0]
      + [0x00, 0x00, 2, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    let table = try decoded(.bt65, first + [UInt8](repeating: 0, count: 26), dimensions)
    #expect(table.layout.octets == 52)
    #expect(table.values(named: "End Time", entry: 0) == [.octets([26, 11, 22, 10, 0])])
    #expect(table.values(named: "Simple Status", entry: 0) == [.octets([3])])
    #expect(table.values(named: "Extended Status", entry: 0) == [.octets([0x14, 0x50]), .octets([0, 0])])
    #expect(table.integers(named: "Interval Channel Data", entry: 0) == [1, 50_000, 2, -1])
    let value = try #require(
      table.places.first { $0.pathText == "block_data[0].intervals[0].interval_channel_data[1]" })
    // Named by the sources of its own set.
    #expect(value.displayName == "Frequency" && table.reading(value.pathText) == "50.000 Hz")
    #expect(table.places.last?.pathText == "block_data[1].intervals[1].interval_channel_data[1]")
  }

  @Test func et21() throws {
    var octets = [UInt8](repeating: 0, count: 131)
    octets.replaceSubrange(8..<16, with: [0x6B, 0x01, 0, 0, 17, 0, 30, 0])
    octets.replaceSubrange(18..<30, with: [29, 0, 94, 0, 5, 12, 17, 14, 2, 0x40, 3, 15])
    octets.replaceSubrange(30..<46, with: [0, 1, 15, 0, 0, 0, 0, 0] + [0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0])
    octets[70] = 9
    octets.replaceSubrange(78..<82, with: [7, 0, 0, 1])
    octets.replaceSubrange(83..<89, with: [26, 11, 22, 0, 0, 0])
    octets[93] = 0x08
    octets.replaceSubrange(94..<107, with: [26, 11, 22, 10, 45, 0, 99, 26, 11, 22, 11, 45, 0])
    octets.replaceSubrange(107..<112, with: [0x80, 0x99, 0x01, 0, 1])
    let actual: [UInt8] = [0, 0, 0, 0, 0, 0x0C, 0x20, 30, 0, 96, 0, 3, 15]
    let table = try decoded(.et21, octets, dimensions(actual))
    #expect(table.layout.octets == 131)
    #expect(table.integers(named: "Block Size") == [0x016B] && table.integers(named: "Block Header Size") == [17])
    #expect(table.integers(named: "Last Block Index") == [29] && table.integers(named: "Last Interval Number") == [94])
    #expect(
      table.integers(named: "Interval Size") == [14] && table.integers(named: "Channel 0 Offset from Interval") == [2])
    #expect(
      table.integers(named: "Sources") == [0, 1, 15, 0, 0, 0, 0, 0]
        && table.integers(named: "Sources expansion").first == 9)
    #expect(table.integers(named: "Placeholders").prefix(2) == [-1, 2])
    #expect(table.integers(named: "Load Profile Configuration ID") == [0x0100_0007])
    #expect(table.integers(named: "LPO – ANSI Compliance") == [1] && table.integers(named: "NVMF Occurred") == [1])
    #expect(table.values(named: "Interval End Time (UTC)") == [.octets([26, 11, 22, 10, 45, 0])])
    #expect(table.values(named: "Interval End Time (local)") == [.octets([26, 11, 22, 11, 45, 0])])
    #expect(table.integers(named: "Max Memory Length") == [104_832])
  }

  /// The guide's example of a data type: MDT 1, DRH 0C 93 3A, not special; and one of four octets, which takes two entries.
  @Test func et57() throws {
    var dimensions = Dimensions()
    try dimensions.learn(.et11, Table.et11Image())
    let octets: [UInt8] = [0x05, 0x0C, 0x93, 0x3A, 0x89, 1, 2, 3, 0x03, 4, 0, 0] + [UInt8](repeating: 0, count: 52)
    let table = try decoded(.et57, octets, dimensions)
    #expect(table.layout.octets == 64)
    #expect(table.integers(named: "Entry Type").prefix(4) == [1, 1, 3, 0])
    #expect(table.integers(named: "MDT").prefix(2) == [1, 2] && table.integers(named: "Special").prefix(2) == [0, 1])
    #expect(table.values(named: "DRH").first == .octets([0x0C, 0x93, 0x3A]))
  }

  @Test func et62() throws {
    var dimensions = Dimensions(firmware: FirmwareVersion(3, 84, 6))
    try dimensions.learn(.bt60, Self.most)
    let octets = Array("\u{5}P01 ".utf8) + [4] + Array("DATE".utf8) + [0] + [UInt8](repeating: 0, count: 116)
    var image = octets
    image.replaceSubrange(21..<27, with: Array("CH01".utf8) + [2, 0xB2])
    let table = try decoded(.et62, image, dimensions)
    #expect(table.layout.octets == 127 && table.tail.isEmpty)
    #expect(table.integer("display_local_time") == 1 && table.integer("disable_load_profile_display") == 1)
    #expect(table.values(named: "Load Profile List ID Code") == [.octets(Array("P01 ".utf8))])
    #expect(table.integer("load_profile_list_id_decimal_point_state") == 4)
    #expect(table.values(named: "Channel ID Code").first == .octets(Array("CH01".utf8)))
    #expect(table.integer("code_word[0].fields_after_dp") == 2 && table.integer("code_word[0].fields_before_dp") == 6)
    #expect(table.integer("code_word[0].zero_suppression") == 1)
  }

  /// Source 112 is the first, 114 at octet 4; the guide's example maps 112 to 0x4001.
  @Test func et66() throws {
    var dimensions = Dimensions()
    try dimensions.learn(.bt60, Self.most)
    let octets: [UInt8] = [0x01, 0x40, 0, 0, 0x02, 0x41] + [UInt8](repeating: 0, count: 122)
    let table = try decoded(.et66, octets, dimensions)
    #expect(
      table.layout.octets == 128 && table.integers(named: "Extended Source IDs").prefix(3) == [0x4001, 0, 0x4102])
    #expect(table.layout.places.first { $0.pathText == "extended_source_ids[2]" }?.offset == 4)
  }

  /// One entry of 143 octets: time, 16 sources of two octets, 8 demands, sub-interval, multiplier, 16 times six octets.
  @Test(arguments: [(FirmwareVersion(3, 84, 6), 4, 143), (FirmwareVersion(4, 30), 5, 159)])
  func et75(firmware: FirmwareVersion, characters: Int, entry: Int) throws {
    var dimensions = Dimensions(firmware: firmware)
    try dimensions.learn(.bt60, Self.most)
    try dimensions.learn(.bt20, Table.bt20.layout(in: Dimensions()).factoryImage)
    var shaping = Table.et36Image(outages: 0)
    // The sixth record's entry size and entries.
    (shaping[1 + 5 * 17 + 2], shaping[1 + 5 * 17 + 6]) = (UInt8(entry), 1)
    try dimensions.learn(.et36, shaping)
    let sources: [UInt8] = [0, 0, 0x01, 0x40] + [UInt8](repeating: 0, count: 28)
    var octets: [UInt8] = [4, 1, 0, 7, 0, 1] + [26, 11, 22, 10, 45]
    octets += sources + [8, 9, 0, 0, 0, 0, 0, 0] + [15, 4]
    for channel in 11...26 { octets += Array("CH\(channel) ".utf8.prefix(characters)) + [0, 0x9A] }
    let table = try decoded(.et75, octets, dimensions)
    #expect(table.layout.octets == 6 + entry && octets.count == 6 + entry)
    #expect(table.integer("last_entry_sequence_number") == 7 && table.integer("list_type") == 1)
    #expect(table.values(named: "Timestamp") == [.octets([26, 11, 22, 10, 45])])
    #expect(table.integers(named: "Extended Source IDs").prefix(2) == [0, 0x4001])
    #expect(table.integers(named: "Demand Sources") == [8, 9, 0, 0, 0, 0, 0, 0])
    #expect(table.reading("log_entries[0].demand_sub_interval") == "900 s")
    #expect(table.integer("log_entries[0].demand_interval_multiplier") == 4)
    #expect(
      table.values(named: "ID Code").count == 16
        && table.values(named: "ID Code").dropFirst().first == .octets(Array("CH12 ".utf8.prefix(characters))))
    #expect(table.integers(named: "Fields After DP").last == 2 && table.integers(named: "Fields Before DP").last == 3)
    #expect(table.integers(named: "Zero Suppression").last == 1)
  }
}
