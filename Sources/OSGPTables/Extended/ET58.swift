// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The latest control status of each device, such as a valve's. "Control MDT" of ET34 says what it is.
  public static let et58 = Table(
    .extended(58), "M-Bus/MEP Status Extension", page: 171,
    [.array("Device Status", Slots.count, of: [.uint8("Control Status", .meter), .reserved(19)])])
}
