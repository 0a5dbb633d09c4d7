// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

/// A client in the hands of several tasks, and links that end.
@Suite(.timeLimit(.minutes(1))) struct UseTests {
  /// A meter that does not answer reads of BT28 until it is told to go on.
  private actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private(set) var arrived = 0

    func pass() async {
      arrived += 1
      if !isOpen { await withCheckedContinuation { waiting.append($0) } }
    }

    func open() {
      isOpen = true
      for continuation in waiting { continuation.resume() }
      waiting = []
    }

    func isReached(by count: Int = 1) async throws {
      while arrived < count { try await Task.sleep(for: .milliseconds(1)) }
    }
  }

  private func gated(_ gate: Gate, _ wire: Wire = Wire()) throws -> any Link {
    let handler = Preceded(try simulated(.gen3Frozen).port(1)) { request in
      if request.table == .basic(28) { await gate.pass() }
    }
    return wire.tap(plug(handler))
  }

  @Test func cancellationFreesTheClient() async throws {
    let gate = Gate()
    let meter = Meter(at: try gated(gate))
    let reading = Task { await failure { () async throws(MeterError) in try await meter.read(.bt28) } }
    try await gate.isReached()
    reading.cancel()
    #expect(await reading.value == "link cancelled")
    await gate.open()
    // The late answer to the first read must not pass for one of these.
    #expect(try await meter.read(.bt01).octets.count == 24)
    #expect(try await meter.read(.bt28).byName["rms_voltage_l1"] == 232_591)
  }

  @Test func cancelledBeforeItsTurnItAsksNothing() async throws {
    let gate = Gate()
    let wire = Wire()
    let meter = Meter(at: try gated(gate, wire))
    async let first = meter.read(.bt28)
    try await gate.isReached()
    let second = Task { await failure { () async throws(MeterError) in try await meter.read(.bt01) } }
    try await Task.sleep(for: .milliseconds(20))
    second.cancel()
    await gate.open()
    #expect(await second.value == "link cancelled")
    #expect(try await first.octets.count == 220)
    #expect(wire.reads(of: .bt01).isEmpty)
  }

  @Test func tasksTakeTurns() async throws {
    let wire = Wire()
    let link = wire.tap(plug(try simulated(.gen4).port(1)))
    let meter = Meter(at: link)
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for i in 0..<12 { group.addTask { try await meter.read(i % 2 == 0 ? .bt23 : .bt28).octets.count } }
      return try await group.reduce(into: [Int]()) { $0.append($1) }.sorted()
    }
    #expect(counts == [Int](repeating: 336, count: 6) + [Int](repeating: 684, count: 6))
    #expect(await meter.health.repeats == 0)
    // The parts of one table follow each other.
    let reads = wire.reads
    for (i, read) in reads.enumerated() where read == "BT23 0..<464" { #expect(reads[i + 1] == "BT23 464..<684") }
  }

  @Test func linkThatClosesUnderARead() async throws {
    let gate = Gate()
    let meter = Meter(at: try gated(gate))
    async let words = failure { () async throws(MeterError) in try await meter.read(.bt28) }
    try await gate.isReached()
    meter.close()
    #expect(await words == "link closed")
    #expect(await failure { () async throws(MeterError) in try await meter.read(.bt01) } == "link closed")
    await gate.open()
  }

  @Test func alertsAreCountedAndDisturbNothing() async throws {
    let simulator = try simulated(.gen3Frozen)
    var timers = Timers.patient
    timers.alert = .milliseconds(3)
    let meter = Meter(at: plug(simulator.port(1), timers: timers))
    _ = try await meter.read(.bt28)
    await simulator.setAlert(true, port: 1)
    while await meter.health.alerts < 5 {
      try await Task.sleep(for: .milliseconds(5))
      #expect(try await meter.read(.bt28).byName["rms_voltage_l1"] == 232_591)
    }
    await simulator.setAlert(false, port: 1)
    let health = await meter.health
    #expect(health.repeats == 0)
    #expect(health.skippedOctets == 0)
    #expect(health.failures == 0)
  }
}
