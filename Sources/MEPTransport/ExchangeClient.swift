// SPDX-License-Identifier: Apache-2.0
import Logging
import MEP

/// Runs a ``ClientConnection`` over a ``Link``: the loop that hands it octets and time. One request at a time; further
/// ones wait their turn.
public actor ExchangeClient {
  private var connection: ClientConnection
  private let link: any Link
  let log: Logger
  /// The sessions of TLS, unless digests are all there is.
  var tls: TLSClient?
  let turns = Turns()
  /// Whether requests keep the pauses that the guide asks for, as they must on the line of a real meter.
  public nonisolated let isPaced: Bool
  /// An alert has come of which nobody knows yet who listens.
  private var hasAlert = false

  /// What was noticed on the line since the client began.
  public struct Health: Sendable, Equatable {
    public var requests = 0
    /// Sendings beyond the first of a request.
    public var repeats = 0
    public var failures = 0
    /// Sendings that were answered by octets among which no digest was right.
    public var digestFailures = 0
    /// How often the meter gave another sequence number.
    public var resynchronizations = 0
    /// Octets that belonged to no frame.
    public var skippedOctets = 0
    public var alerts = 0
    public var echoes = 0
    /// Octets sent and received, frames and noise alike.
    public var octets = 0

    public init() {}
  }
  public private(set) var health = Health()

  /// - Parameter tls: ask inside TLS; nil for digests.
  public init(_ connection: ClientConnection, over link: any Link, tls: TLSOptions? = nil, log: Logger) {
    self.connection = connection
    isPaced = connection.timers.betweenRequests > .zero
    self.tls = tls.map(TLSClient.init)
    self.link = link
    self.log = log
  }

  /// Sends a request and waits for its end. Throws only when the link itself fails or the task is cancelled.
  public func perform(_ request: Request) async throws(LinkError) -> ClientConnection.Outcome {
    try await turns.take()
    defer { turns.give() }
    health.requests += 1
    let outcome = tls == nil ? try await exchange(request) : try await exchangeInTLS(request)
    if case .failure(let error) = outcome.result {
      health.failures += 1
      log.debug("request failed", metadata: ["reason": "\(error.reason)", "attempts": "\(outcome.attempts)"])
    }
    log.debug("exchange ended", metadata: ["table": "\(request.table)", "sendings": "\(outcome.attempts)"])
    return outcome
  }

  /// A request with a digest.
  func exchange(_ request: Request) async throws(LinkError) -> ClientConnection.Outcome {
    connection.send(request, at: .now())
    guard case .request(let outcome) = try await end() else { preconditionFailure("a request ends as one") }
    return outcome
  }

  /// A message of TLS.
  func exchange(_ message: TLSMessage) async throws(LinkError) -> ClientConnection.TLSOutcome {
    connection.send(message, at: .now())
    guard case .tls(let outcome) = try await end() else { preconditionFailure("a message of TLS ends as one") }
    // It may come yet, and would pass for the next one's: nobody signs the answers of a handshake.
    if case .failure = outcome.result { tls?.isAnswerDue = true }
    return outcome
  }

  var timers: Timers { connection.timers }

  private enum End {
    case request(ClientConnection.Outcome)
    case tls(ClientConnection.TLSOutcome)
  }

  /// Waits for the end of what was begun.
  private func end() async throws(LinkError) -> End {
    do throws(LinkError) {
      while true {
        if let end = takeEnd() { return end }
        try await step()
      }
    } catch {
      connection.cancel()
      // What was sealed may not have left, or its answer may still come: it must not pass for the next one's.
      tls?.session = nil
      tls?.isAnswerDue = true
      throw error
    }
  }

  /// Lets an answer pass by that nobody waits for any more.
  func letPass() async throws(LinkError) {
    var end = Instant.now() + timers.response
    while Instant.now() < end {
      let octets = try await hear(until: end)
      _ = takeEnd()
      if !octets.isEmpty { end = min(end, .now() + timers.silence) }
    }
  }

  /// Waits for an alert while nothing is asked: true as soon as one has come, also during an exchange since the last
  /// time; false at the deadline. Requests of other tasks take their turns in between.
  public func listen(until deadline: Instant) async throws(LinkError) -> Bool {
    while !hasAlert, Instant.now() < deadline {
      try await turns.take()
      defer { turns.give() }
      let end = min(deadline, Instant.now() + Self.listening)
      _ = try await hear(until: connection.deadline.map { min($0, end) } ?? end)
      _ = takeEnd()
    }
    defer { hasAlert = false }
    return hasAlert
  }

  /// How long a request may have to wait for the line because somebody listens.
  private static let listening = Instant.Span.milliseconds(250)

  public nonisolated func close() { link.close() }

  private func step() async throws(LinkError) {
    if let frame = connection.takeTransmission(at: .now()) {
      health.octets += frame.count
      try await link.send(frame)
      connection.transmitted(at: .now())
      return
    }
    _ = try await hear(until: connection.deadline)
  }

  /// Hands the connection what comes until then, and the time.
  private func hear(until deadline: Instant?) async throws(LinkError) -> [UInt8] {
    let octets = try await link.receive(until: deadline)
    health.octets += octets.count
    connection.receive(octets, at: .now())
    connection.advance(to: .now())
    return octets
  }

  private func takeEnd() -> End? {
    while let event = connection.takeEvent() {
      switch event {
      case .finished(let outcome):
        health.repeats += max(0, outcome.attempts - 1)
        return .request(outcome)
      case .answered(let outcome):
        health.repeats += max(0, outcome.attempts - 1)
        return .tls(outcome)
      case .alert:
        health.alerts += 1
        hasAlert = true
        log.info("the meter raised an alert")
      case .skipped(let octets):
        health.skippedOctets += octets
        log.debug("octets belonged to no frame", metadata: ["octets": "\(octets)"])
      case .echo:
        health.echoes += 1
        log.debug("the line echoes what is sent")
      case .digestFailed: health.digestFailures += 1
      case .resynchronized: health.resynchronizations += 1
      }
    }
    return nil
  }
}
