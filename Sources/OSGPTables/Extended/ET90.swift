// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Dimensions of ET92 to ET98. What is there before 4.10 is the number of FTz messages only.
  public static let et90 = Table(
    .extended(90), "Dimension LN", page: 196, since: Since(3, 82, module: FirmwareVersion(1, 31)),
    [
      .when(
        .firmware(4, 10),
        [
          .uint16("IP Address Length", .program, factory: 50),
          .uint8("Urgent Alarm Bitmask Length", .program, factory: 20),
          .uint8("Connection Reason Bitmap Length", .program, factory: 2),
          .uint8("Modem APN Length", .program, factory: 64),
          .uint8("Modem APN User Length", .program, factory: 32),
          .uint8("Modem APN Password Length", .program, factory: 32),
          .uint8("Modem SIM Pin Length", .program, factory: 5),
          .uint8("Modem Manufacturer Length", .program, factory: 32),
          .uint8("Modem Model Length", .program, factory: 32),
          .uint8("Modem Revision Length", .program, factory: 32),
          .uint8("Modem IMEI Length", .program, factory: 32),
          .uint8("Modem SIM Phone Number Length", .program, factory: 32),
          .uint8("Modem Current Mobile Operator Name Length", .program, factory: 40),
          .uint8("Modem Socket Maximum Connections", .program, factory: 2),
          .uint8("Modem Maximum Connection Services", .program, factory: 10),
        ],
        otherwise: [.reserved(16)]),
      .uint8("Number of FTz Messages", .program, factory: 3, limit: 32),
      .when(
        .firmware(4, 20),
        [
          .uint16("Modem AT Command Reply Length", .program, factory: 200),
          .uint8("Modem SIM ICCD Length", .program, factory: 23),
        ]),
    ])
}
