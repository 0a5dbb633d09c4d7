// SPDX-License-Identifier: Apache-2.0
import C1219

/// What the grid does when, in the order of the file.
public struct Scenario: Sendable, Equatable {
  public struct Step: Sendable, Equatable {
    public let when: When
    public let order: Order

    public init(_ when: When, _ order: Order) {
      self.when = when
      self.order = order
    }
  }

  public enum When: Sendable, Equatable {
    /// Seconds after the simulation began.
    case after(Int64)
    /// Seconds since 2000-01-01 UTC.
    case at(Int64)
    /// Again and again after so many seconds.
    case every(Int64)
  }

  public var steps: [Step]

  public init(_ steps: [Step] = []) { self.steps = steps }
}

/// Why a line of a scenario is none.
public struct ScenarioError: Error, CustomStringConvertible {
  public let line: Int
  public let description: String
}

extension Scenario {
  /// What a scenario file may say, for help texts.
  public static let grammar = """
    A line says when and what; # begins a comment.
      +90s, +10m, +2h, +3d      so long after the start
      2026-11-23T12:00:00Z      at that time (UTC)
      every 1h                  again and again
    Orders:
      on-demand PORT TYPE [HEX]   an on-demand request for the device at the port
      scheduled-read PORT         a scheduled read of it
      downlink PORT HEX           data for it that can wait
      tariff TIER|calendar        switch the tariff by hand, or back
      clock SECONDS               move the clock, such as -30
      power-outage SPAN           such as 10m
      phase-loss PHASE SPAN       phase 1, 2 or 3
      voltage PHASE PERCENT SPAN  a sag (80) or a swell (115)
      configuration-change        the sequence number goes on by 25
      key OCTET                   the MAK becomes 16 times this octet (hexadecimal)
      port N open|closed          the utility opens or closes the port
      tls N required|optional     the port takes TLS only
    """

  public init(parsing text: String) throws(ScenarioError) {
    var steps: [Step] = []
    for (i, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
      if words.isEmpty { continue }
      guard let (when, rest) = When.parse(words) else {
        throw ScenarioError(
          line: i + 1, description: "Line \(i + 1): \"\(words[0])\" is no time, such as +10m or every 1h.")
      }
      guard let order = Order(rest) else {
        throw ScenarioError(
          line: i + 1, description: "Line \(i + 1): \"\(rest.joined(separator: " "))\" is no order that there is.")
      }
      steps.append(Step(when, order))
    }
    self.init(steps)
  }
}

extension Scenario.When {
  fileprivate static func parse(_ words: [String]) -> (Scenario.When, [String])? {
    if words[0] == "every" {
      guard words.count > 1, let span = seconds(words[1]), span > 0 else { return nil }
      return (.every(span), Array(words.dropFirst(2)))
    }
    if words[0].hasPrefix("+") {
      return seconds(words[0].dropFirst()).map { (.after($0), Array(words.dropFirst())) }
    }
    let numbers = words[0].split { "-T:Z".contains($0) }.compactMap { Int($0) }
    guard words[0].hasSuffix("Z"), numbers.count == 5 || numbers.count == 6, (2000...2099).contains(numbers[0]),
      numbers[1...].allSatisfy({ (0...255).contains($0) }),
      let moment = Moment([UInt8(numbers[0] - 2000)] + numbers[1...].map { UInt8($0) })
    else { return nil }
    return (.at(moment.secondsSince2000), Array(words.dropFirst()))
  }

  /// "90s", "10m", "2h", "3d".
  static func seconds(_ text: some StringProtocol) -> Int64? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }), let number = Int64(text.dropLast()),
      (0...1_000_000_000).contains(number)
    else { return nil }
    return number * unit
  }
}

extension Order {
  fileprivate init?(_ words: [String]) {
    func number(_ i: Int, _ range: ClosedRange<Int>) -> Int? {
      i < words.count ? Int(words[i]).flatMap { range.contains($0) ? $0 : nil } : nil
    }
    func span(_ i: Int) -> Int64? { i < words.count ? Scenario.When.seconds(words[i]) : nil }
    func octets(_ i: Int) -> [UInt8]? {
      let digits = words.dropFirst(i).joined().map(\.hexDigitValue)
      guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
      return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0]! << 4 | digits[$0 + 1]!) }
    }
    func choice(_ i: Int, _ yes: String, _ no: String) -> Bool? {
      i < words.count ? (words[i] == yes ? true : words[i] == no ? false : nil) : nil
    }
    switch (words.first, words.count) {
    case ("on-demand", 3...):
      guard let port = number(1, 1...2), let type = number(2, 0...255), let data = octets(3) else { return nil }
      self = .onDemandRequest(port: port, type: UInt8(type), data: data)
    case ("scheduled-read", 2):
      guard let port = number(1, 1...2) else { return nil }
      self = .scheduledRead(port: port)
    case ("downlink", 3...):
      guard let port = number(1, 1...2), let data = octets(2), !data.isEmpty else { return nil }
      self = .downlink(port: port, data: data)
    case ("tariff", 2):
      if words[1] == "calendar" {
        self = .tariff(tier: nil)
      } else {
        guard let tier = number(1, 0...7) else { return nil }
        self = .tariff(tier: tier)
      }
    case ("clock", 2):
      guard let seconds = number(1, -1_000_000_000...1_000_000_000) else { return nil }
      self = .clock(seconds: Int64(seconds))
    case ("power-outage", 2):
      guard let span = span(1) else { return nil }
      self = .powerOutage(seconds: span)
    case ("phase-loss", 3):
      guard let phase = number(1, 1...3), let span = span(2) else { return nil }
      self = .phaseLoss(phase: phase, seconds: span)
    case ("voltage", 4):
      guard let phase = number(1, 1...3), let percent = number(2, 1...200), let span = span(3) else { return nil }
      self = .voltage(phase: phase, percent: percent, seconds: span)
    case ("configuration-change", 1): self = .configurationChange
    case ("key", 2):
      guard words[1].count == 2, let octet = UInt8(words[1], radix: 16) else { return nil }
      self = .advancedKey(dummy: octet)
    case ("port", 3):
      guard let port = number(1, 1...2), let isOpen = choice(2, "open", "closed") else { return nil }
      self = .port(port, isOpen: isOpen)
    case ("tls", 3):
      guard let port = number(1, 1...2), let isRequired = choice(2, "required", "optional") else { return nil }
      self = .tls(port: port, isRequired: isRequired)
    default: return nil
    }
  }
}
