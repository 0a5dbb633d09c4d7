// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables
import Testing

@testable import MEPSimulator

@Suite(.timeLimit(.minutes(1))) struct MeterQualityTests {
  private static let start: Int64 = 836_400_000

  private func quality(_ bench: Bench) async throws -> PowerQuality {
    try #require(PowerQuality(try await bench.read(.et09)))
  }

  private func since(_ moment: Moment?) -> Int64? { moment.map { $0.secondsSince2000 - Self.start } }

  @Test(arguments: Profile.all) func aNewMeterKnowsOfNothing(_ profile: Profile) async throws {
    let quality = try await quality(try Bench(profile))
    #expect(quality.outages.isEmpty && quality.shortOutages == 0 && quality.voltageTransgressions.isEmpty)
    for phase in quality.phases {
      #expect(phase.sag1.count + phase.surge.count + phase.losses + (phase.sag2?.count ?? 0) == 0 && !phase.isLost)
      #expect(phase.sag1.last == nil && phase.lastLoss == nil)
    }
    #expect(quality.thresholds.longOutageSeconds == 180 && quality.thresholds.sag1 == 10)
    #expect(
      quality.distortions.map(\.threshold) == [
        Decimal(800, exponent: -2), Decimal(0, exponent: -2), Decimal(0, exponent: -2),
      ])
    #expect((quality.thresholds.sag2 != nil) == (profile.firmware >= FirmwareVersion(4, 0)))
  }

  @Test func sagsAndSurgesCountByPhase() async throws {
    let bench = try Bench(
      .gen3,
      scenario: """
        +1h voltage 1 80 90s
        +2h voltage 1 85 1s
        +3h voltage 2 115 30s
        +4h voltage 3 95 1h
        +4h voltage 2 105 1h
        """)
    bench.clock.go(6 * 3600)
    let phases = try await quality(bench).phases
    #expect(phases.map(\.sag1.count) == [2, 0, 0] && phases.map(\.surge.count) == [0, 1, 0])
    #expect(since(phases[0].sag1.last) == 7200 && since(phases[1].surge.last) == 10_800)
    // 85 and 115 % of what the grid has: 230 V, and a few more or less.
    let sag = phases[0].sag1.voltage.mantissa
    let surge = phases[1].surge.voltage.mantissa
    #expect((188_000...203_000).contains(sag) && (256_000...273_000).contains(surge))
    let events = try await bench.events()
    try #require(
      events.map(\.id.number) == [27, 34, 27, 34, 27, 35] && events.allSatisfy { $0.id.isManufacturer })
    #expect(events.map { since($0.time) } == [3600, 3690, 7200, 7201, 10_800, 10_830])
    #expect(events[3].arguments.map(\.value) == [0, Int(sag / 1000)])
    #expect(events[5].arguments.map(\.value) == [1, Int(surge / 1000)])
    #expect(events[4].argument == [0b1_0000, 0])
  }

  @Test func aSagHasToLast() async throws {
    let bench = try Bench(.gen3, scenario: "+1h voltage 1 80 64s\n+2h voltage 1 80 65s\n+3h voltage 1 80 2h")
    try await bench.write(.et09, "sag1_surge_time_threshold", 1)
    try await bench.write(.et09, "sag1_surge_threshold_seconds", 5)
    var counts: [Int] = []
    for span: Int64 in [5400, 1864, 1, 3599, 1] {
      bench.clock.go(span)
      counts.append(try await quality(bench).phases[0].sag1.count)
    }
    #expect(counts == [0, 0, 1, 1, 2])
    #expect(since(try await quality(bench).phases[0].sag1.last) == 10_800)
  }

  @Test func thresholdsAreThoseOfTheTables() async throws {
    let bench = try Bench(
      .gen4, scenario: "+1h voltage 1 92 1m\n+2h voltage 1 108 1m\n+3h voltage 1 60 1m\n+4h voltage 1 75 1m")
    try await bench.write(.et09, "sag1_threshold", 5)
    try await bench.write(.et09, "surge_threshold", 5)
    try await bench.write(.et09, "sag2_threshold", 20)
    try await bench.write(.et04, "phase_loss_threshold", 50)
    bench.clock.go(5 * 3600)
    let phase = try await quality(bench).phases[0]
    #expect(phase.sag1.count == 3 && phase.surge.count == 1 && phase.sag2?.count == 2 && phase.losses == 0)
    #expect(since(phase.sag2?.last) == 14_400)
    #expect(phase.sag2?.voltage == phase.sag1.voltage)
  }

  @Test func earlyEvents() async throws {
    let bench = try Bench(.gen4, scenario: "+1h voltage 3 80 5m")
    try await bench.write(.et09, "early_sag_surge_event", 1)
    bench.clock.go(7200)
    let events = try await bench.events(.et79)
    #expect(events.map(\.id.number) == [27, 34, 34])
    #expect(events.map { since($0.time) } == [3600, 3600, 3900])
  }

  /// Nine seconds are too short; a phase that is lost is no sag.
  @Test func phaseLosses() async throws {
    let bench = try Bench(.gen3, scenario: "+1h phase-loss 1 9s\n+2h phase-loss 1 10m\n+2h phase-loss 3 2m")
    bench.clock.go(7209)
    #expect(try await quality(bench).phases.map(\.isLost) == [false, false, false])
    bench.clock.go(1)
    #expect(try await quality(bench).phases.map(\.isLost) == [true, false, true])
    bench.clock.go(120)
    #expect(try await quality(bench).phases.map(\.isLost) == [true, false, false])
    bench.clock.go(600)
    let phases = try await quality(bench).phases
    #expect(phases.map(\.isLost) == [false, false, false] && phases.map(\.losses) == [1, 0, 1])
    #expect(phases.map { since($0.lastLoss) } == [7200, nil, 7200])
    #expect(phases.map(\.sag1.count) == [0, 0, 0])
    let events = try await bench.events()
    #expect(events.map(\.id) == [.manufacturer(4), .manufacturer(4)])
    #expect(events.map { since($0.time) } == [7210, 7210] && events.map(\.argument) == [[0b001, 0], [0b101, 0]])
  }

  @Test func shortAndLongOutages() async throws {
    let bench = try Bench(
      .gen3Frozen, scenario: "+1h power-outage 179s\n+2h power-outage 180s\nevery 1d power-outage 300s")
    bench.clock.go(12 * 86_400 + 300)
    let quality = try await quality(bench)
    #expect(quality.shortOutages == 1)
    // The last ten of thirteen.
    #expect(quality.outages.map { since($0.off) } == (3...12).map { $0 * 86_400 })
    #expect(quality.outages.map { since($0.on) } == (3...12).map { $0 * 86_400 + 300 })
    #expect(quality.outages.allSatisfy { $0.seconds == 300 && $0.cause == .powerFailure })
  }

  /// The sag is cut short by the outage, and begins anew two seconds after it.
  @Test func anOutageWithinASag() async throws {
    let bench = try Bench(.gen3, scenario: "+1h voltage 1 80 1h\n+90m power-outage 10m")
    bench.clock.go(6001)
    #expect(try await quality(bench).phases[0].sag1.count == 1)
    bench.clock.go(1)
    #expect(try await quality(bench).phases[0].sag1.count == 2)
    #expect(since(try await quality(bench).phases[0].sag1.last) == 6002)
    bench.clock.go(7200)
    #expect(try await bench.events().map(\.id.number) == [27, 1, 2, 27, 34])
  }

  @Test func frequenciesStretch() async throws {
    let bench = try Bench(.gen3)
    let first = try await quality(bench)
    #expect(first.minimumFrequency.frequency == first.maximumFrequency.frequency)
    #expect(since(first.minimumFrequency.time) == 0)
    bench.clock.go(86_400)
    let day = try await quality(bench)
    #expect(day.minimumFrequency.frequency.mantissa < first.minimumFrequency.frequency.mantissa)
    #expect(day.maximumFrequency.frequency.mantissa > first.maximumFrequency.frequency.mantissa)
    #expect((49_900...50_100).contains(day.minimumFrequency.frequency.mantissa))
    // Reset by a client: new extremes are found.
    try await bench.write(.et09, "min_frequency", 60_000)
    bench.clock.go(900)
    #expect(try await quality(bench).minimumFrequency.frequency.mantissa < 50_100)
    let frozen = try await quality(try Bench(.gen3Frozen))
    #expect(frozen.minimumFrequency.frequency == Decimal(50_000, exponent: -3))
  }
}
