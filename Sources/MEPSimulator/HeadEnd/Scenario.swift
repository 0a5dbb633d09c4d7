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

extension Scenario {
  /// A past in which something happens from the first day on, for a meter that nobody has written a scenario for.
  public static let past = Scenario([
    Step(.after(5 * 3600), .voltage(phase: 1, percent: 80, seconds: 20)),
    Step(.after(9 * 3600), .powerOutage(seconds: 720)),
    Step(.after(20 * 3600), .oneTimeRead),
    Step(.after(30 * 3600), .phaseLoss(phase: 2, seconds: 300)),
    Step(.every(5 * 86_400), .powerOutage(seconds: 90)),
  ])
}

/// Why a line of a scenario is none.
public struct ScenarioError: Error, CustomStringConvertible {
  public let line: Int
  public let description: String
}

extension Scenario {
  /// What a scenario file may say, for help texts.
  public static let grammar =
    """
    A line says when and what; # begins a comment.
      +90s, +10m, +2h, +3d      so long after the start
      2026-11-23T12:00:00Z      at that time (UTC), if it is still to come
      every 1h                  again and again
    Orders; a meter without power takes them when it has power again:

    """
    + Order.forms.map { "  " + $0.form + String(repeating: " ", count: 28 - $0.form.count) + $0.does }
    .joined(separator: "\n")

  public init(parsing text: String) throws(ScenarioError) {
    var steps: [Step] = []
    for (i, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
      if words.isEmpty { continue }
      func error(_ why: String) -> ScenarioError { ScenarioError(line: i + 1, description: "Line \(i + 1): \(why)") }
      guard let (when, rest) = When.parse(words) else {
        let what = words.prefix(words[0] == "every" ? 2 : 1).joined(separator: " ")
        throw error("\"\(what)\" is no time, such as +10m, 2026-11-23T12:00:00Z or every 1h.")
      }
      guard let name = rest.first else { throw error("what is to happen then? An order is missing.") }
      guard let form = Order.forms.first(where: { $0.name == name })?.form else {
        throw error("\"\(name)\" is no order. There are: \(Order.forms.map(\.name).joined(separator: ", ")).")
      }
      guard let order = Order(rest) else {
        throw error("\"\(rest.joined(separator: " "))\" is not as it should be: \(form).")
      }
      steps.append(Step(when, order))
    }
    self.init(steps)
  }
}

extension Scenario.When {
  fileprivate static func parse(_ words: [String]) -> (Scenario.When, [String])? {
    if words[0] == "every" {
      guard words.count > 1, let span = Scenario.span(words[1]), span > 0 else { return nil }
      return (.every(span), Array(words.dropFirst(2)))
    }
    if words[0].hasPrefix("+") {
      return Scenario.span(words[0].dropFirst()).map { (.after($0), Array(words.dropFirst())) }
    }
    return Scenario.moment(words[0]).map { (.at($0.secondsSince2000), Array(words.dropFirst())) }
  }
}

extension Scenario {
  /// "2026-11-23T12:00:00Z" or "2026-11-23T12:00Z".
  public static func moment(_ text: String) -> Moment? {
    let pattern = Array("20dd-dd-ddTdd:dd:ddZ")
    let text = text.count == pattern.count - 3 ? text.dropLast() + ":00Z" : text
    guard text.count == pattern.count, zip(text, pattern).allSatisfy({ $1 == "d" ? $0.isDigit : $0 == $1 }) else {
      return nil
    }
    return Moment(text.dropFirst(2).split { !$0.isDigit }.compactMap { UInt8($0) })
  }

  /// "90s", "10m", "2h", "3d" in seconds.
  public static func span(_ text: some StringProtocol) -> Int64? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }), text.dropLast().allSatisfy(\.isDigit),
      let number = Int64(text.dropLast()), number <= 1_000_000_000
    else { return nil }
    return number * unit
  }
}

extension Character {
  fileprivate var isDigit: Bool { isASCII && isNumber }
}
