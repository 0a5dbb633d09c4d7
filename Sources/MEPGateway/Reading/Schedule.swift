// SPDX-License-Identifier: Apache-2.0

/// What is read of a meter, and how often.
public struct Schedule: Sendable, Equatable {
  public enum Job: String, CaseIterable, Sendable {
    /// The present values, BT28.
    case present
    /// The energy totals, BT23.
    case totals
    /// All registers, those of the tiers as well.
    case registers
    case quality, clock, events, outages, profile
    /// The registers as the meter copied them itself, BT26.
    case selfReads = "self_reads"
  }

  /// Milliseconds from one read to the next. What is not in it is not read.
  public var intervals: [Job: Int64] = [
    .present: 1000, .totals: 10_000, .registers: 900_000, .clock: 3_600_000, .quality: 900_000, .events: 900_000,
    .outages: 3_600_000, .profile: 900_000, .selfReads: 21_600_000,
  ]

  public init() {}

  /// How many milliseconds a value is good for that some jobs read: three reads, and 20 s at least.
  public func lifetime(of jobs: [Job]) -> Int64 { max(20_000, 3 * (jobs.compactMap { intervals[$0] }.min() ?? 0)) }

  /// When a job is next due after a time: at whole multiples of its interval, so that registers are read at the turn of
  /// the hour; what the meter writes down a little later, when it has done so.
  func next(_ job: Job, after time: Timestamp) -> Timestamp? {
    guard let interval = intervals[job] else { return nil }
    let delay = job.lane == .records ? min(interval / 10, 60_000) : 0
    return (time + (1 - delay)).ceiled(to: interval) + delay
  }
}

extension Schedule.Job {
  /// What is read one after the other, alongside the other lanes: what takes long holds up only those of its own.
  enum Lane: CaseIterable {
    case live
    /// What is wanted as it is at the turn of a quarter.
    case turns
    /// What the meter has written down.
    case records
  }

  var lane: Lane {
    switch self {
    case .present, .totals: .live
    case .registers, .quality: .turns
    case .clock, .events, .outages, .profile, .selfReads: .records
    }
  }
}
