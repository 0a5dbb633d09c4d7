// SPDX-License-Identifier: Apache-2.0
import C1219
import Glibc
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

/// Whatever goes wrong on the way, each step is carried out once, or the error says that it may have been.
@Suite(.timeLimit(.minutes(3))) struct TransactionFaultTests {
  /// Counts sendings, one of which is to meet a fate.
  private actor Aim {
    private var message = 0
    private(set) var sent = 0

    func take(_ message: Int) { (self.message, sent) = (message, 0) }

    func isHit() -> Bool {
      sent += 1
      return sent == message
    }
  }

  /// Registers and removes the client, one message of the conversation being met by a fate; how many there were.
  private func register(
    _ simulator: SimulatedMeter, _ meter: Meter, _ aim: Aim, message: Int
  ) async throws -> Int {
    // What is read once and known from then on is not of this conversation.
    _ = try await meter.plan(Transactions.registration)
    let (transactions, calls) = (await simulator.transactions, await simulator.procedureCalls)
    await aim.take(message)
    var wanted = Transactions.registrationAnswers
    let isShared = await simulator.profile.ports == 2
    if isShared { wanted[0] = "octets 4e455300" }
    await expect(meter, Transactions.registration, wanted, "message \(message)")
    #expect(await simulator.transactions - transactions == 1, "message \(message)")
    // Locking and unlocking are two calls.
    #expect(await simulator.procedureCalls - calls == (isShared ? 3 : 1), "message \(message)")
    return await aim.sent
  }

  /// Each request of the conversation, in turn, is damaged, which the meter tells at once.
  @Test(arguments: [Profile.gen3, .gen4]) func everyRequestIsDamaged(_ profile: Profile) async throws {
    let simulator = try simulated(profile.alone)
    let aim = Aim()
    let link = TamperedLink(plug(simulator.port(1))) { _, _ in await aim.isHit() ? .damageRequest : .pass }
    let meter = await Meter(hasty: link)
    var message = 1
    while try await register(simulator, meter, aim, message: message) >= message { message += 1 }
    #expect(message > Self.messages(profile))
  }

  struct Case: CustomTestStringConvertible {
    let profile: Profile
    let fate: TamperedLink.Fate
    let message: Int
    var testDescription: String { "\(fate) of message \(message), \(profile)" }
  }

  static func messages(_ profile: Profile) -> Int { profile.ports == 2 ? 14 : 7 }

  static let cases = [(Profile.gen3, TamperedLink.Fate.loseRequest), (.gen3, .loseAnswer), (.gen4, .loseAnswer)]
    .flatMap { profile, fate in (1...messages(profile)).map { Case(profile: profile, fate: fate, message: $0) } }

  @Test(arguments: cases) func everyMessageIsLost(_ test: Case) async throws {
    let simulator = try simulated(test.profile.alone)
    let aim = Aim()
    let link = TamperedLink(plug(simulator.port(1), timers: .steady)) { _, _ in
      await aim.isHit() ? test.fate : .pass
    }
    let meter = await Meter(hasty: link, timers: .steady)
    #expect(try await register(simulator, meter, aim, message: test.message) > test.message)
  }

  @Test func oneThatMeetsTheGridsIsWrittenAgain() async throws {
    let simulator = try simulated(.gen3.alone)
    let wire = Wire()
    let meter = await Meter(hasty: wire.tap(plug(simulator.port(1))), patience: 60)
    await meter.set(wear: WearLedger())
    await simulator.carryOut(.transaction(.lost))
    await expect(meter, Transactions.registration, Transactions.registrationAnswers)
    #expect(await simulator.transactions == 1)
    #expect(wire.transactionWrites.count == 2)
    #expect(wire.transactionWrites[0].octets == wire.transactionWrites[1].octets)
    #expect(await meter.wear.count(of: .transactionWrite) == 2)
    // Of a long one, the part with the closing number will do.
    wire.forget()
    await simulator.carryOut(.transaction(.lost))
    await expect(meter, Transactions.long, ["called EP39 2"])
    #expect(wire.transactionWrites.map(\.octets.count) == [456, 68, 68])
  }

  @Test func oneThatIsLostAgainAndAgainIsGivenUp() async throws {
    let simulator = try simulated(.gen3.alone)
    let wire = Wire()
    let handler = Preceded(simulator.port(1)) { request in
      if case .writePart(.extended(52), _, _) = request { await simulator.carryOut(.transaction(.lost)) }
    }
    let meter = await Meter(hasty: wire.tap(plug(handler)), patience: 30)
    await expect(meter, Transactions.registration, ["transaction lost"])
    #expect(await simulator.transactions == 0)
    #expect(wire.transactionWrites.count == 3)
  }

  /// Power fails after each step in turn, and is back when the client asks again.
  @Test(arguments: 0...7) func powerFailsForAMoment(afterSteps: Int) async throws {
    let clock = SetClock()
    let simulator = try SimulatedMeter(.gen3.alone, clock: { clock.now() })
    let link = TamperedLink(plug(simulator.port(1), timers: .steady)) { _, _ in
      clock.go(1)
      return .pass
    }
    let meter = await Meter(hasty: link, timers: .steady)
    await simulator.carryOut(.transaction(.powerFailure(afterSteps: afterSteps, seconds: 1)))
    await expect(meter, Transactions.registration, Transactions.registrationAnswers)
    #expect(await simulator.transactions == 2)
    #expect(await simulator.procedureCalls == (afterSteps < 4 ? 1 : 2))
  }

  /// For a line that is dead in the end: each request is sent twice only.
  private var brief: Timers {
    var timers = Timers.steady
    timers.attempts = 2
    return timers
  }

  @Test func powerThatStaysAwayLeavesTheOutcomeOpen() async throws {
    let clock = SetClock()
    let simulator = try SimulatedMeter(.gen3.alone, clock: { clock.now() })
    let wire = Wire()
    let meter = await Meter(hasty: wire.tap(plug(simulator.port(1), timers: .steady)), timers: brief)
    await simulator.carryOut(.transaction(.powerFailure(afterSteps: 2, seconds: 60)))
    await expect(meter, Transactions.registration, ["exchange noAnswer ET52, may have been executed"])
    // A meter without power says nothing.
    #expect(wire.exchanges.allSatisfy { $0.response != .done })
    clock.go(60)
    // It was carried out by itself meanwhile.
    let check = Meter(at: plug(simulator.port(1)))
    #expect(try await check.read(.et50, paths: [Transactions.registered]).integers == [0])
    #expect(await simulator.transactions == 2)
  }

  /// The line dies when all is done: nothing is said of what was to be read only, all else may have been done.
  @Test func theLineThatDiesBeforeTheAnswer() async throws {
    let simulator = try simulated(.gen3.alone)
    let link = TamperedLink(plug(simulator.port(1), timers: .steady)) { request, _ in
      if case .readPart(.extended(53), offset: 0, _) = request { .loseAnswer } else { .pass }
    }
    let meter = await Meter(hasty: link, timers: brief)
    await expect(meter, Transactions.registration, ["exchange noAnswer ET52, may have been executed"])
    await expect(meter, [.octets(of: .basic(1), 0..<4)], ["exchange noAnswer ET53"])
    #expect(await simulator.transactions == 2)
  }

  // MARK: Configuration changes

  /// Decoded by what the meter says of itself now; nothing that was read is mixed.
  @Test(arguments: Reconfiguration.allCases) func reconfiguredWhileItIsRead(_ change: Reconfiguration) async throws {
    let simulator = try simulated(.gen3.alone)
    let counter = Counter()
    let handler = Preceded(simulator.port(1)) { request in
      if case .readPart(.extended(53), offset: 0, length: 5) = request, await counter.next() == 1 {
        await change.apply(to: simulator)
      }
    }
    let meter = await Meter(hasty: plug(handler))
    let answers = try await meter.carryOut([.read(.bt23), .read(.bt28)])
    guard case .table(let registers) = answers[0], case .table(let present) = answers[1] else {
      Issue.record("\(answers.map(\.words))")
      return
    }
    #expect(registers.bySource == (try await meter.read(.bt23).bySource))
    #expect(present.byName == (try await meter.read(.bt28).byName))
    #expect(await simulator.transactions == 2)
  }

  /// While the client waits for the lock: what it lays out is laid out anew before it writes.
  @Test func reconfiguredBeforeItIsWritten() async throws {
    let simulator = try simulated(.gen4.alone)
    let counter = Counter()
    let handler = Preceded(simulator.port(1)) { request in
      if request.table == .basic(7), await counter.next() == 1 {
        await Reconfiguration.moreTiers.apply(to: simulator)
      }
    }
    let meter = await Meter(hasty: plug(handler))
    await expect(meter, Transactions.long, ["called EP39 2"])
    #expect(await simulator.transactions == 1)
  }

  @Test func reconfiguredAfterItWasWritten() async throws {
    let simulator = try simulated(.gen3.alone)
    let counter = Counter()
    let handler = Preceded(simulator.port(1)) { request in
      if case .readPart(.extended(53), offset: 0, length: 5) = request, await counter.next() == 1 {
        await Reconfiguration.otherOrder.apply(to: simulator)
      }
    }
    let meter = await Meter(hasty: plug(handler))
    await expect(meter, Transactions.registration, ["transaction reconfigured"])
    #expect(await simulator.transactions == 1)
  }

  // MARK: Wear

  /// The client's own count is the meter's.
  @Test func wearIsCountedAsTheMeterDoes() async throws {
    let simulator = try simulated(.gen3Old.alone)
    let meter = await Meter(hasty: plug(simulator.port(1)))
    await meter.set(wear: WearLedger())
    try await meter.write(.extended(51), offset: 1, [60])
    try await meter.write(.extended(50), offset: 30, [1])
    #expect(try await meter.call(procedure: Transactions.ep17, parameters: [0, 0xE8, 3]).result == 0)
    for _ in 0..<2 { await expect(meter, Transactions.registration, Transactions.registrationAnswers) }
    await expect(meter, Transactions.long, ["called EP39 2"])
    let wear = await meter.wear
    let counts = MemoryWrites(tables: wear.count(of: .tableWrite), transactionTable: wear.count(of: .transactionWrite))
    #expect(counts == MemoryWrites(tables: 2, transactionTable: 4))
    #expect(await simulator.memoryWrites == counts)
  }

  /// One that takes two writes is not begun with one left.
  @Test func wearIsRefusedAsAWhole() async throws {
    let simulator = try simulated(.gen3.alone)
    let meter = await Meter(hasty: plug(simulator.port(1)))
    var wear = Wear()
    wear.count(.transactionWrite, 99, at: Int64(time(nil)))
    await meter.set(wear: WearLedger(wear))
    #expect(await meter.words(Transactions.long)[0].hasPrefix("worn transaction 8"))
    #expect(await simulator.memoryWrites == MemoryWrites())
    await expect(meter, [.octets(of: .basic(1), 0..<4)], ["octets 454c4f4e"])
    #expect(await meter.words([.octets(of: .basic(1), 0..<4)])[0].hasPrefix("worn transaction 8"))
    await meter.set(wear: WearLedger(meter.wear), anyway: true)
    await expect(meter, Transactions.long, ["called EP39 2"])
    #expect(await meter.wear.count(of: .transactionWrite) == 102)
    #expect(await simulator.memoryWrites == MemoryWrites(transactionTable: 3))
  }
}
