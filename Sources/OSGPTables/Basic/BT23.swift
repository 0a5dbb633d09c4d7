// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The energy registers: totals, then the same for each tier. Named and scaled by the sources of BT22.
  public static let bt23 = Table(
    .basic(23), "Current Register Data", page: 213, write: .advanced,
    [
      .when(Register.has("Demand Reset Counter"), [.uint8("Nbr Demand Resets", .meter)])
    ] + registerDataBlock + [
      .array("Tiers", Register.number("Number of Tiers"), of: registerDataBlock)
    ])

  /// The part of BT23 that is there once for the totals and once for each tier; self-reads hold it as well.
  static let registerDataBlock: [Element] = [
    .array(
      "Summations", Register.summations, labels: Register.labels(.bt22, "Summation Sources"),
      of: [.int32("", .meter, nil)]),
    .array(
      "Demands", Register.demands, labels: Register.labels(.bt22, "Demand Select"),
      of: [
        .when(
          Register.has("Date/Time Field"),
          [.array("Event Time", Register.occurrences, of: [.shortTime()])]),
        .when(Register.has("Cumulative Demand"), [.int32("Cumulative Demand", .meter, nil)]),
        .when(Register.has("Continuous Cumulative Demand"), [.int32("Contin Cum Demand", .meter, nil)]),
        .array("Demand", Register.occurrences, of: [.int32("", .meter, nil)]),
      ]),
    .array(
      "Coincidents", Register.coincidents, labels: Register.labels(.bt22, "Coincident Select"),
      of: [.array("", Register.occurrences, of: [.int32("", .meter, nil)])]),
  ]
}

extension Register {
  /// A copy of BT23, with when it was made.
  ///
  /// - Parameter time: what the guide calls the time in the table.
  static func snapshot(_ time: StaticString) -> [Element] {
    [
      .when(has("Date/Time Field"), [.shortTime(time)]),
      .when(has("Season Information Field"), [.uint8("Season", .meter)]),
    ] + Table.bt23.elements
  }

  /// Which configuration the registers of an entry are of.
  static let billingInterface: [Element] = [
    .when(has("Number of Demands"), [.uint16("Blg Iface Def Nbr (BIDN)", .meter)])
  ]
}
