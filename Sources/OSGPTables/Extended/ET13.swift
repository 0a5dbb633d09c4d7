// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// How each M-Bus device and each MEP client is read; for the clients also why they are alerted, and data for them.
  public static let et13 = Table(
    .extended(13), "MEP/M-Bus Device Configuration", page: 86, write: .advanced, memory: .write,
    [
      .array(
        "Device Config", Slots.count, stride: .field(Reference(.et11, "Config Entry Size")),
        of: [
          .uint8("Scheduled Billing Read Day", .host, meanings: readDays),
          .uint8("Scheduled Billing Read Hour", .host),
          .uint8("Scheduled Billing Read Minute", .host),
          .uint8(
            "Scheduled Billing Read Frequency", .host,
            meanings: [
              Meaning(0, "hourly"), Meaning(1, "daily"), Meaning(2, "weekly"), Meaning(3, "monthly"),
              Meaning(4, "never"),
            ]),
          // The guide says 0 of a status read that comes with billing reads only.
          .uint16("Scheduled Status Read Frequency (M-Bus only)", .host, .minute),
          .uint8("Baud Rate", .host, meanings: Slots.baudRates),
          .uint8("Device Alarm Bitmask", .host),
          .when(
            .index(Slots.mbus),
            [
              .text("Customer ID", octets: 20, .host),
              .uint8("App Reset Parameter", .host),
              .uint8("Security Key Length", .host),
              // The first 8 octets are write-only and read as zeros.
              .octets("Security Key", .exactly(32), .host),
              .uint16("Ta", .host, Quantity(.bitTime)),
              .uint16("To", .host, .millisecond),
            ],
            otherwise: [
              .bits(
                "Alert Flags:", octets: 1,
                [
                  .flag(0, "Scheduled Read Request Alert", .meter),
                  .flag(1, "On-demand Request in ET15", .meter),
                  .fill(2...2, "Reserved"),
                  .flag(3, "M-Bus Change", .meter),
                  .flag(4, "Delta Data Alert", .meter),
                  .fill(5...7, "Unused"),
                ]),
              .octets("MEP Non-urgent Downlink Data", .minus(.field(Reference(.et11, "Config Entry Size")), 9), .host),
            ]),
        ])
    ])

  private static let readDays = [
    Meaning(0, "first day of the month"), Meaning(32, "Sunday"), Meaning(33, "Monday"), Meaning(34, "Tuesday"),
    Meaning(35, "Wednesday"), Meaning(36, "Thursday"), Meaning(37, "Friday"), Meaning(38, "Saturday"),
    Meaning(39, "never"),
  ]
}
