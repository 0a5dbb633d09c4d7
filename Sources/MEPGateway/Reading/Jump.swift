// SPDX-License-Identifier: Apache-2.0

/// A register that went on from another number: it has wrapped, or the meter is another one.
public struct Jump: Sendable, Equatable {
  public let series: Series
  /// The first moment at which the new numbers count.
  public let time: Timestamp
  public let before, after: Int64

  init(_ series: Series, at time: Timestamp, from before: Int64, to after: Int64) {
    (self.series, self.time, self.before, self.after) = (series, time, before, after)
  }

  /// How a register must have jumped from one number to the next; nil where it may simply have counted.
  init?(_ series: Series, from last: Shown, to next: Shown) {
    if last.mayBecome(next) { return nil }
    let isWrap = last.mayBecome(Shown(next.number + Self.wrap, at: next.time))
    self.init(
      series, at: last.middle(to: next), from: isWrap ? Self.wrap : last.number, to: isWrap ? 0 : next.number)
  }

  /// A register has 32 bits: it goes on at 0 behind so many.
  private static let wrap: Int64 = 1 << 32

  /// Whether it is the register's end, and not another meter.
  var isWrap: Bool { before == Self.wrap && after == 0 }
}

/// What a register showed at a time.
struct Shown: Sendable, Equatable {
  let number: Int64
  let time: Timestamp

  init(_ number: Int64, at time: Timestamp) { (self.number, self.time) = (number, time) }

  /// A register that counts more in an hour is of no house: 200 kW, or behind transformers, of whose registers a count is
  /// more, that many times more.
  private static let greatest: Int64 = 200_000
  /// Milliseconds by which a register may be read late, and the counts by which it may be ahead.
  private static let grace: (milliseconds: Int64, number: Int64) = (10_000, 100)

  /// Whether a register that shows this may show that later.
  func mayBecome(_ next: Shown) -> Bool {
    let elapsed = max(0, next.time - time) + Self.grace.milliseconds
    let (most, overflow) = elapsed.multipliedReportingOverflow(by: Self.greatest)
    return next.number >= number && (overflow || next.number - number <= most / 3_600_000 + Self.grace.number)
  }

  /// A span's end is nearer to this than to the next as long as it is before this moment.
  func middle(to next: Shown) -> Timestamp { time + max(0, next.time - time) / 2 + 1 }
}
