// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

extension Meter {
  /// Registers this client, with these more flags of ET50.
  fileprivate func register(_ flags: UInt8 = 0) async throws {
    let flag = try await layout(of: .et50).places.filter { $0.displayName == "MEP Device Registered" }
    try await write(.extended(50), offset: flag[try await port() - 1].offset, [1 | flags])
  }
}

extension MeterAlert {
  fileprivate var words: String {
    switch self {
    case .scheduledRead(let downlink): "scheduled read \(Array(downlink.prefix(2)))"
    case .onDemandRequest(let request): "\(request.kind.words) \(request.transaction), \(request.content)"
    case .mbusChange(let status): "M-Bus \(Array(status.prefix(2)))"
    case .deltaData(let alerts): "delta \(alerts.map(\.source))"
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct AlertTests {
  /// Signals come often, so that nobody has to wait for them.
  private var timers: Timers {
    var timers = Timers.patient
    timers.alert = .milliseconds(30)
    return timers
  }

  private let never = Instant.Span.milliseconds(3_600_000)

  @Test(arguments: [(Profile.gen3, 1), (.gen4, 1), (.gen4, 2)], [basicKey, advancedKey])
  func eachReasonIsToldOnceWhenTheMeterSignals(_ place: (profile: Profile, port: Int), key: AccessKey) async throws {
    let simulator = try simulated(place.profile)
    let wire = Wire(key: key)
    let meter = Meter(at: wire.tap(plug(simulator.port(place.port), timers: timers)), key: key)
    try await meter.register()
    await simulator.carryOut(.downlink(port: place.port, data: [7, 8]))
    await simulator.carryOut(.scheduledRead(port: place.port))
    await simulator.carryOut(.onDemandRequest(port: place.port, type: 4, data: [1, 2]))
    wire.forget()
    var alerts = meter.alerts(every: never).makeAsyncIterator()
    #expect(try await alerts.next()?.words == "scheduled read [7, 8]")
    #expect(try await alerts.next()?.words == "write data 65280, data([1, 2])")
    // The reasons stand on; what comes on top of them is told by the next signal.
    await simulator.carryOut(.onDemandRequest(port: place.port, type: 2, data: []))
    #expect(try await alerts.next()?.words == "billing read 65281, none")
    // Nothing was posted.
    #expect(wire.requests.allSatisfy { $0.isRead })
    #expect(try await meter.readAlertReasons() == [.scheduledRead, .onDemandRequest])
  }

  @Test func aReasonThatComesAgainIsToldAgain() async throws {
    let simulator = try simulated(.gen3)
    let meter = Meter(at: plug(simulator.port(1), timers: timers))
    try await meter.register()
    var alerts = meter.alerts(every: never).makeAsyncIterator()
    for _ in 0..<2 {
      await simulator.carryOut(.onDemandRequest(port: 1, type: 2, data: []))
      guard case .onDemandRequest(let request)? = try await alerts.next() else {
        Issue.record("no request")
        return
      }
      #expect(request.kind == .billingRead)
      // Two octets, as an answer to an on-demand request.
      try await meter.call(PostMEPData(type: 1, data: [1, 2, 0, 0xAA, 0xBB]))
    }
    let queue = try await meter.readOnDemandRequests()
    #expect(queue.requests.map(\.result) == [.success, .success])
    #expect(try await meter.readAlerts().isEmpty)
  }

  /// Answered, and due again before anybody has seen the flag cleared.
  @Test func whatStandsAgainAfterItsAnswerIsToldAgain() async throws {
    let simulator = try simulated(.gen3)
    let meter = Meter(at: plug(simulator.port(1), timers: timers))
    try await meter.register()
    await simulator.carryOut(.scheduledRead(port: 1))
    var alerts = meter.alerts(every: .milliseconds(50)).makeAsyncIterator()
    #expect(try await alerts.next()?.words == "scheduled read [0, 0]")
    try await meter.post(PostMEPData(.scheduledRead, .init(isSuccess: true, data: [1])), unproven: true)
    await simulator.carryOut(.scheduledRead(port: 1))
    #expect(try await alerts.next()?.words == "scheduled read [0, 0]")
    // One that the meter refuses answers nothing.
    let words = await failure { () async throws(MeterError) in
      try await meter.post(PostMEPData(type: 3, data: [1, 9]), unproven: true)
    }
    #expect(words.hasPrefix("procedure"))
    await simulator.carryOut(.onDemandRequest(port: 1, type: 2, data: []))
    #expect(try await alerts.next()?.words.hasPrefix("billing read") == true)
  }

  /// Over a link that was opened anew nothing is told twice.
  @Test func whatWasToldStaysToldOverANewLink() async throws {
    let simulator = try simulated(.gen3)
    let first = Meter(at: plug(simulator.port(1), timers: timers))
    await simulator.carryOut(.scheduledRead(port: 1))
    await simulator.carryOut(.onDemandRequest(port: 1, type: 2, data: []))
    var alerts = first.alerts(every: .milliseconds(50)).makeAsyncIterator()
    for _ in 0..<2 { #expect(try await alerts.next() != nil) }
    first.close()
    let begin = Instant.now()
    await #expect(throws: MeterError.self) { _ = try await alerts.next() }
    alerts.goOn(with: Meter(at: plug(simulator.port(1), timers: timers)))
    await simulator.carryOut(.onDemandRequest(port: 1, type: 4, data: [5]))
    #expect(try await alerts.next()?.words == "write data 65281, data([5])")
    // Not before a pause.
    #expect((Instant.now() - begin).microseconds > 4_000_000)
  }

  /// Two clients with other sources do not write them over and over.
  @Test func anotherClientsSourcesAreNoticed() async throws {
    let simulator = try simulated(.gen4)
    let (one, two) = (Meter(at: plug(simulator.port(1))), Meter(at: plug(simulator.port(2))))
    try await one.setDeltaAlerts([DeltaDataAlert(source: 15, delta: 1, comparison: 0)])
    try await two.setDeltaAlerts([DeltaDataAlert(source: 16, delta: 1, comparison: 0)])
    let writes = await simulator.writes
    let words = await failure { () async throws(MeterError) in try await one.readAlerts() }
    #expect(words.hasPrefix("device: Another client has put sources of its own (16) into ET71"))
    for meter in [one, two] { _ = try await meter.readAlerts() }
    #expect(await simulator.writes == writes)
  }

  /// Without a registration there is no signal: the flags are looked at now and then.
  @Test func whoIsNotSignalledLooks() async throws {
    let simulator = try simulated(.gen3)
    let meter = Meter(at: plug(simulator.port(1), timers: timers))
    Task {
      try await Task.sleep(for: .milliseconds(200))
      await simulator.carryOut(.scheduledRead(port: 1))
    }
    for try await alert in meter.alerts(every: .milliseconds(50)) {
      #expect(alert.words == "scheduled read [0, 0]")
      break
    }
    #expect(await meter.health.alerts == 0)
  }

  @Test func othersHaveTheirTurnsMeanwhile() async throws {
    let meter = Meter(at: plug(try simulated(.gen3).port(1)))
    let waiting = Task {
      for try await _ in meter.alerts(every: .milliseconds(20_000)) {}
    }
    for _ in 0..<5 { #expect(try await meter.read(.bt21).octets.count == 10) }
    waiting.cancel()
    await #expect(throws: MeterError.self) { try await waiting.value }
  }

  @Test func anAlertDuringAnExchangeIsHeard() async throws {
    let simulator = try simulated(.gen3)
    let client = bareClient(plug(simulator.port(1), timers: timers))
    await simulator.setAlert(true, port: 1)
    while await client.health.alerts == 0 {
      _ = try await client.perform(.read(.basic(21), length: 1))
      // For longer than the meter waits with an alert after each request.
      try await Task.sleep(for: .milliseconds(60))
    }
    await simulator.setAlert(false, port: 1)
    #expect(try await client.listen(until: .now()))
    // Others may have left before; then there are no more.
    while try await client.listen(until: .now() + .milliseconds(400)) {}
  }

  // MARK: Delta data

  @Test(arguments: [(Profile.gen3, 1), (.gen4, 2)], [basicKey, advancedKey])
  func changesOfASourceAreTold(_ place: (profile: Profile, port: Int), key: AccessKey) async throws {
    let clock = SetClock()
    let simulator = try SimulatedMeter(place.profile, clock: { clock.now() })
    let meter = Meter(at: plug(simulator.port(place.port), timers: timers), key: key)
    try await meter.register()
    // 20 V and more, from what it is now; and a source that there is not.
    let wanted = [DeltaDataAlert(source: 15, delta: 20_000), DeltaDataAlert(source: 4000, delta: 1, comparison: 5)]
    let held = try await meter.setDeltaAlerts(wanted)
    let present = try await meter.read(.bt28, paths: ["rms_voltage_l1"]).integers[0]
    #expect(held.map(\.source) == [15, 4000] && held.map(\.isInvalid) == [false, true])
    #expect(held[0].comparison.map { Int64($0) } == present && held[1].comparison == 5)
    clock.go(30)
    #expect(try await meter.readAlerts().isEmpty)
    await simulator.carryOut(.voltage(phase: 1, percent: 80, seconds: 3600))
    clock.go(1)
    var alerts = meter.alerts(every: never).makeAsyncIterator()
    guard case .deltaData(let changed)? = try await alerts.next() else {
      Issue.record("no change told")
      return
    }
    #expect(Int64(changed[0].sample) < (present ?? 0) - 20_000 && changed[0].comparison == changed[0].sample)
    try await meter.call(PostMEPData.clearDeltaDataAlert)
    #expect(try await meter.readAlertReasons() == [])
    try await meter.setDeltaAlerts([])
    #expect(try await meter.readDeltaAlerts().isEmpty)
    let flag = "mep_inbound_configuration[\(place.port - 1)].delta_data_alerts"
    #expect(try await meter.read(.et50, paths: [flag]).integers == [0])
  }

  @Test func theyAreWrittenAgainAfterAPowerFailure() async throws {
    let clock = SetClock()
    let simulator = try SimulatedMeter(.gen3, clock: { clock.now() })
    let meter = Meter(at: plug(simulator.port(1), timers: timers), key: basicKey)
    try await meter.setDeltaAlerts([DeltaDataAlert(source: 15, delta: 20_000)])
    await simulator.carryOut(.powerOutage(seconds: 10))
    clock.go(20)
    #expect(try await meter.readDeltaAlerts().isEmpty)
    #expect(try await meter.readAlerts().isEmpty)
    #expect(try await meter.readDeltaAlerts().map(\.source) == [15])
    // Once they are there, nothing more is written.
    let writes = await simulator.writes
    #expect(try await meter.readAlerts().isEmpty)
    #expect(await simulator.writes == writes)
  }

  @Test func thereIsRoomForTen() async throws {
    let simulator = try simulated(.gen3)
    let meter = Meter(at: plug(simulator.port(1)))
    let eleven = (0..<11).map { DeltaDataAlert(source: UInt16($0), delta: 1, comparison: 0) }
    let words = await failure { () async throws(MeterError) in try await meter.setDeltaAlerts(eleven) }
    #expect(words == "no such field ET71 delta_data[10]")
    #expect(await simulator.writes == 0)
    #expect(try await meter.setDeltaAlerts(Array(eleven.prefix(10))).count == 10)
    let old = Meter(at: plug(try simulated(.gen3Old).port(1)))
    #expect(await failure { () async throws(MeterError) in try await old.setDeltaAlerts(eleven) } != "none")
  }

  /// A meter that does not keep what it is told: the guide's Appendix C has the table read-only.
  @Test func whatIsNotKeptIsAnError() async throws {
    let handler = Altered(try simulated(.gen3).port(1)) { request, response in
      guard request.table == Table.et71.id, case .data(let octets) = response else { return response }
      return .data([UInt8](repeating: 0xFF, count: octets.count))
    }
    let meter = Meter(at: plug(handler))
    let words = await failure { () async throws(MeterError) in
      try await meter.setDeltaAlerts([DeltaDataAlert(source: 15, delta: 1, comparison: 0)])
    }
    #expect(words == "not kept ET71")
  }
}
