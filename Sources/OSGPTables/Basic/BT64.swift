// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The load profile of data set 1, a ring of blocks. The tables of the sets differ in nothing but the set.
  public static let bt64 = loadProfileData(set: 1, "Load Profile Data, Data Set 1")
  public static let bt65 = loadProfileData(set: 2, "Load Profile Data, Data Set 2")
  public static let bt66 = loadProfileData(set: 3, "Load Profile Data, Data Set 3")
  public static let bt67 = loadProfileData(set: 4, "Load Profile Data, Data Set 4")

  private static func loadProfileData(set: Int, _ name: StaticString) -> Table {
    let channels = DataSets.number("Number of Channels", of: set)
    let intervals = DataSets.number("Number of Intervals", of: set)
    return Table(
      .basic(63 + UInt16(set)), name, page: 244, memory: [.read, .write],
      [
        .array(
          "Block Data", DataSets.number("Number of Blocks", of: set),
          of: [
            .shortTime("End Time"),
            .when(
              .isSet(Reference(.bt61, "End Reading Supported")),
              [.array("End Readings", channels, labels: sources(of: set), of: [.int32("", .meter, nil)])]),
            .set("Simple Status", octets: .dividedUp(intervals, 8), .meter),
            .array(
              "Intervals", intervals,
              of: [
                // A nibble for all channels, then one for each: one more than channels, rounded up to octets.
                .octets("Extended Status", .plus(.dividedDown(channels, 2), .exactly(1)), .meter),
                .array(
                  "Interval Channel Data", channels, labels: sources(of: set), of: [.int32("", .meter, nil)]),
              ]),
          ])
      ])
  }

  private static func sources(of set: Int) -> ArrayElement.Labels {
    ArrayElement.Labels(Reference(.bt62, "Interval Source", entry: .at(set - 1)), RegisterSource.numbered)
  }
}
