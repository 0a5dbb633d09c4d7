// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// What happened to the meter: the primary event log. ``EventLog`` is its view.
  public static let bt74 = Table(
    .basic(74), "History Log Data (Primary Event Log)", page: 247, memory: [.write, .read],
    eventLog(entries: .field(Reference(.bt71, "Number of History Entries"))))

  /// A header and a ring of events, the same in both logs.
  static func eventLog(entries: Count) -> [Element] {
    Ring.header(counts: 2, sequence: 4) + [
      .array(
        "History Record Array", entries,
        of: [
          .longTime("Time"),
          .uint16("Sequence Number", .meter),
          .uint16(
            "User ID", .meter,
            meanings: [
              Meaning(0xFFFF, "nobody"), Meaning(0xFFFE, "the network (PLC, P2P or G3)"),
              Meaning(0xFFFD, "a MEP client"),
            ]),
          .bits("Event", octets: 2, [.uint(0...11, "Event", .meter), .fill(12...15)]),
          .octets("Argument", .field(Reference(.bt71, "History Data Length")), .meter),
        ])
    ]
  }
}
