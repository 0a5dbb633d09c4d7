// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables
import Testing

@testable import MEPSimulator

@Suite(.timeLimit(.minutes(1))) struct MeterTransactionTests {
  private let flags = Request.writePart(.extended(50), offset: 30, [0b0000_0101])
  private let clock = Request.read(.basic(52), length: 7)

  private func call(_ number: UInt16, _ sequence: UInt8, _ parameters: [UInt8]) -> Request {
    .write(.basic(7), ProcedureCall(number: number, sequence: sequence, parameters: parameters).octets)
  }

  @Test func stepsAreCarriedOutInTheirOrder() async throws {
    let bench = try Bench(.gen3)
    let flagsRead = Request.readPart(.extended(50), offset: 30, length: 1)
    let steps = [flags, flagsRead, call(0x0811, 5, [0, 0xE8, 3]), .read(.basic(8), length: 4), flagsRead, clock]
    let answers = try await bench.transact(7, steps).answers(to: steps)
    let time = Moment(secondsSince2000: bench.clock.now())
    // Registered, then removed by EP17. The clock's last octet: Friday, UTC, in summer.
    #expect(
      answers == [
        .done, .data([5]), .done, .data([0x11, 0x08, 5, 0]), .data([4]),
        .data(time.octets + [29]),
      ])
    #expect(await bench.meter.transactions == 1)
    #expect(await bench.meter.writes == 2, "one of ET52, one of a step")
  }

  /// What the key may not write is refused, and the steps around it are done.
  @Test(arguments: [false, true]) func itHasTheRightsOfTheKeyThatWroteIt(isAdvanced: Bool) async throws {
    let bench = try Bench(.gen3, key: isAdvanced ? advancedKey : basicKey)
    let steps = [Request.writePart(.extended(4), offset: 13, [60]), flags, .writePart(.basic(21), offset: 0, [1])]
    let first: Response = isAdvanced ? .done : .refused(.noPermission)
    #expect(try await bench.transact(1, steps).answers(to: steps) == [first, .done, .refused(.noPermission)])
  }

  @Test func itIsDueWhenItsClosingNumberIsWritten() async throws {
    let bench = try Bench(.gen3)
    let octets = Transaction(.requests, number: 0x0102, records: [flags.body]).octets
    for i in octets.indices {
      #expect(await bench.meter.transactions == 0)
      #expect(try await bench.ask(.writePart(.extended(52), offset: UInt32(i), [octets[i]])) == .done)
    }
    #expect(await bench.meter.transactions == 1)
    #expect(try await bench.answers().answers(to: [flags]) == [.done])
  }

  @Test func theSameIsNotCarriedOutTwiceRunning() async throws {
    let bench = try Bench(.gen3)
    for (number, count) in [(1, 1), (1, 1), (2, 2), (1, 3), (1, 3)] as [(UInt16, Int)] {
      _ = try await bench.transact(number, [flags])
      #expect(await bench.meter.transactions == count)
    }
    // The same number with other steps is another transaction.
    _ = try await bench.transact(1, [flags, flags])
    #expect(await bench.meter.transactions == 4)
  }

  @Test func oneThatMeetsTheGridsIsLost() async throws {
    let bench = try Bench(.gen3, scenario: "+1m transaction lost")
    _ = try await bench.transact(1, [flags])
    bench.clock.go(60)
    #expect(try await bench.transact(2, [flags]).number == 1)
    #expect(await bench.meter.transactions == 1)
    // It is no duplicate of what was not carried out.
    #expect(try await bench.transact(2, [flags]).number == 2)
    #expect(await bench.meter.transactions == 2)
  }

  /// All of it is done again as soon as power is back, however far it had got.
  @Test(arguments: 0...5) func powerFailsInIt(afterSteps: Int) async throws {
    let bench = try Bench(.gen3, scenario: "+1m transaction cut \(afterSteps) 2m")
    bench.clock.go(60)
    let tier = Request.writePart(.extended(47), offset: 0, [1])
    let steps = [tier, call(0x0811, 6, [0, 7, 0]), .read(.basic(8), length: 4), flags]
    let number = UInt16(40 + afterSteps)
    try await bench.meter.carryOut(Transaction(.requests, number: number, records: steps.map(\.body)))
    #expect(await bench.meter.port(1).status().isDeaf)
    #expect(await bench.meter.writes == 1 + [0, 1, 1, 1, 2, 2][afterSteps])
    bench.clock.go(119)
    #expect(await bench.meter.transactions == 1)
    bench.clock.go(1)
    let answers = try await bench.answers()
    #expect(await bench.meter.transactions == 2)
    #expect(answers.number == number)
    #expect(try answers.answers(to: steps) == [.done, .done, .data([0x11, 0x08, 6, 3]), .done])
    #expect(await bench.meter.writes == 1 + [0, 1, 1, 1, 2, 2][afterSteps] + 2)
    #expect(await bench.meter.procedureCalls == (afterSteps < 2 ? 1 : 2))
    // It stays the one before, which is not to be repeated.
    _ = try await bench.transact(number, steps)
    #expect(await bench.meter.transactions == 2)
  }

  /// BT07 has room for 255 octets of parameters; a transaction for more.
  @Test func aCallInItMayBeLonger() async throws {
    let bench = try Bench(.gen3)
    #expect(try await bench.ask(flags) == .done)
    let data = (0..<400).map { UInt8(truncatingIfNeeded: $0) }
    let parameters: [UInt8] = [3, 1, 0x90, 0x01] + data
    #expect(try await bench.ask(call(0x0827, 5, parameters)) == .done)
    #expect(try await bench.answer()?.result == 2, "the end of it was cut off")
    #expect(
      try await bench.ask(.writePart(.basic(7), offset: 0, [0x27, 0x08, 6] + parameters))
        == .refused(.operationNotPossible))
    let steps = [call(0x0827, 7, parameters), .read(.basic(8), length: 4)]
    #expect(try await bench.transact(1, steps).answers(to: steps) == [.done, .data([0x27, 0x08, 7, 0])])
    let held = try await bench.read(.et16).octets
    #expect((0..<held.count - 400).contains { held[$0..<$0 + 400].elementsEqual(data) })
  }

  @Test func whatFindsNoRoomIsNotAnswered() async throws {
    let bench = try Bench(.gen3)
    // 7 + 8 × 220 = 1767 of 1785 octets.
    let steps = [Request](repeating: .readPart(.basic(28), offset: 0, length: 215), count: 9)
    let response = try await bench.transact(1, steps)
    #expect(response.type == .partialResponses && response.records.count == 8)
  }

  // MARK: The lock

  private func lock(_ bench: Bench, _ sequence: UInt8, _ table: TableID, _ locks: Bool = true) async throws -> UInt8? {
    #expect(try await bench.call(0x083D, sequence: sequence, [locks ? 1 : 0]) == .done)
    return try await bench.answer(table)?.result
  }

  private func isLocked(_ bench: Bench) async throws -> [Int64?] {
    [try await bench.integer(.et54, "mep_tx_locked"), try await bench.integer(.et54, "mep_tx_lock_channel")]
  }

  @Test func theLockIsOnePorts() async throws {
    let first = try Bench(.gen4)
    let second = try Bench(.gen4, port: 2, clock: first.clock, meter: first.meter)
    #expect(try await isLocked(first) == [0, 0])
    #expect(try await lock(first, 5, .basic(8)) == 0)
    #expect(try await isLocked(second) == [1, 1])
    // The other one can neither take it, nor give it back, nor write; what it reads does no harm.
    #expect(try await lock(second, 6, .extended(85)) == 3)
    #expect(try await lock(second, 7, .extended(85), false) == 3)
    let octets = Transaction(.requests, number: 3, records: [clock.body]).octets
    let write = Request.writePart(.extended(52), offset: 0, octets)
    #expect(try await second.ask(write) == .refused(.tableOperationNotPossible))
    #expect(try await second.data(.readPart(.extended(53), offset: 0, length: 5)) == [0, 0, 0, 0, 0])
    #expect(try await first.ask(write) == .done)
    #expect(try await lock(first, 8, .basic(8), false) == 0)
    #expect(try await isLocked(first) == [0, 0])
    #expect(try await second.ask(write) == .done)
    #expect(await first.meter.transactions == 1, "the same again")
  }

  @Test func theLockEndsAfterTenSeconds() async throws {
    let first = try Bench(.gen4)
    let second = try Bench(.gen4, port: 2, clock: first.clock, meter: first.meter)
    #expect(try await lock(first, 5, .basic(8)) == 0)
    first.clock.go(9)
    // Taken again it lasts 10 s from there; a clock that is moved does not matter.
    #expect(try await lock(first, 6, .basic(8)) == 0)
    await first.meter.carryOut(.clock(seconds: 3600))
    first.clock.go(9)
    #expect(try await lock(second, 7, .extended(85)) == 3)
    first.clock.go(1)
    #expect(try await isLocked(first) == [0, 0])
    #expect(try await lock(second, 8, .extended(85)) == 0)
    #expect(try await isLocked(first) == [1, 2])
    #expect(try await lock(first, 9, .basic(8)) == 3)
    await first.meter.carryOut(.powerOutage(seconds: 1))
    first.clock.go(1)
    #expect(try await isLocked(first) == [0, 0])
  }

  @Test func whoHasOnePortHasNoLock() async throws {
    let bench = try Bench(.gen3)
    #expect(try await lock(bench, 5, .basic(8)) == 6)
    let four = try Bench(.gen4)
    #expect(try await four.call(0x083D, sequence: 5, [2]) == .done)
    #expect(try await four.answer()?.result == 2)
    for (bench, has) in [(bench, false), (four, true)] {
      let set = try await bench.read(.bt00).values(named: "Extended Procedures Used")
      guard case .octets(let octets)? = set.first else {
        Issue.record("no set")
        continue
      }
      #expect((octets[7] >> 5 & 1 == 1) == has)
    }
  }

  // MARK: Memory

  @Test func whatWearsTheMemoryIsCounted() async throws {
    let bench = try Bench(.gen3)
    #expect(await bench.meter.memoryWrites == MemoryWrites())
    #expect(try await bench.ask(flags) == .done)
    #expect(await bench.meter.memoryWrites == MemoryWrites(), "ET50 is not kept there")
    #expect(try await bench.ask(.writePart(.extended(51), offset: 1, [60, 0])) == .done)
    #expect(try await bench.ask(call(0x0811, 5, [0, 7, 0])) == .done)
    #expect(try await bench.ask(.writePart(.basic(21), offset: 0, [0])) == .refused(.noPermission))
    #expect(await bench.meter.memoryWrites == MemoryWrites(tables: 2))
    _ = try await bench.transact(1, [.writePart(.extended(51), offset: 1, [60, 0]), call(0x0811, 6, [0, 7, 0])])
    #expect(await bench.meter.memoryWrites == MemoryWrites(tables: 2, transactionTable: 1))
  }
}

extension Bench {
  /// Writes a transaction in one message, and gives what ET53 then holds.
  fileprivate func transact(_ number: UInt16, _ steps: [Request]) async throws -> Transaction {
    let octets = Transaction(.requests, number: number, records: steps.map(\.body)).octets
    for start in stride(from: 0, to: octets.count, by: 450) {
      let part = Array(octets[start...].prefix(450))
      guard try await ask(.writePart(.extended(52), offset: UInt32(start), part)) == .done else { throw Refused() }
    }
    return try await answers()
  }

  /// What ET53 holds.
  fileprivate func answers() async throws -> Transaction {
    let head = try await data(.readPart(.extended(53), offset: 0, length: 5))
    let size = Int(head[0]) | Int(head[1]) << 8
    var octets: [UInt8] = []
    for start in stride(from: 0, to: size, by: 465) {
      octets += try await data(
        .readPart(.extended(53), offset: UInt32(start), length: UInt16(min(465, size - start))))
    }
    return try Transaction(octets: octets)
  }
}

extension SimulatedMeter {
  /// Has a port write a transaction whose answer nobody hears.
  fileprivate func carryOut(_ transaction: Transaction) async throws {
    let write = Request.writePart(.extended(52), offset: 0, transaction.octets)
    let sealed = Exchange.seal(write, sequence: 77, key: advancedKey)
    var connection = ServerConnection(basic: basicKey, advanced: advancedKey, sequence: 76)
    connection.receive(sealed.frame, at: .now())
    guard let accepted = connection.takeRequest() else { throw Bench.Refused() }
    _ = await port(1).answer(accepted)
  }
}
