// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables
import Testing

@testable import MEPSimulator

@Suite(.timeLimit(.minutes(1))) struct MeterClockTests {
  struct Case {
    let utc: CivilTime
    let local: String
    let isSummer: Bool
    let weekdays: (utc: Int64, local: Int64)
  }

  static let cases = [
    Case(
      utc: CivilTime(year: 2026, month: 3, day: 29, hour: 0, minute: 59, second: 59), local: "2026-03-29T01:59:59",
      isSummer: false, weekdays: (0, 0)),
    Case(
      utc: CivilTime(year: 2026, month: 3, day: 29, hour: 1), local: "2026-03-29T03:00:00", isSummer: true,
      weekdays: (0, 0)),
    Case(
      utc: CivilTime(year: 2026, month: 10, day: 25, hour: 0, minute: 59, second: 59), local: "2026-10-25T02:59:59",
      isSummer: true, weekdays: (0, 0)),
    Case(
      utc: CivilTime(year: 2026, month: 10, day: 25, hour: 1), local: "2026-10-25T02:00:00", isSummer: false,
      weekdays: (0, 0)),
    Case(
      utc: CivilTime(year: 2027, month: 12, day: 31, hour: 23, minute: 30), local: "2028-01-01T00:30:00",
      isSummer: false, weekdays: (5, 6)),
  ]

  @Test(arguments: cases) func clocksTellTheTime(_ test: Case) async throws {
    let bench = try Bench(.gen3, clock: SetClock(test.utc))
    let (utc, local) = (try await bench.read(.bt52), try await bench.read(.bt55))
    #expect(
      Moment(utc.octets)
        == Moment(
          year: test.utc.year, month: test.utc.month, day: test.utc.day, hour: test.utc.hour, minute: test.utc.minute,
          second: test.utc.second))
    #expect(Moment(local.octets)?.description == test.local)
    for (table, weekday) in [(Table.bt52, test.weekdays.utc), (.bt55, test.weekdays.local)] {
      #expect(try await bench.integer(table, "day_of_week") == weekday)
      let flag = table.id == Table.bt52.id ? "daylight_saving_time" : "daylight_savings_time"
      #expect(try await bench.integer(table, flag) == (test.isSummer ? 1 : 0))
      #expect(try await bench.integer(table, "greenwich_mean_time") == (table.id == Table.bt52.id ? 1 : 0))
      #expect(try await bench.integer(table, "dst_applied") == (table.id == Table.bt52.id ? 0 : 1))
    }
  }

  @Test func clocksGoOn() async throws {
    let bench = try Bench(.gen3, clock: SetClock(CivilTime(year: 2026, month: 7, day: 1, hour: 12)))
    bench.clock.go(3661)
    #expect(try await Moment(bench.read(.bt52).octets)?.description == "2026-07-01T13:01:01")
    #expect(try await Moment(bench.read(.bt55).octets)?.description == "2026-07-01T15:01:01")
  }

  /// By 8 seconds in a million: one each 125 000 seconds, with power or without.
  @Test func theClockOfAnOldMeterIsSlow() async throws {
    let start = CivilTime(year: 2026, month: 7, day: 1).seconds
    let bench = try Bench(.gen3Old, scenario: "+3d power-outage 2d", clock: SetClock(start))
    for (span, behind): (Int64, Int64) in [(124_999, 0), (1, 1), (125_000, 2), (182_000, 3), (67_999, 3), (1, 4)] {
      bench.clock.go(span)
      if span == 182_000 {
        // Two days without power have just ended.
        #expect(try await bench.events().last?.time?.secondsSince2000 == bench.clock.now() - behind)
      }
      let time = try #require(try await Moment(bench.read(.bt52).octets))
      #expect(time.secondsSince2000 == bench.clock.now() - behind)
    }
    #expect(try await Bench(.gen4).integer(.et04, "idt_version") == 1)
  }

  /// Tiers change at 06, 17, 21 and 00 o'clock in standard time.
  @Test(arguments: [(4, 59, 0), (5, 0, 1), (15, 59, 1), (16, 0, 2), (19, 59, 2), (20, 0, 3), (22, 59, 3), (23, 0, 0)])
  func tierFollowsTheClock(hour: Int, minute: Int, tier: Int64) async throws {
    let clock = SetClock(CivilTime(year: 2026, month: 1, day: 15, hour: hour, minute: minute))
    #expect(try await Bench(.gen3, clock: clock).integer(.bt55, "current_tier") == tier)
    #expect(try await Bench(.gen3Frozen, clock: clock).integer(.bt55, "current_tier") == 0)
  }

  @Test func virtualClockRunsFaster() async throws {
    let before = Instant.now()
    let (slow, fast) = (VirtualClock(start: 1000), VirtualClock(start: 1000, speed: 100_000))
    let after = Instant.now()
    try await Task.sleep(for: .milliseconds(30))
    let (least, first) = ((Instant.now() - after).microseconds, fast.now())
    let most = (Instant.now() - before).microseconds
    // Rounded down, by at most a second.
    #expect(first - 1000 >= least / 10 - 1)
    #expect(first - 1000 <= most / 10)
    #expect(slow.now() >= 1000)
    #expect(fast.now() >= first)
  }

  /// All local times of the meter are those of BT55, wherever the utility says that it is.
  @Test func thereIsOneLocalTime() async throws {
    let bench = try Bench(.gen3, clock: SetClock(CivilTime(year: 2026, month: 7, day: 1, hour: 12)))
    let summer = try await newestFlags(bench)
    #expect(summer == 1)
    // Three hours ahead of UTC all the year round.
    try await bench.write(.bt53, "time_zone_offset", 180)
    try await bench.write(.bt53, "daylight_saving_time_adjustment", 0)
    // The heat meter is read at 00:02 local time.
    bench.clock.go(9 * 3600 + 119)
    let shown = try await bench.devices().devices[1].lastRead
    #expect(shown?.description == "2026-07-01T00:02:00")
    bench.clock.go(1)
    #expect(try await bench.devices().devices[1].lastRead?.description == "2026-07-02T00:02:00")
    #expect(try await local(bench, .bt55, "clock_calendar") == "2026-07-02T00:02:00")
    bench.clock.go(3600)
    let path = "data_set_internal_configuration[0]."
    #expect(try await local(bench, .et21, path + "interval_end_time_local") == "2026-07-02T01:00:00")
    #expect(try await local(bench, .et21, path + "interval_end_time_utc") == "2026-07-01T22:00:00")
    #expect(try await newestFlags(bench) == 0)
    // The device's own clock.
    let times = try await bench.devices().devices[1].records.compactMap { record in
      if case .time(let time) = record.value { "\(time)" } else { nil }
    }
    #expect(times.last?.hasPrefix("2026-07-02 00:02") == true, "\(times)")
  }

  private func local(_ bench: Bench, _ table: Table, _ path: String) async throws -> String? {
    let decoded = try await bench.read(table)
    guard let place = decoded.places.first(where: { $0.pathText == path }),
      case .octets(let octets)? = place.raw(in: decoded.octets)
    else { return nil }
    return Moment(octets)?.description
  }

  /// The flags that all channels of the newest interval of data set 1 share.
  private func newestFlags(_ bench: Bench) async throws -> UInt8 {
    let state = try await bench.read(.et21)
    func number(_ name: String) throws -> Int {
      Int(try #require(state.integer("data_set_internal_configuration[0].\(name)")))
    }
    let interval =
      try number("last_block_index") * number("block_size") + number("interval_0_offset_from_block")
      + number("last_interval_number") * number("interval_size")
    return try await bench.data(.readPart(.basic(64), offset: UInt32(interval), length: 1))[0] >> 4
  }
}
