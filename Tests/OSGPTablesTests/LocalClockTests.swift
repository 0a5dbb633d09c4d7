// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

@Suite struct LocalClockTests {
  private func clock(_ octets: [UInt8]) throws -> LocalClock? {
    LocalClock(Decoded(layout: try Table.bt55.layout(in: Dimensions()), octets: octets))
  }

  @Test func contents() throws {
    // Friday with summer time; tier 5, drive 2, special schedule 1, season 11: 5 | 2 << 6, 1 | 11 << 4.
    let clock = try #require(try clock([26, 7, 3, 15, 20, 9, 0x6D, 0x85, 0xB1]))
    #expect(clock.time == Moment(year: 2026, month: 7, day: 3, hour: 15, minute: 20, second: 9))
    #expect(clock.isDaylightSaving && clock.tier == 5 && clock.drive == .manual)
    #expect(clock.specialSchedule == 1 && clock.season == 11)
  }

  @Test func noClock() throws {
    #expect(try clock([26, 7, 3, 15, 20, 9, 0x6D, 0x85]) == nil)
    #expect(try clock([26, 2, 30, 15, 20, 9, 0, 0, 0]) == nil)
  }
}
