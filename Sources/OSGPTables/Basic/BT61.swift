// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// How the load profile is configured: the dimensions of BT62 to BT67.
  public static let bt61 = Table(
    .basic(61), "Actual Load Profile", page: 239, memory: .write,
    loadProfileDimensions(
      inhibit: "not inhibited by an overflow",
      sets: [
        .uint16("Number of Blocks", .meter, limit: 21_259),
        .uint16("Number of Intervals", .meter, limit: 1440),
        .uint8("Number of Channels", .host, limit: 16),
        .uint8("Maximum Interval Time", .host, .minute, meanings: [.wholeDay]),
      ]))
}

/// Dimensions of the load profile as counts and conditions.
enum DataSets {
  static let count = Count.entries(Reference(.bt61, "Number of Blocks"))
  /// In an array of data sets: the channels of that one.
  static let channels = Count.field(Reference(.bt61, "Number of Channels", entry: .same))
  /// What the tables have room for that do not know how many channels are in use.
  static let mostChannels = Count.field(Reference(.bt60, "Number of Channels", entry: .at(0), absent: 16))

  /// A dimension of data set 1 to 4; none where the meter has no such set.
  static func number(_ field: StaticString, of set: Int) -> Count {
    .field(Reference(.bt61, field, entry: .at(set - 1), absent: 0))
  }
}
