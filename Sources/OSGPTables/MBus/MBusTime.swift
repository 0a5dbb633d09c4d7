// SPDX-License-Identifier: Apache-2.0
import C1219

/// A date, a time of day, or both, as an M-Bus device sends them (EN 13757-3, types F, G, I, J).
///
/// It is the device's own time, which nothing tells from local time or UTC. Parts that are nil are not part of the type,
/// or stand for every one: every year, every hour.
public struct MBusTime: Equatable, Sendable {
  public let year: Int?
  public let month: Int?
  public let day: Int?
  public let hour: Int?
  public let minute: Int?
  public let second: Int?
  /// False where the device says that its clock was not set.
  public let isValid: Bool
  public let isSummerTime: Bool

  /// A particular day, and 00:00:00 on it where the time is not told.
  public var moment: Moment? {
    guard let year, let month, let day else { return nil }
    return Moment(year: year, month: month, day: day, hour: hour ?? 0, minute: minute ?? 0, second: second ?? 0)
  }

  /// Octets of the types G, J, F and I.
  static let sizes = [2, 3, 4, 6]
}

extension MBusTime {
  /// From the octets of one of the types, least significant first. Nil where no calendar has such a day or hour.
  init?(_ octets: [UInt8]) {
    switch octets.count {
    // All bits set are "not available".
    case 2 where octets[0] & octets[1] == 0xFF: return nil
    case 2: self.init(date: octets[0], octets[1])
    case 3: self.init(hour: octets[2] & 0x1F, minute: octets[1] & 0x3F, second: octets[0] & 0x3F)
    case 4:
      self.init(
        date: octets[2], octets[3], century: octets[1] >> 5 & 3, hour: octets[1] & 0x1F, minute: octets[0] & 0x3F,
        isValid: octets[0] & 0x80 == 0, isSummerTime: octets[1] & 0x80 != 0)
    case 6:
      self.init(
        date: octets[3], octets[4], century: 1, hour: octets[2] & 0x1F, minute: octets[1] & 0x3F,
        second: octets[0] & 0x3F, isValid: octets[1] & 0x80 == 0, isSummerTime: octets[0] & 0x40 != 0)
    default: return nil
    }
  }

  /// - Parameters:
  ///   - low: the day in bits 0 to 4, the low bits of the year above.
  ///   - high: the month in bits 0 to 3, the high bits of the year above.
  ///   - century: hundreds of years after 1900; 0 also where the device does not tell.
  private init?(
    date low: UInt8 = 0xE0, _ high: UInt8 = 0xFF, century: UInt8 = 0, hour: UInt8? = nil, minute: UInt8? = nil,
    second: UInt8? = nil, isValid: Bool = true, isSummerTime: Bool = false
  ) {
    let (day, month, year) = (low & 0x1F, high & 0x0F, low >> 5 | (high & 0xF0) >> 1)
    guard month == 15 || (1...12).contains(month), year <= 99 || year == 127, (hour ?? 0) < 24 || hour == 31,
      (minute ?? 0) < 60 || minute == 63, (second ?? 0) < 60 || second == 63
    else { return nil }
    let hundreds = century > 0 ? 1900 + 100 * Int(century) : year <= 80 ? 2000 : 1900
    self.year = year == 127 ? nil : hundreds + Int(year)
    self.month = month == 15 ? nil : Int(month)
    self.day = day == 0 ? nil : Int(day)
    self.hour = hour.flatMap { $0 == 31 ? nil : Int($0) }
    self.minute = minute.flatMap { $0 == 63 ? nil : Int($0) }
    self.second = second.flatMap { $0 == 63 ? nil : Int($0) }
    self.isValid = isValid
    self.isSummerTime = isSummerTime
    // Without a year the 29th of February is a day that may come.
    guard Int(day) <= Moment.days(month: self.month ?? 1, of: self.year ?? 2000) else { return nil }
  }
}

#if !hasFeature(Embedded)
  extension MBusTime: CustomStringConvertible {
    /// "2010-04-19 11:37"; "*" is every one.
    public var description: String {
      func two(_ n: Int?) -> String { n.map { $0 < 10 ? "0\($0)" : "\($0)" } ?? "*" }
      var text = ""
      if year != nil || month != nil || day != nil { text = "\(two(year))-\(two(month))-\(two(day))" }
      if hour != nil || minute != nil || second != nil {
        text += (text.isEmpty ? "" : " ") + "\(two(hour)):\(two(minute))" + (second == nil ? "" : ":\(two(second))")
      }
      return text + (isSummerTime ? " summer time" : "") + (isValid ? "" : " (clock not set)")
    }
  }
#endif
