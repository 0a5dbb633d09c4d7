// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// The conversation by ET52, ET53 and EP61.
extension Meter {
  /// Runs `body` while this client has ET52 and ET53 to itself, and gives them back however it ends.
  func locked<T>(
    _ plan: TransactionPlan, _ body: () async throws(MeterError) -> T
  ) async throws(MeterError) -> T {
    guard plan.isShared, let responses = plan.responses else { return try await body() }
    let result: Result<T, MeterError>
    do throws(MeterError) {
      try await lock(responses)
      result = .success(try await body())
    } catch {
      result = .failure(error)
    }
    if case .failure(.transaction(.locked)) = result {} else { await unlock(responses) }
    return try result.get()
  }

  private func lock(_ responses: TableID) async throws(MeterError) {
    let answer = try await look(for: patience.lock) { () async throws(MeterError) -> ProcedureAnswer? in
      let answer = try await setLock(true, responses)
      return answer.result == Self.conflict ? nil : answer
    }
    guard let answer else { throw .transaction(.locked) }
    // A meter whose second port is not in use need not have the procedure.
    guard answer.result == 0 || answer.result == Self.unrecognized else { throw .procedure(answer) }
  }

  private func unlock(_ responses: TableID) async {
    // In a task of its own, which goes on though this one be cancelled.
    await Task {
      do throws(MeterError) { _ = try await setLock(false, responses) } catch {
        log.notice("the transaction tables stay locked for 10 s", metadata: ["reason": "\(error)"])
      }
    }.value
  }

  private func setLock(_ locks: Bool, _ responses: TableID) async throws(MeterError) -> ProcedureAnswer {
    try await call(
      TransactionLockControl.procedure.id.number, TransactionLockControl(locks: locks).octets, answeredIn: responses)
  }

  /// EP61: the other client has the lock.
  private static let conflict: UInt8 = 3
  private static let unrecognized: UInt8 = 6

  /// Writes a transaction and reads what the meter answers to each request.
  func exchange(_ plan: TransactionPlan) async throws(MeterError) -> [Response] {
    var places = [(Table.et52.id, 3), (Table.et53.id, 3)]
    if plan.writes > 1 { places.append((Table.et52.id, plan.octets - 2)) }
    let transaction = try plan.transaction(number: try await number(unlikeThoseAt: places))
    try await spend(on: Table.et52.id, writes: plan.writes)
    for case .call(let procedure, let parameters) in plan.steps.map(\.step) {
      acknowledged.note(ProcedureCall(number: procedure, sequence: 0, parameters: parameters))
    }
    // Whoever only reads may go.
    let answered =
      plan.onlyReads
      ? try await carryOut(transaction, plan)
      : try await toItsEnd { () async throws(MeterError) in try await self.carryOut(transaction, plan) }
    do throws(TransactionAnswerFlaw) { return try answered.answers(to: plan.steps.flatMap(\.requests)) } catch {
      throw .transaction(.answer(error))
    }
  }

  private func carryOut(_ transaction: Transaction, _ plan: TransactionPlan) async throws(MeterError) -> Transaction {
    var written = 0
    do throws(MeterError) {
      for part in plan.parts {
        try await write(part, of: transaction, plan)
        written += 1
      }
      return try await answer(to: transaction, plan)
    } catch {
      // Only the closing number, in the last part, has the meter begin.
      guard !plan.onlyReads else { throw error }
      let isBegun = written + 1 >= plan.writes
      switch error {
      case .exchange(let lost, _):
        let mayHaveBeenExecuted = isBegun && (lost.mayHaveBeenExecuted || written == plan.writes)
        throw .exchange(ExchangeError(lost.reason, mayHaveBeenExecuted: mayHaveBeenExecuted), Table.et52.id)
      case .refused where written < plan.writes: throw error
      case .transaction: throw error
      default: throw .unfinished(Unfinished([.init("the transaction", isBegun ? .unknown : .notDone)], error))
      }
    }
  }

  /// One that the meter cannot take for that of the transaction before, nor find at the end before it was written there.
  private func number(unlikeThoseAt places: [(table: TableID, offset: Int)]) async throws(MeterError) -> UInt16 {
    var used: Set<UInt16> = []
    for (table, offset) in places {
      let octets = try await part(of: table, offset..<offset + 2)
      if let number = UInt16(leastFirst: octets, at: 0) { used.insert(number) }
    }
    var number: UInt16
    repeat { number = .random(in: .min ... .max) } while used.contains(number)
    return number
  }

  private func write(
    _ part: Range<Int>, of transaction: Transaction, _ plan: TransactionPlan
  ) async throws(MeterError) {
    do throws(MeterError) {
      try await writePart(Table.et52.id, part.lowerBound, Array(transaction.octets[part]))
    } catch {
      // After its 10 s a lock can be another's.
      guard case .refused = error, plan.isShared else { throw error }
      let own = plan.responses == Table.et85.id ? 2 : 1
      guard let holder = try await integer(.et54, "mep_tx_lock_channel"), holder != 0, holder != own else {
        throw error
      }
      throw .transaction(.locked)
    }
  }

  /// ET53, once it holds the answer. A transaction that the grid's has pushed aside is written again: under the same number
  /// it cannot be carried out twice running.
  private func answer(to transaction: Transaction, _ plan: TransactionPlan) async throws(MeterError) -> Transaction {
    for round in 0..<Self.rounds {
      if round > 0 {
        log.notice("the meter has not answered the transaction: writing it again")
        try await spend(on: Table.et52.id, begun: true)
        try await write(plan.parts[plan.writes - 1], of: transaction, plan)
      }
      let answer = try await look(for: patience.transaction) { () async throws(MeterError) in
        try await posted(transaction.number)
      }
      if let answer { return answer }
      // Behind another client's transaction this one would be new to the meter.
      guard try await octets(of: Table.et52.id, 0..<plan.octets) == transaction.octets else {
        throw .transaction(.replaced)
      }
    }
    throw .transaction(.lost)
  }

  /// What ET53 holds, if it is the whole answer to the transaction of this number.
  private func posted(_ number: UInt16) async throws(MeterError) -> Transaction? {
    let head = 0..<Transaction.head
    let size: Int
    switch TransactionState(head: try await part(of: Table.et53.id, head), number: number) {
    case .processing: return nil
    case .denied: throw .transaction(.denied)
    case .complete(let octets), .partial(let octets): size = octets
    }
    let octets = try await octets(of: Table.et53.id, 0..<size)
    // Of several parts each could be another transaction's.
    if size > room.read,
      case .processing = TransactionState(head: try await part(of: Table.et53.id, head), number: number)
    {
      return nil
    }
    let answer = try? Transaction(octets: octets)
    return answer?.number == number ? answer : nil
  }

  private func octets(of table: TableID, _ range: Range<Int>) async throws(MeterError) -> [UInt8] {
    var octets: [UInt8] = []
    for part in Fetch.split(range, within: room.read) { octets += try await self.part(of: table, part) }
    return octets
  }
}
