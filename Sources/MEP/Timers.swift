// SPDX-License-Identifier: Apache-2.0

/// The waits of the protocol, with the guide's values (chapter 2, "MEP Protocol Timing").
public struct Timers: Sendable {
  /// From the last octet of a request to the first two of the response: 500 ms.
  public var response = Instant.Span.milliseconds(500)
  /// The longest pause between two octets of a request: 50 ms.
  public var requestGap = Instant.Span.milliseconds(50)
  /// From the start of one request to the start of the next: 100 ms.
  public var betweenRequests = Instant.Span.milliseconds(100)
  /// The meter's pause after each segment of a long response: 25 ms.
  public var segmentPause = Instant.Span.milliseconds(25)
  /// Octets of a segment: 117.
  public var segment = 117
  /// No alert for so long after a frame, and one alert in so long: 1 s.
  public var alert = Instant.Span.milliseconds(1000)

  // What the guide leaves open.

  /// Silence that ends a broken response; well above the pause between segments.
  public var silence = Instant.Span.milliseconds(150)
  /// The longest that a response may take from its first octet, so that babble on the line cannot hold a request for ever.
  public var longestResponse: Instant.Span
  /// What an answer in TLS may take longer: a meter has to reckon, and a session that is given up costs more than waiting.
  public var reckoning = Instant.Span.milliseconds(1500)
  /// Before a request is signed anew after 0x0B.
  public var afterAuthenticationFailure = Instant.Span.milliseconds(500)
  /// Sendings of one request that stay without a valid answer before the client gives up.
  public var attempts = 3
  /// Repeats after 0x0B before the key is called wrong.
  public var authenticationRetries = 2
  /// Times that one request may be answered 0x0C.
  public var sequenceRetries = 3

  /// - Parameter baud: the line's rate; slow lines get a longer silence and a longer response.
  public init(baud: Int = 9600) {
    let octet = Int64(10_000_000 / max(baud, 1))
    let whole = Int64(MessageLimit.message + MessageLimit.lengthField) * octet
    let pauses = Int64(MessageLimit.message / segment) * segmentPause.microseconds
    longestResponse = Instant.Span(microseconds: 2 * (whole + pauses))
    silence = max(silence, Instant.Span(microseconds: segmentPause.microseconds + 4 * octet))
  }

  /// Between two ends in one program: no pauses, and no wait that ends while a busy computer still works on the answer.
  public static var unpaced: Timers {
    var timers = Timers()
    (timers.response, timers.longestResponse) = (.milliseconds(20_000), .milliseconds(20_000))
    (timers.betweenRequests, timers.segmentPause, timers.reckoning) = (.zero, .zero, .zero)
    timers.segment = MessageLimit.lengthField + MessageLimit.message
    return timers
  }
}
