// SPDX-License-Identifier: Apache-2.0
import C1219
import Testing

@Suite struct DecimalTests {
  @Test(
    arguments: [
      (0, 0, "0"), (7, 0, "7"), (-7, 0, "-7"), (228_315, -3, "228.315"), (50_000, -3, "50.000"), (5, -3, "0.005"),
      (-5, -3, "-0.005"), (-452, -3, "-0.452"), (-1000, -3, "-1.000"), (0, -2, "0.00"), (17, -4, "0.0017"),
      (12, 3, "12000"), (-12, 1, "-120"), (0, 5, "0"), (.max, 0, "9223372036854775807"),
      (.min, -1, "-922337203685477580.8"),
    ] as [(Int64, Int8, String)])
  func descriptions(mantissa: Int64, exponent: Int8, text: String) {
    #expect(Decimal(mantissa, exponent: exponent).description == text)
  }

  @Test func extremeExponents() {
    #expect(Decimal(1, exponent: .min).description == "0." + String(repeating: "0", count: 127) + "1")
    #expect(Decimal(1, exponent: .max).description == "1" + String(repeating: "0", count: 127))
  }

  @Test func quantitiesScale() {
    #expect(Quantity.minute.value(of: 3) == Decimal(180))
    #expect(Quantity.millivolt.value(of: 228_315) == Decimal(228_315, exponent: -3))
    #expect(Quantity.thousandths.value(of: -924).description == "-0.924")
    #expect(Quantity(.degree, exponent: -2).value(of: 12_003).description == "120.03")
    // Nothing that a meter says makes it trap.
    _ = Quantity.minute.value(of: .max)
  }

  @Test func symbols() {
    let symbols: [(Unit, String)] = [
      (.none, ""), (.watt, "W"), (.var, "var"), (.voltAmpere, "VA"), (.wattHour, "Wh"), (.varHour, "varh"),
      (.volt, "V"), (.ampere, "A"), (.hertz, "Hz"), (.degree, "°"), (.second, "s"),
      (.percent, "%"),
    ]
    for (unit, symbol) in symbols { #expect(unit.symbol.description == symbol) }
  }
}
