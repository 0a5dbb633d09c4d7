// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Dates of types F, G, I and J, packed by hand.
@Suite struct MBusTimeTests {
  private func decoded(_ octets: [UInt8], code: [UInt8] = [0x6D]) -> MBusTime? {
    let field: [UInt8] = [0, 0, 2, 3, 4, 0, 6]
    guard case .time(let time)? = MBusRecords([field[octets.count]] + code + octets).records.first?.value else {
      return nil
    }
    return time
  }

  @Test func typeF() throws {
    let time = try #require(decoded([0x25, 0x0B, 0x53, 0x14]))
    #expect(time.moment == Moment(year: 2010, month: 4, day: 19, hour: 11, minute: 37))
    #expect(time.isValid && !time.isSummerTime && time.second == nil && "\(time)" == "2010-04-19 11:37")
    let summer = try #require(decoded([0xA5, 0x8B, 0x53, 0x14]))
    #expect(!summer.isValid && summer.isSummerTime)
    #expect("\(summer)" == "2010-04-19 11:37 summer time (clock not set)")
    // Years of the last century: without a hundred from 81 on, or with one of 0.
    #expect(decoded([0x25, 0x0B, 0x73, 0xC4])?.year == 1999)
    #expect(decoded([0x25, 0x2B, 0x53, 0x14])?.year == 2010)
    #expect(decoded([0x25, 0x4B, 0x53, 0x14])?.year == 2110)
  }

  @Test func typeG() throws {
    let date = try #require(decoded([0x3F, 0x3C], code: [0x6C]))
    #expect(date.moment == Moment(year: 2025, month: 12, day: 31) && date.hour == nil && "\(date)" == "2025-12-31")
    let everyYear = try #require(decoded([0xE1, 0xF1], code: [0x6C]))
    #expect(everyYear.year == nil && everyYear.month == 1 && everyYear.day == 1 && everyYear.moment == nil)
    #expect("\(everyYear)" == "*-01-01")
  }

  @Test func typeI() throws {
    let time = try #require(decoded([0x6D, 0x1E, 0x2C, 0xDC, 0x17, 0x1F]))
    #expect(time.moment == Moment(year: 2014, month: 7, day: 28, hour: 12, minute: 30, second: 45))
    #expect(time.isSummerTime && time.isValid)
    #expect(decoded([0x2D, 0x9E, 0x2C, 0xDC, 0x17, 0x1F])?.isValid == false)
  }

  @Test func typeJ() throws {
    let time = try #require(decoded([0x2D, 0x1E, 0x0C]))
    #expect(time.hour == 12 && time.minute == 30 && time.second == 45 && time.moment == nil && "\(time)" == "12:30:45")
    #expect(decoded([0x3F, 0x3F, 0x1F]).map { "\($0)" } == "")
  }

  /// All zero, all set, the 30th of February, month 13, 24:00, minute 60.
  @Test(
    arguments: [
      [0, 0], [0xFF, 0xFF], [0x3E, 0x32], [0x21, 0x3D], [0x25, 0x18, 0x53, 0x14], [0x3C, 0x0B, 0x53, 0x14], [0, 0, 24],
      [0x2D, 0x3C, 0x2C, 0xDC, 0x17, 0x1F], [0x21, 0xD1],
    ] as [[UInt8]]) func noSuchTime(octets: [UInt8])
  {
    #expect(decoded(octets) == nil)
  }

  @Test func leapDays() {
    #expect(decoded([0x1D, 0x32])?.moment == Moment(year: 2024, month: 2, day: 29))
    #expect(decoded([0x3D, 0x32]) == nil)
    #expect(decoded([0xFD, 0xF2])?.day == 29)
  }

  /// Other VIFs and VIFEs whose data are dates; other sizes are numbers.
  @Test func dateByContext() throws {
    #expect(decoded([0x3F, 0x3C], code: [0xFD, 0x30]) != nil)
    #expect(decoded([0x3F, 0x3C], code: [0xFD, 0x70]) != nil)
    for code in [0x39, 0x42, 0x43, 0x46, 0x47, 0x4A, 0x4B, 0x4E, 0x4F, 0x6A, 0x6B, 0x6E, 0x6F] as [UInt8] {
      #expect(decoded([0x25, 0x0B, 0x53, 0x14], code: [0x93, code]) != nil, "\(code)")
    }
    #expect(MBusRecords([0x01, 0x6D, 5]).records.first?.value == .number(Decimal(5)))
  }
}
