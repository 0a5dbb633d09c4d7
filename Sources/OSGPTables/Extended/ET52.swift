// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Requests that the meter carries out together, with the rights of the key that wrote them. The ports share it.
  public static let et52 = Table(
    .extended(52), "MEP Transaction Request Table", page: 136, write: .any, memory: [.write, .read],
    transaction("Transaction Request Length", .host))

  /// What ET52 and ET53 hold: requests or responses between two copies of the transaction's number.
  ///
  /// - Parameter length: the field of ET11 that holds the octets of the table.
  static func transaction(_ length: StaticString, _ control: ValueControl) -> [Element] {
    let size = Reference(nil, "Transaction Size (B)", absent: 0)
    return [
      .uint16("Transaction Size (B)", control),
      .uint8(
        "Transaction Type", control,
        meanings: [
          Meaning(0, "requests"), Meaning(1, "responses"), Meaning(2, "responses, partial"),
          Meaning(3, "group broadcast request"), Meaning(4, "group broadcast request denied"),
        ]),
      .uint16("Transaction Number", control),
      // A size that does not even hold both numbers is of no transaction: the table has not been written yet.
      .when(
        .atLeast(size, 7),
        [
          .when(
            .equals(Reference(nil, "Transaction Type", absent: 0), 3),
            [
              .uint8("Group ID Count", control),
              .array("Group ID List", own("Group ID Count"), of: [.uint16("", control)]),
            ]),
          // Requests and responses each behind its length; their own numbers are most significant octet first.
          .octets("Record List", .upTo(.minus(.field(size), 2)), control),
          .uint16("Closing Transaction Number", control),
        ]),
      .reserved(.upTo(.field(Reference(.et11, length))), "Unused"),
    ]
  }
}
