// SPDX-License-Identifier: Apache-2.0
import MEPClient
import OSGPTables

/// What is known of a meter now: each value with when it was measured and where it comes from.
public struct LiveValues: Sendable {
  public struct Value: Sendable, Equatable {
    public let number: Int64
    public let time: Timestamp
    public let origin: Origin
  }

  public private(set) var values: [Series: Value] = [:]
  /// What is only known from the store: others may have been told of something newer before the gateway ended.
  private var remembered: Set<Series> = []
  /// How often the meter is read, and so how long a value is good for.
  var schedule: Schedule
  /// Nil until the meter has answered once.
  public private(set) var identity: Identity?
  /// Whether the meter answers; nil until one of both is known.
  public private(set) var isPresent: Bool?
  /// Why it does not.
  private var absence: String?
  /// What cannot be read, though the meter answers, and why.
  public private(set) var failures: [Schedule.Job: String] = [:]
  /// Why it does not answer, or does not tell what matters most.
  public var problem: String? {
    absence ?? failures[.present].map { "What it measures now cannot be read: \($0)" }
      ?? failures[.totals].map { "What it has counted cannot be read: \($0)" }
  }
  /// Readings that contradicted themselves, since the gateway began.
  public private(set) var held = 0
  public private(set) var lastHeld: String?
  /// Milliseconds by which the meter's clock is ahead.
  public private(set) var clockAhead: Int64?
  public internal(set) var keeping = Keeping()
  public private(set) var line = LineState()
  /// What the meter last told of the mains, and when.
  public private(set) var quality: (PowerQuality, at: Timestamp)?
  /// Through when the load profile was read, and how much of what was wanted then.
  public private(set) var recorded: (through: Timestamp, share: Double)?

  /// How the store gets on with what was measured.
  public struct Keeping: Sendable, Equatable {
    /// Why it keeps nothing.
    public internal(set) var problem: StoreError?
    /// Readings that were given up, as too many waited.
    public internal(set) var lost = 0
    /// Whether this computer's clock is behind what was kept before, so that nothing is kept.
    public internal(set) var isBehind = false

    /// What is wrong with it, if anything.
    public var words: String? {
      problem?.description ?? (isBehind ? "The clock is behind what was kept before: nothing is kept." : nil)
    }
  }

  public init(schedule: Schedule = Schedule()) { self.schedule = schedule }

  /// Whether it is too old to be called present. The last number of a register stays true.
  public func isStale(_ series: Series, at now: Timestamp) -> Bool {
    guard series.isLive, let value = values[series] else { return false }
    return !isFresh(value, of: series, now)
  }

  /// What is not old, registers too, by its published name; nothing while the meter is away.
  func fresh(at now: Timestamp) -> [String: (series: Series, value: Value)] {
    let fresh = values.filter { isFresh($1, of: $0, now) && !remembered.contains($0) }
    return Dictionary(fresh.map { ($0.name, ($0, $1)) }) { $0.1.time > $1.1.time ? $0 : $1 }
  }

  private func isFresh(_ value: Value, of series: Series, _ now: Timestamp) -> Bool {
    // Before the meter has answered, what is known is of an earlier run; and a clock that was set back makes values of the
    // future, which are no fresher.
    isPresent == true && abs(now - value.time) <= schedule.lifetime(of: series.jobs)
  }

  public mutating func take(_ news: News) {
    switch news {
    case .present(let identity): (self.identity, isPresent, absence) = (identity, true, nil)
    case .away(let error): (isPresent, absence) = (false, error.description)
    case .reading(let reading), .jumped(let reading, _): take(reading)
    case .held(_, let reason): (held, lastHeld) = (held + 1, reason.description)
    case .clock(let ahead, _): clockAhead = ahead
    case .quality(let quality, let time): self.quality = (quality, time)
    case .line(let line): self.line = line
    case .recorded(let readings, _, let share):
      if let through = readings.last?.time ?? recorded?.through { recorded = (through, share) }
    case .failed(let job, let error): failures[job] = error?.description
    case .selfReads, .events, .outages: break
    }
  }

  /// Begins with what was kept.
  mutating func remember(_ reading: Reading) {
    take(reading)
    remembered.formUnion(reading.values.keys)
  }

  /// Registers that were read since the gateway began: those never fall behind what was told of before.
  var registers: [Series: Value] { values.filter { !$0.key.isLive && !remembered.contains($0.key) } }

  public mutating func take(_ reading: Reading) {
    remembered.subtract(reading.values.keys)
    for (series, number) in reading.values {
      values[series] = Value(number: number, time: reading.time, origin: reading.origin)
    }
  }
}

extension Series {
  /// What reads it.
  fileprivate var jobs: [Schedule.Job] {
    isLive ? [.present] : isOfMains ? [.quality] : isOfTier ? [.registers] : [.totals, .registers]
  }

  /// Whether it is a register that is not among those that are read most often.
  var isReadRarely: Bool { isOfMains || isOfTier }

  private var isOfTier: Bool { name.contains("_tier_") }
}
