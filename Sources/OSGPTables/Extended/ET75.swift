// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// What the channels of the primary load profile data set were before each change, and how the display showed them.
  /// Kept under Welmec 11.2; times are UTC.
  public static let et75 = Table(
    .extended(75), "Primary Load Profile Channel Change Log", page: 183,
    since: Since(3, 60, module: FirmwareVersion(1, 30)), memory: .read,
    Ring.header() + [
      .array(
        "Log Entries", AdjustableLog.et75.entries, stride: AdjustableLog.et75.entrySize,
        of: [
          .shortTime("Timestamp"),
          .array("Extended Source IDs", DataSets.mostChannels, of: [.uint16("", .host)]),
          .array("Demand Sources", .field(Reference(.bt20, "Number of Demands")), of: [.uint8("", .host)]),
          .uint8("Demand Sub Interval", .host, .minute),
          .uint8("Demand Interval Multiplier", .host),
          .array(
            "LP Display Config", DataSets.mostChannels,
            of: code("ID Code", point: "ID DP State") + [channelDataFormat]),
        ])
    ])
}
