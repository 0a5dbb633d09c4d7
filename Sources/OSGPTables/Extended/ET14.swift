// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Which M-Bus devices and MEP clients there are, how reading them went, and what is wrong with them.
  public static let et14 = Table(
    .extended(14), "MEP/M-Bus Device Status", page: 89,
    [
      .bits(
        "Mode", octets: 1,
        [
          .uint(0...0, "Mode", .meter, meanings: [Meaning(0, "normal polling"), Meaning(1, "auto-discovery")]),
          .fill(1...7),
        ]),
      .reserved(4),
      .set("Device Occupancy", octets: .exactly(1), .meter),
      .array(
        "M-Bus/MEP Status", Slots.count, stride: .field(Reference(.et11, "Status Entry Size")),
        of: [
          .uint16("Device Handle", .meter),
          .uint8(
            "Device Status", .meter,
            meanings: [
              Meaning(0, "empty slot"), Meaning(1, "M-Bus device up"), Meaning(2, "M-Bus device down"),
              Meaning(3, "MEP client up"), Meaning(4, "MEP client down"),
            ]),
          .uint8("Baud Rate", .meter, meanings: Slots.baudRates),
          .uint16("Billing Read Length", .meter),
          .uint32("Read Attempts", .meter),
          .uint32("Read Answers", .meter),
          .bits(
            "MEP Alarms", octets: 2,
            [
              .flag(0, "Billing Data Collected", .meter),
              .flag(1, "App Error Response Rcvd", .meter),
              .flag(2, "New Device Alarm", .meter),
              .flag(3, "Billing Read Overflow", .meter),
              .flag(4, "Failed Comms On Read", .meter),
              .flag(5, "Serial Number Mismatch", .meter),
              .flag(6, "MEP Firmware Switchover Success", .meter),
              .flag(7, "MEP Firmware Switchover Failure", .meter),
              .fill(8...15, "Reserved"),
            ]),
          // In use from firmware 4.30 on.
          .uint8("M-Bus Application Primary Address", .meter),
          .reserved(6),
          .uint8("MEP Device Alarms", .meter),
          .longTime("Status Read Timestamp"),
          .longTime("Last Read Attempt"),
        ]),
    ])
}
