// SPDX-License-Identifier: Apache-2.0

/// Holds back what contradicts itself: real meters say such things just after the power returns, and one such number
/// spoils a year's statistics.
public struct Gate: Sendable {
  /// A register has 32 bits: it goes on at 0 behind so many.
  private static let wrap: Int64 = 1 << 32
  /// What was let through of each register.
  private var last: [Series: (number: Int64, time: Timestamp)] = [:]
  /// What was held, and may prove to be true.
  private var pending: [Series: (number: Int64, time: Timestamp, first: Int64, count: Int)] = [:]

  public init() {}

  /// Goes on from what was let through before, in an earlier run.
  public mutating func resume(_ series: Series, from number: Int64, at time: Timestamp) {
    last[series] = (number, time)
  }

  public enum Verdict: Sendable, Equatable {
    case passed
    /// Let through: registers went on from other numbers.
    case jumped([Jump])
    case held(Reason)
  }

  public struct Jump: Sendable, Equatable {
    public let series: Series
    public let before, after: Int64
  }

  public enum Reason: Sendable, Equatable {
    /// The total power is not the sum of the phases, in W.
    case phases(total: Int64, sum: Int64)
    case fell(Series, from: Int64, to: Int64)
    /// It has risen by more than any house can use.
    case leapt(Series, from: Int64, to: Int64)
  }

  public mutating func check(_ reading: Reading) -> Verdict {
    if let reason = Self.contradiction(in: reading) { return .held(reason) }
    var jumps: [Jump] = []
    var held: Reason?
    // All of them, so that each gets on with proving itself.
    for (series, number) in reading.values where series.isCounter {
      guard let last = last[series], let reason = reason(series, number, reading.time, after: last) else { continue }
      if case .fell = reason, self.reason(series, number + Self.wrap, reading.time, after: last) == nil {
        jumps.append(Jump(series: series, before: Self.wrap, after: 0))
      } else if let first = proven(series, number, reading.time) {
        jumps.append(Jump(series: series, before: last.number, after: first))
      } else {
        held = held ?? reason
      }
    }
    if let held { return .held(held) }
    for (series, number) in reading.values where series.isCounter {
      last[series] = (number, reading.time)
      pending[series] = nil
    }
    return jumps.isEmpty ? .passed : .jumped(jumps)
  }

  // MARK: Registers

  /// A register that counts more in an hour is of no house: 200 kW, or behind transformers, of whose registers a count is
  /// more, that many times more.
  private static let greatest: Int64 = 200_000
  /// Milliseconds by which a register may be read late, and the counts by which it may be ahead.
  private static let grace: (milliseconds: Int64, number: Int64) = (10_000, 100)
  /// So many readings in a row that agree with each other prove what the one before them contradicts.
  private static let proof = 4

  private func reason(
    _ series: Series, _ number: Int64, _ time: Timestamp, after last: (number: Int64, time: Timestamp)
  ) -> Reason? {
    if number < last.number { return .fell(series, from: last.number, to: number) }
    let elapsed = max(0, time - last.time) + Self.grace.milliseconds
    let (most, overflow) = elapsed.multipliedReportingOverflow(by: Self.greatest)
    if !overflow, number - last.number > most / 3_600_000 + Self.grace.number {
      return .leapt(series, from: last.number, to: number)
    }
    return nil
  }

  /// The first of the numbers in a row that prove a register to have gone on from there; nil while they do not.
  private mutating func proven(_ series: Series, _ number: Int64, _ time: Timestamp) -> Int64? {
    guard let held = pending[series], reason(series, number, time, after: (held.number, held.time)) == nil else {
      pending[series] = (number, time, number, 1)
      return nil
    }
    pending[series] = (number, time, held.first, held.count + 1)
    return held.count + 1 >= Self.proof ? held.first : nil
  }

  // MARK: Phases

  private static let signs: [(String, Int64)] = [("fwd_active_power", 1), ("rev_active_power", -1)]

  /// Forward less reverse is what has to agree: a house with sun exports on one phase while it imports on another.
  private static func contradiction(in reading: Reading) -> Reason? {
    var (totals, phases, total, sum): (Int, Int, Int64, Int64) = (0, 0, 0, 0)
    for (series, number) in reading.values where series.name.contains("active_power_") {
      guard let sign = signs.first(where: { series.name.hasPrefix($0.0) })?.1 else { continue }
      if series.name.hasSuffix("power_w") {
        (totals, total) = (totals + 1, total + sign * number)
      } else {
        (phases, sum) = (phases + 1, sum + sign * number)
      }
    }
    // A meter may be set to tell one direction only, which proves nothing.
    guard totals == 2, phases == 2 || phases == 6 else { return nil }
    guard abs(total - sum) > max(10, max(abs(total), abs(sum)) / 20) else { return nil }
    return .phases(total: total, sum: sum)
  }
}

extension Gate.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .phases(let total, let sum): "the phases' powers come to \(sum) W, and the total says \(total) W"
    case .fell(let series, let from, let to):
      "\(series.name) fell from \(series.decimal(from)) to \(series.decimal(to))"
    case .leapt(let series, let from, let to):
      "\(series.name) leapt from \(series.decimal(from)) to \(series.decimal(to))"
    }
  }
}
