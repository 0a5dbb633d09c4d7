// SPDX-License-Identifier: Apache-2.0
import C1219

extension Event {
  /// Numbers as ANSI C12.19 has them up to 48, then the manufacturer's; those from 37 on are alarms of BT03.
  static let standard: [Event] = [
    Event(.standard(0), "No Event"),
    Event(.standard(1), "Primary Power Down"),
    Event(.standard(2), "Primary Power Up", .number("Reset Cause", resetCauses)),
    Event(.standard(3), "Time Changed (old time)", .number("Change", [Meaning(0, "to an absolute time")])),
    Event(.standard(4), "Time Changed (new time)"),
    Event(.standard(5), "Time Changed (old time as argument)"),
    Event(.standard(6), "Time Changed (new time as argument)"),
    Event(.standard(7), "End Device Accessed for Read", .table()),
    Event(.standard(8), "End Device Accessed for Write", .table()),
    Event(.standard(9), "Procedure Invoked", .procedure()),
    Event(.standard(10), "Table Written To", .table()),
    Event(.standard(11), "End Device Programmed"),
    Event(.standard(12), "Communication Terminated Normally"),
    Event(.standard(13), "Communication Terminated Abnormally"),
    Event(.standard(14), "Reset List Pointers", .number("List", lists)),
    Event(.standard(15), "Update List Pointers", .number("List", lists)),
    Event(.standard(16), "History Log Cleared"),
    Event(.standard(17), "History Log Pointers Updated", .number("Entries")),
    Event(.standard(18), "Event Log Cleared"),
    Event(.standard(19), "Event Log Pointers Updated", .number("Entries")),
    Event(.standard(20), "Demand Reset Occurred"),
    Event(.standard(21), "Self-Read Occurred"),
    Event(.standard(22), "Daylight Saving Time On"),
    Event(.standard(23), "Daylight Saving Time Off"),
    Event(.standard(24), "Season Change", .number("Season")),
    Event(.standard(25), "Rate Change"),
    Event(
      .standard(26), "Special Schedule Activation", .number("Special Schedule", [Meaning(0, "A"), Meaning(1, "B")])),
    Event(.standard(27), "Tier Switch Change", .number("Tier")),
    // Bit 12 marks a table as pending.
    Event(.standard(28), "Pending Table Activation", .table()),
    Event(.standard(29), "Pending Table Clear", .table()),
    Event(.standard(30), "Metering Mode Started"),
    Event(.standard(31), "Metering Mode Stopped"),
    Event(.standard(32), "Test Mode Started"),
    Event(.standard(33), "Test Mode Stopped"),
    Event(.standard(34), "Meter Shop Mode Started"),
    Event(.standard(35), "Meter Shop Mode Stopped"),
    Event(
      .standard(36), "Meter Reprogrammed", .number(12...15, "Firmware Major"), .number(5...11, "Firmware Minor"),
      .number(0...4, "Firmware Build")),
    Event(
      .standard(37), "Configuration Error", .number("Error", [Meaning(0, "the PLC transceiver did not start in time")])),
    Event(
      .standard(38), "System Reset",
      .number(
        "Cause",
        [
          Meaning(0, "watchdog timeout"), Meaning(1, "event buffer overflow, events may be lost"),
          Meaning(2, "abnormal power interrupt"), Meaning(3, "stack overflow"),
        ] + exceptions)),
    Event(
      .standard(39), "RAM Failure",
      .number(
        "Failure",
        [
          Meaning(1, "load profile value"), Meaning(3, "control output value"), Meaning(4, "memory test"),
          Meaning(5, "clock code"), Meaning(6, "alarm variable"),
        ])),
    Event(
      .standard(40), "ROM Failure",
      .number("Failure", [Meaning(0, "CRC of the boot ROM"), Meaning(1, "CRC of the system image")])),
    Event(
      id: .standard(41), name: "Non-volatile Memory Failure",
      formats: [
        // 0xFFFD to 0xFFFF are no tables, though the bits above the table's number are set in them.
        Format(
          mask: 0xFFFE, value: 0xFFFE,
          parts: [.number("Failure", [Meaning(0xFFFF, "all tables"), Meaning(0xFFFE, "boot ROM: CRC or signature")])]),
        Format(
          mask: 0xFFFF, value: 0xFFFD, parts: [.number("Failure", [Meaning(0xFFFD, "boot ROM: writing flash")])]),
        Format(
          mask: 0, value: 0,
          parts: [.table(0...13), .flag(14, "Read After Write"), .flag(15, "Read Before Write")]),
      ]),
    Event(
      .standard(42), "Clock Error",
      .number(
        "Cause",
        [
          Meaning(0, "memory initialised or clock corrupted"), Meaning(1, "process initialised"),
          Meaning(2, "meter in stop mode"), Meaning(3, "abnormal reset in wait mode"),
          Meaning(4, "boot stopped by a failed voltage test"), Meaning(5, "running the safe image"),
          Meaning(6, "boot stopped by an exception in watch mode"),
        ])),
    Event(
      .standard(43), "Measurement Error",
      .number(0...8, "Channel"), .flag(9, "Measurement Interrupts Missing"), .flag(10, "Gain of L1 Out of Range"),
      .flag(11, "Gain of L2 Out of Range"), .flag(12, "Gain of L3 Out of Range"), .flag(13, "Temperature Out of Range")),
    Event(.standard(44), "Low Battery"),
    Event(.standard(45), "Low Loss Potential"),
    Event(.standard(46), "Demand Overload"),
    Event(
      .standard(47), "Cover Removed",
      .flag(0, "Meter Cover Removed"), .flag(1, "Pulse Input 1 Tamper"), .flag(2, "Pulse Input 2 Tamper"),
      .flag(3, "Tilted")),
    Event(.standard(48), "Reverse Energy", .flag(0, "L1"), .flag(1, "L2"), .flag(2, "L3"), .flag(3, "Total")),
    Event(.standard(49), "Data Backup Incomplete"),
    Event(
      id: .standard(50), name: "Disconnect Switch Error",
      formats: [
        Format(
          mask: 0b001, value: 0b001,
          parts: [
            .number(1...2, "Internal State", disconnectStates), .number(3...3, "External State", contact),
            .number(4...7, "L1 Voltage, Steps of 5 V Above 175 V"),
            .number(8...11, "L2 Voltage, Steps of 5 V Above 175 V"),
            .number(12...15, "L3 Voltage, Steps of 5 V Above 175 V"),
          ]),
        Format(
          mask: 0b111, value: 0b100,
          parts: [
            .number(3...4, "Internal State", disconnectStates), .number(5...5, "External State", contact),
            .number(6...6, "Load Side Voltage", [Meaning(0, "absent"), Meaning(1, "present")]),
            .number(7...15, "Power, at Most 511 W", unit: .watt),
          ]),
      ]),
  ]

  static let disconnectStates = [Meaning(1, "closed"), Meaning(2, "open"), Meaning(3, "locked open")]
  static let contact = [Meaning(0, "open"), Meaning(1, "closed")]

  private static let resetCauses =
    [
      Meaning(3, "power failure"), Meaning(4, "watchdog"), Meaning(5, "code bank switched"),
      Meaning(6, "flash refreshed"), Meaning(7, "unknown"), Meaning(8, "brown-out"), Meaning(9, "ID code set"),
      Meaning(10, "measurement error"), Meaning(11, "boot ROM switched"), Meaning(12, "bad stack"),
      Meaning(13, "non-volatile memory locked"), Meaning(14, "clock error corrected"), Meaning(15, "stack corrupted"),
    ] + exceptions

  private static let exceptions = [
    Meaning(100, "miscellaneous exception"), Meaning(101, "undefined instruction"), Meaning(102, "overflow exception"),
    Meaning(103, "break instruction"), Meaning(104, "address match"), Meaning(105, "single step"),
    Meaning(106, "debugger exception"), Meaning(107, "non-maskable interrupt"),
  ]

  private static let lists = [
    Meaning(2, "self-reads"), Meaning(3, "load profile data set 1"), Meaning(4, "load profile data set 2"),
    Meaning(5, "load profile data set 3"), Meaning(6, "load profile data set 4"),
    Meaning(7, "all load profile data sets"), Meaning(8, "event log"), Meaning(255, "all lists"),
  ]
}
