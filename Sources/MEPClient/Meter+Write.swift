// SPDX-License-Identifier: Apache-2.0
import C1219
import Glibc
import MEP
import OSGPTables

extension Meter {
  /// Sendings of a write whose outcome had to be looked up.
  private static let rounds = 3

  /// Writes octets into a table, in parts that fit a message. A part whose answer was lost is read back before it is sent
  /// again, and only sent again when it is not there.
  public func write(_ table: TableID, offset: Int = 0, _ octets: [UInt8]) async throws(MeterError) {
    try permit(table)
    try await alone { () async throws(MeterError) in
      var done = 0
      while done < octets.count {
        try await spend(on: table)
        var part = Array(octets[done...].prefix(MessageLimit.partialWrite))
        if Request.writePart(table, offset: 0, part).hasAmbiguousDigest { part.removeLast() }
        try await writePart(table, offset + done, part)
        done += part.count
      }
    }
  }

  /// Refuses what the table or the key does not allow, before anything is sent.
  func permit(_ id: TableID) throws(MeterError) {
    guard let table = Catalogue.named(id) else { return }
    if table.write == .none || table.write == .advanced && access == .basic { throw .notAllowed(id, table.write) }
  }

  /// Counts a write that wears the meter's memory.
  private func spend(on id: TableID) async throws(MeterError) {
    guard wear != nil else { return }
    let kind: Wear.Kind
    if id == .extended(52) {
      kind = .transactionWrite
    } else {
      // A call writes BT07, which wears the memory likewise.
      guard id == .basic(7) || Catalogue.named(id)?.memory.contains(.write) == true,
        let firmware = try await learnFirmware(), !firmware.isModule, firmware < FirmwareVersion(3, 40)
      else { return }
      kind = .tableWrite
    }
    let now = Int64(time(nil))
    if wearAnyway {
      wear?.count(kind, at: now)
    } else if let seconds = wear?.spend(kind, at: now) {
      throw .worn(kind, seconds: seconds)
    }
  }

  private func writePart(_ table: TableID, _ offset: Int, _ part: [UInt8]) async throws(MeterError) {
    var last = MeterError.outcomeUnknown(table)
    for _ in 0..<Self.rounds {
      do throws(MeterError) {
        _ = try await perform(.writePart(table, offset: UInt32(offset), part))
        return
      } catch {
        guard case .exchange(let lost, _) = error, lost.mayHaveBeenExecuted else { throw error }
        log.notice("the answer to a write was lost: reading it back", metadata: ["table": "\(table)"])
        let held: [UInt8]
        do throws(MeterError) {
          held = try await self.part(of: table, offset..<offset + part.count)
        } catch let failure {
          throw Self.unknown(table, failure, after: error)
        }
        if held == part { return }
        last = error
      }
    }
    throw last
  }

  /// What to say when looking the outcome of a write up failed as well: the write's own error tells that it is open.
  private static func unknown(_ table: TableID, _ failure: MeterError, after lost: MeterError) -> MeterError {
    switch failure {
    case .link: failure
    case .exchange: lost
    default: .outcomeUnknown(table)
    }
  }

  /// Calls a procedure and returns its answer, whatever its result code. When the answer to the call was lost, the
  /// response table tells whether it was carried out; it is called again only when it was not.
  public func call(procedure number: UInt16, parameters: [UInt8] = []) async throws(MeterError) -> ProcedureAnswer {
    try await alone { () async throws(MeterError) in
      let responses = try await responseTable()
      // An old answer must not pass for the one to this call, so this call gets another number.
      let old = ProcedureAnswer(octets: try await full(responses))?.sequence
      let sequence = nextProcedureSequence(besides: old)
      return try await call(ProcedureCall(number: number, sequence: sequence, parameters: parameters), responses, old)
    }
  }

  private func call(
    _ call: ProcedureCall, _ responses: TableID, _ old: UInt8?
  ) async throws(MeterError) -> ProcedureAnswer {
    var call = call
    var mayHaveBeenExecuted = false
    var hasCollided = false
    var last = MeterError.outcomeUnknown(.basic(7))
    for _ in 0..<Self.rounds {
      try await spend(on: .basic(7))
      do throws(MeterError) {
        _ = try await perform(.write(.basic(7), call.octets))
      } catch {
        switch error {
        case .exchange(let lost, _) where lost.mayHaveBeenExecuted:
          log.notice("the answer to a procedure call was lost: looking its outcome up")
          mayHaveBeenExecuted = true
          last = error
          if let answer = try await answer(to: call, in: responses, after: error) { return answer }
        case .refused(.operationNotPossible, .basic(7)) where mayHaveBeenExecuted:
          // The meter took this number last: in this very call, or in another client's.
          if let answer = try await answer(to: call, in: responses, after: error) { return answer }
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
      return answer
    }
    throw last
  }

  /// The answer to a call, or nil when there is none. Results may take a second to be posted.
  private func answer(
    to call: ProcedureCall, in table: TableID, after lost: MeterError
  ) async throws(MeterError) -> ProcedureAnswer? {
    for look in 0..<5 {
      if look > 0 {
        do { try await Task.sleep(for: .milliseconds(250)) } catch { throw .link(.cancelled) }
      }
      let octets: [UInt8]
      do throws(MeterError) { octets = try await full(table) } catch {
        throw Self.unknown(.basic(7), error, after: lost)
      }
      if let answer = ProcedureAnswer(octets: octets), answer.number == call.number & 0x0FFF,
        answer.sequence == call.sequence
      {
        return answer
      }
    }
    return nil
  }

  private func nextProcedureSequence(besides old: UInt8?) -> UInt8 {
    let numbers = ProcedureCall.sequences.filter { $0 != lastProcedureSequence && $0 != old }
    let next = numbers.randomElement() ?? ProcedureCall.sequences.lowerBound
    lastProcedureSequence = next
    return next
  }

  /// Where this port's procedure answers go: ET85 on the second port, else ET59 or BT08 as ET50 says.
  private func responseTable() async throws(MeterError) -> TableID {
    if try await ownPort() == 2 { return .extended(85) }
    let useET59 = try await integer(.et50, "mep_inbound_configuration[0].et59_response")
    return useET59 == 1 ? .extended(59) : .basic(8)
  }

  func integer(_ table: Table, _ path: String) async throws(MeterError) -> Int64? {
    let selection = try await select(table, [path])
    guard case .integer(let value)? = selection.places.first?.raw(in: selection.octets) else { return nil }
    return value
  }
}

extension Request {
  /// Whether the guide leaves open which digest this message has: see ``Digest/isAmbiguous``.
  var hasAmbiguousDigest: Bool { (body.count + MessageLimit.sequenceNumber).isMultiple(of: Digest.pass) }
}
