// SPDX-License-Identifier: Apache-2.0
import Logging
import MEP

/// How a client opens TLS sessions.
public struct TLSOptions: Sendable {
  public var key: AccessKey
  /// The number by which the meter names the client in its events.
  public var client: UInt16
  /// The key's level; nil where nobody knows: then both are tried.
  public var level: AccessLevel?
  /// Where the port does not speak TLS, digests are taken instead.
  public var isOptional: Bool

  public init(key: AccessKey, client: UInt16 = 0, level: AccessLevel? = nil, isOptional: Bool = false) {
    self.key = key
    self.client = client
    self.level = level
    self.isOptional = isOptional
  }
}

/// What a client keeps of its TLS session.
struct TLSClient {
  var options: TLSOptions
  var session: TLSSession?
  /// Sessions that were opened.
  var sessions = 0
  /// The port has shown that it speaks TLS, whatever came of it.
  var isSpoken = false
  /// An answer may come that nobody waits for any more.
  var isAnswerDue = false
  /// The port may hold a session, this end's or half of one.
  var isOpenThere = false
  /// The key's level, once a session has proven it.
  var level: AccessLevel?

  init(_ options: TLSOptions) {
    self.options = options
    level = options.level
  }

  var levels: [AccessLevel] { level.map { [$0] } ?? [.basic, .advanced] }
}

extension ExchangeClient {
  /// Whether a session was opened, or the one that was lost will be.
  public var speaksTLS: Bool { tls.map { $0.sessions > 0 } ?? false }

  /// Digests are not taken instead, should the port speak no TLS.
  public func requireTLS() { tls?.options.isOptional = false }

  /// Opens the session before anything is asked, or finds out that the port takes digests only; why it can be neither.
  public func begin() async throws(LinkError) -> ExchangeError? {
    try await turns.take()
    defer { turns.give() }
    return try await secured().map { ExchangeError($0, mayHaveBeenExecuted: false) }
  }

  /// The key's level as a TLS session has proven it; nil without a session.
  public var provenLevel: AccessLevel? { tls?.session?.identity?.level }

  /// A request inside TLS. For a read a session that is lost is opened again, as often as a request with a digest would be
  /// sent; what may have been executed is not sent again.
  func exchangeInTLS(_ request: Request) async throws(LinkError) -> ClientConnection.Outcome {
    guard request.fitsTLS else { return ended(request, .failure(.requestTooLong), 0) }
    var sendings = 0
    let before = tls?.sessions
    for i in 1...timers.attempts {
      if let reason = try await secured() { return ended(request, .failure(reason), sendings) }
      if tls == nil { return try await exchange(request) }
      let (result, count) = try await exchangeInSession(request)
      sendings += count
      switch result {
      case .success(let response): return ended(request, .success(response), sendings, isNew: tls?.sessions != before)
      case .failure(.malformed(let flaw)):
        return ended(request, .failure(.malformed(flaw)), sendings, isExecuted: true, isNew: tls?.sessions != before)
      case .failure(let reason):
        tls?.session = nil
        // What was taken for the answer may not have been it.
        tls?.isAnswerDue = true
        log.info("the TLS session is lost", metadata: ["reason": "\(reason)"])
        if i == timers.attempts || !request.isRead {
          return ended(request, .failure(reason), sendings, isExecuted: true)
        }
      }
    }
    preconditionFailure("the last one returns")
  }

  /// Says good-bye, so that the port takes digests again.
  public func endSession() async {
    do throws(LinkError) {
      try await turns.take()
      defer { turns.give() }
      guard tls?.isOpenThere == true else { return }
      tls?.session = nil
      tls?.isOpenThere = false
      _ = try await exchange(.terminate)
    } catch {
      log.debug("the TLS session was left open", metadata: ["reason": "\(error)"])
    }
  }

  private func ended(
    _ request: Request, _ result: Result<Response, ExchangeError.Reason>, _ sendings: Int, isExecuted: Bool = false,
    isNew: Bool = false
  ) -> ClientConnection.Outcome {
    ClientConnection.Outcome(
      request: request,
      result: result.mapError { ExchangeError($0, mayHaveBeenExecuted: isExecuted && !request.isRead) },
      // A new session may be the meter's first since its configuration changed.
      attempts: sendings, sequenceReplaced: isNew)
  }

  private func exchangeInSession(
    _ request: Request
  ) async throws(LinkError) -> (Result<Response, ExchangeError.Reason>, sendings: Int) {
    guard let session = tls?.session else { return (.failure(.tls(0)), 0) }
    let record: [UInt8]
    do throws(TLSFailure) { record = try session.seal(request.body) } catch { return (.failure(.tls(error.code)), 0) }
    let outcome = try await exchange(TLSMessage(.table, record))
    switch outcome.result {
    case .failure(let error): return (.failure(error.reason), outcome.attempts)
    case .success(let answer) where answer.code != .ok: return (.failure(.tls(0)), outcome.attempts)
    case .success(let answer):
      let body: [UInt8]
      do throws(TLSFailure) { body = try session.open(answer.octets) } catch {
        return (.failure(.tls(error.code)), outcome.attempts)
      }
      do throws(ResponseFlaw) {
        let response = try Response(body: body, to: request)
        // There are no sequence numbers inside TLS.
        if case .sequence = response { return (.failure(.sequenceNumber), outcome.attempts) }
        return (.success(response), outcome.attempts)
      } catch {
        return (.failure(.malformed(error)), outcome.attempts)
      }
    }
  }

  // MARK: Handshake

  /// Sees to a session, or to having none where digests are taken instead; why it can be neither.
  private func secured() async throws(LinkError) -> ExchangeError.Reason? {
    guard tls != nil, tls?.session == nil, let reason = try await openSession() else { return nil }
    guard reason == .noTLS || reason == .noAnswer, tls?.options.isOptional == true, tls?.isSpoken == false else {
      return reason
    }
    log.info("the port does not speak TLS: requests carry digests")
    tls = nil
    return nil
  }

  /// Opens a session; the reason why there is none.
  private func openSession() async throws(LinkError) -> ExchangeError.Reason? {
    var reason = ExchangeError.Reason.noTLS
    var refusals = 0
    for _ in 0..<timers.attempts {
      var broken: ExchangeError.Reason?
      for level in tls?.levels ?? [] {
        if tls?.isAnswerDue == true { try await letPass() }
        tls?.isAnswerDue = false
        guard let found = try await handshake(level) else {
          tls?.level = level
          tls?.sessions += 1
          return nil
        }
        // With one level a session may break, and the other is refused because the key is not of it.
        reason = broken ?? found
        switch found {
        // The line may be bad, which another try tells; and what was taken for the answer may not have been it.
        case .tls:
          tls?.isAnswerDue = true
          (broken, reason) = (found, found)
        case .identityNotAccepted: refusals += 1
        default: return reason
        }
      }
      // The refusal is signed by nobody.
      if refusals >= timers.authenticationRetries * (tls?.levels.count ?? 1) { break }
    }
    return reason
  }

  private func handshake(_ level: AccessLevel) async throws(LinkError) -> ExchangeError.Reason? {
    guard let options = tls?.options else { return .noTLS }
    let session: TLSSession
    var step: TLSSession.Step
    do throws(TLSFailure) {
      session = try TLSSession(TLSIdentity(client: options.client, level: level), key: options.key)
      step = try session.handshake([])
    } catch { return .tls(error.code) }
    var kind = TLSMessage.Kind.handshake
    while !step.isOver {
      guard !step.records.isEmpty else { return .tls(0) }
      tls?.isOpenThere = true
      switch try await exchange(TLSMessage(kind, step.records)).result {
      case .failure(let error): return error.reason
      case .success(let answer) where answer.code == .ok:
        tls?.isSpoken = true
        do throws(TLSFailure) { step = try session.handshake(answer.octets) } catch { return .tls(error.code) }
      case .success(let answer):
        let reason = Self.refusal(answer.code, to: kind)
        if reason != .noTLS { tls?.isSpoken = true }
        return reason
      }
      kind = .handshakeContinued
    }
    tls?.session = session
    log.debug("TLS session opened", metadata: ["level": "\(level)"])
    return nil
  }

  /// What a code says that is not success.
  private static func refusal(_ code: ResponseCode, to kind: TLSMessage.Kind) -> ExchangeError.Reason {
    switch code {
    case .invalidIdentityOrKey: .identityNotAccepted
    case .tlsError: .tls(0)
    // Whatever else is said to a hello comes from a port that takes it for something else.
    default: kind == .handshake ? .noTLS : .tls(0)
    }
  }
}
