// SPDX-License-Identifier: Apache-2.0
import C1219

/// What one of something costs (a kWh, a kW, a month), in billionths of the tariff's currency.
public struct Price: Hashable, Sendable {
  public let billionths: Int64

  public init(billionths: Int64) { self.billionths = billionths }

  /// "0.9123" or "-0.05"; what is finer than a billionth is rounded. Nil for anything else.
  ///
  /// - Parameters:
  ///   - point: what stands before the decimals.
  ///   - thousand: whether it is the price of a thousand, as that of a MWh is.
  public init?(_ text: some StringProtocol, point: Character = ".", ofThousand thousand: Bool = false) {
    let isBelow = text.first == "-"
    let parts = text.dropFirst(isBelow ? 1 : 0).split(separator: point, omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ $0.allSatisfy { ("0"..."9").contains($0) } }),
      (1...9).contains(parts[0].count), parts.count == 1 || !parts[1].isEmpty
    else { return nil }
    let fraction = parts.count == 2 ? String(parts[1]) : ""
    let kept = thousand ? 6 : 9
    let digits =
      String(parts[0]) + fraction.prefix(kept) + String(repeating: "0", count: max(0, kept - fraction.count))
    guard let whole = Int64(digits) else { return nil }
    let number = whole + (fraction.dropFirst(kept).first.map { $0 >= "5" } == true ? 1 : 0)
    self.init(billionths: isBelow ? -number : number)
  }
}

/// An amount of the tariff's currency. It counts 10^-20 of it, so that nothing need be rounded: a price in billionths a
/// kWh times whole Wh needs 12 decimals, and each of two percentages of two decimals, one on the other, four more.
public struct Money: Comparable, Hashable, Sendable {
  private var count: Int128

  public static let zero = Money(count: 0)

  private init(count: Int128) { self.count = count }

  /// From 10^-12 of the currency: a price in billionths times thousandths of what it is for.
  init(trillionths: Int128) { count = trillionths * 100_000_000 }

  /// Of energy in Wh by its price a kWh, or of power in W by its price a kW.
  init(_ price: Price, thousandths: Int64) { self.init(trillionths: Int128(price.billionths) * Int128(thousandths)) }

  /// - Parameter hundredths: of a per cent.
  func percent(_ hundredths: Int64) -> Money { Money(count: count * Int128(hundredths) / 10_000) }

  public static func < (a: Money, b: Money) -> Bool { a.count < b.count }
  public static func + (a: Money, b: Money) -> Money { Money(count: a.count + b.count) }
  public static func += (a: inout Money, b: Money) { a.count += b.count }
  public static func - (a: Money, b: Money) -> Money { Money(count: a.count - b.count) }

  /// To be shown: with so many decimals at most, half of the last rounded away from zero.
  public func rounded(to places: Int) -> Decimal {
    let unit = (0..<20 - places).reduce(Int128(1)) { unit, _ in unit * 10 }
    var (digits, places) = ((count + (count < 0 ? -unit : unit) / 2) / unit, places)
    while places > 0, digits % 10 == 0 { (digits, places) = (digits / 10, places - 1) }
    return Decimal(Int64(clamping: digits), exponent: Int8(-places))
  }
}
