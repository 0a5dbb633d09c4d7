// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// When power was out, in local time. ``OutageLog`` is its view.
  public static let et81 = Table(
    .extended(81), "Power Outage Log", page: 191, since: Since(3, 70, module: FirmwareVersion(1, 20)), memory: .read,
    Ring.header() + [
      .array(
        "Log Entries", AdjustableLog.et81.entries, stride: AdjustableLog.et81.entrySize,
        of: [.longTime("Start Timestamp"), .longTime("End Timestamp")])
    ])
}
