// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// The most that this meter's registers can be dimensioned to; BT21 has what they are.
  public static let bt20 = Table(
    .basic(20), "Dimension Register", page: 22, guide: .optical,
    [
      .bits(
        "Register Functions 1", octets: 1,
        [
          .flag(0, "Season Information Field", .fixed, factory: true),
          .flag(1, "Date/Time Field", .fixed, factory: true),
          .flag(2, "Demand Reset Counter", .program, factory: true),
          .flag(3, "Demand Reset Lockout", .program, factory: true),
          .flag(4, "Cumulative Demand", .program, factory: true),
          .flag(5, "Continuous Cumulative Demand", .program, factory: true),
          .flag(6, "Time Remaining", .program),
          .fill(7...7),
        ]),
      .bits(
        "Register Functions 2", octets: 1,
        [
          .flag(0, "Self-read Inhibit Overflow", .fixed),
          .flag(1, "Self-read Sequence Number", .program, factory: true),
          .flag(2, "Daily Self-read", .fixed, factory: true),
          .flag(3, "Weekly Self-read", .fixed, factory: true),
          .uint(4...5, "Self-read Demand Reset", .program),
          .fill(6...7),
        ]),
      .uint8("Number of Self-reads", .program, factory: 253),
      .uint8("Number of Summations", .program, factory: 15, limit: 64),
      .uint8("Number of Demands", .program, factory: 8, limit: 8),
      .uint8("Number of Coincident Values", .program, factory: 16, limit: 16),
      .uint8("Number of Occurrences", .program, factory: 1, limit: 8),
      .uint8("Number of Tiers", .program, factory: 4, limit: 8),
      .uint8("Number of Present Demands", .program, factory: 8, limit: 16),
      .uint8("Number of Present Values", .program, factory: 41, limit: 200),
    ])
}
