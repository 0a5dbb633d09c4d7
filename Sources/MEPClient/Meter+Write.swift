// SPDX-License-Identifier: Apache-2.0
import C1219
import Glibc
import MEP
import OSGPTables

extension Meter {
  /// Sendings of a write whose outcome had to be looked up.
  static let rounds = 3

  /// Writes octets into a table, in parts that fit a message. A part whose answer was lost is read back before it is sent
  /// again, and only sent again when it is not there.
  public func write(_ table: TableID, offset: Int = 0, _ octets: [UInt8]) async throws(MeterError) {
    try permit(table)
    try await alone { () async throws(MeterError) in
      for part in Request.parts(of: octets.count) {
        try await spend(on: table)
        try await writePart(table, offset + part.lowerBound, Array(octets[part]))
      }
    }
  }

  /// Refuses what the table or the key does not allow, before anything is sent.
  func permit(_ id: TableID) throws(MeterError) {
    guard let table = Catalogue.named(id) else { return }
    if table.write == .none || table.write == .advanced && access == .basic { throw .notAllowed(id, table.write) }
  }

  /// Counts writes that wear the meter's memory, all of them or none.
  func spend(on id: TableID, writes: Int = 1) async throws(MeterError) {
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
      wear?.count(kind, writes, at: now)
    } else if let seconds = wear?.spend(kind, writes, at: now) {
      throw .worn(kind, seconds: seconds)
    }
  }

  func writePart(_ table: TableID, _ offset: Int, _ part: [UInt8]) async throws(MeterError) {
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
  static func unknown(_ table: TableID, _ failure: MeterError, after lost: MeterError) -> MeterError {
    switch failure {
    case .link: failure
    case .exchange: lost
    default: .outcomeUnknown(table)
    }
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

  /// The parts in which octets are written: each fits a message, and none has a digest that is ambiguous.
  ///
  /// - Parameter tail: octets at the end that one part is to hold.
  static func parts(of octets: Int, tail: Int = 1) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    while start < octets {
      var end = min(octets, start + MessageLimit.partialWrite)
      if end < octets { end = min(end, octets - tail) }
      let data = [UInt8](repeating: 0, count: end - start)
      if writePart(.basic(0), offset: 0, data).hasAmbiguousDigest { end -= end == octets ? tail : 1 }
      parts.append(start..<end)
      start = end
    }
    return parts
  }
}
