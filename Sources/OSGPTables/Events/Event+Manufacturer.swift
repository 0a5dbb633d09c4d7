// SPDX-License-Identifier: Apache-2.0
import C1219

extension Event {
  static let manufacturer: [Event] = [
    Event(.manufacturer(0), "Load Profile Overflow"),
    Event(.manufacturer(1), "Self-Read Occurred"),
    Event(
      id: .manufacturer(2), name: "Load Disconnect State Changed",
      formats: [
        // Only EP30 and a power-up tell what the state was before.
        Format(mask: 0xFF00, value: 0x0800, parts: disconnectChange + previousStates),
        Format(mask: 0xFF00, value: 0x0A00, parts: disconnectChange + previousStates),
        Format(mask: 0, value: 0, parts: disconnectChange),
      ]),
    Event(
      .manufacturer(3), "Control Relay State Changed",
      .number(0...7, "State", [Meaning(1, "closed"), Meaning(2, "open")]),
      .number(8...15, "Reason", [Meaning(1, "EP02"), Meaning(2, "tier"), Meaning(3, "time")])),
    Event(.manufacturer(4), "Phase Loss", .flag(0, "L1"), .flag(1, "L2"), .flag(2, "L3")),
    Event(
      .manufacturer(5), "Phase Inversion",
      .number(
        "Phase",
        [Meaning(2, "plus 120°, inverted"), Meaning(4, "180°, inverted"), Meaning(6, "minus 120°, inverted")])),
    Event(
      .manufacturer(6), "PLC Config Failure",
      .number(
        "Failure",
        [
          Meaning(0, "transceiver not reset by the optical port"), Meaning(1, "message between meter and transceiver"),
          Meaning(0x4000, "invalid command length"), Meaning(0x8000, "invalid command"),
          Meaning(0xC000, "receive buffer full"), Meaning(0xE000, "message longer than the receive buffer"),
        ])),
    Event(
      id: .manufacturer(7), name: "General Error",
      formats: [
        Format(mask: 0x8000, value: 0x8000, parts: [.number(0...14, "Overlong Critical Section")]),
        Format(
          mask: 0, value: 0,
          parts: [
            .number(
              "Error", [Meaning(0, "timeout at the start of a power-down"), Meaning(1, "display read-back failed")])
          ]),
      ]),
    Event(.manufacturer(8), "Invalid Password", .number("Channel", [Meaning(0, "optical"), Meaning(1, "PLC")])),
    Event(.manufacturer(9), "Remote Communications Inactive"),
    Event(.manufacturer(10), "Current on Missing or Unused Phase", .flag(0, "L1"), .flag(1, "L2"), .flag(2, "L3")),
    Event(.manufacturer(11), "Pulse Input 1 Tamper"),
    Event(.manufacturer(12), "Pulse Input 2 Tamper"),
    Event(
      .manufacturer(13), "Software CRC Error",
      .number("Failure", [Meaning(0, "CRC or image ID"), Meaning(1, "digest")])
    ),
    Event(
      .manufacturer(14), "Code Bank Changed", .number("Change", [Meaning(0, "as commanded"), Meaning(1, "unexpected")])),
    Event(.manufacturer(15), "Load Profile Backfill Failed"),
    Event(
      .manufacturer(16), "MEP Installed or Removed", .number("MEP", [Meaning(0, "installed"), Meaning(1, "removed")])),
    Event(
      .manufacturer(17), "M-Bus/MEP Alarm",
      .number(
        13...15, "Device",
        [
          Meaning(1, "M-Bus device 1"), Meaning(2, "M-Bus device 2"), Meaning(3, "M-Bus device 3"),
          Meaning(4, "M-Bus device 4"), Meaning(5, "MEP device"),
        ]),
      .number(
        0...12, "Alarm",
        [
          Meaning(0, "scheduled read completed"), Meaning(1, "scheduled read completed with application errors"),
          Meaning(2, "status read completed with device alarms"), Meaning(3, "billing read overflow"),
          Meaning(4, "device read failed"), Meaning(5, "serial number mismatch on billing read"),
        ])),
    Event(.manufacturer(18), "M-Bus Auto-Discovery Complete"),
    Event(
      .manufacturer(19), "Phase Rotation Changed",
      .number("Rotation", [Meaning(0, "L1L2L3"), Meaning(1, "L3L2L1"), Meaning(2, "unknown")])),
    Event(.manufacturer(20), "Prepay Credit Exhausted"),
    Event(.manufacturer(21), "Prepay Warning Acknowledged"),
    Event(.manufacturer(22), "Event Log Overflow Pending"),
    Event(
      .manufacturer(23), "Mfg Log Entry Available",
      .flag(0, "Meter One-time Read"), .flag(1, "M-Bus One-time Read"), .flag(2, "Configuration ID")),
    Event(
      .manufacturer(24), "Dimension Change",
      .procedure([
        Meaning(0, "initial meter load"), Meaning(1, "EP06"), Meaning(2, "interface compatibility at commissioning"),
        Meaning(3, "table write"),
      ])),
    Event(.manufacturer(25), "Magnetic Tamper Detected"),
    Event(
      .manufacturer(26), "Access Lockout Override", .number("Override", [Meaning(0, "gone"), Meaning(1, "detected")])),
    Event(
      .manufacturer(27), "Power Quality Event Detected",
      .flag(0, "L1 Sag"), .flag(1, "L2 Sag"), .flag(2, "L3 Sag"), .flag(3, "L1 Surge"), .flag(4, "L2 Surge"),
      .flag(5, "L3 Surge"), .flag(6, "L1 Over-current"), .flag(7, "L2 Over-current"), .flag(8, "L3 Over-current")),
    Event(.manufacturer(28), "Event Log Unread Entries"),
    Event(
      .manufacturer(29), "THD State Changed",
      .flag(0, "L1 Voltage"), .flag(1, "L2 Voltage"), .flag(2, "L3 Voltage"), .flag(3, "L1 Current"),
      .flag(4, "L2 Current"), .flag(5, "L3 Current"), .flag(6, "L1 Apparent Power"), .flag(7, "L2 Apparent Power"),
      .flag(8, "L3 Apparent Power")),
    Event(.manufacturer(30), "Load Profile Unread Entries Exist"),
    // Sources differ on which bits the phases are.
    Event(
      .manufacturer(31), "Load Side Voltage Detected",
      .number(
        0...1, "Voltage",
        [
          Meaning(0, "unknown"), Meaning(1, "present on an unknown phase"), Meaning(2, "present"),
          Meaning(3, "in transition"),
        ])),
    Event(
      .manufacturer(32), "MEP Status Changed", .number(13...15, "Device"),
      .number(
        0...12, "Status",
        [
          Meaning(0, "commissioned"), Meaning(1, "not commissioned: no position left"),
          Meaning(2, "not commissioned: no communication"), Meaning(3, "baud rate changed"), Meaning(4, "removed"),
          Meaning(5, "registered"),
        ])),
    Event(
      .manufacturer(33), "Maximum Power Level Switched",
      .number("Level", [Meaning(0, "primary to secondary"), Meaning(1, "secondary to primary")])),
    Event(.manufacturer(34), "Voltage Sag", .phase, .number(2...15, "Lowest Voltage", unit: .volt)),
    Event(.manufacturer(35), "Voltage Swell", .phase, .number(2...15, "Highest Voltage", unit: .volt)),
    Event(.manufacturer(36), "Maximum Voltage THD", .phase, .number(2...15, "THD")),
    Event(.manufacturer(37), "Maximum Current THD", .phase, .number(2...15, "THD")),
    Event(.manufacturer(38), "Maximum Apparent Power THD", .phase, .number(2...15, "THD")),
    Event(.manufacturer(39), "Average Voltage THD", .phase, .number(2...15, "THD")),
    Event(.manufacturer(40), "Average Current THD", .phase, .number(2...15, "THD")),
    Event(.manufacturer(41), "Average Apparent Power THD", .phase, .number(2...15, "THD")),
    Event(
      id: .manufacturer(42), name: "Disconnect Pulsed",
      formats: [
        Format(mask: 0xFF00, value: 0, parts: [.number(0...7, "Pulses")]),
        Format(
          mask: 0, value: 0,
          parts: [
            .number(0...0, "Wanted State", contact), .flag(1, "Power Down Pending"), .number(2...15, "Caller"),
          ]),
      ]),
    Event(.manufacturer(43), "M-Bus/MEP Command Matched", .number(13...15, "Device"), .number(0...7, "Command Octet")),
    Event(.manufacturer(44), "M-Bus Device Alarm", .number(13...15, "Device"), .number(0...7, "Alarm Octet")),
    Event(.manufacturer(45), "M-Bus Alarm Matched", .number(13...15, "Device"), .number(0...7, "Alarm Octet")),
    Event(
      .manufacturer(46), "Over Power Threshold Exceeded",
      .number("Power", [Meaning(0, "above the threshold, tier forced"), Meaning(1, "below the threshold again")])),
    Event(.manufacturer(47), "Dimmer Effect Detected", .flag(0, "L1"), .flag(1, "L2"), .flag(2, "L3")),
  ]

  private static let disconnectChange: [Part] = [
    .number(0...3, "State", disconnectStates), .flag(4, "Failed"),
    .number(
      8...15, "Reason",
      [
        Meaning(1, "EP02"), Meaning(2, "maximum power"), Meaning(3, "prepay"), Meaning(4, "prepay power"),
        Meaning(5, "EP23"), Meaning(6, "manual"), Meaning(7, "schedule"), Meaning(8, "EP30"),
        Meaning(9, "resynchronisation"), Meaning(10, "resynchronisation at power-up"),
      ]),
  ]

  private static let previousStates: [Part] = [
    .number(6...6, "Internal State Before", contact), .number(7...7, "External State Before", contact),
  ]
}
