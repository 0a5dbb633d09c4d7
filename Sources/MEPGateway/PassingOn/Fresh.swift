// SPDX-License-Identifier: Apache-2.0

extension LiveValues {
  /// What is not old, by its published name; nothing while the meter is away.
  ///
  /// - Parameter schedule: how often the meter is read, and so how long a value is good for.
  func fresh(_ schedule: Schedule, now: Timestamp) -> [String: (series: Series, value: Value)] {
    guard isPresent != false else { return [:] }
    // A clock that was set back makes values of the future: these are no fresher.
    let fresh = values.filter { abs(now - $1.time) <= schedule.lifetime(of: $0.jobs) }
    return Dictionary(fresh.map { ($0.name, ($0, $1)) }) { $0.1.time > $1.1.time ? $0 : $1 }
  }
}

extension Series {
  /// What reads it.
  fileprivate var jobs: [Schedule.Job] {
    isLive ? [.present] : name.contains("_tier_") ? [.registers] : [.totals, .registers]
  }
}
