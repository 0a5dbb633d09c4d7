// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

@Suite(.timeLimit(.minutes(3))) struct TransactionTests {
  @Test(arguments: [Profile.gen3Old, .gen3, .gen4]) func aStepOfEachKind(_ profile: Profile) async throws {
    let simulator = try simulated(profile.alone)
    let wire = Wire()
    let meter = await Meter(hasty: wire.tap(plug(simulator.port(1))))
    var wanted = Transactions.registrationAnswers
    if profile.manufacturer == "NES" { wanted[0] = "octets 4e455300" }
    await expect(meter, Transactions.registration, wanted)
    #expect(await simulator.transactions == 1)
    // The lock of a meter with two ports is a call, and giving it back another.
    #expect(await simulator.procedureCalls == (profile.ports == 2 ? 3 : 1))
    #expect(wire.transactionWrites.count == 1)
  }

  @Test func wholeTablesAreDecoded() async throws {
    let meter = await Meter(hasty: plug(try simulated(.gen4.alone).port(1)))
    // More octets than a message, a layout that only the table itself tells, octets that nobody declared.
    let answers = try await meter.carryOut([
      .read(.bt23), .read(.et42, paths: ["fixed_section_length"]), .read(.bt28), .octets(of: .basic(99), 0..<1),
    ])
    guard case .table(let registers) = answers[0], case .fields(let code) = answers[1],
      case .table(let present) = answers[2], case .failed(let error) = answers[3]
    else {
      Issue.record("\(answers.map(\.words))")
      return
    }
    #expect(registers.bySource == (try await meter.read(.bt23).bySource))
    #expect(present.byName == (try await meter.read(.bt28).byName))
    #expect(code.octets == (try await meter.read(.et42).octets))
    #expect(error.words == "refused Table operation not possible BT99")
  }

  /// What cannot be one is refused before ET52 is written.
  @Test func whatCannotBeATransactionIsRefused() async throws {
    let wire = Wire()
    let meter = await Meter(hasty: wire.tap(plug(try simulated(.gen3.alone).port(1))))
    let read = TransactionStep.read(.bt23)
    for (steps, words) in [
      ([], "noSteps"), ([read, .read(.et53)], "nested(step: 1)"),
      ([read, .write(.extended(52), [1])], "nested(step: 1)"),
      // A step of several requests counts as one.
      ([.read(.bt28), .read(.et13), .call(procedure: 0x0810, parameters: [1, 0, 0, 0])], "notRepeatable(step: 2)"),
      ([.call(procedure: 0x0813)], "notRepeatable(step: 0)"), ([.call(procedure: 0x0005)], "notRepeatable(step: 0)"),
      ([.read(.et51), .write(.extended(51), offset: 1, [60])], "notRepeatable(step: 1)"),
      ([.call(procedure: 0x0827, parameters: [UInt8](repeating: 1, count: 873))], "requestsTooLong(octets: 897)"),
      ([.octets(of: .basic(1), 0..<1774)], "responsesTooLong(octets: 1786)"),
      ([.octets(of: .basic(64), 0x100_0000..<0x100_0001)], "unencodable(step: 0)"),
    ] as [([TransactionStep], String)] {
      await expect(meter, steps, ["transaction refused \(words)"])
      #expect(
        await failure { () async throws(MeterError) in try await meter.plan(steps) } == "transaction refused \(words)")
    }
    await expect(meter, [.read(.bt28, paths: ["nonsense"])], ["no such field BT28 nonsense"])
    await expect(meter, [.write(.basic(21), [1])], ["not allowed BT21 none"])
    #expect(wire.transactionWrites.isEmpty)
  }

  @Test func whatTheKeyDoesNotAllowIsRefusedStepByStep() async throws {
    let simulator = try simulated(.gen3.alone)
    let link = plug(simulator.port(1))
    let basic = Meter(at: link, key: basicKey)
    await expect(
      basic, [.write(.extended(4), offset: 13, [60]), .octets(of: .extended(4), 13..<14)],
      ["failed: refused No permission for specified request ET04", "octets 32"])
    await basic.set(access: .basic)
    await expect(basic, [.write(.extended(4), offset: 13, [60])], ["not allowed ET04 MAK"])
  }

  /// Each number differs from that of the transaction before, also when another client wrote that.
  @Test func theNumberIsNew() async throws {
    let simulator = try simulated(.gen3.alone)
    let wire = Wire()
    for _ in 0..<4 {
      let meter = await Meter(hasty: wire.tap(plug(simulator.port(1))))
      for _ in 0..<2 { await expect(meter, [.octets(of: .basic(1), 0..<4)], ["octets 454c4f4e"]) }
      meter.close()
    }
    let numbers = wire.transactionWrites.map { UInt16($0.octets[3]) | UInt16($0.octets[4]) << 8 }
    #expect(numbers.count == 8 && zip(numbers, numbers.dropFirst()).allSatisfy { $0 != $1 })
    #expect(Set(numbers).count > 2 && numbers.contains { $0 > 255 }, "random")
    #expect(await simulator.transactions == 8)
  }

  /// The closing number comes whole, in the last part, and no message has a length that the guide leaves open.
  @Test(arguments: [
    (179, [179]), (180, [178, 2]), (181, [181]), (372, [370, 2]), (456, [456]), (457, [455, 2]), (458, [456, 2]),
    (636, [456, 178, 2]), (828, [456, 370, 2]), (896, [456, 440]),
  ]) func longOnesAreWrittenInParts(octets: Int, parts: [Int]) async throws {
    let simulator = try simulated(.gen3.alone)
    let wire = Wire()
    let meter = await Meter(hasty: wire.tap(plug(simulator.port(1))))
    // Around them: size, type and numbers, two lengths, the heads of a write of BT07 and of a read of BT08.
    let steps = [
      TransactionStep.call(procedure: 0x0827, parameters: [UInt8](repeating: 9, count: octets - 24))
    ]
    let plan = try await meter.plan(steps)
    #expect(plan.octets == octets && plan.writes == parts.count)
    await expect(meter, steps, ["called EP39 2"])
    #expect(wire.transactionWrites.map(\.octets.count) == parts)
    #expect(wire.sendings.allSatisfy { ($0.count - 2 - Digest.length) % Digest.pass != 0 })
    #expect(await simulator.transactions == 1)
  }

  /// "A few hundred milliseconds": until then ET53 is the one before, or nothing.
  @Test func theAnswerIsWaitedFor() async throws {
    let forger = Forger(try simulated(.gen3.alone).port(1)) { requests, look in
      guard look > 3 else { return Transaction(.responses, number: requests.number &+ 1, records: []) }
      return requests.answered(limit: 1785) { _ in .data([7]) }
    }
    let wire = Wire()
    let meter = await Meter(hasty: wire.tap(plug(forger)))
    await expect(meter, [.octets(of: .basic(1), 0..<1)], ["octets 07"])
    #expect(wire.transactionWrites.count == 1)
  }

  @Test func whatFoundNoRoomIsNotAnswered() async throws {
    let forger = Forger(try simulated(.gen3.alone).port(1)) { requests, _ in
      requests.answered(limit: 20) { $0.isRead ? .data([7]) : .done }
    }
    let meter = await Meter(hasty: plug(forger))
    let read = TransactionStep.octets(of: .basic(1), 0..<1)
    await expect(
      meter, [read, read, .write(.extended(51), [1])], ["octets 07", "octets 07", "failed: transaction unanswered"])
  }

  @Test(arguments: [
    ("denied", Transaction(.groupDenied, number: 0, records: [])),
    ("answer wrongCount", Transaction(.responses, number: 0, records: [[5], [5]])),
    (
      "answer damaged(step: 0, MEP.ResponseFlaw.wrongLength)",
      Transaction(.responses, number: 0, records: [[0, 0, 2, 7]])
    ),
    ("lost", Transaction(.requests, number: 0, records: [])),
  ]) func whatIsNoAnswerIsNamed(words: String, forged: Transaction) async throws {
    let forger = Forger(try simulated(.gen3.alone).port(1)) { requests, _ in
      var answer = forged
      answer.number = requests.number
      return answer
    }
    let meter = await Meter(hasty: plug(forger), patience: 30)
    await expect(meter, [.octets(of: .basic(1), 0..<4)], ["transaction \(words)"])
  }

  /// A call whose answer comes late is looked for once more, unless another call has taken its place.
  @Test func anAnswerThatIsPostedLate() async throws {
    let simulator = try simulated(.gen3.alone)
    let forger = Forger(simulator.port(1)) { requests, _ in
      requests.answered(limit: 1785) { $0.isRead ? .data([UInt8](repeating: 0, count: 16)) : .done }
    }
    let wire = Wire()
    let posted = Altered(forger) { [wire] request, response in
      guard request.table == .basic(8), let octets = wire.transactionWrites.last?.octets,
        let written = try? Transaction(octets: octets),
        case .write(_, let call)? = try? Request(body: written.records[2])
      else { return response }
      return .data(Array(call[0..<3]) + [0])
    }
    let meter = await Meter(hasty: wire.tap(plug(posted)))
    let call = TransactionStep.call(procedure: Transactions.ep17, parameters: [0, 1, 0])
    await expect(meter, [call, call], ["failed: transaction unposted", "called EP17 0"])
  }

  // MARK: Together

  @Test func tablesOfOneMoment() async throws {
    let simulator = try simulated(.gen4.alone)
    let meter = await Meter(hasty: plug(simulator.port(1)))
    let wanted: [(table: Table, paths: [String])] = [
      (.bt23, []), (.bt28, []), (.bt52, []), (.bt23, ["summations"]), (.et13, []), (.et14, []),
      (.bt28, ["rms_voltage_l1"]),
      (.et16, []),
    ]
    // Up to ET14 and a voltage they take 1772 of 1785 octets; ET16 alone has 3102.
    let words = await failure { () async throws(MeterError) in try await meter.readTogether(wanted) }
    #expect(words == "transaction refused responsesTooLong(octets: 3174)")
    #expect(await simulator.transactions == 0)
    let read = try await meter.readTogether(wanted.dropLast() + [(.bt22, []), (.et54, [])])
    #expect(read.map(\.transaction) == [0, 0, 0, 0, 0, 0, 0, 1, 1])
    #expect(await simulator.transactions == 2)
    guard case .table(let registers) = read[0].answer, case .fields(let totals) = read[3].answer,
      case .table(let devices) = read[4].answer
    else {
      Issue.record("\(read.map(\.answer.words))")
      return
    }
    #expect(registers.bySource == (try await meter.read(.bt23).bySource))
    #expect(totals.integers.count == 19)
    #expect(devices.octets == (try await meter.read(.et13).octets))
    #expect(try await meter.readTogether([]).isEmpty)
  }
}
