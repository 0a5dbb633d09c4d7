// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPClient
import MEPTransport

/// Prints what a ``LineMonitor`` sees, and what it has seen in all.
struct LineReport {
  private let options: TranscriptOptions
  private var monitor: LineMonitor
  /// What makes the time of day of the monitor's time.
  private let offset: Instant.Span
  /// Where frames are written too.
  var packets: CaptureFile?
  /// The first line of a capture that is none.
  private var firstBad: Int?
  private var last = Instant(microseconds: 0)

  init(_ options: TranscriptOptions, _ monitor: LineMonitor, offset: Instant.Span = .zero) {
    self.options = options
    self.monitor = monitor
    self.offset = offset
  }

  mutating func take(_ octets: [UInt8], from speaker: Speaker, at now: Instant) {
    last = now
    show(monitor.take(octets, from: speaker, at: now))
  }

  mutating func advance(to now: Instant) { show(monitor.advance(to: now)) }

  /// A line of a capture, whose times are those of the day.
  mutating func take(line: String, _ number: Int) {
    if line.allSatisfy(\.isWhitespace) { return }
    guard let record = CaptureRecord(line: line) else {
      // The last line of a capture may not have been written to its end.
      firstBad = firstBad ?? number
      return
    }
    take(record.octets, from: record.speaker, at: record.time)
  }

  /// The end of a capture.
  mutating func end(_ file: String) throws {
    finish(at: last)
    if let firstBad {
      throw Failure(
        .wrongUse, "Line \(firstBad) of \(file) is no record of a capture; all lines that are one are decoded.")
    }
    try Flaws(monitor.summary).judge(file)
  }

  /// Nothing more will be heard: tells what is left, and what was seen in all.
  mutating func finish(at now: Instant) {
    show(monitor.finish(at: now))
    let summary = monitor.summary
    Output.line(options.json ? JSON.object(summary.members).description : "\n" + summary.lines.joined(separator: "\n"))
  }

  private mutating func show(_ seen: [LineMonitor.Seen]) {
    for seen in seen {
      let time = seen.start + offset
      if !seen.octets.isEmpty {
        packets?.add(CaptureRecord(time: time, speaker: seen.speaker, octets: seen.octets), isFrame: seen.isFrame)
      }
      if options.json {
        Output.line(
          JSON.object([("at", .string(Clock.text(time))), ("from", .string(seen.speaker.rawValue))] + seen.members))
      } else {
        let lines = seen.lines(assumed: options.assume != nil)
        Output.line("\(Clock.timeOfDay(time)) " + lines.joined(separator: "\n"))
      }
    }
  }
}

extension LineMonitor.Seen {
  fileprivate var isFrame: Bool { if case .frame = content { true } else { false } }

  fileprivate func lines(assumed: Bool) -> [String] {
    var lines: [String]
    switch content {
    case .frame(let entry):
      lines = entry.lines(assumed: assumed)
      if case .broken = entry { lines.append("  " + Hex.text(octets, separator: " ")) }
    case .noise:
      lines = [
        "\(speaker.rawValue): \(octets.count) octets that are no frame", "  " + Hex.text(octets, separator: " "),
      ]
    case .unanswered: lines = ["no response"]
    }
    let notes = (delay.map { ["after \($0.words)"] } ?? []) + remarks.map(\.words)
    if !notes.isEmpty { lines[0] += " (\(notes.joined(separator: "; ")))" }
    return lines
  }

  fileprivate var members: [(String, JSON)] {
    var members: [(String, JSON)]
    switch content {
    case .frame(let entry): members = entry.members.filter { $0.0 != "from" }
    case .noise: members = [("kind", .string("noise"))]
    case .unanswered: members = [("kind", .string("unanswered"))]
    }
    members += [
      ("frame", .string(Hex.text(octets))), ("delay_ms", delay?.json ?? .null),
      ("remarks", .array(remarks.map { .string($0.words) })),
    ]
    return members
  }
}

extension LineMonitor.Remark {
  fileprivate var words: String {
    switch self {
    case .late(let span, let limit): "late: \(span.words), where \(limit.words) are waited"
    case .gap(let span): "a pause of \(span.words) inside it, the guide allows 50 ms"
    case .hasty(let span): "\(span.words) after the request before, the guide wants 100 ms"
    case .again: "the same as before, sent again"
    }
  }
}

extension LineMonitor.Summary {
  private var sortedDelays: [Instant.Span] { delays.sorted() }

  fileprivate var lines: [String] {
    let sorted = sortedDelays
    var rows = [
      (
        "Exchanges",
        "\(requests) requests, \(responses) responses, \(repeats) sent again, \(unanswered) without a response"
      ), ("Digests", "\(verified) verified, \(wrong) wrong"),
    ]
    if let first = sorted.first, let last = sorted.last {
      let median = sorted[sorted.count / 2]
      rows.append(
        (
          "Responses",
          "after \(first.words) to \(last.words), half of them within \(median.words); the guide allows 500 ms to those with a digest"
        ))
    }
    if requests > 0 { rows.append(("Pauses", "\(longestGap.words) at most inside a request; the guide allows 50 ms")) }
    if let shortestSpacing {
      rows.append(("Requests", "\(shortestSpacing.words) apart at least; the guide wants 100 ms"))
    }
    rows.append(("Line", "\(noise) octets in no frame, \(broken) damaged frames, \(alerts) alerts"))
    return rows.map { $0.padded(to: 11) + $1 }
  }

  fileprivate var members: [(String, JSON)] {
    let sorted = sortedDelays
    return [
      ("kind", .string("summary")), ("requests", .integer(Int64(requests))), ("responses", .integer(Int64(responses))),
      ("repeats", .integer(Int64(repeats))), ("unanswered", .integer(Int64(unanswered))),
      ("verified", .integer(Int64(verified))), ("wrong", .integer(Int64(wrong))), ("alerts", .integer(Int64(alerts))),
      ("noise_octets", .integer(Int64(noise))), ("broken", .integer(Int64(broken))),
      ("delay_min_ms", sorted.first?.json ?? .null),
      ("delay_median_ms", sorted.isEmpty ? .null : sorted[sorted.count / 2].json),
      ("delay_max_ms", sorted.last?.json ?? .null), ("pause_max_ms", longestGap.json),
      ("spacing_min_ms", shortestSpacing?.json ?? .null),
    ]
  }
}

extension Instant.Span {
  /// In milliseconds.
  fileprivate var words: String { "\(milliseconds) ms" }
  fileprivate var json: JSON { .integer(milliseconds) }
}
