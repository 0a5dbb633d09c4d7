// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// When control relays open and close.
  public static let et61 = Table(
    .extended(61), "Time-Based Relay Control Calendar", page: 172, write: .advanced,
    [
      .array(
        "Relay Control", .exactly(2),
        of: [
          .array(
            "Relay Switches", .field(Reference(.et11, "Time-based Relay Switches", absent: 80)),
            of: [
              .bits(
                "Relay Control Record", octets: 2,
                [
                  .uint(0...0, "Relay State", .host, meanings: [Meaning(0, "open"), Meaning(1, "closed")]),
                  .fill(1...4), .uint(5...10, "Minute", .host), .uint(11...15, "Hour", .host),
                ])
            ])
        ])
    ])
}
