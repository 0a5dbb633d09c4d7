// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

@testable import MEPSimulator

@Suite(.timeLimit(.minutes(1))) struct MeterDemandTests {
  private func registers(_ bench: Bench) async throws -> EnergyRegisters {
    try #require(EnergyRegisters(try await bench.read(.bt23), selection: try await bench.read(.bt22)))
  }

  /// 21:00 local on a 31st, with six quarters before the end of the month.
  private func evening() throws -> Bench {
    try Bench(.gen3Demand, clock: SetClock(CivilTime(year: 2026, month: 7, day: 31, hour: 20, minute: 30)))
  }

  @Test func theGreatestQuarterIsKept() async throws {
    let bench = try evening()
    // Whole Wh of a quarter, times four, are its average power to 4 W.
    var counted: [Int64] = []
    for _ in 0..<5 {
      let before = try await registers(bench).total.summations[0].raw
      bench.clock.go(900)
      counted.append((try await registers(bench).total.summations[0].raw - before) * 4)
    }
    let total = try await registers(bench).total
    let demand = try #require(total.demands.first)
    // The meter was not there when the first quarter began.
    let expected = try #require(counted.dropFirst().max())
    #expect(abs(demand.occurrences[0].value.raw - expected) <= 4 && demand.isMinimum == false)
    let quarter = try #require(counted.lastIndex(of: expected))
    let time = Moment(year: 2026, month: 7, day: 31, hour: 22, minute: 30).adding(seconds: Int64(quarter + 1) * 900)
    #expect(demand.occurrences[0].time == time)
    #expect(demand.continuousCumulative?.raw == demand.occurrences[0].value.raw && demand.cumulative?.raw == 0)
    #expect(total.coincidents[0].demand == 0 && total.coincidents[0].source?.number == 10)
    // All of them fell into the tier of the night.
    let tiers = try await registers(bench).tiers
    #expect(tiers[3].demands[0].occurrences[0].value.raw == demand.occurrences[0].value.raw)
    #expect(tiers[1].demands[0].occurrences[0].value.raw == 0)
  }

  @Test func theCalendarResetsThemEachMonth() async throws {
    let bench = try evening()
    bench.clock.go(3600)
    let before = try await registers(bench).total.demands[0].occurrences[0]
    #expect(before.value.raw > 0)
    bench.clock.go(1800)
    let after = try await registers(bench)
    #expect(after.demandResets == 1 && after.total.demands[0].occurrences[0].value.raw == 0)
    #expect(after.total.demands[0].occurrences[0].time == nil)
    #expect(try #require(after.total.demands[0].cumulative).raw >= before.value.raw)
    // The copies are of before the reset.
    let log = try #require(
      RegisterHistory(try await bench.read(.et41), selection: try await bench.read(.bt22)))
    let entry = try #require(log.entries.first)
    #expect(log.entries.count == 1 && entry.snapshot.resetReason == 0)
    #expect(entry.snapshot.time?.description == "2026-08-01T00:00:00")
    #expect(entry.snapshot.registers.demandResets == 0)
    #expect(entry.snapshot.registers.total.demands[0].occurrences[0].value.raw >= before.value.raw)
    let last = try #require(RegisterSnapshot(try await bench.read(.bt25)))
    #expect(last.time == entry.snapshot.time)
    #expect(
      last.registers.total.demands[0].occurrences[0].value.raw
        == entry.snapshot.registers.total.demands[0].occurrences[0].value.raw)
    #expect(try await bench.events().contains { $0.id == .standard(20) })
  }
}
