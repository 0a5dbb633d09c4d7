// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

/// What a meter says of its dimensions is kept until its configuration changes, and not a read longer.
@Suite(.timeLimit(.minutes(1))) struct DimensionTests {
  let wire = Wire()

  @Test func dimensionsAreReadOnce() async throws {
    let meter = Meter(at: wire.tap(plug(try simulated(.gen4).port(1))))
    for _ in 0..<3 {
      _ = try await meter.read(.bt28)
      _ = try await meter.read(.bt23)
      _ = try await meter.read(.bt28, paths: ["rms_voltage_l1"])
      _ = try await meter.read(.et50)
    }
    for table in [Table.bt21, .bt22, .bt27, .et11, .bt01] { #expect(wire.reads(of: table) == ["\(table.id)"]) }
    // The program ID and the IDT version lie near each other.
    #expect(wire.reads(of: .et04).count == 1)
    // These six, and five for each round: BT23 takes two.
    #expect(wire.reads.count == 21)
  }

  @Test func aNewSequenceNumberAloneCostsAComparison() async throws {
    let simulator = try simulated(.gen3)
    let count = Counter()
    // Says once that the number is wrong, as when another client was on the port.
    let handler = Altered(simulator.port(1)) { request, response in
      guard request == .read(.basic(28), length: 465), await count.next() == 2 else { return response }
      return .sequence(5000)
    }
    let meter = Meter(at: wire.tap(plug(handler)))
    for _ in 0..<2 { _ = try await meter.read(.bt28) }
    wire.forget()
    #expect(await failure { () async throws(MeterError) in try await meter.read(.bt28) } == "none")
    #expect(wire.reads == ["BT28"])
    #expect(await count.value == 4)
  }

  @Test(arguments: Reconfiguration.allCases)
  func changeBetweenReadsIsNoticed(_ change: Reconfiguration) async throws {
    let simulator = try simulated(.gen3)
    let meter = Meter(at: wire.tap(plug(simulator.port(1))))
    let before = (try await meter.read(.bt23).bySource, try await meter.read(.bt28).bySource)
    await change.apply(to: simulator)
    wire.forget()
    let after = (try await meter.read(.bt23).bySource, try await meter.read(.bt28).bySource)
    #expect(before.0.agrees(with: after.0))
    #expect(after.1.agrees(with: before.1))
    #expect(after.0.count == (change == .moreTiers ? 66 : 55))
    #expect(after.1.count == (change == .fewerValues ? 26 : 55))
    // The number jumped by 25, once, and the IDT version was compared before anything was decoded.
    #expect(wire.exchanges.filter { if case .sequence = $0.response { true } else { false } }.count == 1)
    #expect(wire.reads(of: .et04).count == 2)
    for table in [Table.bt21, .bt22, .bt27] { #expect(wire.reads(of: table).count == 1) }
  }

  @Test func nameFollowsItsSource() async throws {
    let simulator = try simulated(.gen3Frozen)
    let meter = Meter(at: plug(simulator.port(1)))
    #expect(try await meter.read(.bt28, paths: ["rms_voltage_l2"]).ranges == [32..<36])
    await Reconfiguration.otherOrder.apply(to: simulator)
    let selection = try await meter.read(.bt28, paths: ["rms_voltage_l2"])
    #expect(selection.ranges == [184..<188])
    #expect(selection.integers == [233_879])
  }

  /// Looking a name up asks the meter nothing, so nothing tells that the cached names are old.
  @Test func nameThatCameWithAChangeIsFound() async throws {
    let simulator = try simulated(.gen3Frozen)
    await Reconfiguration.fewerValues.apply(to: simulator)
    let meter = Meter(at: plug(simulator.port(1)))
    let name = "average_rms_voltage_l1"
    #expect(
      await failure { () async throws(MeterError) in try await meter.read(.bt28, paths: [name]) }
        == "no such field BT28 \(name)")
    try await simulator.reconfigure { $0.presentValues = Profile.gen3Frozen.presentValues }
    #expect(try await meter.read(.bt28, paths: [name]).integers == [232_185])
  }

  @Test func nameThatLeftWithAChangeIsNotFound() async throws {
    let simulator = try simulated(.gen3Frozen)
    let meter = Meter(at: plug(simulator.port(1)))
    let name = "average_rms_voltage_l1"
    #expect(try await meter.read(.bt28, paths: [name]).integers == [232_185])
    await Reconfiguration.fewerValues.apply(to: simulator)
    #expect(
      await failure { () async throws(MeterError) in try await meter.read(.bt28, paths: [name]) }
        == "no such field BT28 \(name)")
  }

  @Test func configurationThatNeverSettlesIsNamed() async throws {
    let simulator = try simulated(.gen3)
    let link = TamperedLink(plug(simulator.port(1))) { request, _ in
      if request.table == .basic(28) { await Reconfiguration.otherOrder.apply(to: simulator) }
      return .pass
    }
    let meter = Meter(at: link)
    #expect(await failure { () async throws(MeterError) in try await meter.read(.bt28) } == "unsettled BT28")
  }
}
