// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

extension Meter {
  /// Posts a registered client's data, or clears an alert (EP39). **Unproven**: see ``Procedure/ep39``. What BT07 does not
  /// hold goes through a transaction (guide, "Extending the Capacity of BT07/EP39"), of which the meter bears 100 a day.
  ///
  /// - Parameter unproven: whoever calls it has to say that he knows the form of it to be a guess.
  public func post(_ post: PostMEPData, unproven: Bool) async throws(MeterError) {
    guard unproven else { throw .unproven(PostMEPData.procedure.id) }
    let limit = Int(try await single(.bt00, "procedure_parameter_length") ?? 255)
    guard post.octets.count > limit else {
      try await call(post)
      return
    }
    let answers: [TransactionAnswer]
    do throws(MeterError) {
      answers = try await carryOut([.call(procedure: PostMEPData.procedure.id.number, parameters: post.octets)])
    } catch {
      switch error {
      case .transaction(.refused(.requestsTooLong(let octets))):
        let room = try await layout(of: .et52).octets - (octets - post.octets.count)
        throw .device(.tooLong(octets: post.octets.count, limit: room))
      // A meter without transactions.
      case .layout(.absent), .refused(.tableOperationNotPossible, Table.et52.id):
        throw .device(.tooLong(octets: post.octets.count, limit: limit))
      default: throw error
      }
    }
    switch answers.first {
    case .called(let answer)?: if answer.result != 0 { throw .procedure(answer) }
    case .failed(let error)?: throw error
    default: throw .transaction(.unanswered)
    }
  }
}
