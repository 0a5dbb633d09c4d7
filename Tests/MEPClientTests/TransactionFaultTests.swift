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
@Suite(.timeLimit(.minutes(2))) struct TransactionFaultTests {
  struct Case: CustomTestStringConvertible {
    let profile: Profile
    let fate: TamperedLink.Fate
    var testDescription: String { "\(fate) on \(profile)" }
  }
  static let cases = [Profile.gen3, .gen4].flatMap { profile in
    TamperedLink.Fate.allCases.map { Case(profile: profile, fate: $0) }
  }

  /// Long enough that no answer seems to be lost that is not.
  private var timers: Timers {
    var timers = Timers.hasty
    (timers.response, timers.longestResponse) = (.milliseconds(300), .milliseconds(300))
    (timers.silence, timers.requestGap) = (.milliseconds(50), .milliseconds(50))
    return timers
  }

  /// Each message of the conversation, in turn, is lost or damaged.
  @Test(arguments: cases) func everyMessageInTurn(_ test: Case) async throws {
    var message = 1
    while true {
      let simulator = try simulated(test.profile)
      let counter = Counter()
      let link = TamperedLink(plug(simulator.port(1), timers: timers)) { [message] _, _ in
        await counter.next() == message + 1000 ? test.fate : .pass
      }
      let meter = await Meter(hasty: link, timers: timers)
      // What is read once and known from then on is not of this conversation.
      _ = try await meter.plan(Transactions.registration)
      await counter.set(1000)
      var wanted = Transactions.registrationAnswers
      if test.profile.ports == 2 { wanted[0] = "octets 4e455300" }
      await expect(meter, Transactions.registration, wanted, "message \(message)")
      #expect(await simulator.transactions == 1, "message \(message)")
      #expect(await simulator.procedureCalls == (test.profile.ports == 2 ? 3 : 1), "message \(message)")
      let sent = await counter.value - 1000
      meter.close()
      guard message < sent, test.fate != .pass else {
        #expect(sent >= (test.profile.ports == 2 ? 14 : 7))
        return
      }
      message += 1
    }
  }

  @Test func oneThatMeetsTheGridsIsWrittenAgain() async throws {
    let simulator = try simulated(.gen3)
    let wire = Wire()
    let meter = await Meter(hasty: wire.tap(plug(simulator.port(1))), patience: 60)
    await meter.set(wear: Wear())
    await simulator.carryOut(.transaction(.lost))
    await expect(meter, Transactions.registration, Transactions.registrationAnswers)
    #expect(await simulator.transactions == 1)
    #expect(wire.transactionWrites.count == 2)
    #expect(wire.transactionWrites[0].octets == wire.transactionWrites[1].octets)
    #expect(await meter.wear?.count(of: .transactionWrite) == 2)
    // Of a long one, the part with the closing number will do.
    wire.forget()
    await simulator.carryOut(.transaction(.lost))
    await expect(meter, Transactions.long, ["called EP39 2"])
    #expect(wire.transactionWrites.map(\.octets.count) == [456, 68, 68])
  }

  @Test func oneThatIsLostAgainAndAgainIsGivenUp() async throws {
    let simulator = try simulated(.gen3)
    let wire = Wire()
    let handler = Preceded(simulator.port(1)) { request in
      if case .writePart(.extended(52), _, _) = request { await simulator.carryOut(.transaction(.lost)) }
    }
    let meter = await Meter(hasty: wire.tap(plug(handler)), patience: 30)
    await expect(meter, Transactions.registration, ["transaction lost"])
    #expect(await simulator.transactions == 0)
    #expect(wire.transactionWrites.count == 3)
  }

  /// Power fails after each step in turn, and comes back while the client still asks.
  @Test(arguments: 0...7) func powerFailsForAMoment(afterSteps: Int) async throws {
    let clock = SetClock()
    let simulator = try SimulatedMeter(.gen3, clock: { clock.now() })
    let link = TamperedLink(plug(simulator.port(1), timers: timers)) { _, _ in
      clock.go(1)
      return .pass
    }
    let meter = await Meter(hasty: link, timers: timers)
    _ = try await meter.plan(Transactions.registration)
    await simulator.carryOut(.transaction(.powerFailure(afterSteps: afterSteps, seconds: 5)))
    await expect(meter, Transactions.registration, Transactions.registrationAnswers)
    #expect(await simulator.transactions == 2)
    #expect(await simulator.procedureCalls == (afterSteps < 4 ? 1 : 2))
  }

  @Test func powerThatStaysAwayLeavesTheOutcomeOpen() async throws {
    let clock = SetClock()
    let simulator = try SimulatedMeter(.gen3, clock: { clock.now() })
    let meter = await Meter(hasty: plug(simulator.port(1), timers: timers), timers: timers)
    await simulator.carryOut(.transaction(.powerFailure(afterSteps: 2, seconds: 60)))
    await expect(meter, Transactions.registration, ["exchange noAnswer ET52, may have been executed"])
    clock.go(60)
    // It was carried out by itself meanwhile.
    #expect(try await meter.read(.et50, paths: [Transactions.registered]).integers == [0])
    #expect(await simulator.transactions == 2)
  }

  /// The line dies when all is done: nothing is said of what was to be read only, all else may have been done.
  @Test func theLineThatDiesBeforeTheAnswer() async throws {
    let simulator = try simulated(.gen3)
    let link = TamperedLink(plug(simulator.port(1), timers: timers)) { request, _ in
      if case .readPart(.extended(53), offset: 0, _) = request { .loseAnswer } else { .pass }
    }
    let meter = await Meter(hasty: link, timers: timers)
    await expect(meter, Transactions.registration, ["exchange noAnswer ET52, may have been executed"])
    await expect(meter, [.octets(of: .basic(1), 0..<4)], ["exchange noAnswer ET53"])
    #expect(await simulator.transactions == 2)
  }

  // MARK: Configuration changes

  /// Decoded by what the meter says of itself now; nothing that was read is mixed.
  @Test(arguments: Reconfiguration.allCases) func reconfiguredWhileItIsRead(_ change: Reconfiguration) async throws {
    let simulator = try simulated(.gen3)
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

  @Test func reconfiguredAfterItWasWritten() async throws {
    let simulator = try simulated(.gen3)
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
    let simulator = try simulated(.gen3Old)
    let meter = await Meter(hasty: plug(simulator.port(1)))
    await meter.set(wear: Wear())
    try await meter.write(.extended(51), offset: 1, [60])
    try await meter.write(.extended(50), offset: 30, [1])
    #expect(try await meter.call(procedure: Transactions.ep17, parameters: [0, 0xE8, 3]).result == 0)
    for _ in 0..<2 { await expect(meter, Transactions.registration, Transactions.registrationAnswers) }
    await expect(meter, Transactions.long, ["called EP39 2"])
    let wear = try #require(await meter.wear)
    let counts = MemoryWrites(tables: wear.count(of: .tableWrite), transactionTable: wear.count(of: .transactionWrite))
    #expect(counts == MemoryWrites(tables: 2, transactionTable: 4))
    #expect(await simulator.memoryWrites == counts)
  }

  /// One that takes two writes is not begun with one left.
  @Test func wearIsRefusedAsAWhole() async throws {
    let simulator = try simulated(.gen3)
    let meter = await Meter(hasty: plug(simulator.port(1)))
    var wear = Wear()
    wear.count(.transactionWrite, 99, at: Int64(time(nil)))
    await meter.set(wear: wear)
    #expect(await meter.words(Transactions.long)[0].hasPrefix("worn transaction 8"))
    #expect(await simulator.memoryWrites == MemoryWrites())
    await expect(meter, [.octets(of: .basic(1), 0..<4)], ["octets 454c4f4e"])
    #expect(await meter.words([.octets(of: .basic(1), 0..<4)])[0].hasPrefix("worn transaction 8"))
    await meter.set(wear: await meter.wear, anyway: true)
    await expect(meter, Transactions.long, ["called EP39 2"])
    #expect(await meter.wear?.count(of: .transactionWrite) == 102)
    #expect(await simulator.memoryWrites == MemoryWrites(transactionTable: 3))
  }
}
