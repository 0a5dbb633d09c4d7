// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

@testable import MEPSimulator

@Suite(.timeLimit(.minutes(1))) struct MeterRelayTests {
  private func switches(_ bench: Bench) async throws -> [EventLog.Entry] {
    try await bench.allEvents().filter { $0.id == .manufacturer(3) }
  }

  /// 21:30 local: relay 1 closes at 22:00 and opens at 06:00.
  @Test func theCalendarSwitches() async throws {
    let bench = try Bench(.gen3, clock: SetClock(CivilTime(year: 2026, month: 7, day: 3, hour: 19, minute: 30)))
    bench.clock.go(1799)
    #expect(try await switches(bench).isEmpty)
    bench.clock.go(1)
    // Closed, by time.
    #expect(try await switches(bench).map(\.argument) == [[1, 3]])
    bench.clock.go(8 * 3600)
    #expect(try await switches(bench).map(\.argument) == [[1, 3], [2, 3]])
    #expect(try await switches(bench).last?.time == Moment(year: 2026, month: 7, day: 4, hour: 4))
  }

  @Test func anotherCalendar() async throws {
    let bench = try Bench(.gen3)
    // Closed from 00:00 on; it is 15:20, and the switch of 06:00 opens it no more.
    try await bench.write(.et61, "relay_control[0].relay_switches[1].hour", 1 | 6 << 11)
    #expect(try await switches(bench).map(\.argument) == [[1, 3]])
    await bench.meter.carryOut(.clock(seconds: 86_400))
    #expect(try await switches(bench).count == 1)
  }
}
