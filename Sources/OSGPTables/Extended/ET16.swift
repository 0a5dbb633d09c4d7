// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The latest on-demand read of each M-Bus device and MEP client, and the first one of a new device.
  public static let et16 = Table(
    .extended(16), "MEP/M-Bus Device Data", page: 98, memory: [.write, .read],
    [
      .array(
        "Device Table", Slots.count, stride: .field(Reference(.et11, "Data Entry Size")),
        of: BillingRead.elements(ofMBus: .index(Slots.mbus)))
    ])
}

extension BillingRead {
  /// MBR in the guide, as ET16, ET45 and ET74 have it.
  ///
  /// - Parameter isMBus: when it is an M-Bus device and no MEP client.
  static func elements(ofMBus isMBus: Condition) -> [Element] {
    [
      .longTime("Timestamp"),
      .bits(
        "Response Info", octets: 1,
        [
          .flag(
            0, "Data Order", .meter,
            meanings: [
              Meaning(0, "mode 1, least significant octet first"), Meaning(1, "mode 2, most significant octet first"),
            ]),
          .flag(
            1, "Response Type", .meter,
            meanings: [Meaning(0, "variable data structure"), Meaning(1, "fixed data structure")]),
          .flag(
            2, "Key Availability", .meter,
            meanings: [Meaning(0, "no key was available"), Meaning(1, "decrypted as necessary")]),
          .uint(
            3...4, "Authentication", .meter,
            meanings: [
              Meaning(0, "passed"), Meaning(1, "ID failure"), Meaning(2, "date failure"),
              Meaning(3, "passed with alternate date"),
            ]),
          .flag(5, "Security Status", .meter, meanings: [Meaning(0, "passed"), Meaning(1, "failed")]),
          .fill(6...7),
        ]),
      .when(
        isMBus, [.when(.isSet(Reference(nil, "Response Type", absent: 0)), fixed, otherwise: variable)],
        otherwise: [
          .uint16("Read Count", .meter),
          .uint16("Length (L)", .meter),
          .octets("Data", own("Length (L)"), .meter),
        ]),
    ]
  }

  /// The first telegram of a response with CI 0x72; more of them may follow in the entry.
  private static let variable: [Element] = [
    .uint8("Length (L)", .meter),
    .bcd("Serial Nbr", octets: 4, .meter),
    .uint16("Mfg ID", .meter),
    .uint8("Version", .meter),
    .uint8("Medium", .meter),
    .uint8("Access Number", .meter),
    .bits(
      "Status", octets: 1,
      [
        .uint(
          0...1, "Application Status", .meter,
          meanings: [Meaning(0, "no error"), Meaning(1, "application busy"), Meaning(2, "any application error")])
      ] + alarms),
    .uint16("Signature", .meter),
    // L counts the 12 octets of the header and a zero behind the records.
    .octets("Tel. Data Records", .minus(own("Length (L)"), 13), .meter),
  ]

  /// A response with CI 0x73.
  private static let fixed: [Element] = [
    .uint8("Length (L)", .meter),
    .bcd("Serial Nbr", octets: 4, .meter),
    .uint8("Access Number", .meter),
    .bits(
      "Status", octets: 1,
      [
        .flag(
          0, "Counters Signed Binary", .meter, meanings: [Meaning(0, "coded BCD"), Meaning(1, "coded signed binary")]),
        .flag(
          1, "Counters Stored", .meter,
          meanings: [Meaning(0, "actual values"), Meaning(1, "values stored at a fixed date")]),
      ] + alarms),
    .uint16("Medium/Unit", .meter),
    // BCD or binary by the status.
    .uint32("Counter 1", .meter),
    .uint32("Counter 2", .meter),
  ]

  private static let alarms: [Field] = [
    .flag(2, "Power Low", .meter), .flag(3, "Permanent Error", .meter), .flag(4, "Temporary Error", .meter),
    .uint(5...7, "Manufacturer Specific", .meter),
  ]
}
