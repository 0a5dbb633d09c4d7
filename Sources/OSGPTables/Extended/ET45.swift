// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The scheduled reads of all M-Bus devices and MEP clients, as a ring.
  public static let et45 = Table(
    .extended(45), "MEP Recurring Read Log", page: 125, memory: .write,
    Ring.header() + [
      .array(
        "Log Entries", AdjustableLog.et45.entries, stride: AdjustableLog.et45.entrySize,
        of: [
          .uint16("Length", .meter),
          .bits(
            "Identification", octets: 2,
            [
              .uint(0...10, "Identifier", .meter),
              .uint(
                11...15, "Namespace", .meter,
                meanings: [Meaning(0, "manufacturer specific"), Meaning(1, "DLMS"), Meaning(2, "OSGP")]),
            ]),
        ] + BillingRead.logEntry)
    ])
}

extension BillingRead {
  /// What the entries of ET45 and ET74 have in common.
  static let logEntry: [Element] =
    [
      .uint16("Handle", .meter),
      .uint8(
        "Execution Status", .meter, meanings: [Meaning(0, "normal"), Meaning(2, "delayed, filled in at power-up")]),
      .uint8("Result", .meter, meanings: [Meaning(4, "success")]),
    ] + elements(ofMBus: .not(.atLeast(Reference(nil, "Handle", absent: 0), Slots.firstClientHandle)))
}
