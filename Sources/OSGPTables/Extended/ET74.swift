// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Scheduled reads for which ET45 has no room yet.
  public static let et74 = Table(
    .extended(74), "MEP Recurring Read Extended Log", page: 182,
    Ring.header(counts: 2) + [
      .array(
        "Log Entries", .field(Reference(.et54, "ET74 Entry Count", absent: 0)), stride: AdjustableLog.et45.entrySize,
        of: [.uint16("Length", .meter), .reserved(.exactly(2), "Filler")] + BillingRead.logEntry)
    ])
}
