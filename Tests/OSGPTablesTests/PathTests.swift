// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// What a field is called where it is asked for and printed.
@Suite struct PathTests {
  static let samples: [(table: String, paths: [String])] = [
    ("BT00", ["data_order", "char_format", "non_integer_format_1", "procedure_parameter_length", "basic_tables_used"]),
    ("BT21", ["date_time_field", "self_read_inhibit_overflow", "number_of_self_reads", "number_of_tiers"]),
    ("BT22", ["summation_sources[14]", "demand_select[2]", "min_max_flags", "coincident_demand_associated[5]"]),
    (
      "BT23",
      [
        "nbr_demand_resets", "summations[0]", "demands[0].event_time[0]", "demands[2].contin_cum_demand",
        "demands[2].demand[0]", "coincidents[5][0]", "tiers[3].summations[10]", "tiers[0].demands[0].event_time[0]",
      ]
    ),
    ("BT28", ["present_demands[2].time_remaining", "present_demands[0].demand_value", "present_values[40]"]),
    ("BT52", ["clock_calendar", "day_of_week", "dst_applied"]),
    ("ET03", ["utility_serial_number", "image_crc_read_only"]),
    (
      "ET04",
      [
        "program_id_firmware_version_id", "rk_bp10_plus_ep16_access", "c12_19_compliance", "mep_sequence_numbers[1]",
        "reverse_energy_alarm_time_threshold_milliseconds", "inactive_voltage_phase_l1", "self_read_hour",
      ]
    ),
    ("ET11", ["m_bus_multicast_message_length", "et57_entry_count", "error_caution_screen_count"]),
    (
      "ET50",
      [
        "mep_inbound_configuration[0].mep_device_registered",
        "mep_inbound_configuration[0].identification_string_mep_id",
        "mep_inbound_configuration[0].data_for_display_load_profile_sources[19]",
      ]
    ),
    ("ET54", ["mis_wiring_reason", "welmec_11_2_compliance", "mep_tx_lock_channel", "et74_entry_count"]),
    ("ET70", ["current_comm_channel_index"]),
  ]

  @Test(arguments: samples.indices) func samplesAreThere(i: Int) throws {
    let (name, wanted) = Self.samples[i]
    let layout = try #require(Table.named(name)).layout(in: Scenario.all[1].dimensions())
    let paths = Set(layout.places.map(\.pathText))
    for path in wanted { #expect(paths.contains(path), "\(name) \(path)") }
  }

  @Test func bothPortsHaveTheirPath() throws {
    let layout = try Table.et50.layout(in: Scenario.household.dimensions())
    let registered = layout.places.filter { $0.field.name.description == "MEP Device Registered" }
    #expect(
      registered.map(\.pathText) == [
        "mep_inbound_configuration[0].mep_device_registered", "mep_inbound_configuration[1].mep_device_registered",
      ])
  }

  @Test(arguments: Catalogue.tables.map(\.id), Scenario.all) func pathsAreUnique(id: TableID, scenario: Scenario) throws
  {
    let layout = try #require(Catalogue.table(id)).layout(in: scenario.dimensions())
    var seen: Set<String> = []
    for place in layout.places where !place.isReserved {
      #expect(seen.insert(place.pathText).inserted, "\(id) \(place.pathText)")
      #expect(!place.pathText.isEmpty)
    }
  }
}
