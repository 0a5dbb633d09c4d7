// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// What is measured just now. Named and scaled by the sources of BT27.
  public static let bt28 = Table(
    .basic(28), "Present Register Data", page: 221,
    [
      .array(
        "Present Demands", Register.number("Number of Present Demands"),
        labels: Register.labels(.bt27, "Present Demand Sources"),
        of: [
          .when(Register.has("Time Remaining"), [.time("Time Remaining")]),
          .int32("Demand value", .meter, nil),
        ]),
      .array(
        "Present Values", Register.number("Number of Present Values"),
        labels: Register.labels(.bt27, "Present Value Sources"), of: [.int32("", .meter, nil)]),
    ])
}
