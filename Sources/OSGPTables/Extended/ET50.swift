// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// What MEP clients tell the meter: who they are, and data for its display and load profile. One entry for each port.
  public static let et50 = Table(
    .extended(50), "MEP Inbound Data Space", page: 130, write: .any,
    [
      .array(
        "MEP Inbound Configuration", .field(Reference(.et11, "MEP Channel Count", absent: 1)),
        of: [
          .octets("Identification String (MEP ID)", .exactly(30), .meter),
          .bits(
            "MEP Flags", octets: 1,
            [
              .flag(0, "MEP Device Registered", .meter),
              .flag(1, "ET59 Response", .meter),
              .flag(2, "M-Bus Alerts", .meter),
              .flag(3, "Delta Data Alerts", .meter),
              .fill(4...7, "Unused"),
            ]),
          .array("Data Sources Icon Display Control", dataSources, of: [.uint16("", .meter)]),
          .array("Data For Display/Load Profile Sources", dataSources, of: [.int32()]),
          .bits(
            "MEP Icon Display Control", octets: 2,
            [
              .uint(0...3, "House Icon", .meter, meanings: icon),
              .uint(4...7, "Short Bar", .meter, meanings: icon),
              .uint(8...11, "Medium Bar", .meter, meanings: icon),
              .uint(12...15, "Long Bar", .meter, meanings: icon),
            ]),
          .reserved(2),
        ])
    ])

  private static let dataSources = Count.field(Reference(.et11, "MEP Data Sources"))
  private static let icon = [Meaning(0, "off"), Meaning(1, "on"), Meaning(2, "flashing")]
}
