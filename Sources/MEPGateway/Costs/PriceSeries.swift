// SPDX-License-Identifier: Apache-2.0

/// Prices that come hour by hour, or quarter by quarter. Where none is known there is none.
public struct PriceSeries: Sendable, Equatable {
  /// Milliseconds for which each holds.
  let span: Int64
  private(set) var prices: [Timestamp: Price] = [:]

  public init(step: Step) { span = step == .quarter ? Self.quarter : Self.hour }

  static let quarter: Int64 = 900_000
  static let hour: Int64 = 3_600_000

  var isEmpty: Bool { prices.isEmpty }

  /// - Returns: false where it does not begin at an hour, or a quarter, or has another price already.
  mutating func add(_ price: Price, at start: Timestamp) -> Bool {
    guard start.floored(to: span) == start, prices[start] ?? price == price else { return false }
    prices[start] = price
    return true
  }

  func price(at time: Timestamp) -> Price? { prices[time.floored(to: span)] }

  func has(_ start: Timestamp) -> Bool { prices[start] != nil }

  /// Hours with the mean of their quarters, where all four are known: so it is charged where a meter counts hours.
  func hourly() -> PriceSeries {
    guard span == Self.quarter else { return self }
    var hours = PriceSeries(step: .hour)
    for start in prices.keys where start.floored(to: Self.hour) == start {
      let four = (0..<4).compactMap { prices[start + Int64($0) * Self.quarter]?.billionths }
      guard four.count == 4 else { continue }
      let sum = four.reduce(0, +)
      hours.prices[start] = Price(billionths: (sum + (sum < 0 ? -2 : 2)) / 4)
    }
    return hours
  }
}
