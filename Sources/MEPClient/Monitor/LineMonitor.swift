// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport

/// Makes sense of what passes on a line between a client and a meter, heard on both of its wires: finds the frames, pairs
/// requests and responses, and measures how both keep the guide's times (chapter 2, "MEP Protocol Timing").
///
/// It has no clock: hand in octets with the moment at which the last of them was there, and the passing of time.
public struct LineMonitor: Sendable {
  /// Something that was on the line, or should have been.
  public struct Seen: Sendable {
    public let speaker: Speaker
    /// A whole frame with its length field, or what is none.
    public let octets: [UInt8]
    /// When its first and last octets were there.
    public let start: Instant
    public let end: Instant
    public let content: Content
    /// Of a response: from the request's last octet to its first.
    public var delay: Instant.Span?
    /// What the guide does not allow.
    public var remarks: [Remark] = []
  }

  public enum Content: Sendable {
    case frame(Transcript.Entry)
    /// Octets that belong to no frame.
    case noise
    /// A request that nothing has answered in time.
    case unanswered
  }

  public enum Remark: Equatable, Sendable {
    /// The response took longer to begin than it is waited for: 500 ms, as the guide has it, and more in TLS.
    case late(Instant.Span, limit: Instant.Span)
    /// A pause inside a request, longer than 50 ms.
    case gap(Instant.Span)
    /// The request began less than 100 ms after the one before it.
    case hasty(Instant.Span)
    /// The same octets as the request before it.
    case again
  }

  /// What was noticed since the monitor began.
  public struct Summary: Sendable {
    public var requests = 0
    /// Frames of the meter that are ones by their form; alerts and what is damaged apart.
    public var responses = 0
    public var repeats = 0
    public var unanswered = 0
    public var wrong = 0
    public var verified = 0
    public var alerts = 0
    /// Octets that belong to no frame, and frames that are damaged.
    public var noise = 0
    public var broken = 0
    /// Of the responses, from the end of the request on.
    public var delays: [Instant.Span] = []
    public var longestGap = Instant.Span.zero
    /// From the beginning of a request to that of the next.
    public var shortestSpacing: Instant.Span?
  }

  public private(set) var summary = Summary()
  private var transcript: Transcript
  private var client: HeardLine
  private var meter: HeardLine
  private let timers: Timers
  /// How long an octet takes.
  private let octet: Int64
  /// The request that waits for its response, and whether it was told that it has waited too long.
  private var open: (end: Instant, limit: Instant.Span, isTold: Bool)?
  /// The request before, as it was sent.
  private var last: (start: Instant, octets: [UInt8])?

  /// - Parameters:
  ///   - baud: how long an octet is on the line; 0 where that is not known.
  ///   - dimensions: what is assumed of the meter until its own dimension tables pass by.
  public init(key: AccessKey? = nil, dimensions: Dimensions = Dimensions(), baud: Int = 9600) {
    transcript = Transcript(key: key, dimensions: dimensions)
    timers = Timers(baud: baud == 0 ? 9600 : baud)
    octet = baud == 0 ? 0 : 10_000_000 / Int64(baud)
    client = HeardLine(octet: octet)
    meter = HeardLine(octet: octet)
  }

  /// Octets have been heard, the last of them just now. What is complete comes out in its order.
  public mutating func take(_ octets: [UInt8], from speaker: Speaker, at now: Instant) -> [Seen] {
    var seen: [Seen] = []
    var rest = octets[...]
    // A little at a time: what waits is searched through again whenever there is more.
    while !rest.isEmpty {
      let piece = Array(rest.prefix(Self.piece))
      rest = rest.dropFirst(piece.count)
      seen += take(piece: piece, from: speaker, at: Instant(microseconds: now.microseconds - Int64(rest.count) * octet))
    }
    return seen
  }

  private static let piece = 512

  private mutating func take(piece octets: [UInt8], from speaker: Speaker, at now: Instant) -> [Seen] {
    var seen = advance(to: now)
    // One of them speaks at a time: what the other one has said is over, and may be what cannot be read.
    let other: Speaker = speaker == .client ? .meter : .client
    if (speaker == .client ? meter : client).isWhole, let whole = next(other, isQuiet: true) { seen.append(whole) }
    if speaker == .client { client.append(octets, at: now) } else { meter.append(octets, at: now) }
    while let next = next(speaker, isQuiet: false) { seen.append(next) }
    return seen
  }

  /// Time has passed: lines that fell silent have no more to say, and requests have waited too long.
  public mutating func advance(to now: Instant) -> [Seen] {
    var seen: [Seen] = []
    for speaker in Speaker.allCases {
      let line = speaker == .client ? client : meter
      guard let quietAt = line.quietAt(timers.silence), now >= quietAt else { continue }
      while let next = next(speaker, isQuiet: true) { seen.append(next) }
    }
    if let open, !open.isTold, now >= open.end + open.limit, meter.isEmpty {
      self.open?.isTold = true
      summary.unanswered += 1
      seen.append(Seen(speaker: .meter, octets: [], start: open.end, end: now, content: .unanswered))
    }
    return seen
  }

  /// All there is, though the line may not have fallen silent yet.
  public mutating func finish(at now: Instant) -> [Seen] {
    var seen: [Seen] = []
    for speaker in Speaker.allCases { while let next = next(speaker, isQuiet: true) { seen.append(next) } }
    return seen + advance(to: now)
  }

  private mutating func next(_ speaker: Speaker, isQuiet: Bool) -> Seen? {
    let transcript = transcript
    let isLikely = { transcript.isLikely($0, from: speaker) }
    let found =
      speaker == .client ? client.next(isQuiet: isQuiet, isLikely) : meter.next(isQuiet: isQuiet, isLikely)
    guard let found else { return nil }
    guard found.isFrame else {
      summary.noise += found.octets.count
      return Seen(speaker: speaker, octets: found.octets, start: found.start, end: found.end, content: .noise)
    }
    let entry = self.transcript.take(found.octets, from: speaker)
    var seen = Seen(
      speaker: speaker, octets: found.octets, start: found.start, end: found.end, content: .frame(entry))
    note(entry)
    if speaker == .client { sent(&seen, longestGap: found.longestGap) } else { answered(&seen, entry, found.isLikely) }
    return seen
  }

  private mutating func note(_ entry: Transcript.Entry) {
    switch entry {
    case .alert: summary.alerts += 1
    case .broken: summary.broken += 1
    case .request, .response, .tls: break
    }
    if entry.verdict == .wrong { summary.wrong += 1 }
    if entry.verdict == .verified { summary.verified += 1 }
  }

  private mutating func sent(_ seen: inout Seen, longestGap: Instant.Span) {
    summary.requests += 1
    summary.longestGap = max(summary.longestGap, longestGap)
    if longestGap > timers.requestGap { seen.remarks.append(.gap(longestGap)) }
    if let last {
      let spacing = seen.start - last.start
      summary.shortestSpacing = min(summary.shortestSpacing ?? spacing, spacing)
      // When an octet was there is known no better than the adapter tells.
      if spacing + Self.tolerance < timers.betweenRequests { seen.remarks.append(.hasty(spacing)) }
      if last.octets == seen.octets {
        summary.repeats += 1
        seen.remarks.append(.again)
      }
    }
    last = (seen.start, seen.octets)
    let isOfTLS = TLSMessage(message: seen.octets.dropFirst(MessageLimit.lengthField)) != nil
    open = (seen.end, isOfTLS ? timers.response + timers.reckoning : timers.response, false)
  }

  private mutating func answered(_ seen: inout Seen, _ entry: Transcript.Entry, _ isLikely: Bool) {
    if case .alert = entry { return }
    if isLikely { summary.responses += 1 }
    guard let open else { return }
    let delay = max(.zero, seen.start - open.end)
    summary.delays.append(delay)
    seen.delay = delay
    if delay > open.limit + Self.tolerance { seen.remarks.append(.late(delay, limit: open.limit)) }
    self.open = nil
  }

  private static let tolerance = Instant.Span.milliseconds(20)
}
