// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The meter's alarms.
  public static let bt03 = Table(
    .basic(3), "End Device Mode Status", page: 47, guide: .optical, read: .unstated, write: .unstated,
    [
      .bits(
        "Mode", octets: 1,
        [
          .flag(0, "Metering Mode", .fixed), .flag(1, "Test Mode", .program), .flag(2, "Meter Shop Mode", .fixed),
          .fill(3...7),
        ]),
      .bits(
        "Standard Alarms", octets: 2,
        [
          .flag(0, "Unprogrammed", .meter), .flag(1, "Configuration Error", .meter), .flag(2, "System Reset", .meter),
          .flag(3, "RAM Failure", .meter), .flag(4, "ROM Failure", .meter),
          .flag(5, "Non-volatile Memory Failure", .meter), .flag(6, "Clock Error", .meter),
          .flag(7, "Measurement Error", .meter), .flag(8, "Low Battery", .meter),
          .flag(9, "Low Loss Potential", .meter), .flag(10, "Demand Overload", .meter),
          .flag(11, "Power Failure", .meter), .flag(12, "Cover Removed", .meter), .flag(13, "Reverse Energy", .meter),
          .flag(14, "Data Backup Incomplete", .meter), .flag(15, "Disconnect Switch Error", .meter),
        ]),
      .bits(
        "Extended Alarms", octets: 1,
        [
          .flag(0, "Load Profile Data Set 2 Unread Entries Exist", .meter),
          .flag(1, "Load Profile Data Set 3 Unread Entries Exist", .meter),
          .flag(2, "Load Profile Data Set 4 Unread Entries Exist", .meter),
          // Where ET29.33.7 is set, firmware 4 means an earth fault.
          .flag(3, "Neutral Current Deviation", .meter), .fill(4...7, "Reserved"),
        ]),
      .section(
        "Mfg-defined Alarms", octets: .field(Reference(.bt00, "Manufacturer Status Length")), manufacturerAlarms),
    ])

  private static let manufacturerAlarms: [Element] = [
    .bits(
      "Mfg-defined Alarms 1", octets: 1,
      [
        .flag(0, "Load Profile Overflow", .meter), .flag(1, "Self-Read Occurred", .meter),
        .flag(2, "Load Disconnect Has Changed State", .meter), .flag(3, "Control Relay (1) Open", .meter),
        .flag(4, "Phase Loss", .meter), .flag(5, "Phase Inversion", .meter), .flag(6, "PLC Config Failure", .meter),
        .flag(7, "General Error", .meter),
      ]),
    .bits(
      "Mfg-defined Alarms 2", octets: 1,
      [
        .flag(0, "Invalid Password", .meter), .flag(1, "Remote Communications Inactive", .meter),
        .flag(2, "Current on Missing or Unused Phase", .meter), .flag(3, "Pulse Input 1 Tamper", .meter),
        .flag(4, "Pulse Input 2 Tamper", .meter), .flag(5, "Software CRC Error", .meter),
        .flag(6, "Code Bank Changed", .meter), .flag(7, "Load Profile Backfill Failed", .meter),
      ]),
    .bits(
      "Mfg-defined Alarms 3", octets: 1,
      [
        .flag(0, "MEP Installed or Removed", .meter), .flag(1, "M-Bus Alarm", .meter),
        .flag(2, "M-Bus Auto-Discovery Complete", .meter), .flag(3, "Phase Rotation Changed", .meter),
        .flag(4, "Prepay Credit Exhausted", .meter), .flag(5, "Prepay Warning Acknowledged", .meter),
        .flag(6, "Event Log Overflow Pending", .meter), .flag(7, "Mfg Log Entry Available", .meter),
      ]),
    .bits(
      "Mfg-defined Alarms 4", octets: 1,
      [
        .flag(0, "Dimension Change", .meter), .flag(1, "Magnetic Tamper Detected", .meter),
        .flag(2, "Access Lockout Override", .meter), .flag(3, "Power Quality Event Detected", .meter),
        .flag(4, "Event Log Unread Entries", .meter), .flag(5, "THD State Changed", .meter),
        .flag(6, "Load Profile 1 Unread Entries Exist", .meter), .flag(7, "Load Side Voltage Detected", .meter),
      ]),
    .bits(
      "Mfg-defined Alarms 5", octets: 1,
      [
        .flag(0, "Unbalanced Voltage Detected", .meter), .flag(1, "Password Table Written To", .meter),
        .flag(2, "Password (Key) Expiration Pending", .meter), .flag(3, "P2P Security", .meter),
        .flag(4, "Firmware Separation Violation", .meter), .flag(5, "Modem Error", .meter),
        .flag(6, "G3 Alarm", .meter), .flag(7, "G3 Event Logged", .meter),
      ]),
    .bits("Mfg-defined Alarms 6", octets: 1, [.flag(0, "Control Relay (2) Open", .meter), .fill(1...7)]),
  ]
}
