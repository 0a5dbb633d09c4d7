// SPDX-License-Identifier: Apache-2.0
import C1219
import Glibc
import OSGPTables
import Testing

@testable import MEPSimulator

/// A year of self-reads. Every second of it is lived through.
@Suite(.enabled(if: getenv("MEP_ACCEPTANCE") != nil), .timeLimit(.minutes(10)))
struct SelfReadYearAcceptanceTests {
  @Test func eachIsWhatTheRegistersHad() async throws {
    // Local midnight of a day counted from 1 July 2026: 117 is 26 October, the first day that begins in standard time, 271
    // is 29 March 2027, the first that begins in summer time again.
    func midnight(_ day: Int64) -> Int64 {
      CivilTime(year: 2026, month: 7, day: 1).seconds + day * CivilTime.day - ((117..<271).contains(day) ? 3600 : 7200)
    }
    let start = midnight(0)
    let bench = try Bench(.gen3, clock: SetClock(start))
    var rows: [[Int64]] = []
    var clock = start
    for day in 1...365 as ClosedRange<Int64> {
      bench.clock.go(midnight(day) - clock)
      clock = midnight(day)
      let registers = try #require(EnergyRegisters(try await bench.read(.bt23)))
      rows.append(([registers.total] + registers.tiers).flatMap { $0.summations.map(\.raw) })
    }
    let history = try #require(RegisterHistory(try await bench.read(.bt26)))
    #expect(history.ring.lastSequence == 12 + 365 && history.ring.hasOverflowed)
    #expect(history.entries.map(\.position.sequence) == Array(366...377))
    #expect(
      history.entries.map { entry in
        ([entry.snapshot.registers.total] + entry.snapshot.registers.tiers).flatMap { $0.summations.map(\.raw) }
      } == rows.suffix(12))
    let times = history.entries.map { $0.snapshot.time }
    #expect(times == (354...365).map { Moment(year: 2026, month: 7, day: 1).adding(days: $0) })
    // Tiers share what was counted.
    for row in rows { #expect(abs(row[0] - (1...4).reduce(0) { $0 + row[$1 * 11] }) <= 4) }
  }
}
