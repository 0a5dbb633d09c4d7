// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Which sources BT28 shows, and in what order.
  public static let bt27 = Table(
    .basic(27), "Present Register Selection", page: 220, memory: [.read, .write],
    [
      .array("Present Demand Sources", Register.number("Number of Present Demands"), of: [.uint8("", .fixed)]),
      .array("Present Value Sources", Register.number("Number of Present Values"), of: [.uint8("", .fixed)]),
    ])
}
