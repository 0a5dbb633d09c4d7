// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The dimensions of the registers: of BT22 to BT28.
  public static let bt21 = Table(
    .basic(21), "Actual Register", page: 206, memory: .write,
    [
      .bits(
        "Register Functions 1", octets: 1,
        [
          .flag(0, "Season Information Field", .fixed, factory: true),
          .flag(1, "Date/Time Field", .fixed, factory: true),
          .flag(2, "Demand Reset Counter", .meter),
          .flag(3, "Demand Reset Lock", .meter),
          .flag(4, "Cumulative Demand", .meter),
          .flag(5, "Continuous Cumulative Demand", .meter),
          .flag(6, "Time Remaining", .program),
          .fill(7...7),
        ]),
      .bits(
        "Register Functions 2", octets: 1,
        [
          .flag(0, "Self-read Inhibit Overflow", .fixed),
          .flag(1, "Self-read Sequence Number", .program),
          .flag(2, "Daily Self-read", .fixed, factory: true),
          .flag(3, "Weekly Self-read", .fixed, factory: true),
          .uint(4...5, "Self-read Demand Reset", .program),
          .fill(6...7),
        ]),
      .uint8("Number of Self-reads", .meter, factory: 12),
      .uint8("Number of Summations", .meter, factory: 11, limit: 64),
      .uint8("Number of Demands", .meter, limit: 8),
      .uint8("Number of Coincident Values", .meter, limit: 16),
      .uint8("Number of Occurrences", .meter, limit: 8),
      .uint8("Number of Tiers", .program, factory: 4, limit: 8),
      .uint8("Number of Present Demands", .meter, limit: 16),
      .uint8("Number of Present Values", .meter, factory: 55, limit: 200),
    ])
}

/// Dimensions of BT21 as counts and conditions.
enum Register {
  static func number(_ field: StaticString) -> Count { .field(Reference(.bt21, field)) }
  static func has(_ field: StaticString) -> Condition { .isSet(Reference(.bt21, field)) }
  static func labels(_ table: Table, _ field: StaticString) -> ArrayElement.Labels {
    ArrayElement.Labels(Reference(table, field), RegisterSource.numbered)
  }

  static let summations = number("Number of Summations")
  static let demands = number("Number of Demands")
  static let coincidents = number("Number of Coincident Values")
  static let occurrences = number("Number of Occurrences")
}
