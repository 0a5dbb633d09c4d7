// SPDX-License-Identifier: Apache-2.0
import Testing

/// The evaluator of printed offsets is itself a tool that others rely on.
@Suite struct ArithmeticTests {
  private let arithmetic = Arithmetic(
    images: ["BT21": [0b0000_0100, 0, 12, 11, 2], "ET11": [5, 66]], symbols: ["A": "BT21.0.2", "B": "A + 4*BT21. 3"])

  @Test(arguments: [
    ("0", 0), ("BT21.3 + BT21.4", 13), ("A+44", 45), ("B+ 5*2", 55), ("BT21.3 + ((BT21.4 +7) /8)", 12),
    ("95+ (ET11.0*ET11.1)", 425), ("10-2-3", 5), ("2+3*4", 14), ("BT21.0.2", 1), ("BT21.0.1", 0),
    ("3 * sizeof(B) + 1", 136),
  ])
  func readsWhatTheGuidePrints(text: String, value: Int) throws {
    #expect(try arithmetic.value(text) == value)
  }

  @Test(arguments: ["", "BT21..4", "C", "(1", "1)", "BT21.9", "BT21.0.8", "BT22.0", "sizeof"])
  func refusesWhatMakesNoSense(text: String) {
    #expect(throws: Arithmetic.Unreadable.self) { try arithmetic.value(text) }
  }
}
