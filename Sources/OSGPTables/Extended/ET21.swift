// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Where each data set of the load profile is just now: its newest block and interval, and how long they are.
  public static let et21 = Table(
    .extended(21), "Load Profile Internal Configuration", page: 101,
    [
      .array(
        "Data Set Internal Configuration", DataSets.count,
        of: [
          .uint32("Current Block Address", .meter),
          .uint32("Current Interval Address", .meter),
          .uint32("Block Size", .meter),
          .uint16("Block Header Size", .meter),
          .uint16("Number of Valid Blocks", .meter),
          .uint16("Number of Valid Intervals", .meter),
          .uint16("Last Block Index", .meter),
          .uint16("Last Interval Number", .meter),
          .uint8("Simple Status Offset From Block", .meter),
          .uint8("Simple Status Size", .meter),
          .uint8("Interval 0 Offset from Block", .meter),
          .uint8("Interval Size", .meter),
          .uint8("Channel 0 Offset from Interval", .meter),
          .uint8("Extended Status Common", .meter),
          .uint8("Number of Channels", .meter),
          .uint8("Interval Time", .meter, .minute, meanings: [.wholeDay]),
          .array("Sources", .exactly(8), of: [.uint8("", .meter)]),
          .array("Placeholders", .exactly(8), of: [.int32()]),
          .array("Sources expansion", .exactly(8), of: [.uint8("", .meter)]),
          .uint32("Load Profile Configuration ID", .meter),
          .uint8("MEP Billing Start Channel", .meter),
          .longTime("Block Start Time"),
          .uint8("Block Start Hour", .meter),
          .uint8("Block Start Minute", .meter),
          .uint16("Interval In Progress", .meter),
          .bits(
            "Load Profile Options (LPO):", octets: 1,
            [
              .flag(0, "LPO – End Readings", .host),
              .flag(1, "LPO – Scalar Divisor", .host),
              .flag(2, "LPO – Data Reference", .host),
              .flag(3, "LPO – ANSI Compliance", .host),
              .fill(4...7),
            ]),
          .longTime("Interval End Time (UTC)"),
          .reserved(1),
          .longTime("Interval End Time (local)"),
          .when(
            .firmware(3, 50, module: FirmwareVersion(1, 20)), [.uint32("Max Memory Length", .meter)]),
          .when(
            .firmware(3, 60, module: FirmwareVersion(1, 20)),
            [
              .bits("Flags", octets: 1, [.flag(0, "NVMF Occurred", .meter), .fill(1...7, "Reserved")]),
              .reserved(19),
            ]),
        ])
    ])
}
