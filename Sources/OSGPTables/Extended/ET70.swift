// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// On meters with two MEP ports: which one a client is connected to. Firmware before 4.0 has the reserved octets only.
  public static let et70 = Table(
    .extended(70), "RAM Only Status", page: 179, write: .advanced,
    [
      .reserved(142),
      .when(
        .firmware(4, 0),
        [
          .uint8(
            "Current Comm Channel Index", .meter, meanings: [Meaning(1, "MEP client 1"), Meaning(2, "MEP client 2")]),
          .reserved(13),
        ]),
    ])
}
