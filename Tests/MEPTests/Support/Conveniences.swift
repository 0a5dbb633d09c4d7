// SPDX-License-Identifier: Apache-2.0
import MEP

extension Instant {
  static let zero = Instant(microseconds: 0)
  static func milliseconds(_ n: Int64) -> Instant { Instant(microseconds: n * 1000) }
}

/// A test waited for something that did not come.
enum Missing: Error { case transmission, outcome, request }

extension ClientConnection {
  /// Every event that is waiting.
  mutating func takeEvents() -> [Event] {
    var events: [Event] = []
    while let event = takeEvent() { events.append(event) }
    return events
  }

  /// The outcome among the events that are waiting; the other events are dropped.
  mutating func outcome() throws -> Outcome {
    for event in takeEvents() { if case .finished(let outcome) = event { return outcome } }
    throw Missing.outcome
  }

  /// The end of a message of TLS among the events that are waiting.
  mutating func outcomeInTLS() throws -> TLSOutcome {
    for event in takeEvents() { if case .answered(let outcome) = event { return outcome } }
    throw Missing.outcome
  }

  /// Sends at once, and reports the last octet gone at the same moment.
  mutating func transmit(at now: Instant) throws -> [UInt8] {
    guard let octets = takeTransmission(at: now) else { throw Missing.transmission }
    transmitted(at: now)
    return octets
  }

  /// Lets time pass up to the next sending, and returns it; goes no further than the end of the request.
  mutating func nextTransmission() throws -> (octets: [UInt8], at: Instant) {
    while let deadline {
      advance(to: deadline)
      if let octets = takeTransmission(at: deadline) {
        transmitted(at: deadline)
        return (octets, deadline)
      }
    }
    throw Missing.transmission
  }

  /// Lets time pass until nothing more is due, and returns what was sent on the way.
  mutating func runOut() -> [(octets: [UInt8], at: Instant)] {
    var sent: [(octets: [UInt8], at: Instant)] = []
    while sent.count < 100, let next = try? nextTransmission() { sent.append(next) }
    return sent
  }
}

extension ClientConnection.Event {
  var isAlert: Bool { if case .alert = self { true } else { false } }
  var isEcho: Bool { if case .echo = self { true } else { false } }
  var skippedOctets: Int { if case .skipped(let octets) = self { octets } else { 0 } }
}

extension ServerConnection {
  mutating func request() throws -> Accepted {
    guard let request = takeRequest() else { throw Missing.request }
    return request
  }

  /// Sends one segment at once, and reports it gone at the same moment.
  mutating func transmit(at now: Instant) throws -> [UInt8] {
    guard let octets = takeTransmission(at: now) else { throw Missing.transmission }
    transmitted(at: now)
    return octets
  }

  /// Every segment of the response, each with the moment at which it was due.
  mutating func segments() throws -> [(octets: [UInt8], at: Instant)] {
    var sent: [(octets: [UInt8], at: Instant)] = []
    while let deadline, let octets = takeTransmission(at: deadline) {
      transmitted(at: deadline)
      sent.append((octets, deadline))
    }
    if sent.isEmpty { throw Missing.transmission }
    return sent
  }
}
