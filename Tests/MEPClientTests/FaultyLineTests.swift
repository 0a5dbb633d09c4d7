// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

/// Over a line that loses, damages and doubles octets, a read gives the right registers or an error, never others.
@Suite(.timeLimit(.minutes(2))) struct FaultyLineTests {
  struct Line: CustomTestStringConvertible {
    let testDescription: String
    let loss: Double
    let corruption: Double
    let duplication: Double
  }

  static let lines = [
    Line(testDescription: "losing", loss: 0.003, corruption: 0, duplication: 0),
    Line(testDescription: "damaging", loss: 0, corruption: 0.003, duplication: 0),
    Line(testDescription: "doubling", loss: 0, corruption: 0, duplication: 0.003),
    Line(testDescription: "bad", loss: 0.002, corruption: 0.002, duplication: 0.002),
    Line(testDescription: "hopeless", loss: 0.02, corruption: 0.02, duplication: 0.02),
  ]

  private static let truth = Task {
    let meter = Meter(at: plug(try simulated(.gen3Frozen).port(1)))
    return [
      try await meter.read(.bt01).octets, try await meter.read(.bt23).octets, try await meter.read(.bt28).octets,
    ]
  }

  @Test(arguments: lines, 1...6 as ClosedRange<UInt64>) func neverGivesAWrongValue(_ line: Line, seed: UInt64)
    async throws
  {
    let truth = try await Self.truth.value
    let faulty = FaultyLink(
      plug(try simulated(.gen3Frozen).port(1), timers: .hasty), seed: seed, loss: line.loss,
      corruption: line.corruption, duplication: line.duplication)
    let meter = Meter(at: faulty, timers: .hasty, encrypted: seed % 2 == 0)
    for _ in 0..<2 {
      for (table, right) in zip([Table.bt01, .bt23, .bt28], truth) {
        guard let decoded = await reading(meter, table) else { continue }
        #expect(decoded.octets == right, "\(table.id), seed \(seed)")
        #expect(decoded.layout.octets == right.count, "\(table.id), seed \(seed)")
      }
      if let selection = try? await meter.read(.bt28, paths: ["rms_voltage_l1", "average_rms_voltage_l3"]) {
        #expect(selection.integers == [232_591, 234_229], "seed \(seed)")
      }
    }
    meter.close()
  }

  /// The reading, or nil after an error of the line; any other error is a mistake.
  private func reading(_ meter: Meter, _ table: Table) async -> Decoded? {
    do throws(MeterError) { return try await meter.read(table) } catch {
      if case .exchange = error { return nil }
      Issue.record("\(error.words)")
      return nil
    }
  }

  /// Most reads come through a line that is only somewhat bad.
  @Test func repeatsAreWorthIt() async throws {
    let faulty = FaultyLink(
      plug(try simulated(.gen3Frozen).port(1), timers: .steady), seed: 4, receiving: .init(corruption: 0.001))
    let meter = Meter(at: faulty, timers: .steady)
    for _ in 0..<10 { #expect(try await meter.read(.bt28, paths: ["rms_voltage_l1"]).integers == [232_591]) }
    let health = await meter.health
    #expect(health.failures == 0)
  }

  /// A write over a bad line is executed as often as it is reported, or its outcome is called open.
  @Test(arguments: 1...16 as ClosedRange<UInt64>) func writesAreNeverReportedWrong(seed: UInt64) async throws {
    let simulator = try simulated(.gen3Frozen)
    let faulty = FaultyLink(
      plug(simulator.port(1), timers: .hasty), seed: seed, loss: 0.005, corruption: 0.005, duplication: 0.005)
    let meter = Meter(at: faulty, timers: .hasty)
    let check = Meter(at: plug(simulator.port(1)))
    for value in 1...4 as ClosedRange<UInt8> {
      let before = await simulator.writes
      let words = await failure { () async throws(MeterError) in
        try await meter.write(.extended(50), offset: WriteTests.flags, [value])
      }
      if words != "none" { await settle(meter) }
      let executed = await simulator.writes - before
      #expect(executed <= 1, "seed \(seed): \(words)")
      guard words == "none" else {
        #expect(words.hasSuffix("may have been executed"), "seed \(seed)")
        continue
      }
      #expect(executed == 1, "seed \(seed)")
      #expect(try await check.read(.et50).octets[WriteTests.flags] == value, "seed \(seed)")
    }
  }

  /// Waits for the answer to a read: a write that was given up before it is executed by then, or never.
  private func settle(_ meter: Meter) async {
    for _ in 0..<100 {
      if (try? await meter.octets(of: .basic(21))) != nil { return }
    }
  }
}
