// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The extended sources that the source numbers 112 to 163 stand for in the load profile, in this order.
  public static let et66 = Table(
    .extended(66), "Load Profile Source ID Mapping Table", page: 179,
    [.array("Extended Source IDs", .times(.exactly(4), DataSets.mostChannels), of: [.uint16("", .host)])])
}
