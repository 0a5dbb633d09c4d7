// SPDX-License-Identifier: Apache-2.0
import C1219

/// The local time that the calendar follows, and what it has brought about (BT55).
public struct LocalClock: Equatable, Sendable {
  public let time: Moment
  public let isDaylightSaving: Bool
  /// From 0 on (the meter's display counts them from 1).
  public let tier: Int
  public let drive: TierDrive
  /// As the meter has it. The guide does not say what stands for none; ANSI C12.19 has 15.
  public let specialSchedule: Int
  public let season: Int

  /// What the tier comes from.
  public enum TierDrive: Int, Sendable {
    case calendar, manualUntilNextSwitch, manual, override

    public var words: StaticString {
      switch self {
      case .calendar: "calendar"
      case .manualUntilNextSwitch: "manual, until the next scheduled switch"
      case .manual: "manual, indefinitely"
      case .override: "override by time, power or consumption"
      }
    }
  }

  /// Nil where the octets end before the end of the table, or where no calendar has such a time.
  public init?(_ table: Decoded) {
    guard let time = table.octets(named: "Clock Calendar").flatMap({ Moment($0) }),
      let isDaylightSaving = table.flag(named: "Daylight Savings Time"),
      let tier = table.integer(named: "Current Tier"), let special = table.integer(named: "Special Schedule Active"),
      let drive = table.integer(named: "Tier Drive").flatMap({ TierDrive(rawValue: Int($0)) }),
      let season = table.integer(named: "Season")
    else { return nil }
    self.time = time
    self.isDaylightSaving = isDaylightSaving
    self.tier = Int(tier)
    self.drive = drive
    specialSchedule = Int(special)
    self.season = Int(season)
  }
}
