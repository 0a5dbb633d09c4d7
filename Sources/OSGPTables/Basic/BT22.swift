// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Which sources BT23 records, and in what order.
  public static let bt22 = Table(
    .basic(22), "Data Selection", page: 208, memory: [.read, .write],
    [
      .array("Summation Sources", Register.summations, of: [.uint8("", .meter)]),
      .array("Demand Select", Register.demands, of: [.uint8("", .meter)]),
      .set("Min Max Flags", octets: .dividedUp(Register.demands, 8), .meter),
      .array("Coincident Select", Register.coincidents, of: [.uint8("", .meter)]),
      .array("Coincident Demand Associated", Register.coincidents, of: [.uint8("", .meter)]),
    ])
}
