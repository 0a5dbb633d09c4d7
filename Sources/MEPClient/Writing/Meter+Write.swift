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
  ///
  /// All of them are counted before the first is sent (``WearLedger``), and all are written though the task be cancelled
  /// meanwhile. Throws ``MeterError/unfinished(_:)`` when only some were written.
  public func write(_ table: TableID, offset: Int = 0, _ octets: [UInt8]) async throws(MeterError) {
    let change = Change(table, [TablePart(offset: offset, octets: octets)])
    try await alone { () async throws(MeterError) in try await carryOut(change) }
  }

  /// Octets of a table to be written as one.
  struct Change: Sendable {
    let table: TableID
    let parts: [TablePart]
    /// What a person calls the octets.
    var names: [(range: Range<Int>, name: String)] = []
    var isReadBack = false

    init(_ table: TableID, _ parts: [TablePart]) { (self.table, self.parts) = (table, parts) }

    /// The messages that it takes.
    func messages(within room: Int) -> [TablePart] {
      parts.flatMap { part in
        Request.parts(of: part.octets.count, within: room).map {
          TablePart(offset: part.offset + $0.lowerBound, octets: Array(part.octets[$0]))
        }
      }
    }

    func name(_ message: TablePart) -> String {
      let range = message.offset..<message.offset + message.octets.count
      let names = names.filter { $0.range.overlaps(range) }.map { "\(table).\($0.name)" }
      if !names.isEmpty { return names.joined(separator: ", ") }
      return "\(table) from octet \(range.lowerBound) to \(range.upperBound - 1)"
    }
  }

  /// Writes a change, in this turn.
  func carryOut(_ change: Change) async throws(MeterError) {
    try permit(change.table)
    let messages = change.messages(within: room.write)
    try await spend(on: change.table, writes: messages.count)
    try await toItsEnd { () async throws(MeterError) in
      for (i, message) in messages.enumerated() {
        do throws(MeterError) { try await self.writePart(change.table, message.offset, message.octets) } catch {
          throw error.among(messages.map(change.name), done: i)
        }
      }
      guard change.isReadBack else { return }
      do throws(MeterError) { for part in change.parts { try await self.compare(change.table, part) } } catch {
        if case .notKept = error { throw error }
        throw error.among(messages.map(change.name) + ["reading it back"], done: messages.count)
      }
    }
  }

  private func compare(_ table: TableID, _ wanted: TablePart) async throws(MeterError) {
    for start in stride(from: 0, to: wanted.octets.count, by: room.read) {
      let octets = Array(wanted.octets[start...].prefix(room.read))
      let first = wanted.offset + start
      guard try await part(of: table, first..<first + octets.count) == octets else { throw .notKept(table) }
    }
  }

  /// Refuses what the table or the key does not allow, before anything is sent.
  func permit(_ id: TableID) throws(MeterError) {
    guard let table = Catalogue.named(id) else { return }
    if table.write == .none || table.write == .advanced && access == .basic { throw .notAllowed(id, table.write) }
  }

  /// Counts writes that wear the meter's memory before they are sent: all of them, or none, which is refused.
  ///
  /// - Parameter begun: counts them in any case: what was begun is not left half done for its wear.
  func spend(on id: TableID, writes: Int = 1, begun: Bool = false) async throws(MeterError) {
    guard writes > 0, let kind = try await wear(of: id) else { return }
    let serial = ledger.isShared ? try await name() : ""
    let seconds: Int64?
    do throws(StateProblem) {
      (wear, seconds) = try ledger.spend(
        kind, writes, of: serial, at: Int64(time(nil)), anyway: wearAnyway || begun)
    } catch { throw .uncounted(error) }
    if let seconds { throw .worn(kind, seconds: seconds) }
  }

  /// What a write of this table wears; nil for nothing that counts.
  private func wear(of id: TableID) async throws(MeterError) -> Wear.Kind? {
    if id == .extended(52) { return .transactionWrite }
    // A call writes BT07, which wears the memory likewise.
    guard id == .basic(7) || Catalogue.named(id)?.memory.contains(.write) == true,
      let firmware = try await learnFirmware(), !firmware.isModule, firmware < FirmwareVersion(3, 40)
    else { return nil }
    return .tableWrite
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
  static func parts(of octets: Int, tail: Int = 1, within room: Int) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    while start < octets {
      var end = min(octets, start + room)
      if end < octets { end = min(end, octets - tail) }
      let data = [UInt8](repeating: 0, count: end - start)
      if writePart(.basic(0), offset: 0, data).hasAmbiguousDigest { end -= end == octets ? tail : 1 }
      parts.append(start..<end)
      start = end
    }
    return parts
  }
}
