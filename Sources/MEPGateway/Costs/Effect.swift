// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation

/// A price of the month's highest power. Each hour that raises it has the cost of that: so hours add up to the month.
public struct Effect: Sendable, Equatable {
  /// A kW and month.
  var price: Price
  var rule = Rule.top
  /// Over which time power is a mean: an hour or a quarter.
  var step = Step.hour
  /// What counts at all.
  var window = Window()
  /// What counts half.
  var half: Window?

  public init(_ price: Price) { self.price = price }

  public enum Rule: String, CaseIterable, Sendable {
    case top
    /// The mean of the highest of three days; of days that have not come yet it is 0.
    case topThreeDays = "top_three_days"

    fileprivate var count: Int { self == .top ? 1 : 3 }
  }
}

/// The highest powers of a month, so far.
struct Peaks {
  private let effect: Effect
  private let zone: TimeZone
  /// The hour that is under way, and up to when it is known.
  private var current: (range: Range<Timestamp>, through: Timestamp, energy: Int64)?
  /// Half watts of the highest of each day.
  private var days: [Int: Int64] = [:]
  private var (due, charged) = (Money.zero, Money.zero)

  init(_ effect: Effect, in zone: TimeZone) { (self.effect, self.zone) = (effect, zone) }

  /// By how much the month has become dearer since it was asked last.
  mutating func charge() -> Money {
    defer { charged = due }
    return due - charged
  }

  /// Takes what was bought from one time to another; false where that is longer than what counts.
  mutating func take(_ energy: Int64, _ start: Timestamp, _ end: Timestamp) -> Bool {
    let range = effect.step.range(around: end, in: zone)
    guard start >= range.lowerBound else { return false }
    if let known = current, known.range == range, known.through == start {
      current = (range, end, known.energy + energy)
    } else {
      // Of an hour whose beginning is not known no power is known.
      current = start == range.lowerBound ? (range, end, energy) : nil
    }
    guard let whole = current, end == range.upperBound else { return true }
    current = nil
    let local = range.lowerBound.local(in: zone)
    guard effect.window.contains(local) else { return true }
    let halfWatts = whole.energy * 3_600_000 / (range.upperBound - range.lowerBound) * 2
    let counted = effect.half?.contains(local) == true ? halfWatts / 2 : halfWatts
    days[local.day] = max(days[local.day] ?? 0, counted)
    let highest = days.values.sorted(by: >).prefix(effect.rule.count).reduce(0, +)
    due = Money(trillionths: Int128(effect.price.billionths) * Int128(highest) / Int128(2 * effect.rule.count))
    return true
  }
}
