// SPDX-License-Identifier: Apache-2.0
import C1219

/// When the meter reads a device (ET13), in local time.
public struct ReadSchedule: Equatable, Sendable {
  public let frequency: Frequency
  /// 1 to 28: day of the month; 32 to 38: Sunday to Saturday; 0: the first of the month.
  public let day: UInt8
  public let hour: UInt8
  public let minute: UInt8
  /// Seconds between status reads of an M-Bus device; 0: with billing reads only.
  public let statusInterval: UInt32

  public enum Frequency: Equatable, Sendable {
    case hourly, daily, weekly, monthly, never
    case unknown(UInt8)
  }

  /// Nil where the table does not have the slot.
  public init?(_ configuration: Decoded, slot: Int) {
    func number(_ name: StaticString) -> UInt8? {
      configuration.integers(named: name, entry: slot).first.map { UInt8(truncatingIfNeeded: $0) }
    }
    guard let day = number("Scheduled Billing Read Day"), let hour = number("Scheduled Billing Read Hour"),
      let minute = number("Scheduled Billing Read Minute"), let code = number("Scheduled Billing Read Frequency"),
      let interval = configuration.integers(named: "Scheduled Status Read Frequency (M-Bus only)", entry: slot).first
    else { return nil }
    (self.day, self.hour, self.minute) = (day, hour, minute)
    statusInterval = UInt32(truncatingIfNeeded: interval) * 60
    switch code {
    case 0: frequency = .hourly
    case 1: frequency = .daily
    // A day that never comes is how the guide has scheduled reads disabled.
    case 2: frequency = day == 39 ? .never : .weekly
    case 3: frequency = .monthly
    case 4: frequency = .never
    default: frequency = .unknown(code)
    }
  }
}
