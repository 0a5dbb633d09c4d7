// SPDX-License-Identifier: Apache-2.0

/// The client's end of the line: one request at a time, signed when it is sent, repeated as the retry rules say, its
/// answer believed only when the digest is right. See `Documentation/Decisions/0002-retries.md` for the rules.
///
/// It does no I/O and has no clock. The owner hands in octets (``receive(_:at:)``), the end of each transmission
/// (``transmitted(at:)``) and the passing of time (``advance(to:)``, due at ``deadline``); it takes out octets to send
/// (``takeTransmission(at:)``) and events (``takeEvent()``).
public struct ClientConnection: Sendable {
  /// What the owner is told.
  public enum Event: Sendable {
    /// How the request ended.
    case finished(Outcome)
    /// How a message of TLS ended.
    case answered(TLSOutcome)
    /// The meter wants attention: read why in ET13.
    case alert
    /// Octets that belonged to no frame were thrown away.
    case skipped(octets: Int)
    /// The line gave back what was sent: TX and RX touch, or a two-wire adapter listens to itself.
    case echo
    /// Octets came in answer to a request, and no digest among them was right.
    case digestFailed
    /// The meter refused the sequence number and gave its own, as it does to everybody who is new.
    case resynchronized
  }

  /// How a request ended, and what it took.
  public struct Outcome: Sendable {
    public let request: Request
    public let result: Result<Response, ExchangeError>
    /// Sendings, the first included.
    public let attempts: Int
    /// The meter gave a new sequence number on the way: its configuration may have changed, so compare the IDT version.
    public let sequenceReplaced: Bool

    public init(request: Request, result: Result<Response, ExchangeError>, attempts: Int, sequenceReplaced: Bool) {
      self.request = request
      self.result = result
      self.attempts = attempts
      self.sequenceReplaced = sequenceReplaced
    }
  }

  /// How a message of TLS ended. The codes and octets of an answer are signed by nobody: TLS itself tells whether they
  /// are the meter's.
  public struct TLSOutcome: Sendable {
    public let message: TLSMessage
    public let result: Result<TLSMessage.Answer, ExchangeError>
    /// Sendings, the first included.
    public let attempts: Int
  }

  public let timers: Timers
  private let key: AccessKey
  private let encrypted: Bool
  private var sequence: UInt32
  private var buffer = FrameBuffer(shortest: MessageLimit.shortestResponse)
  private var current: Attempt?
  /// The meter has replaced the number, and no outcome has told so yet; a cancelled request leaves that to the next one.
  private var sequenceReplaced = false
  private var lastRequest: Instant?
  private var lastOctet: Instant?
  private var events: [Event] = []

  /// - Parameters:
  ///   - firstSequence: any number, best a random one: the meter answers with its own when it does not fit.
  ///   - encrypted: encrypt requests by RC4; the meter then encrypts its answers.
  public init(key: AccessKey, firstSequence: UInt32, timers: Timers = Timers(), encrypted: Bool = false) {
    self.key = key
    self.sequence = firstSequence
    self.timers = timers
    self.encrypted = encrypted
  }

  public var isIdle: Bool { current == nil }

  /// Begins a request. Only when ``isIdle``; a request that is too long is refused at once.
  public mutating func send(_ request: Request, at now: Instant) {
    guard request.fits else {
      events.append(
        .finished(
          Outcome(
            request: request, result: .failure(ExchangeError(.requestTooLong, mayHaveBeenExecuted: false)), attempts: 0,
            sequenceReplaced: false)))
      return
    }
    begin(.request(request), at: now)
  }

  /// Begins a message of TLS. Only when ``isIdle``; messages of a handshake are repeated like reads, others never.
  public mutating func send(_ message: TLSMessage, at now: Instant) {
    begin(.tls(message), at: now)
  }

  private mutating func begin(_ content: Attempt.Content, at now: Instant) {
    precondition(current == nil, "one request at a time")
    let earliest = lastRequest.map { $0 + timers.betweenRequests } ?? now
    current = Attempt(content, notBefore: max(now, earliest))
  }

  /// Gives up the request in hand, as when its owner was cancelled.
  public mutating func cancel() {
    current = nil
    buffer.clear()
  }

  /// Octets to put on the line now, or nil. Report their end by ``transmitted(at:)``.
  public mutating func takeTransmission(at now: Instant) -> [UInt8]? {
    guard var attempt = current, attempt.phase == .due, now >= attempt.notBefore else { return nil }
    // What came before a request cannot answer it.
    buffer.clear()
    noteSkipped()
    buffer.shortest = attempt.shortestAnswer
    if case .tls(let message) = attempt.content {
      attempt.frame = Frame.framed(message.message)
    } else if case .request(let request) = attempt.content, attempt.frame.isEmpty {
      // The number is given when the request leaves, so that none is lost to a request that never does.
      // An answer of zeros alone carries the request's own digest. With an unlucky number (00 09 00 at its end) a request
      // ends in that very answer, and a piece of its echo would be believed.
      let zeros: Response = request.isRead ? .data([]) : .done
      var sealed: (frame: [UInt8], exchange: Exchange)
      var lookalike: [UInt8]
      repeat {
        sequence &+= 1
        sealed = Exchange.seal(request, sequence: sequence, key: key, encrypted: encrypted)
        lookalike = sealed.exchange.seal(response: zeros.body)
      } while sealed.frame.suffix(lookalike.count).elementsEqual(lookalike)
      attempt.frame = sealed.frame
      attempt.exchange = sealed.exchange
      attempt.isRepeat = false
    } else {
      attempt.isRepeat = true
    }
    attempt.attempts += 1
    attempt.phase = .sending
    attempt.sawOctets = false
    attempt.sawEcho = false
    attempt.flaw = nil
    lastRequest = now
    lastOctet = nil
    current = attempt
    return attempt.frame
  }

  /// The last octet of a transmission has left.
  public mutating func transmitted(at now: Instant) {
    guard current?.phase == .sending else { return }
    current?.phase = .awaiting
    let begun = current?.isOfTLS == true ? now + timers.reckoning : now
    current?.answerBy = begun + timers.response
    current?.completeBy = begun + timers.response + timers.longestResponse
  }

  public mutating func receive(_ octets: [UInt8], at now: Instant) {
    guard !octets.isEmpty else { return }
    lastOctet = now
    buffer.append(octets)
    search(patient: true, at: now)
  }

  /// When ``advance(to:)`` is due, if nothing happens before.
  public var deadline: Instant? {
    let quiet = buffer.isEmpty ? nil : lastOctet.map { $0 + timers.silence }
    guard let attempt = current else { return quiet }
    switch attempt.phase {
    case .due: return earliest(attempt.notBefore, quiet)
    case .sending: return quiet
    case .awaiting: return buffer.isEmpty ? attempt.answerBy : earliest(attempt.completeBy, quiet)
    }
  }

  /// Time has passed.
  public mutating func advance(to now: Instant) {
    if !buffer.isEmpty, let lastOctet, now >= lastOctet + timers.silence {
      search(patient: false, at: now)
      while !buffer.isEmpty {
        buffer.silence()
        search(patient: false, at: now)
      }
      buffer.silence()
      noteSkipped()
    }
    guard let attempt = current, attempt.phase == .awaiting, now >= attempt.answerBy else { return }
    // An answer that began in time may take as long as the longest one, unless the line falls silent.
    if buffer.isEmpty || now >= attempt.completeBy {
      if !buffer.isEmpty { current?.sawOctets = true }
      failed(at: now)
    }
  }

  public mutating func takeEvent() -> Event? { events.isEmpty ? nil : events.removeFirst() }

  private mutating func search(patient: Bool, at now: Instant) {
    while true {
      if let frame = current?.frame, current?.phase != .due {
        // An echo ends in the very digest that a write's answer carries, so it is taken off whole before the search.
        if buffer.drop(prefix: frame) {
          current?.sawEcho = true
          events.append(.echo)
        } else if patient, !buffer.isEmpty, buffer.begins(frame) {
          return
        }
      }
      var answer: Attempt.Answer?
      let attempt = current?.phase == .awaiting || current?.phase == .sending ? current : nil
      let step = buffer.next(patient: patient && attempt != nil) { message in
        answer = attempt?.answer(in: message)
        return answer != nil
      }
      switch step {
      case .wait:
        noteSkipped()
        return
      case .alert: events.append(.alert)
      case .message:
        noteSkipped()
        switch answer {
        case .signed(let body, let request): answered(body, to: request, at: now)
        case .keyNotAccepted: notAuthenticated(at: now)
        case .tls(let answer): finish(.success(answer))
        case nil: break
        }
      }
    }
  }

  private mutating func answered(_ body: [UInt8], to request: Request, at now: Instant) {
    guard var attempt = current else { return }
    let response: Response
    do throws(ResponseFlaw) {
      response = try Response(body: body, to: request)
    } catch {
      current?.flaw = error
      failed(at: now)
      return
    }
    switch response {
    case .sequence(let held):
      // A line that doubles octets has one copy executed and the other refused; the meter then is at this number, or past.
      let isTaken = SequenceNumber.mayHaveTaken(sequence, holding: held)
      sequence = held
      sequenceReplaced = true
      events.append(.resynchronized)
      attempt.rejectedSequences += 1
      current = attempt
      if attempt.isRepeat || isTaken, !request.isRead {
        // It may have been executed and its answer lost: its owner has to look.
        fail(.sequenceNumber, mayHaveBeenExecuted: true)
      } else if attempt.rejectedSequences > timers.sequenceRetries {
        fail(.sequenceNumber, mayHaveBeenExecuted: false)
      } else {
        again(signedAnew: true, at: now)
      }
    case .refused(.authenticationFailure): notAuthenticated(at: now)
    case .data, .done, .refused: finish(request, .success(response))
    }
  }

  private mutating func notAuthenticated(at now: Instant) {
    guard let attempt = current else { return }
    current?.authenticationFailures += 1
    if attempt.authenticationFailures >= timers.authenticationRetries {
      fail(.keyNotAccepted, mayHaveBeenExecuted: !attempt.isHarmless)
    } else {
      // The answer is unsigned and proves nothing: a write is repeated as it was, so that it cannot be executed twice.
      again(signedAnew: attempt.isHarmless, at: now + timers.afterAuthenticationFailure)
    }
  }

  /// No valid answer to this sending.
  private mutating func failed(at now: Instant) {
    guard let attempt = current else { return }
    let reason = attempt.reason
    if reason == .digest, !attempt.isOfTLS { events.append(.digestFailed) }
    current?.failures += 1
    if attempt.failures + 1 >= timers.attempts || !attempt.isRepeatable {
      fail(reason, mayHaveBeenExecuted: !attempt.isHarmless)
    } else {
      // Identical octets cannot be executed twice. A read that was answered used its number up, so it is signed anew.
      again(signedAnew: attempt.isHarmless && reason != .noAnswer, at: now)
    }
  }

  private mutating func again(signedAnew: Bool, at time: Instant) {
    if signedAnew { current?.frame = [] }
    current?.phase = .due
    current?.notBefore = max(time, lastRequest.map { $0 + timers.betweenRequests } ?? time)
  }

  private mutating func fail(_ reason: ExchangeError.Reason, mayHaveBeenExecuted: Bool) {
    let error = ExchangeError(reason, mayHaveBeenExecuted: mayHaveBeenExecuted)
    switch current?.content {
    case .request(let request): finish(request, .failure(error))
    case .tls: finish(.failure(error))
    case nil: break
    }
  }

  private mutating func finish(_ request: Request, _ result: Result<Response, ExchangeError>) {
    events.append(
      .finished(
        Outcome(
          request: request, result: result, attempts: current?.attempts ?? 0, sequenceReplaced: sequenceReplaced)))
    current = nil
    sequenceReplaced = false
  }

  private mutating func finish(_ result: Result<TLSMessage.Answer, ExchangeError>) {
    guard let attempt = current, case .tls(let message) = attempt.content else { return }
    events.append(.answered(TLSOutcome(message: message, result: result, attempts: attempt.attempts)))
    current = nil
  }

  private mutating func noteSkipped() {
    let octets = buffer.takeSkipped()
    guard octets > 0 else { return }
    // An alert is no answer, and neither are octets from before the request.
    current?.sawOctets = true
    events.append(.skipped(octets: octets))
  }

  private func earliest(_ times: Instant?...) -> Instant? {
    var first: Instant?
    for time in times { if let time { first = first.map { min($0, time) } ?? time } }
    return first
  }
}
