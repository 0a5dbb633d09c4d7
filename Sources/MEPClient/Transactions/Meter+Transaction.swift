// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

extension Meter {
  /// Lays steps out for this meter and refuses what cannot be a transaction. Nothing is written yet.
  public func plan(_ steps: [TransactionStep]) async throws(MeterError) -> TransactionPlan {
    try await alone { () async throws(MeterError) in
      let plan = try await lay(steps)
      _ = try plan.transaction(number: 0)
      return plan
    }
  }

  /// Has the meter carry out steps as a transaction, with the rights of this client's key (guide, "Table Transaction
  /// Guidelines"): written to ET52, answered in ET53. When power fails meanwhile, the meter carries all of them out again.
  ///
  /// An error is about all of them; what went wrong with one is in its answer.
  @discardableResult
  public func carryOut(_ steps: [TransactionStep]) async throws(MeterError) -> [TransactionAnswer] {
    try await alone { () async throws(MeterError) in
      for _ in 0..<Self.rounds {
        let plan = try await lay(steps)
        _ = try plan.transaction(number: 0)
        let done = try await locked(plan) { () async throws(MeterError) -> (TransactionPlan, [Response])? in
          // Nothing is written to where something else was yesterday.
          guard try await compareConfiguration() else { return nil }
          let numbered = try await numbered(plan)
          return (numbered, try await exchange(numbered))
        }
        guard let (plan, responses) = done else { continue }
        if try await isSame(after: steps) { return await answers(plan, responses) }
        guard steps.allSatisfy(\.isRead) else { throw .transaction(.reconfigured) }
      }
      throw .unsettled(Table.et52.id)
    }
  }

  /// Reads several tables, or fields of them, in as few transactions as they fit. What one transaction has read belongs
  /// together: no other client's request came in between, and no more than a few tenths of a second passed.
  ///
  /// - Parameter wanted: tables, and the paths of the fields that are wanted of each; none for all of them.
  /// - Returns: what was read of each, and in which transaction, counted from 0.
  public func readTogether(
    _ wanted: [(table: Table, paths: [String])]
  ) async throws(MeterError) -> [(transaction: Int, answer: TransactionAnswer)] {
    let steps = wanted.map { TransactionStep.read($0.table, paths: $0.paths) }
    let plan = try await alone { () async throws(MeterError) in try await lay(steps) }
    guard let runs = Transaction.split(plan.steps.map(\.requests), limits: plan.limits) else {
      // One of them is too large.
      for step in steps { _ = try await self.plan([step]) }
      return []
    }
    var read: [(transaction: Int, answer: TransactionAnswer)] = []
    for (i, run) in runs.enumerated() {
      for answer in try await carryOut(Array(steps[run])) { read.append((i, answer)) }
    }
    return read
  }

  /// Whether the configuration is still the one that steps were laid out for, which were carried out just now.
  private func isSame(after steps: [TransactionStep]) async throws(MeterError) -> Bool {
    if steps.allSatisfy(\.isRead) { return try await compareConfiguration() }
    do throws(MeterError) {
      return try await toItsEnd { () async throws(MeterError) in try await self.compareConfiguration() }
    } catch {
      throw .unfinished(Unfinished([.init("the transaction", .done), .init("reading its answers", .notDone)], error))
    }
  }

  // MARK: Laying out

  private func lay(_ steps: [TransactionStep]) async throws(MeterError) -> TransactionPlan {
    for step in steps { if case .write(let table, _, _) = step { try permit(table) } }
    for case .change(let plan) in steps { try permit(plan.table.id) }
    return try await settled(.et52) { () async throws(MeterError) in
      let limits = TransactionLimits(
        requests: try await currentLayout(of: .et52).octets, responses: try await currentLayout(of: .et53).octets)
      let isShared = try await currentLayout(of: .et50).entries(of: "MEP Inbound Configuration").count > 1
      let responses = isShared || steps.contains { $0.isCall } ? try await responseTable() : nil
      var laid: [TransactionPlan.Laid] = []
      for step in steps { laid.append(try await lay(step, answeredIn: responses)) }
      return TransactionPlan(steps: laid, limits: limits, responses: responses, isShared: isShared, room: room.write)
    }
  }

  private func lay(
    _ step: TransactionStep, answeredIn responses: TableID?
  ) async throws(MeterError) -> TransactionPlan.Laid {
    func part(_ table: TableID, _ range: Range<Int>) -> Request {
      .readPart(table, offset: UInt32(clamping: range.lowerBound), length: UInt16(clamping: range.count))
    }
    switch step {
    case .read(let table, let paths):
      let layout = try await currentLayout(of: table)
      guard paths.isEmpty || table.describesItself else {
        let places = try layout.places(matching: paths)
        let requests = Fetch.ranges(of: places, within: room.read).map { part(table.id, $0) }
        return .init(step: step, requests: requests, layout: layout, places: places)
      }
      // Messages in a transaction could be longer, but nobody has seen a meter take such reads.
      let length = table.describesItself ? room.read : layout.octets
      let requests =
        layout.octets <= room.read
        ? [.read(table.id, length: UInt16(length))]
        : Fetch.parts(of: layout, within: room.read).map { part(table.id, $0) }
      return .init(step: step, requests: requests)
    case .octets(let table, let range):
      let whole = Request.read(table, length: UInt16(room.read))
      return .init(step: step, requests: [range.map { part(table, $0) } ?? whole])
    case .write(let table, let offset, let octets):
      return .init(step: step, requests: [.writePart(table, offset: UInt32(clamping: offset), octets)])
    case .change(let plan):
      guard plan.configuration == configurations else { throw .outdated(plan.table.id) }
      return .init(
        step: step,
        requests: plan.parts.map { .writePart(plan.table.id, offset: UInt32(clamping: $0.offset), $0.octets) })
    case .call(let procedure, let parameters):
      let responses = responses ?? Table.bt08.id
      let length = try await currentLayout(of: Catalogue.table(responses) ?? .bt08).octets
      let call = ProcedureCall(number: procedure, sequence: 0, parameters: parameters)
      return .init(
        step: step, requests: [.write(.basic(7), call.octets), .read(responses, length: UInt16(length))])
    }
  }

  private func numbered(_ plan: TransactionPlan) async throws(MeterError) -> TransactionPlan {
    guard let responses = plan.responses, plan.steps.contains(where: \.step.isCall) else { return plan }
    let old = try await oldProcedureSequence(in: responses)
    return plan.numbered { nextProcedureSequence(besides: old) }
  }

  // MARK: Answers

  private func answers(_ plan: TransactionPlan, _ responses: [Response]) async -> [TransactionAnswer] {
    var answers: [TransactionAnswer] = []
    var rest = responses[...]
    for laid in plan.steps {
      answers.append(answer(laid, Array(rest.prefix(laid.requests.count))))
      rest = rest.dropFirst(laid.requests.count)
    }
    if let last = plan.steps.lastIndex(where: \.step.isCall), let call = plan.steps[last].call {
      answers[last] = await late(answers[last], to: call, plan.responses ?? Table.bt08.id)
    }
    return answers
  }

  private func answer(_ laid: TransactionPlan.Laid, _ responses: [Response]) -> TransactionAnswer {
    if case .call = laid.step { return called(laid, responses) }
    guard responses.count == laid.requests.count else { return .failed(.transaction(.unanswered)) }
    var parts: [[UInt8]] = []
    for (request, response) in zip(laid.requests, responses) {
      if let error = response.refusal(of: request) { return .failed(error) }
      if case .data(let octets) = response { parts.append(octets) }
    }
    do throws(MeterError) { return try answer(laid, parts) } catch { return .failed(error) }
  }

  private func answer(_ laid: TransactionPlan.Laid, _ parts: [[UInt8]]) throws(MeterError) -> TransactionAnswer {
    switch laid.step {
    case .read(let table, let paths):
      if let layout = laid.layout {
        let ranges = Fetch.ranges(of: laid.places, within: room.read)
        return .fields(try Selection(laid.places, of: layout, parts, at: ranges))
      }
      let octets = Array(parts.joined())
      let decoded = Decoded(layout: try laidOut(table, image: octets), octets: octets)
      return paths.isEmpty ? .table(decoded) : .fields(try Selection(paths, of: decoded))
    case .octets: return .octets(Array(parts.joined()))
    case .write, .change, .call: return .written
    }
  }

  private func called(_ laid: TransactionPlan.Laid, _ responses: [Response]) -> TransactionAnswer {
    guard let written = responses.first else { return .failed(.transaction(.unanswered)) }
    // A meter may refuse the number when power failed and it carries the call out again: the answer is there then.
    if responses.count > 1, case .data(let octets) = responses[1], let call = laid.call,
      let answer = ProcedureAnswer(octets: octets), answer.answers(call)
    {
      return .called(answer)
    }
    return .failed(written.refusal(of: laid.requests[0]) ?? .transaction(.unposted))
  }

  /// The answer to the last call, where it was not posted yet or the procedure works on.
  private func late(_ answer: TransactionAnswer, to call: ProcedureCall, _ table: TableID) async -> TransactionAnswer {
    do throws(MeterError) {
      switch answer {
      case .called(let posted): return .called(try await completed(posted, of: call, in: table))
      case .failed(.transaction(.unposted)):
        let posted = try await self.answer(to: call, in: table, after: .outcomeUnknown(.basic(7)))
        guard let posted else { return answer }
        return .called(try await completed(posted, of: call, in: table))
      default: return answer
      }
    } catch {
      // The other steps have their answers: those are not to be lost for it.
      log.notice("the answer to a procedure call was not found", metadata: ["reason": "\(error)"])
      return answer
    }
  }
}

extension TransactionStep {
  fileprivate var isCall: Bool { if case .call = self { true } else { false } }
}

extension TransactionPlan.Laid {
  fileprivate var call: ProcedureCall? {
    guard case .write(.basic(7), let octets)? = requests.first else { return nil }
    return ProcedureCall(octets: octets)
  }
}

extension Response {
  fileprivate func refusal(of request: Request) -> MeterError? {
    switch self {
    case .data, .done: nil
    case .refused(let code): .refused(code, request.table)
    case .sequence: .refused(.invalidSequenceNumber, request.table)
    }
  }
}
