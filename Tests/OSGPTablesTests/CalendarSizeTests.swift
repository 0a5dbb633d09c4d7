// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Sizes of the time tables, by hand: 3 octets a date, 3 a tier switch, 5 or 9 a season, 4 for the calendar's ID.
@Suite struct CalendarSizeTests {
  @Test(
    arguments: [
      // 75 + 69 + 600 + 60 + 4, which is BT50.7; with separate week days 108 instead of 60.
      (Section.bt50(), 808), (Section.bt50(separate: true), 856),
      // Before 3.50: 69 + 600 + 20 + 4.
      (Section.bt50(seasons: 4, nonRecurring: 0), 693),
      (Section.bt50(seasons: 0, specials: 0, switches: 0, recurring: 0, nonRecurring: 0), 4),
      (Section.bt50(seasons: 2, specials: 5, switches: 0, recurring: 1, nonRecurring: 1), 26),
    ] as [([UInt8], Int)]) func bt54(dimensions image: [UInt8], octets: Int) throws
  {
    var dimensions = Dimensions()
    try dimensions.learn(.bt50, image)
    #expect(try Table.bt54.layout(in: dimensions).octets == octets)
  }

  /// Sunday to Saturday and both special schedules, instead of Saturday, Sunday and Weekday.
  @Test func separateWeekDays() throws {
    var dimensions = Dimensions()
    try dimensions.learn(
      .bt50, Section.bt50(seasons: 2, switches: 1, recurring: 1, nonRecurring: 1, separate: true))
    let map = try Table.bt54.layout(in: dimensions).places.filter { $0.offset >= 9 }
    #expect(
      map.map { "\($0.offset) \($0.pathText)" } == [
        "9 season_schedules[0].sunday", "10 season_schedules[0].monday", "11 season_schedules[0].tuesday",
        "12 season_schedules[0].wednesday", "13 season_schedules[0].thursday", "14 season_schedules[0].friday",
        "15 season_schedules[0].saturday", "16 season_schedules[0].special_schedule[0]",
        "17 season_schedules[0].special_schedule[1]",
        "18 season_schedules[1].sunday", "19 season_schedules[1].monday", "20 season_schedules[1].tuesday",
        "21 season_schedules[1].wednesday", "22 season_schedules[1].thursday", "23 season_schedules[1].friday",
        "24 season_schedules[1].saturday", "25 season_schedules[1].special_schedule[0]",
        "26 season_schedules[1].special_schedule[1]", "27 calendar_id",
      ])
  }

  @Test func tooManyTierSwitches() throws {
    var image = Section.bt50()
    image[6] = 255
    var dimensions = Dimensions()
    try dimensions.learn(.bt50, image)
    let error = #expect(throws: LayoutError.self) { try Table.bt54.layout(in: dimensions) }
    guard case .impossible(.basic(50), let name, 65_480)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(name.description == "Number of Tier Switches")
  }

  @Test(
    arguments: [
      (FirmwareVersion(3, 69), 13), (FirmwareVersion(3, 70), 23), (FirmwareVersion(4, 30), 23),
      (FirmwareVersion(1, 11), 13), (FirmwareVersion(1, 20), 23), (nil, 23),
    ] as [(FirmwareVersion?, Int)])
  func et46(firmware: FirmwareVersion?, octets: Int) throws {
    #expect(try Table.et46.layout(in: Dimensions(firmware: firmware)).octets == octets)
  }

  @Test func fixedSizes() throws {
    #expect(try Table.bt50.layout(in: Dimensions()).octets == 9)
    #expect(try Table.bt53.layout(in: Dimensions()).octets == 6)
    #expect(try Table.et47.layout(in: Dimensions()).octets == 16)
  }

  @Test func et61() throws {
    var dimensions = Dimensions()
    try dimensions.learn(.et11, Table.et11Image())
    #expect(try Table.et61.layout(in: dimensions).octets == 320)
    // Too old to tell.
    try dimensions.learn(.et11, Array(Table.et11Image().prefix(26)))
    #expect(try Table.et61.layout(in: dimensions).octets == 320)
    var image = Table.et11Image()
    image[26] = 10
    try dimensions.learn(.et11, image)
    #expect(try Table.et61.layout(in: dimensions).octets == 40)
  }
}
