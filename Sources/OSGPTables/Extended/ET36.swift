// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// How long the entries of the logs are whose size can be configured, and how many there are of them.
  public static let et36 = Table(
    .extended(36), "Manufacturer Table Actual Dimensions", page: 114, memory: .write,
    [
      .uint8("Count", .program, factory: 7),
      .array(
        "Actual Dimension List", .field(Reference(nil, "Count")),
        of: [
          .bits(
            "Table", octets: 2,
            [
              .uint(0...10, "Tbl_Proc_Nbr", .fixed),
              .flag(
                11, "Std_vs_MfgFlag", .fixed, factory: true,
                meanings: [Meaning(0, "basic table"), Meaning(1, "extended table")]),
              .flag(12, "Procedure Flag", .fixed),
              .uint(13...15, "Flags", .fixed),
            ]),
          .uint16("Entry Size", .meter),
          .uint16("Max Entries", .meter),
          .uint16("Current Entries", .meter, limit: 255),
          .bits("Flags:", octets: 1, [.flag(0, "Length Included", .program), .fill(1...7, "Unused")]),
          .octets("Spare", .exactly(8)),
        ]),
      .set(
        "Unread Entries Bitmap", octets: .plus(.dividedDown(.minus(.field(Reference(nil, "Count")), 1), 8), .exactly(1))
      ),
    ])
}

/// The logs of ET36, in the guide's order, and their dimensions as what shapes them.
enum AdjustableLog: Int {
  case et31, et32, et38, et41, et45, et75, et81

  /// Octets from one entry to the next.
  var entrySize: Count { .field(Reference(.et36, "Entry Size", entry: .at(rawValue))) }
  var entries: Count { .field(Reference(.et36, "Current Entries", entry: .at(rawValue))) }
  /// Whether two octets with its length stand before each entry.
  var lengthIncluded: Condition { .isSet(Reference(.et36, "Length Included", entry: .at(rawValue))) }
}
