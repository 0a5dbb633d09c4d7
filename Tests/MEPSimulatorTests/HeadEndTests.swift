// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables
import Testing

@testable import MEPSimulator

@Suite(.timeLimit(.minutes(1))) struct HeadEndTests {
  /// 2026-07-03 13:20:00 UTC.
  static let start: Int64 = 836_400_000

  private func clockError(_ bench: Bench) async throws -> Int64 {
    try #require(Moment(try await bench.read(.bt52).octets)).secondsSince2000 - bench.clock.now()
  }

  private func isDeaf(_ bench: Bench, port: Int = 1) async -> Bool { await bench.meter.port(port).status().isDeaf }

  @Test func whenIsAfterAtAndEvery() async throws {
    let bench = try Bench(
      .gen3,
      scenario: """
        2026-07-03T13:19:59Z clock 1000000
        +10m clock 1
        2026-07-03T13:50:00Z clock 100
        every 1h clock 10000
        2026-07-03T13:20:00Z clock 7
        """)
    var errors: [Int64] = []
    // 0:00, 9:59, 10:00, 29:59, 30:00, 59:59, 1:00:00, 1:59:59, 2:00:00, 6:00:00.
    for span: Int64 in [0, 599, 1, 1199, 1, 1799, 1, 3599, 1, 14_400] {
      bench.clock.go(span)
      errors.append(try await clockError(bench))
    }
    // What is due at the start is done before the first answer.
    #expect(errors == [7, 7, 8, 8, 108, 108, 10_108, 10_108, 20_108, 60_108])
  }

  @Test func ordersOfOneSecondKeepTheirOrder() async throws {
    let bench = try Bench(.gen4, scenario: "+1m port 2 closed\n+1m port 2 open\n+1m port 1 open\n+1m port 1 closed")
    bench.clock.go(60)
    #expect(await !isDeaf(bench, port: 2))
    #expect(await isDeaf(bench, port: 1))
  }

  @Test func aMeterWithoutPowerIsDeafAndTimeGoesOn() async throws {
    let bench = try Bench(.gen4, scenario: "+10m power-outage 1h")
    bench.clock.go(599)
    let before = try await bench.registers(.bt23)
    bench.clock.go(1)
    for port in [1, 2] { #expect(await isDeaf(bench, port: port)) }
    bench.clock.go(3599)
    #expect(await isDeaf(bench))
    bench.clock.go(1)
    #expect(await !isDeaf(bench))
    #expect(try await clockError(bench) == 0)
    // One second of a house, after an hour of none that is counted as such.
    for (source, value) in try await bench.registers(.bt23) {
      #expect(abs(value - (before[source] ?? 0) - (source == 4 ? 3600 : 0)) <= 8)
    }
    bench.clock.go(3600)
    #expect((try await bench.registers(.bt23)[6] ?? 0) > (before[6] ?? 0) + 50)
  }

  /// What a client meets: no answer, and then one again.
  @Test func aRequestIsNotAnswered() async throws {
    let bench = try Bench(.gen3, scenario: "+1m power-outage 1m")
    var timers = Timers.unpaced
    (timers.response, timers.longestResponse, timers.attempts) = (.milliseconds(100), .milliseconds(100), 2)
    let (near, far) = MemoryLink.pair()
    let connection = ServerConnection(basic: basicKey, advanced: advancedKey, sequence: 5, timers: timers)
    let handler = bench.meter.port(1)
    Task {
      var server = ExchangeServer(connection, handler: handler, log: quiet)
      try? await server.serve(far)
    }
    let client = ExchangeClient(
      ClientConnection(key: basicKey, firstSequence: 5, timers: timers), over: near, log: quiet)
    bench.clock.go(60)
    let unanswered = try await client.perform(.read(.basic(52), length: 9)).result
    #expect(throws: ExchangeError.self) { try unanswered.get() }
    bench.clock.go(60)
    _ = try await client.perform(.read(.basic(52), length: 9)).result.get()
    near.close()
  }

  @Test func outagesThatOverlapAreOne() async throws {
    let bench = try Bench(.gen3, scenario: "+10m power-outage 10m\n+15m power-outage 1h\n+16m power-outage 1m")
    for (span, deaf): (Int64, Bool) in [(599, false), (1, true), (600, true), (3299, true), (1, false)] {
      bench.clock.go(span)
      #expect(await isDeaf(bench) == deaf)
    }
    #expect(try await bench.events().map(\.id) == [.standard(1), .standard(2)])
    #expect(try await bench.events().compactMap { $0.time?.secondsSince2000 } == [600, 4500].map { $0 + Self.start })
  }

  /// L1 is away for an hour, and during the outage of a quarter of one in between.
  @Test func aLossOutlastsAnOutage() async throws {
    let bench = try Bench(.gen3, scenario: "+10m phase-loss 1 1h\n+20m power-outage 15m")
    for (minutes, isLost): (Int64, Bool) in [(9, false), (2, true), (25, true), (33, true), (2, false)] {
      bench.clock.go(minutes * 60)
      #expect(try await (bench.registers(.bt28)[15] == 0) == isLost)
      #expect(try await bench.integer(.et09, "phase_l1_loss") == (isLost ? 1 : 0))
      #expect(try await bench.registers(.bt28)[16] ?? 0 > 200_000)
    }
  }

  @Test func aPhaseComesBackDuringAnOutage() async throws {
    let bench = try Bench(.gen3, scenario: "+10m phase-loss 1 15m\n+20m power-outage 15m")
    bench.clock.go(2160)
    #expect(try await bench.registers(.bt28)[15] ?? 0 > 200_000)
    #expect(try await bench.integer(.et09, "phase_l1_loss") == 0)
  }

  /// A sag that ends does not bring a lost phase back.
  @Test func aSagEndsWithinALoss() async throws {
    let bench = try Bench(.gen3, scenario: "+10m phase-loss 2 1h\n+20m voltage 2 80 1m\n+65m voltage 2 80 30m")
    for span: Int64 in [1230, 270] {
      bench.clock.go(span)
      #expect(try await bench.registers(.bt28)[16] == 0)
    }
    bench.clock.go(2760)
    #expect((175_000...195_000).contains(try await bench.registers(.bt28)[16] ?? 0))
    bench.clock.go(1440)
    #expect(try await bench.registers(.bt28)[16] ?? 0 > 200_000)
  }

  @Test func withoutAnyPhaseThereIsNoPower() async throws {
    let bench = try Bench(.gen3, scenario: "+1m phase-loss 1 1h\n+2m phase-loss 2 1h\n+3m phase-loss 3 10m")
    bench.clock.go(179)
    #expect(await !isDeaf(bench))
    bench.clock.go(1)
    #expect(await isDeaf(bench))
    bench.clock.go(600)
    #expect(await !isDeaf(bench))
    #expect(try await bench.registers(.bt28)[15] == 0)
  }

  @Test func ordersWaitForPower() async throws {
    let bench = try Bench(
      .gen3, scenario: "+10m power-outage 1h\n+20m clock 500\n+30m configuration-change\n+40m port 1 closed")
    bench.clock.go(4199)
    #expect(await isDeaf(bench))
    bench.clock.go(1)
    #expect(await isDeaf(bench))
    await bench.meter.carryOut(.port(1, isOpen: true))
    #expect(try await clockError(bench) == 500)
    #expect(try await bench.integer(.et04, "idt_version") == 2)
    // Power was back first, by the clock as it was; what the head-end wants comes behind it.
    let events = try await bench.events()
    #expect(events.map(\.id) == [.standard(1), .standard(2), .standard(3), .standard(4), .manufacturer(24)])
    #expect(
      events.compactMap { $0.time?.secondsSince2000 } == [600, 4200, 4200, 4700, 4700].map { $0 + Self.start })
    #expect(events.map(\.user) == [.nobody, .nobody, .network, .network, .network])
  }

  @Test func theClientsPortCanBeClosed() async throws {
    let bench = try Bench(.gen4, scenario: "+1m port 2 closed\n+2m port 2 open")
    for (one, two) in [(false, true), (false, false)] {
      bench.clock.go(60)
      #expect(await isDeaf(bench, port: 1) == one)
      #expect(await isDeaf(bench, port: 2) == two)
    }
  }

  @Test func theKeyChanges() async throws {
    let old = try Bench(.gen3, scenario: "+1m key a5")
    let new = try Bench(.gen3, key: AccessKey(dummy: 0xA5), meter: old.meter)
    let basic = try Bench(.gen3, key: basicKey, meter: old.meter)
    _ = try await old.integer(.et04, "idt_version")
    await #expect(throws: ExchangeError.self) { try await new.integer(.et04, "idt_version") }
    old.clock.go(60)
    await #expect(throws: ExchangeError.self) { try await old.integer(.et04, "idt_version") }
    _ = try await new.integer(.et04, "idt_version")
    _ = try await basic.integer(.et04, "idt_version")
  }

  /// What a client without TLS meets, and that only its own port is concerned.
  @Test(arguments: [
    ("silence", "noAnswer"), ("0b", "keyNotAccepted"), ("0a", "Invalid Service Sequence State"),
    ("03", "No permission for specified request"),
  ])
  func aPortTakesTLSOnly(word: String, answer: String) async throws {
    let patient = try Bench(.gen4, scenario: "+1m tls 1 \(word)\n+2m tls 1 off")
    let other = try Bench(.gen4, port: 2, meter: patient.meter)
    var timers = Timers.unpaced
    (timers.response, timers.longestResponse) = (.milliseconds(50), .milliseconds(50))
    let hasty = try Bench(.gen4, meter: patient.meter, timers: timers)
    for expected in ["answers", answer, "answers"] {
      let client = expected == "noAnswer" ? hasty.client : patient.client
      let said =
        switch try await client.perform(.read(.basic(52), length: 9)).result {
        case .success(.refused(let code)): code.words.description
        case .success: "answers"
        case .failure(let error): "\(error.reason)"
        }
      #expect(said == expected)
      #expect(try await other.integer(.et97, "require_tls_on_mep1_port") == (expected == "answers" ? 0 : 1))
      patient.clock.go(60)
    }
  }

  /// ET97 came with 3.82.
  @Test func anOldMeterKnowsNoTLS() async throws {
    let bench = try Bench(.gen3Old, scenario: "+1m tls 1 silence")
    bench.clock.go(60)
    #expect(try await bench.registers(.bt23).count == 11)
  }

  @Test func configurationChanges() async throws {
    let bench = try Bench(.gen3, scenario: "every 1h configuration-change")
    bench.clock.go(3 * 3600)
    #expect(try await bench.integer(.et04, "idt_version") == 4)
    #expect(await bench.meter.port(1).status().configurationChanges == 3)
  }

  /// However the clock goes, and however often someone looks.
  @Test func manySwellsAtOnceAreOneLargeOne() async throws {
    let bench = try Bench(.gen3, scenario: "every 1m voltage 1 200 1h")
    bench.clock.go(7200)
    #expect(try #require(try await bench.registers(.bt28)[15]) < 600_000)
  }

  @Test func countersThatAClientHasFilledStayFull() async throws {
    let bench = try Bench(.gen3, scenario: "+10s power-outage 60s")
    let layout = try Table.et09.layout(in: await bench.meter.dimensions)
    let place = try #require(layout.places.first { $0.pathText == "short_outage_count" })
    let full = [UInt8](repeating: 0xFF, count: place.octets)
    #expect(try await bench.ask(.writePart(.extended(9), offset: UInt32(place.offset), full)) == .done)
    bench.clock.go(3600)
    #expect(try await bench.integer(.et09, "short_outage_count") == 0xFFFF_FFFF)
  }

  /// A request by index names a slot: that of the port's client.
  @Test func aRequestByIndexReachesThePort() async throws {
    let bench = try Bench(.gen4, scenario: "+1s on-demand 2 10 01")
    bench.clock.go(2)
    let requests = try #require(OnDemandRequests(try await bench.read(.et15)))
    #expect(requests.requests.map(\.target) == [.slots(1 << 5)])
    #expect(requests.requests.map(\.client) == [2])
    #expect(throws: ScenarioError.self) { try Scenario(parsing: "+1s on-demand 2 6 01") }
  }

  /// Both who may close a port leave it open once it was opened.
  @Test func aPortThatWasOpenedStaysOpen() async throws {
    let bench = try Bench(.gen4)
    let second = try Bench(.gen4, port: 2, meter: bench.meter)
    try await bench.write(.et51, "mep_device_configuration[0].disable_mep", 1)
    await bench.meter.carryOut(.port(1, isOpen: true))
    try await second.write(.et51, "mep_device_configuration[1].mep_health_timeout", 300)
    #expect(try await bench.integer(.et51, "mep_device_configuration[0].disable_mep") == 0)
  }

  @Test func theSameScenarioGivesTheSameMeter() async throws {
    let scenario = """
      every 3h voltage 1 85 10m
      every 7h phase-loss 2 1h
      +5h power-outage 2h
      +6h clock -90
      +20h power-outage 30s
      """
    func image(steps: [Int64]) async throws -> [[UInt8]] {
      let bench = try Bench(.gen4, seed: 5, scenario: scenario)
      for step in steps {
        bench.clock.go(step)
        _ = await bench.meter.port(1).status()
      }
      var octets: [[UInt8]] = []
      for table in [Table.bt23, .bt52, .bt74, .et09, .et79, .et81] { octets.append(try await bench.read(table).octets) }
      return octets
    }
    let day: Int64 = 86_400
    let whole = try await image(steps: [day])
    #expect(try await image(steps: [Int64](repeating: 100, count: 864)) == whole)
    #expect(try await image(steps: [1, 17_999, 3600, 3601, 3599, 43_300, 14_300]) == whole)
  }
}
