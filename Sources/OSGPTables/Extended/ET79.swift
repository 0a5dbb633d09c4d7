// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The alternate event log: as BT74, with other events enabled. It has no entries where it is disabled.
  public static let et79 = Table(
    .extended(79), "History Log Data (Alternate Event Log)", page: 187,
    since: Since(3, 70, module: FirmwareVersion(1, 20)), memory: [.write, .read],
    // The structure says BT71.5, the text ET54.80; only this one can be 0 while BT74 has entries.
    eventLog(entries: .field(Reference(.et54, "ET79 Entry Count", absent: 0))))
}
