// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables
import Testing

@testable import MEPSimulator

/// Seasons, tiers, holidays and summer time come from the meter's own tables.
@Suite(.timeLimit(.minutes(1))) struct MeterCalendarTests {
  /// A time in UTC, which local time is one hour ahead of in winter and two in summer.
  private static func clock(_ month: Int, _ day: Int, _ hour: Int, _ minute: Int = 0, year: Int = 2026) -> SetClock {
    SetClock(CivilTime(year: year, month: month, day: day, hour: hour, minute: minute))
  }

  private func local(_ bench: Bench) async throws -> LocalClock {
    try #require(LocalClock(try await bench.read(.bt55)))
  }

  struct Case {
    let clock: SetClock
    let season: Int
    let special: Int
    /// With four tiers, and with eight.
    let tiers: [Int]
  }

  @Test(arguments: [
    // Thursday 06:00 and 05:59.
    Case(clock: clock(1, 15, 5), season: 0, special: 15, tiers: [1, 1]),
    Case(clock: clock(1, 15, 4, 59), season: 0, special: 15, tiers: [0, 0]),
    // Saturday 21:00, when a weekday has the last tier.
    Case(clock: clock(1, 17, 20), season: 0, special: 15, tiers: [1, 1]),
    // In summer the tiers from the fifth on, of meters that have them: Friday 19:00, Sunday 03:00.
    Case(clock: clock(7, 3, 17), season: 1, special: 15, tiers: [2, 6]),
    Case(clock: clock(7, 5, 1), season: 1, special: 15, tiers: [0, 4]),
    // 24 December 18:00, the second day of Christmas 12:00, both of which are no weekend.
    Case(clock: clock(12, 24, 17, year: 2029), season: 0, special: 1, tiers: [2, 2]),
    Case(clock: clock(12, 26, 11, year: 2029), season: 0, special: 0, tiers: [0, 0]),
  ]) func tierSeasonAndHoliday(_ test: Case) async throws {
    for (profile, tier) in zip([Profile.gen3, .gen4], test.tiers) {
      let local = try await self.local(try Bench(profile, clock: test.clock))
      #expect(local.season == test.season && local.specialSchedule == test.special && local.tier == tier)
      #expect(local.drive == .calendar)
    }
  }

  @Test func movableHolidaysNeedNewerFirmware() async throws {
    // Easter Monday 2026, 12:00.
    let clock = Self.clock(4, 6, 10)
    #expect(try await local(try Bench(.gen3, clock: clock)).tier == 0)
    #expect(try await local(try Bench(.gen3Old, clock: clock)).tier == 1)
    #expect(try await Bench(.gen3Old, clock: clock).read(.bt54).octets.count == 693)
  }

  @Test func energyGoesToTheTierThatHolds() async throws {
    // Friday 16:30 to 17:30 in summer.
    let bench = try Bench(.gen4, clock: Self.clock(7, 3, 14, 30))
    func tiers() async throws -> [Int64] {
      try #require(EnergyRegisters(try await bench.read(.bt23))).tiers.map { tier in
        (tier.summation(of: 0)?.raw ?? 0) + (tier.summation(of: 1)?.raw ?? 0)
      }
    }
    func counted(_ seconds: Int64) async throws -> [Int] {
      let before = try await tiers()
      bench.clock.go(seconds)
      let after = try await tiers()
      return before.indices.filter { after[$0] != before[$0] }
    }
    #expect(try await counted(1500) == [5])
    #expect(try await counted(600) == [5, 6])
    #expect(try await counted(1500) == [6])
    #expect(try await bench.allEvents().map(\.id) == [.standard(27)])
    #expect(try await bench.allEvents().map(\.argument) == [[6, 0]])
    #expect(try await bench.allEvents().map(\.time) == [Moment(year: 2026, month: 7, day: 3, hour: 15)])
  }

  @Test func summerTimeBegins() async throws {
    let bench = try Bench(.gen3Frozen, clock: Self.clock(3, 29, 0, 59))
    #expect(try await self.local(bench).isDaylightSaving == false)
    bench.clock.go(60)
    let local = try await self.local(bench)
    #expect(local.time.description == "2026-03-29T03:00:00" && local.isDaylightSaving)
    #expect(try await bench.integer(.bt52, "daylight_saving_time") == 1)
    #expect(try await bench.events().map(\.id) == [.standard(22)])
  }

  @Test func summerTimeEnds() async throws {
    let bench = try Bench(.gen3Frozen, clock: Self.clock(10, 25, 0, 59))
    bench.clock.go(60)
    #expect(try await local(bench).time.description == "2026-10-25T02:00:00")
    bench.clock.go(7200)
    #expect(try await bench.events().map(\.id) == [.standard(23)])
  }

  /// Two switches on the Sunday on which clocks change, each once by the clock.
  @Test func tiersFollowTheLocalClock() async throws {
    for (clock, hours) in [(Self.clock(3, 28, 23), 6), (Self.clock(10, 24, 22), 8)] {
      let bench = try Bench(.gen3, clock: clock)
      bench.clock.go(Int64(hours) * 3600 - 1)
      #expect(try await self.local(bench).tier == 0)
      bench.clock.go(1 + 3600)
      let local = try await self.local(bench)
      #expect(local.tier == 1 && local.time.hour == 8)
    }
  }

  @Test func aCalendarFromTheUtility() async throws {
    let bench = try Bench(.gen3)
    // The weekday schedule of summer begins with tier 3 instead of 0; it is Friday, 17:00 is to come.
    let summer = 4 * 10
    try await bench.write(.bt54, "tier_switches[\(summer + 1)].tier", 3 | 6 << 11)
    #expect(try await local(bench).tier == 3)
    // No time of a day: the clock tells UTC then.
    try await bench.write(.bt53, "daylight_saving_time_effective", 0x3030)
    #expect(try await local(bench).time == Moment(try await bench.read(.bt52).octets))
  }

  @Test func moreTiersAreCounted() async throws {
    let bench = try Bench(.gen3)
    bench.clock.go(60)
    try await bench.meter.reconfigure { $0.tiers = 5 }
    #expect(try await local(bench).tier == 4)
    bench.clock.go(3600)
    let registers = try #require(EnergyRegisters(try await bench.read(.bt23)))
    #expect(registers.tiers.count == 5)
    #expect(registers.tiers[4].summations[0...1].reduce(0) { $0 + $1.raw } > 0)
    try await bench.meter.reconfigure { $0.tiers = 2 }
    #expect(try await local(bench).tier == 1)
    try await bench.meter.reconfigure { $0.tiers = 0 }
    bench.clock.go(3600)
    #expect(try await local(bench).tier == 0)
  }

  @Test func aClockThatIsMovedChangesTierAndSeason() async throws {
    let bench = try Bench(.gen4, clock: Self.clock(9, 30, 21, 59))
    #expect(try await self.local(bench).season == 1)
    await bench.meter.carryOut(.clock(seconds: 60))
    var local = try await self.local(bench)
    #expect(local.season == 0 && local.tier == 0)
    await bench.meter.carryOut(.clock(seconds: -60))
    local = try await self.local(bench)
    #expect(local.season == 1 && local.tier == 7)
  }

  /// A slow clock loses a second in 125 000.
  @Test func theClockDrifts() async throws {
    let bench = try Bench(.gen3Old)
    bench.clock.go(124_999)
    #expect(try await Moment(bench.read(.bt52).octets)?.secondsSince2000 == 836_400_000 + 124_999)
    bench.clock.go(1)
    #expect(try await Moment(bench.read(.bt52).octets)?.secondsSince2000 == 836_400_000 + 124_999)
    bench.clock.go(10)
    #expect(try await Moment(bench.read(.bt52).octets)?.secondsSince2000 == 836_400_000 + 125_009)
  }
}
