// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP

/// What BT07 sets in motion, and where its answers lie.
struct Procedures {
  /// EP17, Remove MEP Device.
  static let removeDevice: UInt16 = 0x0811

  private var lastSequence: UInt8?
  private(set) var answers: [TableID: [UInt8]] = [:]
  /// Calls that were carried out, for tests that count.
  private(set) var carriedOut = 0

  static let tables: [TableID] = [.basic(8), .extended(59), .extended(85)]

  /// Octets of an answer table: a header of 4, and BT00.10 more.
  static let answerLength = 16

  /// - Parameter removeDevice: unregisters the client of a port when the handle is its own.
  /// - Returns: what the write to BT07 is answered with.
  mutating func call(_ octets: [UInt8], answerTable: TableID, removeDevice: (UInt16) -> Bool) -> Response {
    guard let call = ProcedureCall(octets: octets), ProcedureCall.sequences.contains(call.sequence),
      call.sequence != lastSequence
    else { return .refused(.operationNotPossible) }
    lastSequence = call.sequence
    carriedOut += 1
    var result: UInt8 = 6
    if call.number == Self.removeDevice { result = remove(call.parameters, removeDevice) }
    let answer = ProcedureAnswer(number: call.number, sequence: call.sequence, result: result).octets
    answers[answerTable] = answer + [UInt8](repeating: 0, count: Self.answerLength - answer.count)
    return .done
  }

  /// Result codes of EP17: 2 wrong action, 3 wrong handle.
  private func remove(_ parameters: [UInt8], _ removeDevice: (UInt16) -> Bool) -> UInt8 {
    guard parameters.count >= 3, parameters[0] <= 1 else { return 2 }
    return removeDevice(UInt16(parameters[1]) | UInt16(parameters[2]) << 8) ? 0 : 3
  }
}
