// SPDX-License-Identifier: Apache-2.0
import C1219

public enum RelayState: Equatable, Sendable { case open, closed }

/// When control relays open and close (ET61), in local time.
public struct RelayCalendar: Equatable, Sendable {
  /// The day schedules of control relay 1 and 2, ten switches each. Which day has which one depends on a mode in ET05,
  /// which the guide does not describe. A schedule of zeros alone has no switches.
  public let relays: [[DaySchedule<RelayState>]]

  public init(_ table: Decoded) {
    // State, minute and hour of every switch.
    relays = table.entries(of: "Relay Control", fields: 3).map { values in
      let switches = stride(from: 0, to: values.count - 2, by: 3).map { i in
        (hour: values[i + 2], minute: values[i + 1], state: values[i] == 0 ? RelayState.open : .closed)
      }
      return stride(from: 0, to: switches.count, by: 10).map { first in
        let day = Array(switches[first..<min(first + 10, switches.count)])
        return DaySchedule(day.contains { $0.hour > 0 || $0.minute > 0 || $0.state == .closed } ? day : [])
      }
    }
  }
}
