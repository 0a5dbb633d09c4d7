// SPDX-License-Identifier: Apache-2.0
import C1219
import Testing

/// What a person writes as a field's new value.
@Suite struct ParseTests {
  private static let table = Table(
    .extended(1990), "Values", page: 1,
    [
      .uint8("Number"), .int16("Signed"), .uint16("Voltage", .host, Quantity(.volt, exponent: -1)),
      .uint16("Minutes", .host, .minute),
      .bits(
        "Bits", octets: 1,
        [.flag(0, "Flag"), .uint(1...3, "Choice", meanings: [Meaning(2, "second way")]), .fill(4...7)]),
      .text("Text", octets: 4), .octets("Octets", .exactly(2)), .bcd("Digits", octets: 2),
      .set("Set", octets: .exactly(2)),
      .longTime("Long"), .shortTime("Short"), .date("Date"), .time("Time"),
    ])

  private func raw(_ name: String, _ text: String) throws -> Raw? {
    let layout = try Self.table.layout(in: Dimensions())
    return try #require(layout.places.first { $0.pathText == name.slug }).raw(parsing: text)
  }

  @Test(arguments: [
    ("Number", "255", 255), ("Number", " 7 ", 7), ("Signed", "-3", -3), ("Voltage", "230.5", 2305),
    ("Voltage", "230", 2300),
    ("Minutes", "120", 2), ("Flag", "yes", 1), ("Flag", "No", 0), ("Flag", "true", 1), ("Flag", "1", 1),
    ("Choice", "2", 2), ("Choice", "Second Way", 2),
  ])
  func integers(name: String, text: String, value: Int64) throws {
    #expect(try raw(name, text) == .integer(value))
  }

  @Test(arguments: [
    ("Number", "256"), ("Number", "-1"), ("Number", ""), ("Number", "1.5"), ("Number", "x"), ("Number", "0x10"),
    ("Signed", "40000"), ("Voltage", "230.55"), ("Minutes", "61"), ("Flag", "2"), ("Flag", "maybe"), ("Choice", "8"),
    ("Choice", "third way"), ("Text", "12345"), ("Text", "é"), ("Octets", "01"), ("Octets", "0102 0"),
    ("Octets", "zz zz"),
    ("Digits", "12"), ("Digits", "12 3A"), ("Set", "16"), ("Set", "-1"), ("Set", "a"), ("Long", "2026-02-30T00:00:00"),
    ("Long", "2026-02"), ("Long", "1999-01-01T00:00:00"), ("Short", "soon"), ("Date", "2026-13-01"),
    ("Time", "24:00:00"),
    ("Time", "12:00"), ("Number", "99999999999999999999"), ("Long", "2026-300-01T00:00:00"),
  ])
  func whatAFieldCannotTake(name: String, text: String) throws {
    #expect(try raw(name, text) == nil)
  }

  @Test(
    arguments: [
      ("Text", "AB", [0x41, 0x42, 0, 0]), ("Text", "", [0, 0, 0, 0]), ("Octets", "0aFF", [0x0A, 0xFF]),
      ("Octets", "0a ff", [0x0A, 0xFF]), ("Digits", "1234", [0x34, 0x12]), ("Set", "0 9", [1, 2]),
      ("Set", "none", [0, 0]),
      ("Set", "", [0, 0]), ("Long", "2026-11-22T10:05:09", [26, 11, 22, 10, 5, 9]), ("Long", "0", [0, 0, 0, 0, 0, 0]),
      ("Short", "2026-11-22 10:05", [26, 11, 22, 10, 5]), ("Date", "2026-11-22", [26, 11, 22]),
      ("Time", "10:05:09", [10, 5, 9]),
    ] as [(String, String, [UInt8])])
  func octets(name: String, text: String, octets: [UInt8]) throws {
    #expect(try raw(name, text) == .octets(octets))
  }

  /// What is shown can be written again.
  @Test func exactDecimals() {
    #expect(Decimal("228.315") == Decimal(228_315, exponent: -3))
    #expect(Decimal("-0.5") == Decimal(-5, exponent: -1))
    for text in ["", "-", ".5", "1.2.3", "1e3", "12 "] { #expect(Decimal(text) == nil) }
    #expect(Quantity.millivolt.integer(of: Decimal(228_315, exponent: -3)) == 228_315)
    #expect(Quantity.millivolt.integer(of: Decimal(Int64.max, exponent: 3)) == nil)
    #expect(Quantity(.watt, exponent: 3).integer(of: Decimal(1500)) == nil)
  }
}
