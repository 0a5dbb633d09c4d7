// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Messages from the power line, the load disconnect contactor, and which calendar is in use.
  public static let et23 = Table(
    // Appendix C has it read-only.
    .extended(23), "Miscellaneous Information", page: 104, write: .advanced,
    [
      .uint32("LonTalk Messages Received", .meter),
      .uint32("LonTalk Messages Validated", .meter),
      .reserved(86),
      .uint8(
        "Disconnect Internal Status", .meter,
        meanings: [Meaning(0, "closed"), Meaning(1, "closing"), Meaning(2, "opened"), Meaning(3, "opening")]),
      .uint32("Active Calendar ID", .meter),
      .when(.firmware(4, 0), [.reserved(119)], otherwise: [.reserved(87)]),
    ])
}
