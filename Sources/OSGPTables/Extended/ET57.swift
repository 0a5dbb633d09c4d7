// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// What the M-Bus data types (MDT) of sources are: the data record headers (DRH) that each stands for.
  public static let et57 = Table(
    .extended(57), "M-Bus Data Type Table", page: 169, write: .advanced,
    [
      .array(
        "MDT Entry Array", .field(Reference(.et11, "ET57 Entry Count", absent: 16)),
        of: mdtEntry)
    ])

  /// ET42 has those that are not empty as well.
  static let mdtEntry: [Element] = [
    .bits(
      "MDT Entry", octets: 1,
      [
        .uint(
          0...1, "Entry Type", .host,
          meanings: [
            Meaning(0, "empty"), Meaning(1, "M-Bus base entry"), Meaning(2, "MEP base entry"),
            Meaning(3, "extension of the entry before"),
          ]),
        .uint(2...6, "MDT", .host),
        .uint(7...7, "Special", .host),
      ]),
    .octets("DRH", .exactly(3), .host),
  ]
}
