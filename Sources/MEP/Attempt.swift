// SPDX-License-Identifier: Apache-2.0

/// What a ``ClientConnection`` has under way.
struct Attempt: Sendable {
  enum Content: Sendable {
    case request(Request)
    case tls(TLSMessage)
  }

  enum Phase { case due, sending, awaiting }

  let content: Content
  var notBefore: Instant
  var phase = Phase.due
  /// The signed octets; empty until the request leaves, and again when it is to be signed anew.
  var frame: [UInt8] = []
  var exchange: Exchange?
  /// The octets on the line were there before.
  var isRepeat = false
  var answerBy = Instant(microseconds: 0)
  var completeBy = Instant(microseconds: 0)
  var sawOctets = false
  var sawEcho = false
  var flaw: ResponseFlaw?
  var attempts = 0
  var failures = 0
  var authenticationFailures = 0
  var rejectedSequences = 0

  init(_ content: Content, notBefore: Instant) {
    self.content = content
    self.notBefore = notBefore
  }

  /// Whether asking twice does no harm.
  var isHarmless: Bool {
    switch content {
    case .request(let request): request.isRead
    case .tls(let message): message.isRepeatable
    }
  }

  /// Whether what stays without an answer is sent again.
  var isRepeatable: Bool {
    switch content {
    case .request: true
    case .tls(let message): message.isRepeatable
    }
  }

  var isOfTLS: Bool { if case .tls = content { true } else { false } }

  var shortestAnswer: Int {
    switch content {
    case .request: MessageLimit.shortestResponse
    case .tls: 1
    }
  }

  /// Why this sending has no answer that can be believed.
  var reason: ExchangeError.Reason {
    if let flaw { return .malformed(flaw) }
    if sawEcho { return .echo }
    return sawOctets ? .digest : .noAnswer
  }

  /// A message that may be the answer.
  enum Answer {
    /// Its digest is right.
    case signed([UInt8], to: Request)
    /// 0x0B, signed by nobody.
    case keyNotAccepted
    case tls(TLSMessage.Answer)
  }

  func answer(in message: ArraySlice<UInt8>) -> Answer? {
    switch content {
    case .tls: return TLSMessage.Answer(message: message).map(Answer.tls)
    case .request(let request):
      guard let exchange else { return nil }
      if let body = try? exchange.open(response: message) { return .signed(body, to: request) }
      // A damaged "ok" to a write would carry the request's own digest: that one was executed.
      let isUnsigned =
        message.count == MessageLimit.shortestResponse
        && message.first == ResponseCode.authenticationFailure.rawValue
        && !message.suffix(Digest.length).elementsEqual(exchange.requestDigest)
      return isUnsigned ? .keyNotAccepted : nil
    }
  }
}
