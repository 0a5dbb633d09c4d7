// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// A step of a transaction: the meter carries the steps out one after the other, nobody else's requests in between.
public enum TransactionStep: Sendable {
  /// A table, or those of its fields that have these paths.
  case read(Table, paths: [String] = [])
  /// Octets of a table, declared or not; nil for as many as a message can carry.
  case octets(of: TableID, Range<Int>? = nil)
  case write(TableID, offset: Int = 0, [UInt8])
  /// What was planned by ``Meter/plan(_:setting:)``; refused when the meter's configuration has changed since.
  case change(WritePlan)
  /// A call of a procedure, and a look at its answer. Its parameters may be longer than BT07 is (guide, "Extending the
  /// Capacity of BT07/EP39").
  case call(procedure: UInt16, parameters: [UInt8] = [])

  public var isRead: Bool {
    switch self {
    case .read, .octets: true
    case .write, .change, .call: false
    }
  }
}

/// What came of a step.
public enum TransactionAnswer: Sendable {
  case table(Decoded)
  case fields(Selection)
  case octets([UInt8])
  case written
  case called(ProcedureAnswer)
  /// The meter refused the step, or its answer makes no sense. Others are not touched by that.
  case failed(MeterError)
}

/// Steps as they are asked of this meter.
public struct TransactionPlan: Sendable {
  let steps: [Laid]
  let limits: TransactionLimits
  /// Where procedures are answered; nil without a call, on a meter with one port.
  let responses: TableID?
  /// Whether the ports share ET52 and ET53.
  let isShared: Bool
  /// Octets that a write of ET52 can carry.
  let room: Int

  /// A step, laid out.
  struct Laid: Sendable {
    let step: TransactionStep
    var requests: [Request]
    var layout: Layout?
    var places: [Place] = []
  }

  var onlyReads: Bool { steps.allSatisfy(\.step.isRead) }

  /// Octets of ET52.
  public var octets: Int {
    Transaction(.requests, number: 0, records: steps.flatMap(\.requests).map(\.body)).size
  }

  /// Writes of ET52, each of which wears the meter's memory.
  public var writes: Int { parts.count }

  /// The parts that are written. The closing number starts the transaction, so it comes whole.
  var parts: [Range<Int>] { Request.parts(of: octets, tail: 2, within: room) }

  /// What is written to ET52.
  func transaction(number: UInt16) throws(MeterError) -> Transaction {
    do throws(TransactionRefusal) {
      return try Transaction(number: number, steps.flatMap(\.requests), limits: limits) {
        Catalogue.procedure(ProcedureID(number: $0))?.isIdempotent != false
      }
    } catch {
      throw .transaction(.refused(error.ofSteps(steps.map(\.requests.count))))
    }
  }

  /// The same with numbers for its calls.
  func numbered(_ next: () -> UInt8) -> TransactionPlan {
    let numbered = steps.map { laid in
      guard case .call(let procedure, let parameters) = laid.step else { return laid }
      var laid = laid
      laid.requests[0] = .write(
        .basic(7), ProcedureCall(number: procedure, sequence: next(), parameters: parameters).octets)
      return laid
    }
    return TransactionPlan(steps: numbered, limits: limits, responses: responses, isShared: isShared, room: room)
  }
}

extension TransactionRefusal {
  /// The same of what several steps are made for, so many for each.
  public func ofSteps(_ counts: [Int]) -> TransactionRefusal {
    func owner(_ step: Int) -> Int {
      var end = 0
      return counts.firstIndex {
        end += $0
        return step < end
      } ?? 0
    }
    return switch self {
    case .unencodable(let step): .unencodable(step: owner(step))
    case .nested(let step): .nested(step: owner(step))
    case .notRepeatable(let step): .notRepeatable(step: owner(step))
    case .noSteps, .requestsTooLong, .responsesTooLong: self
    }
  }
}
