// SPDX-License-Identifier: Apache-2.0

/// Holds back what contradicts itself: real meters say such things just after the power returns, and one such number
/// spoils a year's statistics.
public struct Gate: Sendable {
  /// What was let through of each register.
  private var last: [Series: Shown] = [:]
  /// What was held, and may prove to be true.
  private var pending: [Series: (first: Shown, last: Shown, count: Int)] = [:]

  public init() {}

  /// Goes on from what was let through before, in an earlier run.
  public mutating func resume(_ series: Series, from number: Int64, at time: Timestamp) {
    last[series] = Shown(number, at: time)
  }

  public enum Verdict: Sendable, Equatable {
    case passed
    /// Let through: registers went on from other numbers.
    case jumped([Jump])
    case held(Reason)
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
      let next = Shown(number, at: reading.time)
      guard let last = last[series], let jump = Jump(series, from: last, to: next) else { continue }
      if jump.isWrap {
        jumps.append(jump)
      } else if let first = proven(series, next) {
        jumps.append(Jump(series, at: jump.time, from: last.number, to: first))
      } else {
        held =
          held
          ?? (number < last.number
            ? .fell(series, from: last.number, to: number) : .leapt(series, from: last.number, to: number))
      }
    }
    if let held { return .held(held) }
    for (series, number) in reading.values where series.isCounter {
      last[series] = Shown(number, at: reading.time)
      pending[series] = nil
    }
    return jumps.isEmpty ? .passed : .jumped(jumps)
  }

  /// So many readings in a row that agree with each other prove what the one before them contradicts.
  private static let proof = 4

  /// The first of the numbers in a row that prove a register to have gone on from there; nil while they do not.
  private mutating func proven(_ series: Series, _ next: Shown) -> Int64? {
    guard let held = pending[series], held.last.mayBecome(next) else {
      pending[series] = (next, next, 1)
      return nil
    }
    pending[series] = (held.first, next, held.count + 1)
    return held.count + 1 >= Self.proof ? held.first.number : nil
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
