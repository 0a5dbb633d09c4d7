// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// The Danish rule: last Sunday of March and of October.
@Suite struct DaylightSavingTests {
  /// A calendar of two recurring dates.
  private func calendar(on: [UInt8] = [0x63, 0x08], off: [UInt8] = [0x6A, 0x08]) throws -> TariffCalendar {
    var dimensions = Dimensions()
    try dimensions.learn(
      .bt50, Section.bt50(seasons: 0, specials: 0, switches: 0, recurring: 2, nonRecurring: 0))
    let octets = on + [0x81] + off + [2, 0, 0, 0, 0]
    return try #require(TariffCalendar(Decoded(layout: try Table.bt54.layout(in: dimensions), octets: octets)))
  }

  /// - Parameter delta: ET04.63, octets of the minutes; nil where ET04 was not read.
  private func offset(_ octets: [UInt8], delta: [UInt8]? = [60, 0]) throws -> TimeOffset? {
    let system = try Table.et04.layout(in: Dimensions())
    var image = system.factoryImage
    if let delta { image.replaceSubrange(63..<65, with: delta) }
    return TimeOffset(
      Decoded(layout: try Table.bt53.layout(in: Dimensions()), octets: octets),
      system: delta == nil ? nil : Decoded(layout: system, octets: image))
  }

  /// 02:00, one hour, one hour east.
  private let danish: [UInt8] = [2, 0, 0, 60, 60, 0]

  @Test(arguments: [(2024, 31, 27), (2025, 30, 26), (2026, 29, 25), (2027, 28, 31)])
  func danishYears(year: Int, march: Int, october: Int) throws {
    let changes = try calendar().daylightSaving(in: year, #require(try offset(danish)))
    #expect(changes.begins == Moment(year: year, month: 3, day: march, hour: 2))
    #expect(changes.ends == Moment(year: year, month: 10, day: october, hour: 3))
  }

  @Test func fields() throws {
    let west = try #require(try offset([1, 2, 3, 30, 0x30, 0xFD], delta: [0xC4, 0xFF]))
    #expect(west.effective == 3723 && west.adjustment == 1800 && west.zone == -720 * 60 && west.offDelta == -3600)
    #expect(try offset(danish, delta: nil)?.offDelta == 0)
    #expect(try offset([24, 0, 0, 60, 60, 0]) == nil && offset([2, 60, 0, 60, 60, 0]) == nil)
    #expect(try offset([2, 0, 60, 60, 60, 0]) == nil && offset([2, 0, 0, 60, 60]) == nil && offset([2]) == nil)
  }

  @Test(
    arguments: [
      ("2026-01-01T12:00:00", "2026-01-01T13:00:00"), ("2026-03-29T00:59:59", "2026-03-29T01:59:59"),
      ("2026-03-29T01:00:00", "2026-03-29T03:00:00"), ("2026-07-01T22:30:00", "2026-07-02T00:30:00"),
      ("2026-10-25T00:59:59", "2026-10-25T02:59:59"), ("2026-10-25T01:00:00", "2026-10-25T02:00:00"),
      ("2025-12-31T23:30:00", "2026-01-01T00:30:00"),
    ]) func danishClock(utc: String, local: String) throws
  {
    let offset = try #require(try offset(danish))
    #expect(try calendar().localTime(utc: .iso(utc), offset).description == local)
  }

  /// Local times from 2026-10-25, 03:00 summer time, when 02:00 comes again, and from the spring's gap.
  @Test(
    arguments: [
      ("2026-10-25T01:30:00", "2026-10-25T03:30:00", 10_800), ("2026-10-24T12:00:00", "2026-10-25T12:00:00", 90_000),
      ("2026-03-28T12:00:00", "2026-03-29T12:00:00", 82_800), ("2026-03-29T01:59:00", "2026-03-29T03:01:00", 120),
      // Ten minutes, or an hour and ten.
      ("2026-10-25T02:10:00", "2026-10-25T02:20:00", nil), ("2026-10-25T01:50:00", "2026-10-25T02:10:00", nil),
      // The clock shows less at the end than at the start: it went back meanwhile.
      ("2026-10-25T02:50:00", "2026-10-25T02:10:00", 1200), ("2026-10-25T02:10:00", "2026-10-25T01:50:00", nil),
      ("2026-03-29T02:30:00", "2026-03-29T04:00:00", nil),
    ] as [(String, String, Int64?)])
  func spans(start: String, end: String, seconds: Int64?) throws {
    let zone = LocalZone(try #require(try offset(danish)), try calendar())
    #expect(zone.seconds(from: .iso(start), to: .iso(end)) == seconds)
  }

  @Test func fromLocalTimeBack() throws {
    let zone = LocalZone(try #require(try offset(danish)), try calendar())
    #expect(zone.utc(local: .iso("2026-07-01T12:00:00")) == .iso("2026-07-01T10:00:00"))
    #expect(zone.utc(local: .iso("2026-12-01T12:00:00")) == .iso("2026-12-01T11:00:00"))
    #expect(zone.utc(local: .iso("2026-03-29T02:30:00")) == nil && zone.utc(local: .iso("2026-10-25T02:30:00")) == nil)
    #expect(
      zone.times(local: .iso("2026-10-25T02:30:00")) == [.iso("2026-10-25T00:30:00"), .iso("2026-10-25T01:30:00")])
  }

  /// First Sundays of October and April: summer is on both ends of the year.
  @Test func south() throws {
    let calendar = try calendar(on: [0x2A, 0x08], off: [0x24, 0x08])
    // Ten hours ahead of UTC.
    let offset = try #require(try offset([2, 0, 0, 60, 0x58, 0x02]))
    #expect(calendar.daylightSaving(in: 2026, offset).begins == Moment(year: 2026, month: 10, day: 4, hour: 2))
    #expect(calendar.daylightSaving(in: 2026, offset).ends == Moment(year: 2026, month: 4, day: 5, hour: 3))
    let clocks = [
      ("2026-01-01T00:00:00", "2026-01-01T11:00:00"), ("2026-04-04T15:59:59", "2026-04-05T02:59:59"),
      ("2026-04-04T16:00:00", "2026-04-05T02:00:00"), ("2026-10-03T15:59:59", "2026-10-04T01:59:59"),
      ("2026-10-03T16:00:00", "2026-10-04T03:00:00"),
    ]
    for (utc, local) in clocks { #expect(calendar.localTime(utc: .iso(utc), offset).description == local) }
  }

  @Test func noRules() throws {
    let calendar = try calendar(on: [0, 0], off: [0, 0])
    let offset = try #require(try offset(danish))
    let changes = calendar.daylightSaving(in: 2026, offset)
    #expect(changes.begins == nil && changes.ends == nil)
    #expect(calendar.localTime(utc: .iso("2026-07-01T12:00:00"), offset).description == "2026-07-01T13:00:00")
  }
}

extension Moment {
  fileprivate static func iso(_ text: String) -> Moment {
    let parts = text.split { !$0.isNumber }.compactMap { Int($0) }
    return Moment(
      year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5])
  }
}
