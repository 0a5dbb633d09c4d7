// SPDX-License-Identifier: Apache-2.0

/// A procedure call: what is written to BT07 (guide, "Calling Procedures").
public struct ProcedureCall: Equatable, Sendable {
  /// 12 bits; bit 11 marks a procedure of the manufacturer (EPnn).
  public var number: UInt16
  /// 5 to 9 for a MEP client, and never the same twice running.
  public var sequence: UInt8
  /// As the procedure's description orders them, least significant octet first.
  public var parameters: [UInt8]

  /// The sequence numbers that tell a MEP client from other callers.
  public static let sequences: ClosedRange<UInt8> = 5...9

  public init(number: UInt16, sequence: UInt8, parameters: [UInt8]) {
    self.number = number
    self.sequence = sequence
    self.parameters = parameters
  }

  /// The octets for BT07. Response handling (bits 12 to 15) is 0: the answer is posted when the procedure has ended.
  public var octets: [UInt8] { Array((number & 0x0FFF).octets.reversed()) + [sequence] + parameters }

  public init?(octets: [UInt8]) {
    guard octets.count >= 3 else { return nil }
    self.init(
      number: (UInt16(octets[0]) | UInt16(octets[1]) << 8) & 0x0FFF, sequence: octets[2],
      parameters: Array(octets.dropFirst(3)))
  }
}

/// A procedure's answer: what BT08, ET59 or ET85 holds.
public struct ProcedureAnswer: Equatable, Sendable {
  public var number: UInt16
  public var sequence: UInt8
  /// 0 completed, 1 accepted but not fully completed, 2 to 6 ignored; some procedures have codes of their own.
  public var result: UInt8
  public var data: [UInt8]

  public init(number: UInt16, sequence: UInt8, result: UInt8, data: [UInt8] = []) {
    self.number = number
    self.sequence = sequence
    self.result = result
    self.data = data
  }

  public var octets: [UInt8] { Array((number & 0x0FFF).octets.reversed()) + [sequence, result] + data }

  public init?(octets: [UInt8]) {
    guard octets.count >= 4 else { return nil }
    self.init(
      number: (UInt16(octets[0]) | UInt16(octets[1]) << 8) & 0x0FFF, sequence: octets[2], result: octets[3],
      data: Array(octets.dropFirst(4)))
  }
}
