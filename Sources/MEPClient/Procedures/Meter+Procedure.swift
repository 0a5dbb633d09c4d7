// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

extension Meter {
  /// Calls a procedure. Throws ``MeterError/procedure(_:)`` for every result code but 0, "completed".
  ///
  /// - Returns: what follows the result code in the answer.
  @discardableResult
  public func call(_ parameters: some ProcedureParameters) async throws(MeterError) -> [UInt8] {
    let number = type(of: parameters).procedure.id.number
    let answer = try await call(procedure: number, parameters: parameters.octets)
    guard answer.result == 0 else { throw .procedure(answer) }
    return answer.data
  }

  /// Calls a procedure and returns its answer, whatever its result code. When the answer to the call was lost, the
  /// response table tells whether it was carried out; it is called again only when it was not.
  ///
  /// "Not complete" is waited for where the guide says that the procedure works on (EP17), else it is an answer.
  public func call(procedure number: UInt16, parameters: [UInt8] = []) async throws(MeterError) -> ProcedureAnswer {
    try await alone { () async throws(MeterError) in
      try await call(number, parameters, answeredIn: try await responseTable())
    }
  }

  func call(
    _ number: UInt16, _ parameters: [UInt8], answeredIn responses: TableID
  ) async throws(MeterError) -> ProcedureAnswer {
    let room = try await currentLayout(of: .bt07).octets
    // The meter would drop the rest without a word.
    guard 3 + parameters.count <= room else {
      throw .exchange(ExchangeError(.requestTooLong, mayHaveBeenExecuted: false), .basic(7))
    }
    // An old answer must not pass for the one to this call, so this call gets another number.
    let old = try await oldProcedureSequence(in: responses)
    let first = ProcedureCall(number: number, sequence: nextProcedureSequence(besides: old), parameters: parameters)
    try await spend(on: .basic(7))
    let (call, answer): (ProcedureCall, ProcedureAnswer)
    do throws(MeterError) {
      (call, answer) = try await toItsEnd { () async throws(MeterError) in
        try await self.send(first, responses, old)
      }
    } catch {
      acknowledged.note(first)
      throw error.among(["\(ProcedureID(number: number))"], done: 0)
    }
    if answer.result == 0 { acknowledged.note(call) }
    return try await completed(answer, of: call, in: responses)
  }

  /// The call as it was taken in the end, and its answer.
  private func send(
    _ first: ProcedureCall, _ responses: TableID, _ old: UInt8?
  ) async throws(MeterError) -> (ProcedureCall, ProcedureAnswer) {
    var call = first
    var mayHaveBeenExecuted = false
    var hasCollided = false
    var last = MeterError.outcomeUnknown(.basic(7))
    for round in 0..<Self.rounds {
      if round > 0 {
        do throws(MeterError) { try await spend(on: .basic(7), begun: true) } catch {
          // It was sent before, whatever this says.
          let what = "\(ProcedureID(number: call.number))"
          throw mayHaveBeenExecuted ? .unfinished(Unfinished([.init(what, .unknown)], error)) : error
        }
      }
      do throws(MeterError) {
        let whole = Request.write(.basic(7), call.octets)
        _ = try await perform(whole.hasAmbiguousDigest ? .writePart(.basic(7), offset: 0, call.octets) : whole)
      } catch {
        switch error {
        case .exchange(let lost, _) where lost.mayHaveBeenExecuted:
          log.notice("the answer to a procedure call was lost: looking its outcome up")
          mayHaveBeenExecuted = true
          last = error
          if let answer = try await answer(to: call, in: responses, after: error) { return (call, answer) }
        case .refused(.operationNotPossible, .basic(7)) where mayHaveBeenExecuted:
          // The meter took this number last: in this very call, or in another client's.
          if let answer = try await answer(to: call, in: responses, after: error) { return (call, answer) }
          throw .outcomeUnknown(.basic(7))
        case .refused(.operationNotPossible, .basic(7)) where !hasCollided:
          // Another client's call had the number.
          hasCollided = true
          call.sequence = nextProcedureSequence(besides: old)
        default: throw error
        }
        continue
      }
      let unknown = MeterError.outcomeUnknown(.basic(7))
      guard let answer = try await answer(to: call, in: responses, after: unknown) else { throw unknown }
      return (call, answer)
    }
    throw last
  }

  /// The answer to a call, or nil when there is none.
  func answer(
    to call: ProcedureCall, in table: TableID, after lost: MeterError
  ) async throws(MeterError) -> ProcedureAnswer? {
    try await look(for: patience.answer) { () async throws(MeterError) in
      do throws(MeterError) { return try await posted(call, in: table) } catch {
        throw Self.unknown(.basic(7), error, after: lost)
      }
    }
  }

  /// Waits while a procedure that works on says so.
  func completed(
    _ answer: ProcedureAnswer, of call: ProcedureCall, in table: TableID
  ) async throws(MeterError) -> ProcedureAnswer {
    guard answer.result == 1, Catalogue.procedure(ProcedureID(number: call.number))?.worksOn == true else {
      return answer
    }
    do throws(MeterError) {
      let ended = try await look(for: patience.completion) { () async throws(MeterError) -> ProcedureAnswer? in
        // Another call's answer may have taken its place: then this one's end is not to be seen any more.
        guard let now = try await posted(call, in: table) else { return answer }
        return now.result == 1 ? nil : now
      }
      return ended ?? answer
    } catch {
      let id = ProcedureID(number: call.number)
      throw .unfinished(Unfinished([.init("the beginning of \(id)", .done), .init("its end", .unknown)], error))
    }
  }

  private func posted(_ call: ProcedureCall, in table: TableID) async throws(MeterError) -> ProcedureAnswer? {
    ProcedureAnswer(octets: try await full(table)).flatMap { $0.answers(call) ? $0 : nil }
  }

  func oldProcedureSequence(in responses: TableID) async throws(MeterError) -> UInt8? {
    ProcedureAnswer(octets: try await full(responses))?.sequence
  }

  func nextProcedureSequence(besides old: UInt8?) -> UInt8 {
    let numbers = ProcedureCall.sequences.filter { $0 != lastProcedureSequence && $0 != old }
    let next = numbers.randomElement() ?? ProcedureCall.sequences.lowerBound
    lastProcedureSequence = next
    return next
  }

  /// Where this port's procedure answers go: ET85 on the second port, else ET59 or BT08 as ET50 says.
  func responseTable() async throws(MeterError) -> TableID {
    let port = try await ownPort()
    let usesET59 = port == 1 ? try await integer(.et50, "mep_inbound_configuration[0].et59_response") == 1 : false
    return Table.procedureResponse(port: port, usesET59: usesET59).id
  }
}

extension ProcedureAnswer {
  /// Whether it is the answer to this very call.
  func answers(_ call: ProcedureCall) -> Bool { number == call.number & 0x0FFF && sequence == call.sequence }
}
