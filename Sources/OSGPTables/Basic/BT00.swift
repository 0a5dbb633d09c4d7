// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// How the remaining tables are built, and which tables and procedures the meter has.
  public static let bt00 = Table(
    .basic(0), "General Configuration", page: 202,
    [
      .bits(
        "Format Control 1", octets: 1,
        [
          .uint(
            0...0, "Data Order", .program,
            meanings: [Meaning(0, "least significant octet first"), Meaning(1, "most significant octet first")]),
          .uint(
            1...3, "Char Format", .program, factory: 1,
            meanings: [Meaning(1, "ASCII, ISO/IEC 646:1991"), Meaning(2, "ISO 8859/1 or ECMA-94 Latin 1")]),
          .fill(4...7),
        ]),
      .bits(
        "Format Control 2", octets: 1,
        [
          .uint(0...2, "Time Format", .fixed, factory: 2, meanings: [Meaning(2, "one octet for each part")]),
          .uint(3...4, "Data Access Method", .fixed, factory: 1, meanings: [Meaning(1, "offset and count")]),
          .uint(
            5...5, "Identification Format", .program, factory: 1,
            meanings: [Meaning(0, "characters"), Meaning(1, "BCD")]),
          .uint(6...7, "Integer Format", .fixed, meanings: [Meaning(0, "two's complement")]),
        ]),
      .bits(
        "Format Control 3", octets: 1,
        [
          .uint(0...3, "Non-integer Format 1", .program, factory: 8, meanings: [Meaning(8, "32-bit signed integer")]),
          .uint(4...7, "Non-integer Format 2", .program, factory: 8, meanings: [Meaning(8, "32-bit signed integer")]),
        ]),
      .text("Manufacturer", octets: 4, .program),
      .uint8("Nameplate Type", .fixed, factory: 2, meanings: [Meaning(2, "electric")]),
      .uint8("Default Set Used", .fixed, meanings: [Meaning(0, "none")]),
      .uint8("Procedure Parameter Length", .program, factory: 255),
      .uint8("Response Data Length", .program, factory: 12),
      .uint8("Standard Version", .fixed, factory: 1),
      .uint8("Standard Revision", .program),
      .uint8("Dim Basic Tables Used", .program, factory: 10),
      .uint8("Dim Extended Tables Used", .program, factory: 13),
      .uint8("Dim Basic Procedures Used", .program, factory: 2),
      .uint8("Dim Extended Procedures Used", .program, factory: 12),
      .uint8("Manufacturer Status Length", .program, factory: 9),
      .uint8("Number of Pending Tables", .program, factory: 2),
      // The guide calls the rest reserved; by ANSI C12.19 these are the sets of what there is, and a real meter has them.
      .set("Basic Tables Used", octets: own("Dim Basic Tables Used"), .program),
      .set("Extended Tables Used", octets: own("Dim Extended Tables Used"), .program),
      .set("Basic Procedures Used", octets: own("Dim Basic Procedures Used"), .program),
      .set("Extended Procedures Used", octets: own("Dim Extended Procedures Used"), .program),
      .set("Basic Tables Writable", octets: own("Dim Basic Tables Used"), .program),
      .set("Extended Tables Writable", octets: own("Dim Extended Tables Used"), .program),
    ])
}

/// A field further up in the same table, as a count.
func own(_ field: StaticString) -> Count { .field(Reference(nil, field, absent: 0)) }
