// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// ET42, from an image made by hand.
@Suite struct InterfaceDefinitionTests {
  /// Two demands with two coincident values each, three channels, two MDT entries, data sets 1, 2 and 4.
  static let octets: [UInt8] =
    [
      126, 0, 41, 7, 0x02, 0x00, 0x00, 0x00, 0x34, 0x12, 0x19, 12, 11, 2, 4, 1, 4, 2, 55, 15, 1, 0x5A, 0x00,
      // Data set 1: blocks of 9530 octets, 11 of them, 3 channels, an hour, 14 octets, 96 intervals.
      0x3A, 0x25, 0x00, 0x00, 11, 0, 3, 60, 14, 0, 96, 0, 0, 0,
      // The history log: 200 entries with arguments of 15 octets.
      0x07, 200, 0, 15,
    ]
    // The logs: entries and their octets.
    + [2, 232, 0, 8, 0x0D, 0x02, 10, 35, 0, 6, 100, 0, 1, 0x0D, 0x02, 5, 143, 0, 20, 12, 0]
    // The sources of demands, of coincident values and of channels, the last of them an extended one.
    + [8, 9] + [12, 13, 14, 15] + [0, 0, 1, 0, 0x01, 0x40]
    // An M-Bus data type with an extension.
    + [2] + [0x8D, 0x0C, 0x13, 0x00] + [0x03, 0x01, 0x02, 0x03]
    // Data sets 2 and 4 are active: 7 blocks of one channel, and 3 of two.
    + [0b101] + [100, 0, 0, 0, 7, 0, 1, 84, 5, 0, 30, 0, 22, 30, 6, 0]
    + [0x2C, 0x01, 0, 0, 3, 0, 2, 15, 9, 8, 12, 0, 0, 0, 7, 0, 0xFF, 0xFF]
    // The required section: 300 entries in ET74, 5 in ET77, 500 in ET79, units of 10 Wh, 7 digits.
    + [8, 0x2C, 0x01, 5, 0xF4, 0x01, 10, 7]

  private func decoded(
    _ octets: [UInt8] = octets, multiple: Bool = true, firmware: FirmwareVersion? = nil
  ) throws -> Decoded {
    var dimensions = Dimensions(firmware: firmware)
    try dimensions.learn(.et11, Table.et11.layout(in: dimensions).factoryImage)
    try dimensions.learn(.et54, [multiple ? 0x04 : 0, 0])
    return Decoded(layout: try Table.et42.layout(in: dimensions, image: octets), octets: octets)
  }

  static let values: [(path: String, value: Int64)] = [
    ("table_length", 126), ("ics_ica_nak", 0), ("ics_blg_lp_format_2", 1),
    ("billing_interface_definition_number", 0x1234), ("demand_reset_counter", 1), ("cumulative_demand", 0),
    ("demand_configured", 1), ("unread_log_entries_bitmap_enabled", 1), ("number_of_present_values", 55),
    ("demand_sub_interval", 15), ("tier_size", 90), ("load_profile_block_size", 9530),
    ("load_profile_intervals_per_block", 96), ("sequence_nbr", 1), ("inhibit_overflow", 0), ("history_log_count", 200),
    ("history_log_entry_size", 15), ("otr_log_count", 2), ("otr_entry_size", 232), ("m_bus_otr_entry_size", 525),
    ("config_id_log_count", 10), ("demand_reset_entry_size", 100), ("m_bus_recurring_entry_size", 525),
    ("lp_change_log_entry_size", 143), ("power_outage_log_count", 20), ("power_outage_log_entry_size", 12),
    ("demand_sources[1]", 9), ("coincident_sources[3]", 15), ("load_profile_extended_sources[2]", 0x4001),
    ("mdtt_current_entries", 2), ("mdtt_entries[0].entry_type", 1), ("mdtt_entries[0].mdt", 3),
    ("mdtt_entries[0].special", 1), ("mdtt_entries[1].entry_type", 3), ("data_set_2_active", 1),
    ("data_set_3_active", 0), ("data_set_4_active", 1), ("data_set_configuration[0].block_size", 100),
    ("data_set_configuration[0].interval_duration", 84), ("data_set_configuration[0].extended_sources[0]", 6),
    ("data_set_configuration[1].number_of_blocks", 3), ("data_set_configuration[1].extended_sources[1]", 0xFFFF),
    ("length", 8), ("et74_entry_count", 300), ("et77_entry_count", 5), ("et79_entry_count", 500),
    ("energy_register_unit", 10), ("accumulator_rollover_digit", 7),
  ]

  @Test(arguments: values.indices) func theImageSaysWhatItWasMadeToSay(i: Int) throws {
    #expect(try decoded().integer(Self.values[i].path) == Self.values[i].value, "\(Self.values[i].path)")
  }

  @Test func itIsWhole() throws {
    let decoded = try decoded()
    #expect(Self.octets.count == 126 && decoded.layout.octets == 126 && decoded.tail.isEmpty)
    #expect(decoded.reading("demand_sub_interval") == "900 s")
  }

  /// Newer firmware has a longer fixed section, more logs and a longer required section.
  @Test func whatIsAddedIsSteppedOver() throws {
    var octets = Self.octets
    octets[124...125] = [10, 7, 0xAA, 0xBB, 0xCC]
    octets[118] = 11
    octets.insert(contentsOf: [1, 2, 0], at: 62)
    octets.insert(contentsOf: [9, 9], at: 41)
    octets[2] = 43
    octets[3] = 8
    let decoded = try decoded(octets)
    #expect(decoded.layout.octets == octets.count && octets.count == 134)
    #expect(decoded.integer("further_logs[0].log_entry_size") == 2 && decoded.integer("otr_log_count") == 2)
    #expect(decoded.integer("load_profile_extended_sources[2]") == 0x4001)
    #expect(decoded.integer("accumulator_rollover_digit") == 7)
  }

  /// Older firmware has less of each.
  @Test func whatIsMissingIsNotThere() throws {
    var octets = Array(Self.octets[..<37])
    octets[2] = 37
    octets[3] = 1
    octets += [2, 232, 0] + [8, 9] + [12, 13, 14, 15] + [0, 0, 1, 0, 2, 0] + [0] + [3, 0x2C, 0x01]
    let decoded = try decoded(octets, multiple: false)
    #expect(decoded.layout.octets == octets.count && decoded.tail.isEmpty)
    #expect(decoded.integer("history_log_count") == nil && decoded.integer("m_bus_otr_log_count") == nil)
    #expect(decoded.integer("data_set_2_active") == nil)
    #expect(decoded.integer("et74_entry_count") == 300 && decoded.integer("et77_entry_count") == nil)
  }

  @Test(
    arguments: [
      (FirmwareVersion(3, 50), false, 63), (FirmwareVersion(3, 50), true, 64), (FirmwareVersion(3, 60), true, 67),
      (FirmwareVersion(3, 70), true, 72), (FirmwareVersion(4, 30), false, 71), (nil, true, 72),
      (FirmwareVersion(1, 19), false, 63), (FirmwareVersion(1, 20), false, 71),
    ] as [(FirmwareVersion?, Bool, Int)])
  func aNewMetersSize(firmware: FirmwareVersion?, multiple: Bool, expected: Int) throws {
    var dimensions = Dimensions(firmware: firmware)
    try dimensions.learn(.et11, Table.et11.layout(in: dimensions).factoryImage)
    try dimensions.learn(.et54, [multiple ? 0x04 : 0, 0])
    #expect(try Table.et42.layout(in: dimensions).octets == expected)
  }

  @Test(
    arguments: [
      (3, 65, "Log List Size"), (13, 9, "Number of Demands"), (14, 17, "Number of Coincident Values"),
      (29, 17, "Load Profile Number of Channels"), (74, 65, "MDTT Current Entries"), (90, 17, "Number of Channels"),
    ] as [(Int, UInt8, String)])
  func theImpossibleDimensionIsNamed(octet: Int, value: UInt8, field: String) throws {
    var octets = Self.octets
    octets[octet] = value
    let error = #expect(throws: LayoutError.self) { try decoded(octets) }
    guard case .impossible(.extended(42), let name, Int(value))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(name.description == field)
  }

  @Test func theViewHasItInWords() throws {
    let view = try #require(InterfaceDefinition(decoded()))
    #expect(view.billingNumber == 0x1234)
    #expect(view.dataSets.map(\.number) == [1, 2, 4])
    #expect(view.dataSets.map(\.blockSize) == [9530, 100, 300])
    #expect(view.dataSets.map(\.blocks) == [11, 7, 3])
    #expect(view.dataSets.map(\.intervalsPerBlock) == [96, 30, 12])
    #expect(view.dataSets.map(\.intervalSize) == [14, 5, 9])
    #expect(view.dataSets.map(\.interval) == [3600, 86_400, 900])
    #expect(view.dataSets.map(\.sources) == [[0, 1, 0x4001], [6], [7, 0xFFFF]])
    #expect(view.logs.map(\.table.description) == ["ET31", "ET32", "ET38", "ET41", "ET45", "ET75", "ET81"])
    #expect(view.logs.map(\.entries) == [2, 8, 10, 6, 1, 5, 20])
    #expect(view.logs.map(\.entrySize) == [232, 525, 35, 100, 525, 143, 12])
    #expect(view.historyEntries == 200 && view.historyArgumentSize == 15)
    #expect(
      view.recurringReadEntries == 300 && view.secondaryDisplayEntries == 5 && view.alternateHistoryEntries == 500)
    #expect(view.energyRegisterUnit == 10 && view.rolloverDigits == 7)
  }

  /// Cut anywhere, or with any one octet changed: decoded as far as it goes, or refused.
  @Test func hostileOctetsAreRefusedOrKept() throws {
    for count in 0...Self.octets.count {
      let octets = Array(Self.octets.prefix(count))
      guard let decoded = try? decoded(octets) else { continue }
      let view = InterfaceDefinition(decoded)
      #expect((view == nil) == (count < 74), "\(count) octets")
      #expect(view?.dataSets.count ?? 1 == (count < 100 ? 1 : count < 118 ? 2 : 3), "\(count) octets")
      #expect(decoded.layout.encode(decoded.values, tail: Array(decoded.tail)) == octets, "\(count) octets")
    }
    for i in Self.octets.indices {
      for value in [0, 1, 0x7F, 0xFF] as [UInt8] {
        var octets = Self.octets
        octets[i] = value
        guard let decoded = try? decoded(octets) else { continue }
        _ = InterfaceDefinition(decoded)
        #expect(decoded.layout.encode(decoded.values, tail: Array(decoded.tail)) == octets, "octet \(i) \(value)")
      }
    }
  }
}
