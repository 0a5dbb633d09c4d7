// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables
import Testing

@testable import MEPSimulator

/// What a client reads is what the house does.
@Suite(.timeLimit(.minutes(1))) struct MeterRegisterTests {
  @Test(arguments: [1, 2, 3] as [UInt64]) func energyIsPowerOverTime(seed: UInt64) async throws {
    // The meter averages over five minutes, from a multiple of them on.
    let bench = try Bench(.gen3, seed: seed, clock: SetClock(836_400_000))
    for _ in 0..<6 {
      let before = try await bench.registers(.bt23)
      bench.clock.go(300)
      let after = try await bench.registers(.bt23)
      let average = try await bench.registers(.bt28)
      for (energy, power) in [(UInt8(0), UInt8(208)), (1, 209)] {
        let counted = try #require(after[energy]) - #require(before[energy])
        let expected = Double(try #require(average[power])) / 12
        // Registers are whole Wh, averages whole W.
        #expect(abs(Double(counted) - expected) <= 1.1, "seed \(seed), source \(energy)")
        #expect(counted >= 0)
      }
    }
  }

  @Test func sumsAreSums() async throws {
    let bench = try Bench(.gen4)
    for _ in 0..<4 {
      bench.clock.go(3600)
      let energy = try await bench.registers(.bt23)
      #expect(energy[6] == (energy[0] ?? 0) + (energy[1] ?? 0))
      #expect(energy[7] == (energy[0] ?? 0) - (energy[1] ?? 0))
      let now = try await bench.registers(.bt28)
      func value(_ source: UInt8) -> Int64 { now[source] ?? .min }
      #expect(value(8) == 0 || value(9) == 0)
      let phases = (185...187).reduce(0) { $0 + value($1) } - (188...190).reduce(0) { $0 + value($1) }
      #expect(abs(phases - (value(8) - value(9))) <= 3)
      #expect((104...107).filter { value($0) > 0 }.count <= 1)
      #expect((104...107).map(value).max() == max(value(10), value(11)))
      #expect(abs(36_000 - (236...238).reduce(0) { $0 + value($1) }) <= 3)
      for phase in 0..<3 as Range<UInt8> {
        #expect((200_000...260_000).contains(value(15 + phase)))
        #expect(value(12 + phase) == value(197 + phase))
      }
    }
  }

  @Test func tiersShareTheEnergy() async throws {
    let bench = try Bench(.gen3)
    let before = try await bench.read(.bt23)
    bench.clock.go(86_400)
    let after = try await bench.read(.bt23)
    func counted(_ path: String) -> Int64 {
      guard let place = before.places.first(where: { $0.pathText == path }),
        let first = place.integer(in: before.octets), let last = place.integer(in: after.octets)
      else { return .min }
      return last - first
    }
    let tiers = (0..<4).map { counted("tiers[\($0)].summations[0]") }
    #expect(tiers.allSatisfy { $0 > 0 })
    #expect(abs(tiers.reduce(0, +) - counted("summations[0]")) <= 5)
  }

  /// How often and how long power was out, in the totals only; copies of the registers have it from then on.
  @Test func outagesAreCounted() async throws {
    let bench = try Bench(.gen4, scenario: "+1h power-outage 10m\n+3h power-outage 5s\n+4h one-time-read")
    bench.clock.go(5 * 3600)
    let registers = try await bench.registers(.bt23)
    #expect(registers[4] == 605 && registers[5] == 2)
    let all = try await bench.read(.bt23)
    for tier in 0..<8 {
      #expect(all.integer("tiers[\(tier)].summations[4]") == 0 && all.integer("tiers[\(tier)].summations[5]") == 0)
    }
    let zone = LocalZone(
      try #require(TimeOffset(try await bench.read(.bt53), system: try await bench.read(.et04))),
      TariffCalendar(try await bench.read(.bt54)))
    #expect(OutageLog(try await bench.read(.et81))?.entries.compactMap { $0.seconds(in: zone) } == [600, 5])
    let copy = try await bench.read(.et31)
    let counted = copy.places.filter { $0.source?.number == 4 && $0.path.count == 2 }.compactMap {
      $0.integer(in: copy.octets)
    }
    #expect(counted.first == 605)
  }

  /// A house that has run for years has done so in all quadrants.
  @Test func quadrantsAddUp() async throws {
    let bench = try Bench(.gen4)
    for hours: Int64 in [0, 12] {
      bench.clock.go(hours * 3600)
      let energy = try await bench.registers(.bt23)
      func sum(_ sources: UInt8...) -> Int64 { sources.reduce(0) { $0 + (energy[$1] ?? .min / 8) } }
      #expect(abs(sum(108, 109) - sum(2)) <= 1 && abs(sum(110, 111) - sum(3)) <= 1)
      for (quadrant, reactive) in zip(245..<249 as Range<UInt8>, 108..<112 as Range<UInt8>) {
        #expect(sum(quadrant) >= sum(reactive) && sum(reactive) > 0)
      }
      #expect(sum(245, 248) >= sum(0) && sum(246, 247) >= sum(1))
    }
  }

  @Test func sameSeedSameAnswers() async throws {
    let benches = try [7, 7, 8].map { try Bench(.gen4, seed: $0) }
    var readings: [[[UInt8]]] = []
    for (i, bench) in benches.enumerated() {
      // However the time goes by: in one step, or in many.
      for _ in 0..<(i == 0 ? 1 : 60) {
        bench.clock.go(i == 0 ? 3600 : 60)
        if i > 0 { _ = try await bench.ask(.read(.basic(28), length: 465)) }
      }
      readings.append([try await bench.read(.bt23).octets, try await bench.read(.bt28).octets])
    }
    #expect(readings[0] == readings[1])
    #expect(readings[0] != readings[2])
  }

  @Test func frozenMeterStandsStill() async throws {
    let bench = try Bench(.gen3Frozen)
    let before = (try await bench.read(.bt23).octets, try await bench.read(.bt28).octets)
    bench.clock.go(7200)
    #expect(try await bench.read(.bt23).octets == before.0)
    #expect(try await bench.read(.bt28).octets == before.1)
    #expect(try await bench.registers(.bt28)[15] == 232_591)
  }
}
