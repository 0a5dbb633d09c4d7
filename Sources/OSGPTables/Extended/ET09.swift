// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Outages, sags, surges, distortion and what counts as such. ``PowerQuality`` is its view.
  public static let et09 = Table(
    .extended(9), "Power Quality", page: 73, write: .advanced,
    [
      .uint16("Long Outage Duration Threshold", .host, .seconds),
      .uint8("Sag1/Surge Time Threshold", .host, .minute),
      .uint8("Sag1 Threshold", .host, factory: 10, Quantity(.percent)),
      .uint8("Surge Threshold", .host, factory: 10, Quantity(.percent)),
      .uint8("Over-Current Threshold", .host, Quantity(.percent)),
      .array(
        "Power Outage Record", .field(Reference(.et04, "Max Power Outages Recorded")),
        of: [
          .longTime("Power-on Date/Time"),
          .uint8("Reset Cause", .meter, meanings: [Meaning(3, "power failure"), Meaning(8, "brown-out")]),
          .reserved(1),
          .longTime("Power-off Date/Time"),
          .uint32("Power Off Duration", .meter, .seconds),
        ]),
      .longTime("L1 Most Recent Sag1 Event"), .uint16("L1 Sag1 Events", .meter),
      .longTime("L2 Most Recent Sag1 Event"), .uint16("L2 Sag1 Events", .meter),
      .longTime("L3 Most Recent Sag1 Event"), .uint16("L3 Sag1 Events", .meter),
      .longTime("L1 Most Recent Surge Event"), .uint16("L1 Surge Events", .meter),
      .longTime("L2 Most Recent Surge Event"), .uint16("L2 Surge Events", .meter),
      .longTime("L3 Most Recent Surge Event"), .uint16("L3 Surge Events", .meter),
      .int32("Min Frequency", .meter, .millihertz), .longTime("Min Freq Date/Time"),
      .int32("Max Frequency", .meter, .millihertz), .longTime("Max Freq Date/Time"),
      .uint32("L1 Over-current Events", .meter),
      .uint32("L2 Over-current Events", .meter),
      .uint32("L3 Over-current Events", .meter),
      .bits(
        "Phase Loss", octets: 1,
        [
          .flag(0, "Phase L1 Loss", .meter), .flag(1, "Phase L2 Loss", .meter), .flag(2, "Phase L3 Loss", .meter),
          .fill(3...7, "Reserved"),
        ]),
      .longTime("L1 Most Recent Phase Loss Event"), .uint16("L1 Phase Loss Events", .meter),
      .longTime("L2 Most Recent Phase Loss Event"), .uint16("L2 Phase Loss Events", .meter),
      .longTime("L3 Most Recent Phase Loss Event"), .uint16("L3 Phase Loss Events", .meter),
      .int32("L1 Most Recent Sag1 Voltage", .meter, .millivolt),
      .int32("L2 Most Recent Sag1 Voltage", .meter, .millivolt),
      .int32("L3 Most Recent Sag1 Voltage", .meter, .millivolt),
      .int32("L1 Most Recent Surge Voltage", .meter, .millivolt),
      .int32("L2 Most Recent Surge Voltage", .meter, .millivolt),
      .int32("L3 Most Recent Surge Voltage", .meter, .millivolt),
      .uint32("Short Outage Count", .meter),
      .when(
        .firmware(2, 12, module: FirmwareVersion(1, 0)),
        [
          .uint32("PQ Configuration ID", .host),
          .uint8("Sag1/Surge Threshold Seconds", .host, .seconds),
        ]),
      .when(
        .firmware(3, 10, module: FirmwareVersion(1, 0)),
        [
          .uint8("Power Up Quality Hold Time", .host, factory: 2, .seconds),
          .uint16("Over Current Time Threshold", .host, .seconds),
          .array("THD Record", .exactly(3), of: thdRecord),
        ]),
      .when(
        .firmware(3, 70),
        [
          .array(
            "DRP/DRC Event Record", .exactly(12),
            of: [
              .uint16("DRP", .meter, Quantity(.percent, exponent: -1)),
              .uint16("DRC", .meter, Quantity(.percent, exponent: -1)),
              .longTime("Time Stamp"),
            ])
        ]),
      .when(
        .firmware(4, 10),
        [
          .uint16("Sag2 Time Threshold", .host, .seconds),
          .uint8("Sag2 Threshold", .host, factory: 255, Quantity(.percent)),
          .longTime("L1 Most Recent Sag2 Event"), .uint16("L1 Sag2 Events", .meter),
          .longTime("L2 Most Recent Sag2 Event"), .uint16("L2 Sag2 Events", .meter),
          .longTime("L3 Most Recent Sag2 Event"), .uint16("L3 Sag2 Events", .meter),
          .int32("L1 Most Recent Sag2 Voltage", .meter, .millivolt),
          .int32("L2 Most Recent Sag2 Voltage", .meter, .millivolt),
          .int32("L3 Most Recent Sag2 Voltage", .meter, .millivolt),
          .uint16("Average Current Calculation Interval", .fixed, factory: 600, .seconds),
        ]),
      .when(
        .firmware(4, 21),
        [.bits("Options", octets: 1, [.flag(0, "Early Sag/Surge Event", .host), .fill(1...7, "Reserved")])]),
    ])

  /// One each of voltage, current and apparent power. Modules keep the first up to date only.
  private static let thdRecord: [Element] = [
    .uint16("THD Time Threshold", .host, .seconds),
    .uint16("THD Threshold", .host, distortion),
    .array(
      "THD Event Record", .exactly(3),
      of: [
        .uint16("Event Count", .meter),
        .longTime("Event Timestamp"),
        .uint16("Max THD", .meter, distortion),
        .longTime("Max THD Timestamp"),
        .uint16("Average THD", .meter, distortion),
        // The guide gives a record 22 octets and lists 18.
        .reserved(4),
      ]),
  ]

  /// The guide says tenths of a percent, and 10 000 for 100 %, which is also the end of the range: two against one.
  private static let distortion = Quantity(.percent, exponent: -2)
}
