// SPDX-License-Identifier: Apache-2.0

/// The meter's end of a line: verifies requests under both keys, keeps the sequence rule, detects encryption, paces its
/// responses and raises alerts. The owner answers each request it takes. No I/O and no clock, as ``ClientConnection``.
public struct ServerConnection: Sendable {
  /// Which number 0x0C reports: the guide's text and its example differ.
  public enum SequenceReport: Sendable {
    /// The last number taken, as in the guide's example.
    case last
    /// The next number to use, as in the guide's description of the field.
    case next
  }

  /// What becomes of a request with a digest: a port may take TLS only.
  public enum Digests: Sendable {
    case taken
    /// As if the digest were wrong.
    case refused
    case ignored
  }

  /// A request whose digest and sequence number are right, or that came inside TLS.
  public struct Accepted: Sendable {
    public let body: [UInt8]
    public let level: AccessLevel
    /// 0 in TLS, which has none.
    public let sequence: UInt32
    public let security: Security

    init(body: [UInt8], level: AccessLevel, sequence: UInt32, security: Security) {
      self.body = body
      self.level = level
      self.sequence = sequence
      self.security = security
    }

    /// A request inside a TLS session.
    public init(body: [UInt8], identity: TLSIdentity) {
      self.init(body: body, level: identity.level, sequence: 0, security: .tls(client: identity.client))
    }
  }

  /// What kept others from forging or reading a request.
  public enum Security: Equatable, Sendable {
    case digest
    /// By RC4.
    case encrypted
    case tls(client: UInt16)

    public var isTLS: Bool { if case .tls = self { true } else { false } }
  }

  private enum InHand: Sendable {
    case signed(Accepted, Exchange)
    case tls(TLSMessage)
  }

  public let timers: Timers
  /// The last number taken from a client.
  public private(set) var sequence: UInt32
  /// Requests taken, and those refused for their digest or their number.
  public private(set) var accepted = 0
  public private(set) var refused = 0

  /// Octets that may wait: two of the longest messages.
  static let backlog = 2 * (MessageLimit.lengthField + MessageLimit.message)

  /// The utility may give the meter another one.
  public var advanced: AccessKey
  public var digests = Digests.taken
  /// Whether messages of TLS are taken; a meter that knows no TLS takes them for requests whose digest is wrong.
  public var takesTLS = false {
    didSet { buffer.shortest = takesTLS ? MessageLimit.shortestOfTLS : MessageLimit.shortestRequest }
  }
  public let basic: AccessKey
  private let report: SequenceReport
  private var buffer = FrameBuffer(shortest: MessageLimit.shortestRequest)
  private var lastOctet: Instant?
  private var request: InHand?
  private var isTaken = false
  private var nextResponse: Instant?
  private var outgoing: [UInt8] = []
  private var sendAt = Instant(microseconds: 0)
  private var isSending = false
  private var alertAt: Instant?

  public init(
    basic: AccessKey, advanced: AccessKey, sequence: UInt32, report: SequenceReport = .last, timers: Timers = Timers()
  ) {
    self.basic = basic
    self.advanced = advanced
    self.sequence = sequence
    self.report = report
    self.timers = timers
  }

  /// Whether `00 00` goes out once a second while the line is idle.
  public mutating func setAlert(_ raised: Bool, at now: Instant) {
    if !raised {
      alertAt = nil
    } else if alertAt == nil {
      alertAt = lastOctet.map { max(now, $0 + timers.alert) } ?? now
    }
  }

  /// Another client is at the line: what the one before left behind is not for it. The sequence number stays.
  public mutating func lineChanged() {
    buffer.clear()
    lastOctet = nil
    request = nil
    isTaken = false
    outgoing = []
    isSending = false
  }

  /// The configuration changed: the IDT version has gone up, and the number goes on by 25.
  public mutating func configurationChanged() { sequence &+= SequenceNumber.configurationChange }

  public mutating func receive(_ octets: [UInt8], at now: Instant) {
    guard !octets.isEmpty else { return }
    expire(at: now)
    lastOctet = now
    if alertAt != nil { alertAt = now + timers.alert }
    // While a request is in hand others may wait, but not without end.
    buffer.append(octets.prefix(max(0, Self.backlog - buffer.count)))
    search(at: now)
  }

  /// When ``advance(to:)`` or ``takeTransmission(at:)`` is due.
  public var deadline: Instant? {
    if isSending || request != nil { return nil }
    if !outgoing.isEmpty { return sendAt }
    if !buffer.isEmpty, let lastOctet { return lastOctet + timers.requestGap }
    return alertAt
  }

  public mutating func advance(to now: Instant) { expire(at: now) }

  /// The request to answer, once.
  public mutating func takeRequest() -> Accepted? {
    guard case .signed(let accepted, _) = request, !isTaken else { return nil }
    isTaken = true
    return accepted
  }

  /// The message of TLS to answer, once.
  public mutating func takeTLS() -> TLSMessage? {
    guard case .tls(let message) = request, !isTaken else { return nil }
    isTaken = true
    return message
  }

  /// Answers the request that was taken.
  public mutating func respond(_ response: Response, at now: Instant) {
    guard case .signed(_, let exchange) = request else { return }
    respond(exchange.seal(response: response.body), at: now)
  }

  /// Answers the message of TLS that was taken.
  public mutating func respond(_ answer: TLSMessage.Answer, at now: Instant) {
    guard case .tls = request else { return }
    respond(Frame.framed(answer.message), at: now)
  }

  private mutating func respond(_ frame: [UInt8], at now: Instant) {
    request = nil
    isTaken = false
    emit(frame, at: now)
  }

  /// Octets to put on the line now, a segment at a time, or nil. Report their end by ``transmitted(at:)``.
  public mutating func takeTransmission(at now: Instant) -> [UInt8]? {
    guard !isSending else { return nil }
    if outgoing.isEmpty, request == nil, buffer.isEmpty, let alertAt, now >= alertAt {
      self.alertAt = now + timers.alert
      isSending = true
      return Frame.alert
    }
    guard !outgoing.isEmpty, now >= sendAt else { return nil }
    isSending = true
    defer { outgoing.removeFirst(min(timers.segment, outgoing.count)) }
    return Array(outgoing.prefix(timers.segment))
  }

  /// The last octet of a transmission has left.
  public mutating func transmitted(at now: Instant) {
    guard isSending else { return }
    isSending = false
    sendAt = now + timers.segmentPause
    if outgoing.isEmpty { search(at: now) }
  }

  /// Octets that stopped coming are no request.
  private mutating func expire(at now: Instant) {
    guard !buffer.isEmpty, request == nil, outgoing.isEmpty, !isSending, let lastOctet,
      now >= lastOctet + timers.requestGap
    else { return }
    buffer.clear()
  }

  private mutating func search(at now: Instant) {
    // One request at a time: what comes meanwhile waits in the buffer.
    guard request == nil, outgoing.isEmpty, !isSending else { return }
    var message: [UInt8] = []
    while true {
      let step = buffer.next(patient: false) {
        message = Array($0)
        return true
      }
      switch step {
      case .wait: return
      case .alert: continue
      case .message:
        take(message, at: now)
        return
      }
    }
  }

  private mutating func take(_ message: [UInt8], at now: Instant) {
    if takesTLS, let message = TLSMessage(message: message) {
      request = .tls(message)
      return
    }
    if digests == .ignored { return }
    let found =
      Exchange.open(message: message[...], key: advanced).map { ($0, AccessLevel.advanced) }
      ?? Exchange.open(message: message[...], key: basic).map { ($0, AccessLevel.basic) }
    guard digests == .taken, let (opened, level) = found else {
      refused += 1
      let code = [ResponseCode.authenticationFailure.rawValue]
      emit(Frame.framed(code + [UInt8](repeating: 0, count: Digest.length)), at: now)
      return
    }
    guard SequenceNumber.accepts(opened.sequence, after: sequence) else {
      refused += 1
      let number = report == .last ? sequence : sequence &+ 1
      emit(opened.exchange.seal(response: Response.sequence(number).body), at: now)
      return
    }
    accepted += 1
    sequence = opened.sequence
    let accepted = Accepted(
      body: opened.body, level: level, sequence: opened.sequence,
      security: opened.exchange.isEncrypted ? .encrypted : .digest)
    request = .signed(accepted, opened.exchange)
  }

  private mutating func emit(_ frame: [UInt8], at now: Instant) {
    outgoing = frame
    // No more than one exchange in 100 ms.
    sendAt = max(now, nextResponse ?? now)
    nextResponse = sendAt + timers.betweenRequests
  }
}
