// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension Section {
  /// Clock, calendar, and the relays that it switches.
  static let time = Section(
    tables: ["BT50", "BT53", "BT54", "ET46", "ET47", "ET61"],
    errata: errata54 + [
      Erratum(
        table: "ET61", row: "Relay Control",
        printed: (
          "ARRAY[2] of Relay Switches. The first entry is applicable to Control Relay 1. The second entry is applicable "
            + "to Control Relay 2.", nil
        ), name: Erratum.dropped, why: "its fields follow"),
      Erratum(
        table: "ET61", row: "Relay Switches", printed: ("ARRAY[ET11.26] of RelayControlRcd", nil),
        name: Erratum.dropped, why: "its fields follow"),
    ],
    appendixC: [
      AppendixC(table: "BT50", write: .none), AppendixC(table: "BT53", write: .advanced),
      AppendixC(table: "BT54", write: .advanced, memory: .write), AppendixC(table: "ET46", write: .none),
      AppendixC(table: "ET47", write: .advanced, memory: .write), AppendixC(table: "ET61", write: .advanced),
    ],
    symbols: [
      "BT54": [
        "NonRecurrDateRcd": "3", "RecurrDateRcd": "3", "TierSwitchRcd": "3", "SeaSchedRcd": "3+BT50.2/16",
        "Dates": "3*BT50.3", "Switches": "Dates+3*BT50.4", "Schedules": "Switches+3*BT50.5",
      ]
    ],
    shaping: [
      [(.bt50, bt50())], [(.bt50, bt50(seasons: 4, switches: 40, recurring: 1, nonRecurring: 1))],
      [(.bt50, bt50(seasons: 15, specials: 3, switches: 255))],
    ],
    plausible: { random, _ in
      [
        (
          .bt50,
          bt50(
            seasons: .random(in: 0...15, using: &random), specials: .random(in: 0...4, using: &random),
            switches: .random(in: 0...40, using: &random), recurring: .random(in: 0...23, using: &random),
            nonRecurring: .random(in: 0...25, using: &random), separate: .random(using: &random))
        )
      ]
    })

  /// BT50 with these dimensions.
  static func bt50(
    seasons: UInt8 = 12, specials: UInt8 = 2, switches: UInt8 = 200, recurring: UInt8 = 23, nonRecurring: UInt8 = 25,
    separate: Bool = false
  ) -> [UInt8] {
    [0x03, separate ? 0x1A : 0x18, specials << 4 | seasons, nonRecurring, recurring, switches, 0, 0x28, 0x03]
  }

  private static let errata54: [Erratum] = [
    dropped("Non-Recurring Date Records", "ARRAY[BT50.3] of NonRecurrDateRcd (Non-recurring Date Records)"),
    dropped("Recurring Date Records", "ARRAYBT50.4] of RecurrDateRcd (Recurring Date Records)"),
    dropped("Tier Switches:", "ARRAY[BT50.5]] of TIerSwitchRcd (Tier Switch Records)"),
    dropped("Season Schedules:", "ARRAY[BT50.2] of SeaSchedRcd (Season Schedule Records):"),
    unplaced("Action", "Calendar Action Bitfield", "2"),
    unplaced("Action", nth: 1, "UINT(0..4)", "Dates+2"),
    unplaced("Demand Reset", "BOOL(5)", "Dates+2"),
    unplaced("Self read", "BOOL(6)", "Dates+2"),
    unplaced("TOU Format", "FILL(7..7)", "Dates+2", type: "BOOL(7)"),
    unplaced("Filler", "FILL(3..4)", "Switches"),
    unplaced("Minute", "UINT(5..10)", "Switches"),
    unplaced("Hour", "UINT(11..15)", "Switches"),
    unplaced("Schedule", "UINT8", "Switches+2"),
    unplaced("Sunday", "UINT8", "Schedules+1"),
    unplaced("Weekday", "UINT8", "Schedules+2"),
    unplaced("Special Schedule 0", "UINT8", "Schedules+3", name: "Special Schedule", type: "ARRAY[BT50.2/16] of UINT8"),
    unplaced("Special Schedule 1", "UINT8", "", name: Erratum.dropped),
    Erratum(
      table: "BT54", row: "Calendar ID",
      printed: (
        "UINT32",
        "BT50.3 * sizeof(NonRecu rrDateRcd) + BT50.4 * sizeof(RecurrDa teRcd) + BT50.5 * sizeof(TierSwitc hRcd) + "
          + "BT50.2 * sizeof(SeaSche dRcd)"
      ), offset: "Schedules + (BT50.2 - BT50.2/16*16) * sizeof(SeaSchedRcd)",
      why: "the seasons are the low half of BT50.2, the special schedules of each the high one"),
  ]

  private static func dropped(_ row: String, _ type: String) -> Erratum {
    Erratum(table: "BT54", row: row, printed: (type, nil), name: Erratum.dropped, why: "its fields follow")
  }

  private static func unplaced(
    _ row: String, nth: Int = 0, _ printed: String, _ offset: String, name: String? = nil, type: String? = nil
  ) -> Erratum {
    Erratum(
      table: "BT54", row: row, nth: nth, printed: (printed, nil), name: name, type: type.map { $0 } ?? printed,
      offset: offset, why: "no offset printed")
  }
}
