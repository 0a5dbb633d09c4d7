// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// BT03 and BT04, from images made by hand.
@Suite struct AlarmTests {
  private func decoded(_ table: Table, _ octets: [UInt8], alarmOctets: UInt8 = 9) throws -> Decoded {
    var dimensions = Dimensions()
    var general = try Table.bt00.layout(in: dimensions).factoryImage
    general[17] = alarmOctets
    try dimensions.learn(.bt00, general)
    return Decoded(layout: try table.layout(in: dimensions), octets: octets)
  }

  private func raised(_ decoded: Decoded) -> [String] {
    decoded.places.filter { !$0.isReserved && $0.integer(in: decoded.octets) == 1 }.map(\.pathText)
  }

  @Test func alarmsAreBits() throws {
    let decoded = try decoded(.bt03, [0x02, 0x40, 0x12, 0x08, 0x10, 0x81, 0x01, 0x00, 0x24, 0x01, 0, 0, 0xFF])
    #expect(decoded.layout.octets == 13 && decoded.tail.isEmpty)
    #expect(
      raised(decoded) == [
        "test_mode", "clock_error", "low_loss_potential", "cover_removed", "neutral_current_deviation", "phase_loss",
        "invalid_password", "load_profile_backfill_failed", "mep_installed_or_removed",
        "password_key_expiration_pending", "modem_error", "control_relay_2_open",
      ])
  }

  /// Older meters have fewer octets of their own alarms.
  @Test(arguments: [(0, 4, 0), (3, 7, 24), (5, 9, 40), (255, 259, 41)] as [(UInt8, Int, Int)])
  func thereAreAsManyAsTheMeterSays(alarmOctets: UInt8, octets: Int, alarms: Int) throws {
    let layout = try decoded(.bt03, [], alarmOctets: alarmOctets).layout
    #expect(layout.octets == octets)
    #expect(layout.places.filter { !$0.isReserved }.count == 3 + 16 + 4 + alarms)
  }

  @Test func aPendingTableSaysWhatItWaitsFor() throws {
    let none = [UInt8](repeating: 0, count: 8)
    let image =
      [0, 0, 0x40] + [UInt8](repeating: 0, count: 7) + [UInt8](repeating: 0, count: 13) + [22, 11, 10, 18, 30, 1]
      + [0x10, 22, 12, 1, 0, 0, 0x36, 0x10] + none
    let decoded = try decoded(.bt04, image)
    #expect(image.count == 45 && decoded.layout.octets == 45)
    #expect(decoded.integer("number_of_pending_activations") == 1)
    #expect(decoded.integer("pending_activations[0].event_code") == 0)
    #expect(
      decoded.integer("pending_activations[0].self_read_flag") == 1
        && decoded.integer("pending_activations[0].demand_reset_flag") == 0)
    #expect(
      decoded.integer("pending_activations[0].table_id") == 54
        && decoded.integer("pending_activations[0].still_pending") == 1)
    #expect(decoded.integer("pending_activations[1].still_pending") == 0)
  }
}
