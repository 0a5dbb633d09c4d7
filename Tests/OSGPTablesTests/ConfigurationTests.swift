// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// The tables of a meter's configuration in octets made by hand.
@Suite struct ConfigurationTests {
  static let third = FirmwareVersion(3, 84, 6)
  static let fourth = FirmwareVersion(4, 30)

  static func layout(
    _ table: Table, _ firmware: FirmwareVersion?, tiers: UInt8 = 4, messages: UInt8 = 3, image: [UInt8]? = nil
  ) throws -> Layout {
    var dimensions = Dimensions(firmware: firmware)
    try dimensions.learn(.bt20, Table.bt20Image(tiers: tiers))
    try dimensions.learn(.et11, Table.et11Image())
    try dimensions.learn(.et90, Table.et90Image(messages: messages))
    return try table.layout(in: dimensions, image: image)
  }

  /// A table of zeros but for what stands at these offsets.
  static func decoded(
    _ table: Table, _ firmware: FirmwareVersion?, tiers: UInt8 = 4, _ octets: [(at: Int, [UInt8])] = []
  ) throws -> Decoded {
    let layout = try layout(table, firmware, tiers: tiers)
    var image = [UInt8](repeating: 0, count: layout.octets)
    for (offset, octets) in octets {
      try #require(offset + octets.count <= image.count)
      image.replaceSubrange(offset..<offset + octets.count, with: octets)
    }
    return Decoded(layout: layout, octets: image)
  }

  static let sizes: [(table: Table, firmware: FirmwareVersion?, tiers: UInt8, octets: Int)] = [
    (.et29, FirmwareVersion(2, 1), 4, 20), (.et29, third, 4, 20), (.et29, FirmwareVersion(1, 32), 4, 20),
    // With the 6 octets of meters that have a P2P modem.
    (.et29, FirmwareVersion(4, 0), 4, 54), (.et29, nil, 4, 54),
    // 3.x: A+40 with A = 146 + 4 * (tiers - 1); 4.x: A+62 with A = 147 + 4 * (tiers - 1).
    (.et55, third, 4, 198), (.et55, third, 8, 214), (.et55, third, 1, 186), (.et55, FirmwareVersion(1, 20), 4, 198),
    (.et55, FirmwareVersion(3, 70), 4, 198), (.et55, FirmwareVersion(4, 0), 4, 221),
    (.et55, FirmwareVersion(4, 30), 8, 237), (.et55, nil, 1, 209), (.et55, nil, 0, 209),
    // Before 3.70 up to the last field that such firmware has.
    (.et55, FirmwareVersion(3, 60), 4, 127), (.et55, FirmwareVersion(3, 50), 4, 119),
    (.et55, FirmwareVersion(3, 40), 4, 109), (.et55, FirmwareVersion(1, 19), 4, 109),
    (.et55, FirmwareVersion(3, 30), 4, 105), (.et55, FirmwareVersion(2, 1), 4, 105),
    (.et80, nil, 4, 8), (.et80, third, 4, 8),
    (.et89, FirmwareVersion(4, 49), 4, 68), (.et89, FirmwareVersion(4, 50), 4, 130), (.et89, nil, 4, 130),
    (.et90, third, 4, 17), (.et90, FirmwareVersion(1, 31), 4, 17), (.et90, FirmwareVersion(4, 2), 4, 17),
    (.et90, FirmwareVersion(4, 10), 4, 17), (.et90, FirmwareVersion(4, 20), 4, 20), (.et90, nil, 4, 20),
    // A = 24: A+31 and A+101.
    (.et97, third, 4, 55), (.et97, FirmwareVersion(1, 31), 4, 55), (.et97, FirmwareVersion(4, 2), 4, 125),
    (.et97, nil, 4, 125),
  ]

  @Test(arguments: sizes.indices) func bySize(i: Int) throws {
    let (table, firmware, tiers, octets) = Self.sizes[i]
    #expect(try Self.layout(table, firmware, tiers: tiers).octets == octets, "\(table.id) \(firmware as Any)")
  }

  /// As the column for 3.x prints them, but for the errors that both columns have: 17..51 encloses what is described.
  @Test(arguments: [(1, 146), (4, 158), (8, 174)] as [(UInt8, Int)])
  func reservedOctetsOfTheThirdGeneration(tiers: UInt8, a: Int) throws {
    let places = try Self.layout(.et55, Self.third, tiers: tiers).places
    let reserved = places.filter { $0.isReserved && $0.field.bits == nil }.map { $0.offset..<$0.end }
    #expect(
      reserved == [
        0..<3, 5..<14, 17..<20, 20..<24, 24..<52, 89..<93, 102..<103, 114..<116, 116..<117, 117..<119, 127..<128,
        a + 9..<a + 10,
      ])
  }

  @Test func meterConfigurationOfTheThirdGeneration() throws {
    let decoded = try Self.decoded(
      .et55, Self.third,
      [
        (3, [0x22]), (4, [0x05]), (15, [0x3C, 0x00]), (52, Array("C.1 ".utf8)), (56, [0x04]),
        (65, [26, 11, 22, 10, 5, 9]), (77, [0x05]), (78, [0x0A, 0x00]), (80, [0x0B]), (81, [0x88, 0x13, 0, 0]),
        (85, [0x2C, 0x01]), (87, [2]), (88, [1]), (93, [5]), (103, [0x0A, 0x00]), (107, [0x05, 0x00]), (109, [2]),
        (110, [0xFF, 0xFF]), (121, [0x0A, 0]), (123, [115]), (128, [0xE8, 3, 0, 0]), (140, [0xFA, 0, 0, 0]),
        (144, [0xE8, 0x03]), (146, [0x40, 0x42, 0x0F, 0]), (154, [1, 0, 0, 0]), (158, [3]),
        (159, [0x78, 0x56, 0x34, 0x12]), (163, [15, 23, 59, 58]), (168, [15, 0]), (170, [0x58, 0x02]),
        (174, [0x10, 0x27, 0, 0]), (192, [180, 0]), (194, [10, 90, 110]), (197, [100]),
      ])
    #expect(decoded.integer("consumption_based_tariff_enabled") == 1 && decoded.integer("step_tariff_enabled") == 1)
    #expect(decoded.reading("delta_time_adjustment_increment") == "5 s")
    #expect(decoded.reading("plc_active_timeout") == "3600 s")
    #expect(decoded.octets(named: "Scheduled LCD Message ID") == Array("C.1 ".utf8))
    #expect(decoded.octets(named: "Scheduled LCD Message Display Start Time") == [26, 11, 22, 10, 5, 9])
    #expect(decoded.integer("disable_message_override") == 1 && decoded.integer("message_overridden") == 0)
    #expect(decoded.integer("disable_scheduled_lcd_message_in_scrolling_list") == 1)
    #expect(decoded.reading("phase_loss_threshold_seconds") == "10 s")
    #expect(decoded.integer("disable_consumption_based_tariff") == 1 && decoded.integer("disable_step_tariff") == 1)
    #expect(decoded.reading("over_power_threshold") == "5000 W")
    #expect(decoded.reading("over_power_time_threshold") == "300 s")
    #expect(decoded.integer("over_power_threshold_tier") == 2 && decoded.integer("over_power_source") == 1)
    #expect(decoded.reading("transformer_secondary_rated_current") == "5 A")
    #expect(decoded.integer("phase_loss") == 1 && decoded.integer("subsequent_power_outage") == 1)
    #expect(decoded.integer("current_on_missing_or_unused_phase") == 0)
    #expect(decoded.integer("primary_load_profile_index") == 2)
    #expect(decoded.integer("high_frequency_noise_detection_threshold") == -1)
    #expect(decoded.reading("zero_fault_detection_time_threshold") == "10 s")
    #expect(decoded.reading("normal_voltage_upper_limit") == "115 %")
    #expect(decoded.reading("prepay_tier_5_8_rates[0]") == "1.000")
    #expect(decoded.reading("prepay_tier_5_8_rates[3]") == "0.250")
    #expect(decoded.reading("reverse_energy_alarm_current_threshold") == "1.000 A")
    #expect(decoded.reading("step_tariff_thresholds[0]") == "1000000 Wh")
    #expect(
      decoded.reading("step_tariff_thresholds[2]") == "1 Wh" && decoded.integer("step_tariff_thresholds[3]") == nil)
    #expect(decoded.integer("step_tariff_source") == 3 && decoded.integer("step_tariff_tou_id") == 0x1234_5678)
    #expect(decoded.integer("step_tariff_reset_day") == 15 && decoded.integer("step_tariff_reset_second") == 58)
    #expect(decoded.integer("number_of_mains_cycles_used_for_consecutive_rms_voltage_calculation") == 15)
    #expect(decoded.reading("number_of_seconds_for_average_rms_voltage_calculations") == "600 s")
    #expect(decoded.reading("delta_adsup") == "10.000 V")
    #expect(decoded.integer("mvd_detection_time_threshold_upper_limit") == 180)
    #expect(decoded.reading("mvd_swell_low_vrms_threshold") == "110 %")
    #expect(decoded.integer("energy_register_unit") == 100)
    // Reserved before 4.0 and 4.30.
    #expect(decoded.integer("earth_fault_time_threshold") == nil && decoded.integer("house_icon_control") == nil)
    #expect(decoded.integer("plc_failed_authentication_lockout_threshold") == nil)
  }

  @Test func meterConfigurationOfTheFourthGeneration() throws {
    let decoded = try Self.decoded(
      .et55, Self.fourth,
      [
        (4, [0x05]), (20, [30, 60, 5, 10]), (52, Array("15.8.0".utf8.prefix(5))), (57, [0x10]),
        (115, [0xF4, 0x01]), (118, [0x03, 0]), (198, [10]), (199, [0x06]), (200, [0x03]), (201, [0x58, 0x02]),
        (203, [0x2C, 0x01]), (205, [0x02]), (206, [0x9C, 0xFF, 0x64, 0, 0xC8, 0]), (212, [5]), (213, [10, 0]),
        (215, [20, 0]), (217, [1]), (218, [1, 0]), (220, [2]),
      ])
    #expect(decoded.reading("delta_time_adjustment_increment") == "5 s")
    #expect(decoded.integer("plc_failed_authentication_lockout_threshold") == 30)
    #expect(decoded.reading("plc_failed_authentication_lockout_duration") == "3600 s")
    #expect(decoded.integer("optical_failed_authentication_lockout_threshold") == 5)
    #expect(decoded.reading("optical_failed_authentication_lockout_duration") == "600 s")
    #expect(decoded.octets(named: "Scheduled LCD Message ID") == Array("15.8.".utf8))
    #expect(decoded.integer("scheduled_lcd_message_id_decimal_point_state") == 0x10)
    #expect(decoded.reading("earth_fault_detection_current_threshold") == "0.500 A")
    #expect(decoded.integer("earth_fault_time_threshold") == 3 && decoded.integer("energy_register_unit") == 10)
    #expect(decoded.integer("house_icon_control") == 2 && decoded.integer("m_bus_discovery_auto_confirmation") == 1)
    #expect(decoded.integer("enable_optical_d_o_s_timer") == 1 && decoded.integer("disable_optical_port") == 1)
    #expect(
      decoded.reading("optical_session_timeout") == "600 s" && decoded.reading("optical_session_hold_off") == "300 s")
    #expect(decoded.integer("external_tamper_1_in_use") == 0 && decoded.integer("external_tamper_2_in_use") == 1)
    #expect((0..<3).map { decoded.integer("tamper_adc[\($0)]") } == [-100, 100, 200])
    #expect(
      decoded.reading("external_tamper_duration") == "5 s" && decoded.reading("magnetic_tamper_duration") == "20 s")
    #expect(decoded.reading("general_cover_removed_detection_threshold_2") == "10 s")
    #expect(decoded.integer("va_power_and_energy_calculation_method") == 1)
    #expect(decoded.integer("bev_load_profile_lock_mode") == 1)
    #expect(decoded.integer("most_significant_byte_for_reverse_energy_alarm_current_threshold") == 2)
  }

  @Test func averagePower() throws {
    let decoded = try Self.decoded(.et80, Self.third, [(0, [1, 0x3C, 0x00, 15, 0x10, 0x27, 0, 0])])
    #expect(decoded.integer("average_power_enabled") == 1)
    #expect(decoded.reading("average_power_control_sub_interval") == "60 s")
    #expect(decoded.integer("average_power_control_interval_multiplier") == 15)
    #expect(decoded.reading("average_power_disconnect_threshold") == "10000 W")
  }

  @Test func localNetworkStatus() throws {
    let decoded = try Self.decoded(
      .et89, FirmwareVersion(4, 50),
      [
        (0, [0xE8, 0x03]), (34, [0xD0, 0x07]), (66, [3, 2]), (68, [26, 1, 2, 3, 4, 5]), (74, [0x02]), (75, [0x01]),
        // Locked: 3600 s are left; closed. Local: without end; open.
        (80, [0x10, 0x0E, 0x10, 0x00]), (88, [0, 0, 0x08, 0]), (92, [0x03]), (105, [0xFF, 0xFF, 0x27, 0]),
        (109, [1, 0, 2, 1]), (113, [0x02, 33]), (117, [0, 0, 1, 0]), (121, [72]), (122, [1, 2, 3, 4, 5, 6, 7, 8]),
      ])
    #expect(decoded.integer("prior_mep_1_handle") == 1000 && decoded.integer("prior_mep_2_handle") == 2000)
    #expect(decoded.integer("mep_2_re_register_requests") == 3 && decoded.integer("mep_2_re_register_allowed") == 2)
    #expect(decoded.integer("h1_device_present") == 0 && decoded.integer("plc_disabled") == 1)
    #expect(decoded.integer("relays[0].current_op_mode") == 1 && decoded.integer("relays[1].current_op_mode") == 3)
    #expect(decoded.reading("relays[0].time_remaining_in_locked_state") == "3600 s")
    #expect(decoded.integer("relays[0].locked_state") == 1 && decoded.integer("relays[0].locked_no_expire") == 0)
    #expect(decoded.integer("relays[0].local_no_expire") == 1 && decoded.integer("relays[0].local_state") == 0)
    // All 19 bits: 524287 s, though the guide has 262143 as the most.
    #expect(decoded.reading("relays[1].time_remaining_in_local_state") == "524287 s")
    #expect(decoded.integer("relays[1].local_state") == 2 && decoded.integer("relays[1].local_no_expire") == 0)
    #expect(decoded.integer("image_validation_key_ids[1]") == 0x0102)
    #expect(decoded.integer("key_0_invalidated") == 0 && decoded.integer("key_1_invalidated") == 1)
    #expect(decoded.integer("last_validation_error") == 33 && decoded.integer("last_image_length") == 65_536)
    #expect(
      decoded.integer("signature_length") == 72 && decoded.octets(named: "Signature") == [1, 2, 3, 4, 5, 6, 7, 8])
  }

  /// Nobody knows where its fields are, but nothing of it is lost.
  @Test func whatHasNoPlaceInTheStatusIsKept() throws {
    let image = [UInt8](repeating: 0, count: 130) + [1, 2, 3, 4]
    let layout = try Self.layout(.et89, FirmwareVersion(4, 60), image: image)
    #expect(layout.octets == 134)
    let name: StaticString = "Log Masks, Disconnect Flags, Security Events and TLS Port Status"
    #expect(Decoded(layout: layout, octets: image).octets(named: name) == [1, 2, 3, 4])
  }

  @Test func localNetworkDimensions() throws {
    let image = Table.et90Image(messages: 5)
    let newest = Decoded(layout: try Self.layout(.et90, FirmwareVersion(4, 20)), octets: image)
    #expect(newest.integer("ip_address_length") == 50 && newest.integer("modem_apn_length") == 64)
    #expect(newest.integer("number_of_ftz_messages") == 5 && newest.integer("modem_at_command_reply_length") == 200)
    #expect(newest.integer("modem_sim_iccd_length") == 23)
    let older = Decoded(layout: try Self.layout(.et90, Self.third), octets: Array(image.prefix(17)))
    #expect(older.integer("ip_address_length") == nil && older.integer("number_of_ftz_messages") == 5)
  }

  @Test func localNetworkConfiguration() throws {
    let a = 24
    let octets: [(at: Int, [UInt8])] = [
      (8, Array("  12 EUR".utf8)), (a, [1]), (a + 1, [0xFF]), (a + 31, [3]), (a + 62, [0x03]), (a + 63, [1, 1]),
      (a + 71, [9, 0]), (a + 73, [0x09]), (a + 74, [0x3C, 0]), (a + 76, [0x59]), (a + 77, [30, 6, 45]),
      // The second relay, 17 octets on.
      (a + 90, [0x01]), (a + 93, [0x40]), (a + 95, [23, 59]), (a + 97, [15]), (a + 98, [0, 1, 1]),
    ]
    let decoded = try Self.decoded(.et97, Self.fourth, octets)
    #expect(decoded.octets(named: "FTz Message Contents Array", 1) == Array("  12 EUR".utf8))
    #expect(decoded.integer("mep_1_id_comparison_mode") == 1 && decoded.integer("mep_2_id_comparison_mode") == 3)
    #expect(decoded.integer("power_boost_relay_ln") == 1 && decoded.integer("mbus_ad_use_300_baud") == 1)
    #expect(decoded.integer("relays[0].group_id[0]") == 257 && decoded.integer("relays[0].group_id[4]") == 9)
    #expect(decoded.integer("relays[0].mode") == 1 && decoded.integer("relays[0].require_explicit_hb") == 1)
    #expect(decoded.reading("relays[0].heartbeat_interval") == "3600 s")
    #expect(decoded.integer("relays[0].maintenance_mode_entry") == 1)
    #expect(decoded.integer("relays[0].maintenance_mode_display") == 2)
    #expect(decoded.integer("relays[0].maintenance_mode_open") == 1)
    #expect(decoded.integer("relays[0].maintenance_mode_exit") == 2)
    #expect(decoded.reading("relays[0].maintenance_mode_exit_delay") == "30 s")
    #expect(decoded.integer("relays[0].maintenance_mode_exit_hour") == 6)
    #expect(decoded.integer("relays[0].maintenance_mode_exit_minute") == 45)
    #expect(decoded.integer("relays[1].mode") == 1 && decoded.integer("relays[1].maintenance_mode_exit") == 2)
    #expect(decoded.integer("relays[1].maintenance_mode_exit_minute") == 59)
    #expect(decoded.reading("security_log_interval_minutes") == "900 s")
    #expect(decoded.integer("require_tls_on_optical_port") == 0 && decoded.integer("require_tls_on_mep1_port") == 1)
    #expect(decoded.integer("require_tls_on_mep2_port") == 1)
  }

  static let impossible: [(shaping: Table, image: [UInt8], shaped: Table)] = [
    (.bt20, Table.bt20Image(tiers: 9), .et55), (.bt20, Table.bt20Image(tiers: 255), .et55),
    (.et90, Table.et90Image(messages: 33), .et97), (.et90, Table.et90Image(messages: 255), .et97),
  ]

  @Test(arguments: impossible.indices) func impossibleDimensionsAreRefused(i: Int) throws {
    let (shaping, image, shaped) = Self.impossible[i]
    var dimensions = Dimensions()
    try dimensions.learn(shaping, image)
    let error = #expect(throws: LayoutError.self) { try shaped.layout(in: dimensions) }
    guard case .impossible(shaping.id, _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
