// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

/// A change that ends half-way: the error tells what the meter has carried out.
@Suite(.timeLimit(.minutes(2))) struct UnfinishedTests {
  private static let values = [
    ("registration_current", "0.02"), ("max_current", "63"), ("rated_voltage", "231"), ("subnet_id", "3"),
  ]
  private static let second = "ET04.registration_current, ET04.max_current, ET04.rated_voltage"

  /// Each request is sent once. The line's end is what ends the wait for an answer.
  private var once: Timers {
    var timers = Timers.patient
    timers.attempts = 1
    return timers
  }

  private func planned(_ link: any Link, timers: Timers = .patient) async throws -> (Meter, WritePlan) {
    let meter = Meter(at: link, timers: timers)
    let plan = try await meter.plan(.et04, setting: Self.values)
    #expect(plan.parts.count == 2)
    return (meter, plan)
  }

  private func words(_ meter: Meter, _ plan: WritePlan) async -> String {
    await failure { () async throws(MeterError) in try await meter.carryOut(plan) }
  }

  @Test func aPartIsRefused() async throws {
    for (refused, outcome) in [
      (1, "unfinished: ET04.subnet_id notDone, \(Self.second) notDone"),
      (2, "unfinished: ET04.subnet_id done, \(Self.second) notDone"),
    ] {
      let simulator = try simulated(.gen3)
      let count = Counter()
      let handler = Altered(simulator.port(1)) { request, response in
        if !request.isRead, await count.next() == refused { .refused(.noPermission) } else { response }
      }
      let (meter, plan) = try await planned(plug(handler))
      let words = await words(meter, plan)
      #expect(words.hasPrefix(outcome), "\(words)")
      #expect(words.hasSuffix("refused No permission for specified request ET04"))
    }
  }

  /// The line dies with the second part: the first is done, and of the second nobody knows.
  @Test func theLineDies() async throws {
    let simulator = try simulated(.gen3)
    let link = TamperedLink(plug(simulator.port(1))) { request, sending in
      !request.isRead && sending == 2 ? .loseAnswer : .pass
    }
    let dying = TamperedLink(link) { _, _ in .pass }
    let (meter, plan) = try await planned(Cut(dying, afterWrites: 2), timers: once)
    #expect(
      await words(meter, plan)
        == "unfinished: ET04.subnet_id done, \(Self.second) unknown: link closed")
  }

  /// All is written, and cannot be read back.
  @Test func theReadingBackFails() async throws {
    let simulator = try simulated(.gen3)
    let count = Counter()
    let handler = Altered(simulator.port(1)) { request, response in
      if !request.isRead { _ = await count.next() }
      let writes = await count.value
      return request.isRead && writes == 2 ? .refused(.unsupportedRequest) : response
    }
    let (meter, plan) = try await planned(plug(handler))
    let words = await words(meter, plan)
    #expect(words.contains("ET04.rated_voltage done, reading it back notDone: refused"), "\(words)")
  }

  /// One write over a link that breaks: it may have been carried out.
  @Test func aSingleWriteAndACall() async throws {
    for isCall in [false, true] {
      let meter = Meter(at: Cut(plug(try simulated(.gen3).port(1)), afterWrites: 1), timers: once)
      let words = await failure { () async throws(MeterError) in
        if isCall {
          _ = try await meter.call(procedure: 0x0811, parameters: [0, 0xFF, 0xFF])
        } else {
          try await meter.write(.extended(50), offset: 30, [1])
        }
      }
      #expect(words == "unfinished: \(isCall ? "EP17" : "ET50 from octet 30 to 30") unknown: link closed")
    }
  }

  /// Before the closing number is there nothing has begun; from then on nobody knows.
  @Test func aTransactionOfTwoParts() async throws {
    for (writes, outcome) in [(1, "notDone"), (2, "unknown")] {
      let simulator = try simulated(.gen3)
      let meter = await Meter(hasty: Cut(plug(simulator.port(1)), afterWrites: writes), timers: once)
      #expect(await meter.words(Transactions.long) == ["unfinished: the transaction \(outcome): link closed"])
      // The meter takes what was sent though the line has ended meanwhile.
      while writes == 2, await simulator.transactions == 0 { try await Task.sleep(for: .milliseconds(5)) }
      #expect(await simulator.transactions == (writes == 1 ? 0 : 1))
    }
  }

  /// Who is cancelled while a change is written writes all of it.
  @Test func aCancelledChangeIsFinished() async throws {
    let simulator = try simulated(.gen3)
    let (reached, reaching) = AsyncStream<Void>.makeStream()
    let (opened, opening) = AsyncStream<Void>.makeStream()
    let count = Counter()
    let handler = Preceded(simulator.port(1)) { request in
      guard !request.isRead, await count.next() == 1 else { return }
      reaching.finish()
      for await _ in opened {}
    }
    let (meter, plan) = try await planned(plug(handler))
    let task = Task { await words(meter, plan) }
    for await _ in reached {}
    task.cancel()
    opening.finish()
    #expect(await task.value == "none")
    #expect(try await meter.read(.et04, paths: ["rated_voltage", "subnet_id"]).integers.contains(231))
  }

  @Test func aPlanOfAnotherConfigurationIsNotWritten() async throws {
    let simulator = try simulated(.gen3)
    let (meter, plan) = try await planned(plug(simulator.port(1)))
    await Reconfiguration.moreTiers.apply(to: simulator)
    // It learns of it by the sequence number of its next request.
    _ = try await meter.read(.bt23)
    let writes = await simulator.writes
    #expect(await words(meter, plan) == "outdated ET04")
    #expect(await meter.words([.change(plan)]) == ["outdated ET04"])
    #expect(await simulator.writes == writes)
  }

  @Test func aPlanIsAStepOfATransaction() async throws {
    let (meter, plan) = try await planned(plug(try simulated(.gen3).port(1)))
    #expect(await meter.words([.change(plan), .read(.et04, paths: ["rated_voltage"])]) == ["written", "fields 231"])
    #expect(try await meter.read(.et04, paths: ["subnet_id"]).integers == [3])
  }

  /// The device's registration takes several writes: those before the one that fails are told.
  @Test func aRegistrationThatStops() async throws {
    let simulator = try simulated(.gen3)
    let handler = Altered(simulator.port(1)) { request, response in
      if case .writePart(.extended(50), _, _) = request { .refused(.unsupportedRequest) } else { response }
    }
    let device = try await MEPDevice(Meter(at: plug(handler)))
    let words = await failure { () async throws(MeterError) in
      try await device.register(ClientIdentification([7])!, wishes: .init(requestTimeout: 60))
    }
    #expect(
      words.hasPrefix(
        "unfinished: the device's wishes (ET51) done, its identification (ET50) notDone, the registration (ET50) notDone"
      ),
      "\(words)")
  }

  @Test func itReadsWell() {
    let error = MeterError.unfinished(
      Unfinished([.init("ET04.a", .done), .init("ET04.b", .unknown), .init("ET04.c", .notDone)], .link(.closed("cut"))))
    #expect(
      "\(error)"
        == "Carried out: ET04.a. Carried out or not: ET04.b. Not carried out: ET04.c. The link is closed: cut.")
  }
}

/// A link that is closed as soon as the n-th write has left.
private final class Cut: Link {
  private let link: any Link
  private let writes: Int
  private let counter = Counter()

  init(_ link: any Link, afterWrites writes: Int) { (self.link, self.writes) = (link, writes) }

  var description: String { "\(link)" }

  func send(_ octets: [UInt8]) async throws(LinkError) {
    try await link.send(octets)
    guard let request = Exchange.open(message: octets[2...], key: advancedKey)?.exchange.request, !request.isRead,
      await counter.next() == writes
    else { return }
    // Long enough for the meter to take it.
    try? await Task.sleep(for: .milliseconds(300))
    link.close()
  }

  func receive(until deadline: Instant?) async throws(LinkError) -> [UInt8] { try await link.receive(until: deadline) }

  func close() { link.close() }
}
