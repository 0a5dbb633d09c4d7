// SPDX-License-Identifier: Apache-2.0
import C1219

/// A tier set in spite of the calendar, as it was asked for last (ET47). Whether it still holds is told by the Tier
/// Drive of BT55.
public struct TariffOverride: Equatable, Sendable {
  /// From 0 on; nil where none was asked for, or the last one was cancelled.
  public let tier: Int?
  public let end: End
  /// The calendar that holds as long as the override does.
  public let calendarID: UInt32

  public enum End: Equatable, Sendable {
    /// With the next tier switch of the calendar.
    case nextSwitch
    case never
    /// So many seconds after it was asked for; after 0 nothing is switched.
    case after(seconds: UInt32)
    /// UTC; nil where no calendar has such a moment.
    case at(Moment?)
    /// One that the guide does not have.
    case other(Int)
  }

  /// Nil where the octets end before the end of the table.
  public init?(_ table: Decoded) {
    guard let tariff = table.integer(named: "Tariff"), let cancellation = table.integer(named: "Cancellation"),
      let duration = table.integer(named: "Override Duration"), let time = table.octets(named: "Cancellation Time"),
      let id = table.integer(named: "Calendar ID")
    else { return nil }
    tier = tariff == 255 ? nil : Int(tariff)
    end =
      switch cancellation {
      case 0: .nextSwitch
      case 1: .never
      case 2: .after(seconds: UInt32(truncatingIfNeeded: duration))
      case 3: .at(Moment(time))
      default: .other(Int(cancellation))
      }
    calendarID = UInt32(truncatingIfNeeded: id)
  }
}
