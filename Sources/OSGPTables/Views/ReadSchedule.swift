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
      configuration.integers(of: name, entry: slot).first.map { UInt8(truncatingIfNeeded: $0) }
    }
    guard let day = number("Scheduled Billing Read Day"), let hour = number("Scheduled Billing Read Hour"),
      let minute = number("Scheduled Billing Read Minute"), let code = number("Scheduled Billing Read Frequency"),
      let interval = configuration.integers(of: "Scheduled Status Read Frequency (M-Bus only)", entry: slot).first
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

/// Which bits of an M-Bus device's timestamp are its hour and its minute (ET34).
public struct TimeLocators: Equatable, Sendable {
  public let hour: Bits
  public let minute: Bits

  public struct Bits: Equatable, Sendable {
    /// From 1.
    public let start: UInt8
    /// 0: as the data's type has it.
    public let count: UInt8
  }

  /// Nil where the table does not have the slot.
  public init?(_ more: Decoded, slot: Int) {
    func bits(_ start: StaticString, _ count: StaticString) -> Bits? {
      guard let start = more.integers(of: start, entry: slot).first,
        let count = more.integers(of: count, entry: slot).first
      else { return nil }
      return Bits(start: UInt8(truncatingIfNeeded: start), count: UInt8(truncatingIfNeeded: count))
    }
    guard let hour = bits("Hour Locator Start Bit", "Hour Locator Bit Count"),
      let minute = bits("Minute Locator Start Bit", "Minute Locator Bit Count")
    else { return nil }
    (self.hour, self.minute) = (hour, minute)
  }

  /// Hour and minute in a timestamp's octets, least significant first; nil where they are not in it.
  ///
  /// Where a count is 0 the meter takes the bits of type F for 4 octets and of type I for 6.
  public func time(in timestamp: [UInt8]) -> (hour: Int, minute: Int)? {
    guard timestamp.count <= 8 else { return nil }
    let standard: (hour: UInt8, minute: UInt8)? = timestamp.count == 4 ? (9, 1) : timestamp.count == 6 ? (17, 9) : nil
    func value(_ bits: Bits, _ start: UInt8?, _ count: UInt8) -> Int? {
      let (start, count) = bits.count == 0 ? (start ?? 0, count) : (bits.start, bits.count)
      guard start >= 1, Int(start) - 1 + Int(count) <= 8 * timestamp.count else { return nil }
      return Int(timestamp.unsigned >> UInt64(start - 1) & (1 << UInt64(count) - 1))
    }
    guard let hour = value(hour, standard?.hour, 5), let minute = value(minute, standard?.minute, 6) else { return nil }
    return (hour, minute)
  }
}
