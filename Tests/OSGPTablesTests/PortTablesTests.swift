// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// BT07, BT08, ET23, ET51, ET59, ET71, ET85: sizes, and octets made by hand.
@Suite struct PortTablesTests {
  private func dimensions(_ firmware: FirmwareVersion? = nil) throws -> Dimensions {
    var dimensions = Dimensions(firmware: firmware)
    try dimensions.learn(.bt00, Table.bt00.layout(in: Dimensions()).factoryImage)
    try dimensions.learn(.et11, Table.et11.layout(in: dimensions).factoryImage)
    return dimensions
  }

  private func decoded(_ table: Table, _ octets: [UInt8], _ firmware: FirmwareVersion? = nil) throws -> Decoded {
    Decoded(layout: try table.layout(in: dimensions(firmware), image: octets), octets: octets)
  }

  static let sizes: [(table: String, firmware: FirmwareVersion?, octets: Int)] = [
    ("BT07", nil, 258), ("BT08", nil, 16), ("ET59", nil, 16), ("ET85", nil, 16),
    ("ET23", nil, 218), ("ET23", FirmwareVersion(4, 0), 218), ("ET23", FirmwareVersion(3, 84, 6), 186),
    ("ET23", FirmwareVersion(1, 32), 186),
    ("ET51", FirmwareVersion(3, 39), 8), ("ET51", FirmwareVersion(3, 40), 9), ("ET51", FirmwareVersion(3, 69), 9),
    ("ET51", FirmwareVersion(3, 70), 10), ("ET51", FirmwareVersion(3, 84, 6), 10), ("ET51", FirmwareVersion(4, 0), 20),
    ("ET51", nil, 20), ("ET51", FirmwareVersion(1, 19), 8), ("ET51", FirmwareVersion(1, 20), 10),
    ("ET52", nil, 896), ("ET53", nil, 1785), ("ET71", nil, 130), ("ET71", FirmwareVersion(3, 40), 130),
    // ET11 has no number of sources yet.
    ("ET71", FirmwareVersion(3, 30), 0),
  ]

  @Test(arguments: sizes) func bySize(table: String, firmware: FirmwareVersion?, expected: Int) throws {
    let table = try #require(Table.named(table))
    #expect(try table.layout(in: dimensions(firmware)).octets == expected)
  }

  @Test func parametersAreAsLongAsBT00Says() throws {
    var dimensions = Dimensions()
    try dimensions.learn(.bt00, [UInt8](repeating: 0, count: 9) + [7, 3])
    #expect(try Table.bt07.layout(in: dimensions).octets == 10)
    for table in [Table.bt08, .et59, .et85] { #expect(try table.layout(in: dimensions).octets == 7) }
  }

  /// The column of offsets for 3.x ends earlier.
  @Test func et23OfAThirdGenerationMeter() throws {
    let last = try #require(Table.et23.layout(in: dimensions(FirmwareVersion(3, 84, 6))).places.last)
    #expect(
      try PrintedRow.printed("ET23").compactMap(\.offset3) == ["\(last.offset)…\(last.end - 1)"] && last.isReserved)
  }

  @Test func et23() throws {
    let octets: [UInt8] =
      [0x04, 0x03, 0x02, 0x01, 0x0A, 0, 0, 0] + [UInt8](repeating: 0, count: 86) + [2, 0x78, 0x56, 0x34, 0x12]
    let decoded = try decoded(.et23, octets)
    #expect(decoded.integer("lontalk_messages_received") == 0x0102_0304)
    #expect(decoded.integer("lontalk_messages_validated") == 10)
    #expect(decoded.integer("disconnect_internal_status") == 2)
    #expect(decoded.meaning("disconnect_internal_status") == "opened")
    #expect(decoded.integer("active_calendar_id") == 0x1234_5678)
  }

  /// The first entry is a new meter's, the second has every value changed.
  @Test func et51() throws {
    let octets: [UInt8] = [0x01, 60, 0, 30, 0x58, 0x02, 0x2C, 0x01, 1, 0, 0x8E, 1, 2, 3, 4, 5, 6, 7, 8, 1]
    let decoded = try decoded(.et51, octets)
    #expect(decoded.layout.factoryImage == Array(octets.prefix(10)) + Array(octets.prefix(10)))
    let first = "mep_device_configuration[0]."
    #expect(decoded.integer(first + "enable_optical_d_o_s_timer") == 1)
    #expect(decoded.reading(first + "mep_health_timeout") == "60 s")
    #expect(decoded.reading(first + "optical_session_timeout") == "600 s")
    #expect(decoded.reading(first + "optical_session_hold_off") == "300 s")
    let second = "mep_device_configuration[1]."
    for (flag, value) in [
      ("enable_optical_d_o_s_timer", 0), ("monitor_mep_health", 1), ("reset_device_down_mep", 1), ("reset_mep_now", 1),
      ("disable_mep", 1), ("deactivate_han", 1),
    ] { #expect(decoded.integer(second + flag) == Int64(value)) }
    #expect(decoded.integer(second + "mep_health_timeout") == 0x0201)
    #expect(decoded.integer(second + "on_demand_and_one_time_read_timeout") == 3)
    #expect(decoded.integer(second + "optical_session_timeout") == 0x0504)
    #expect(decoded.integer(second + "optical_session_hold_off") == 0x0706)
    #expect(decoded.integer(second + "mep_down_reset_duration") == 8)
  }

  /// The call and its answer that the guide prints: EP17 with sequence number 7.
  @Test func bt07AndItsAnswers() throws {
    let call = try decoded(.bt07, [0x11, 0x08, 0x07, 0x00, 0xF8, 0x03])
    #expect(call.integer("procedure_number") == 0x0811 && call.integer("response_handling") == 0)
    #expect(call.integer("procedure_sequence_number_psn") == 7 && Array(call.tail) == [0x00, 0xF8, 0x03])
    for table in [Table.bt08, .et59, .et85] {
      let answer = try decoded(table, [0x11, 0xF8, 0x07, 4] + [UInt8](1...12))
      #expect(answer.integer("procedure_number") == 0x0811 && answer.integer("procedure_sequence_number_psn") == 7)
      #expect(answer.meaning("result_code") == "Timing constraint, procedure ignored")
      #expect(answer.values.last == .octets([UInt8](1...12)))
    }
  }

  @Test func et71() throws {
    let octets: [UInt8] =
      [0x0F, 0x40, 0xE8, 0x03, 0xFE, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x01, 0x00, 0x01]
      + [0xFF, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let decoded = try decoded(.et71, octets)
    #expect(decoded.integer("delta_data[0].delta_data_monitor_source") == 0x400F)
    #expect(decoded.integer("delta_data[0].configured_delta") == 1000)
    #expect(decoded.integer("delta_data[0].comparison_value") == -2)
    #expect(decoded.integer("delta_data[0].sampled_data_value") == 65536)
    #expect(decoded.integer("delta_data[0].source_id_invalid") == 1)
    #expect(decoded.meaning("delta_data[1].delta_data_monitor_source") == "not in use")
    // A new meter watches nothing.
    #expect(Array(decoded.layout.factoryImage.prefix(13)) == Array(octets.suffix(13)))
  }
}

extension Decoded {
  fileprivate func meaning(_ path: String) -> String? {
    guard let place = places.first(where: { $0.pathText == path }), let value = place.integer(in: octets) else {
      return nil
    }
    return place.field.meanings.first { $0.value == Int(value) }?.words.description
  }
}
