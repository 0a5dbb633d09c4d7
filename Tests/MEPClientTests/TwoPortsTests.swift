// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

@Suite(.timeLimit(.minutes(1))) struct TwoPortsTests {
  @Test func eachClientSeesItsPort() async throws {
    let simulator = try simulated(.gen4)
    let wires = [Wire(), Wire()]
    let meters = [1, 2].map { port in
      let sequence = UInt32(port * 100_000)
      let link = wires[port - 1].tap(plug(simulator.port(port), sequence: sequence))
      return Meter(at: link, firstSequence: sequence)
    }
    for _ in 0..<3 {
      for (i, meter) in meters.enumerated() {
        #expect(try await meter.read(.et70, paths: ["current_comm_channel_index"]).integers == [Int64(i + 1)])
      }
    }
    // Neither client's requests moved the other's sequence number.
    for (i, wire) in wires.enumerated() {
      #expect(wire.exchanges.allSatisfy { if case .sequence = $0.response { false } else { true } })
      let path = "mep_sequence_numbers[\(i)]"
      let sent = wire.sendings.count
      let held = try await meters[i].read(.et04, paths: [path]).integers
      #expect(held == [Int64((i + 1) * 100_000 + sent + 1)])
    }
  }

  @Test func bothNoticeAChange() async throws {
    let simulator = try simulated(.gen4)
    let meters = [1, 2].map { Meter(at: plug(simulator.port($0))) }
    let truth = try await meters[0].read(.bt28).bySource
    _ = try await meters[1].read(.bt28)
    await Reconfiguration.otherOrder.apply(to: simulator)
    for meter in meters { #expect(try await meter.read(.bt28).bySource == truth) }
  }

  @Test func atTheSameTime() async throws {
    let simulator = try simulated(.gen4)
    let meters = [1, 2].map { Meter(at: plug(simulator.port($0))) }
    try await withThrowingTaskGroup(of: Int.self) { group in
      for meter in meters {
        for _ in 0..<5 { group.addTask { try await meter.read(.bt23).octets.count } }
      }
      for try await count in group { #expect(count == 684) }
    }
  }
}
