// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP

/// A meter with a few tables and, for each distinct write, a count of how often it was executed.
final class VirtualMeter {
  static let basic = AccessKey(dummy: 0x22)
  static let advanced = AccessKey(dummy: 0x33)
  /// Reads as the time at which it was read.
  static let clock = TableID.basic(52)
  /// Takes writes.
  static let writable = TableID.extended(50)
  /// Refuses them.
  static let readOnly = TableID.basic(1)

  var server: ServerConnection
  /// From a request to its response.
  var latency: () -> Instant.Span = { .milliseconds(8) }
  /// Hears and says nothing, as during an optical session.
  var isDeaf = false
  private(set) var executions: [[UInt8]: Int] = [:]
  private var answer: (response: Response, at: Instant)?

  init(sequence: UInt32, report: ServerConnection.SequenceReport = .last, timers: Timers = Timers()) {
    server = ServerConnection(
      basic: Self.basic, advanced: Self.advanced, sequence: sequence, report: report, timers: timers)
  }

  /// What a table that never changes holds; many end in zeros, to which the digest is blind.
  static func contents(of table: TableID) -> [UInt8] {
    (0..<465).map { $0 % 60 < 20 + Int(table.index) ? UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(table.number)) : 0 }
  }

  static func clockOctets(at now: Instant) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: now.microseconds >> Int64($0 * 8)) }
  }

  static func slice(of table: TableID, _ request: Request) -> [UInt8] {
    switch request {
    case .read(_, let length): Array(contents(of: table).prefix(Int(length)))
    case .readPart(_, let offset, let length): Array(contents(of: table).dropFirst(Int(offset)).prefix(Int(length)))
    case .write, .writePart: []
    }
  }

  func executions(of write: Request) -> Int { executions[write.body] ?? 0 }

  /// A request of somebody else, whose number the meter takes; the answer goes where all answers go.
  func servesAnotherClient(at now: Instant) {
    guard answer == nil else { return }
    let sealed = Exchange.seal(
      .read(.basic(9), length: 9), sequence: server.sequence &+ 1, key: Self.advanced)
    server.receive(sealed.frame, at: now)
  }

  var deadline: Instant? {
    guard let server = server.deadline else { return answer?.at }
    return answer.map { min($0.at, server) } ?? server
  }

  func receive(_ octets: [UInt8], at now: Instant) { if !isDeaf { server.receive(octets, at: now) } }

  func advance(to now: Instant) {
    server.advance(to: now)
    if let accepted = server.takeRequest() {
      answer = (execute(accepted, at: now), now + latency())
    }
    if let due = answer, now >= due.at {
      answer = nil
      server.respond(due.response, at: now)
    }
  }

  private func execute(_ accepted: ServerConnection.Accepted, at now: Instant) -> Response {
    guard let request = try? Request(body: accepted.body) else { return .refused(.unrecognizedRequest) }
    if request.isRead {
      return .data(request.table == Self.clock ? Self.clockOctets(at: now) : Self.slice(of: request.table, request))
    }
    guard request.table != Self.readOnly else { return .refused(.noPermission) }
    executions[accepted.body, default: 0] += 1
    return .done
  }
}
