// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables
import Testing

@testable import MEPSimulator

/// Copies of the energy registers: what they have is what the registers had.
@Suite(.timeLimit(.minutes(1))) struct MeterHistoryTests {
  /// 23:00 local on 3 July 2026.
  private let evening = CivilTime(year: 2026, month: 7, day: 3, hour: 21)

  private func history(_ bench: Bench, _ table: Table = .bt26) async throws -> RegisterHistory {
    try #require(RegisterHistory(try await bench.read(table), selection: try await bench.read(.bt22)))
  }

  private func values(_ registers: EnergyRegisters) -> [[Int64]] {
    ([registers.total] + registers.tiers).map { $0.summations.map(\.raw) }
  }

  private func now(_ bench: Bench) async throws -> [[Int64]] {
    values(try #require(EnergyRegisters(try await bench.read(.bt23))))
  }

  @Test(arguments: [Profile.gen3, .gen3Old, .gen3Demand, .gen4]) func aMeterReadsItselfAtMidnight(
    _ profile: Profile
  ) async throws {
    let bench = try Bench(profile, clock: SetClock(evening))
    let before = try await history(bench)
    #expect(before.entries.count == 12 && before.ring.lastSequence == 12 && before.ring.unreadEntries == 0)
    bench.clock.go(3600)
    let (registers, after) = (try await now(bench), try await history(bench))
    #expect(after.entries.count == 12 && after.ring.lastSequence == 13 && after.ring.unreadEntries == 1)
    #expect(!after.ring.hasOverflowed)
    let last = try #require(after.entries.last)
    #expect(last.snapshot.time?.description == "2026-07-04T00:00:00" && last.snapshot.season == 1)
    #expect(values(last.snapshot.registers) == registers)
    #expect(
      after.entries.map { $0.snapshot.time } == before.entries.dropFirst().map { $0.snapshot.time } + [
        last.snapshot.time
      ])
    #expect(try await bench.allEvents().filter { $0.id == .standard(21) }.count == 1)
  }

  /// Before the meter was looked at, all days were alike.
  @Test func whatWasBefore() async throws {
    let bench = try Bench(.gen3, clock: SetClock(evening))
    let entries = try await history(bench).entries.map { values($0.snapshot.registers) } + [try await now(bench)]
    for (older, newer) in zip(entries, entries.dropFirst()) {
      // 12 345 678 Wh in 1500 days, 23 hours since the last midnight.
      #expect((7880...8240).contains(newer[0][0] - older[0][0]))
      #expect(zip(older.joined(), newer.joined()).allSatisfy { $0 <= $1 })
    }
    for entry in entries { #expect(entry[0][6] == entry[0][0] + entry[0][1]) }
  }

  @Test func byTheTimeOfET04() async throws {
    let bench = try Bench(.gen3, clock: SetClock(evening))
    try await bench.write(.et04, "self_read_hour", 23)
    try await bench.write(.et04, "self_read_minute", 30)
    bench.clock.go(1799)
    #expect(try await history(bench).ring.lastSequence == 12)
    bench.clock.go(1)
    #expect(try await history(bench).entries.last?.snapshot.time?.description == "2026-07-03T23:30:00")
    bench.clock.go(3600)
    #expect(try await history(bench).ring.lastSequence == 13)
  }

  @Test func oneForAllThatWereMissed() async throws {
    let bench = try Bench(.gen3, clock: SetClock(evening))
    await bench.meter.carryOut(.powerOutage(seconds: 7200))
    bench.clock.go(7201)
    #expect(try await history(bench).ring.lastSequence == 13)
    #expect(try await history(bench).entries.last?.snapshot.time?.hour == 1)
    await bench.meter.carryOut(.clock(seconds: 10 * 86_400))
    bench.clock.go(1)
    #expect(try await history(bench).ring.lastSequence == 14)
    // A clock that was set back comes by midnight again.
    await bench.meter.carryOut(.clock(seconds: -7200))
    bench.clock.go(7200)
    #expect(try await history(bench).ring.lastSequence == 15)
  }

  @Test func theEndOfASeason() async throws {
    let bench = try Bench(.gen3, clock: SetClock(CivilTime(year: 2026, month: 9, day: 30, hour: 21)))
    var season = try #require(RegisterSnapshot(try await bench.read(.bt24)))
    #expect(season.time?.description == "2026-04-01T00:00:00" && season.season == 0)
    bench.clock.go(3600)
    season = try #require(RegisterSnapshot(try await bench.read(.bt24)))
    #expect(season.time?.description == "2026-10-01T00:00:00" && season.season == 1)
    let registers = try await now(bench)
    #expect(values(season.registers) == registers)
    #expect(try await bench.allEvents().filter { $0.id == .standard(24) }.map(\.argument) == [[0, 0]])
  }

  @Test func aOneTimeRead() async throws {
    for profile in [Profile.gen3, .gen3Demand, .gen4] {
      let bench = try Bench(profile, scenario: "+10m one-time-read")
      #expect(try await history(bench, .et31).entries.isEmpty)
      bench.clock.go(600)
      let (entries, registers) = (try await history(bench, .et31).entries, try await now(bench))
      #expect(entries.count == 1 && values(entries[0].snapshot.registers) == registers)
      #expect(entries[0].snapshot.billingInterface == (profile.demands.isEmpty ? nil : 0))
    }
  }

  @Test func aMeterThatStandsStillReadsNothing() async throws {
    let bench = try Bench(.gen3Frozen, clock: SetClock(evening))
    bench.clock.go(7200)
    #expect(try await history(bench).entries.isEmpty)
  }
}
