// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// What makes the meter open its load disconnect contactor.
  public static let et46 = Table(
    .extended(46), "Control Output Read-Only Data", page: 127,
    [
      .reserved(11),
      .uint8(
        "Disconnect Control Type", .meter,
        meanings: [Meaning(0, "power measurements"), Meaning(1, "current measurements")]),
      .reserved(1),
      .when(
        .firmware(3, 70, module: FirmwareVersion(1, 20)),
        [
          .int32("Prepay Negative Credit", .meter, .wattHours),
          .longTime("Maximum Power/Current/Average Power Disconnect Open Time", .meter),
        ]),
    ])
}
