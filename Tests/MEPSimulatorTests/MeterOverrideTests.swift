// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables
import Testing

@testable import MEPSimulator

/// Tiers that hold in spite of the calendar (ET47).
@Suite(.timeLimit(.minutes(1))) struct MeterOverrideTests {
  /// Friday 3 July 2026, 16:30 local; the calendar has tier 1, and 2 from 17:00 on.
  private let start = CivilTime(year: 2026, month: 7, day: 3, hour: 14, minute: 30)

  /// The tier and, as BT55 has it, what it comes from.
  private func state(_ bench: Bench) async throws -> [Int] {
    let clock = try #require(LocalClock(try await bench.read(.bt55)))
    return [clock.tier, clock.drive.rawValue]
  }

  private func tier(_ bench: Bench) async throws -> Int { try await state(bench)[0] }

  private func order(
    _ bench: Bench, _ tier: UInt8, _ end: UInt8, seconds: UInt8 = 0, until: [UInt8] = [0, 0, 0, 0, 0, 0]
  ) async throws {
    let answer = try await bench.ask(.write(Table.et47.id, [tier, end, seconds, 0, 0, 0] + until + [1, 0, 0, 0]))
    #expect(answer == .done)
  }

  @Test func untilTheNextSwitch() async throws {
    let bench = try Bench(.gen3, clock: SetClock(start))
    try await order(bench, 3, 0)
    #expect(try await state(bench) == [3, 1])
    bench.clock.go(1799)
    #expect(try await tier(bench) == 3)
    bench.clock.go(1)
    #expect(try await state(bench) == [2, 0])
    let switches = try await bench.allEvents().filter { $0.id == .standard(27) }
    #expect(switches.map(\.argument) == [[3, 0], [2, 0]])
    #expect(switches.map(\.user) == [.mepClient, .nobody])
  }

  @Test func withoutAnEndAndCancelled() async throws {
    let bench = try Bench(.gen3, clock: SetClock(start))
    try await order(bench, 0, 1)
    bench.clock.go(86_400)
    #expect(try await state(bench) == [0, 2])
    try await order(bench, 255, 0)
    #expect(try await state(bench) == [1, 0])
  }

  /// The timer of one that is asked for again starts anew; one of no seconds does nothing.
  @Test func forSoManySeconds() async throws {
    let bench = try Bench(.gen3, clock: SetClock(start))
    try await order(bench, 3, 2, seconds: 0)
    #expect(try await tier(bench) == 1)
    try await order(bench, 3, 2, seconds: 100)
    bench.clock.go(90)
    try await order(bench, 3, 2, seconds: 100)
    bench.clock.go(99)
    #expect(try await state(bench) == [3, 3])
    bench.clock.go(1)
    #expect(try await state(bench) == [1, 0])
  }

  @Test func untilATimeInUTC() async throws {
    let bench = try Bench(.gen3, clock: SetClock(start))
    try await order(bench, 3, 3, until: [26, 7, 3, 14, 29, 59])
    #expect(try await tier(bench) == 1)
    try await order(bench, 3, 3, until: [26, 7, 3, 14, 31, 0])
    bench.clock.go(59)
    #expect(try await state(bench) == [3, 3])
    bench.clock.go(1)
    #expect(try await tier(bench) == 1)
  }

  @Test func aTierThatTheMeterDoesNotHaveIsNotSet() async throws {
    let bench = try Bench(.gen3, clock: SetClock(start))
    try await order(bench, 4, 1)
    #expect(try await state(bench) == [1, 0])
  }

  @Test func theHeadEndSwitchesByHand() async throws {
    let bench = try Bench(.gen3, scenario: "+1m tariff 3\n+2h tariff calendar", clock: SetClock(start))
    bench.clock.go(60)
    #expect(try await state(bench) == [3, 2])
    #expect(try await bench.integer(.et47, "tariff") == 3)
    bench.clock.go(7140)
    #expect(try await state(bench) == [2, 0])
    #expect(try await bench.integer(.et47, "tariff") == 255)
  }

  /// A hold until the next switch survives a power failure only where the calendar has not moved on.
  @Test func powerFailures() async throws {
    let bench = try Bench(.gen3, clock: SetClock(start))
    try await order(bench, 3, 0)
    await bench.meter.carryOut(.powerOutage(seconds: 60))
    bench.clock.go(61)
    #expect(try await tier(bench) == 3)
    await bench.meter.carryOut(.powerOutage(seconds: 3600))
    bench.clock.go(3601)
    #expect(try await state(bench) == [2, 0])
  }
}
