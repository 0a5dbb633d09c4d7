// SPDX-License-Identifier: Apache-2.0
import C1219

/// What holds from which time of a day on.
public struct DaySchedule<State: Equatable & Sendable>: Equatable, Sendable {
  /// By time.
  public let switches: [Switch]

  public struct Switch: Equatable, Sendable {
    /// Minutes after midnight, 0…1439.
    public let minute: Int
    public let state: State
  }

  /// Meters want switches sorted, so that 00:00 behind the first record is a record that is not used. Times that no
  /// clock shows are left out.
  init(_ records: [(hour: Int, minute: Int, state: State)]) {
    var switches: [Switch] = []
    for (i, record) in records.enumerated() where record.hour < 24 && record.minute < 60 {
      let minute = record.hour * 60 + record.minute
      if minute > 0 || i == 0 { switches.append(Switch(minute: minute, state: record.state)) }
    }
    // Stable, so that of two at the same time the later record holds.
    self.switches = switches.enumerated()
      .sorted { ($0.element.minute, $0.offset) < ($1.element.minute, $1.offset) }.map { $0.element }
  }

  /// What holds at a minute of the day; nil before the first switch.
  public func state(at minute: Int) -> State? { switches.last { $0.minute <= minute }?.state }

  /// The first switch behind a minute of the day.
  public func next(after minute: Int) -> Switch? { switches.first { $0.minute > minute } }
}
