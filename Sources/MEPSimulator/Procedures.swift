// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP

/// What BT07 sets in motion, and where its answers lie.
struct Procedures {
  private var lastSequence: UInt8?
  private(set) var answers: [TableID: [UInt8]] = [:]
  /// Calls that were carried out, for tests that count.
  private(set) var carriedOut = 0

  static let tables: [TableID] = [.basic(8), .extended(59), .extended(85)]

  /// Octets of an answer table: a header of 4, and BT00.10 more.
  static let answerLength = 16

  /// A number may come twice when power has failed in between, so that transactions can be carried out again.
  mutating func powerFailed() { lastSequence = nil }

  /// The answer to a procedure that worked on has its result; another call may have taken its place.
  mutating func ended(_ number: UInt16, _ result: UInt8) {
    for (table, octets) in answers {
      guard var answer = ProcedureAnswer(octets: octets), answer.number == number, answer.result == 1 else { continue }
      answer.result = result
      answers[table] = answer.octets
    }
  }

  /// - Parameter execute: carries the procedure out; nil for one that the meter does not have.
  /// - Returns: what the write to BT07 is answered with.
  mutating func call(
    _ octets: [UInt8], answerTable: TableID, execute: (ProcedureCall) -> ProcedureOutcome?
  ) -> Response {
    guard let call = ProcedureCall(octets: octets), ProcedureCall.sequences.contains(call.sequence),
      call.sequence != lastSequence
    else { return .refused(.operationNotPossible) }
    lastSequence = call.sequence
    carriedOut += 1
    let outcome = execute(call) ?? ProcedureOutcome(result: ProcedureOutcome.unknownProcedure)
    let answer = ProcedureAnswer(
      number: call.number, sequence: call.sequence, result: outcome.result, data: outcome.data
    ).octets
    answers[answerTable] = answer + [UInt8](repeating: 0, count: max(0, Self.answerLength - answer.count))
    return .done
  }
}

extension ProcedureOutcome {
  /// "Procedure accepted but not fully completed".
  static let notComplete = ProcedureOutcome(result: 1)
  /// "Procedure unrecognized".
  static let unknownProcedure: UInt8 = 6
}
