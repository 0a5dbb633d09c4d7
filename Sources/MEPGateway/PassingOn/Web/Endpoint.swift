// SPDX-License-Identifier: Apache-2.0
import MEPClient

/// Something that can be asked over HTTP. It is declared once: what is asked is checked by it, and the OpenAPI document
/// describes it.
struct Endpoint: Sendable {
  /// "/api/v1/meters/{meter}/history"
  let path: String
  let summary: String
  var parameters: [Parameter] = []
  let content: Content
  let respond: @Sendable (Call) async throws(Refusal) -> Answer

  /// What it answers.
  enum Content: Sendable {
    case json(Schema)
    /// Of one of some media types.
    case text([String])
  }

  /// What its path has for a name in braces; nil for another path.
  func captures(_ path: some StringProtocol) -> [String: String]? {
    let (pattern, parts) = (self.path.split(separator: "/"), path.split(separator: "/"))
    guard pattern.count == parts.count else { return nil }
    var captures: [String: String] = [:]
    for (name, part) in zip(pattern, parts) {
      if name.first == "{" {
        captures[String(name.dropFirst().dropLast())] = String(part)
      } else if name != part {
        return nil
      }
    }
    return captures
  }
}

/// What may be said behind the question mark.
struct Parameter: Sendable {
  let name: String
  let words: String
  let kind: Kind

  enum Kind: Sendable {
    case time
    /// Published names, with commas between them.
    case names
    case choice([String])
    case count(ClosedRange<Int>)
  }

  init(_ name: String, _ words: String, _ kind: Kind) { (self.name, self.words, self.kind) = (name, words, kind) }

  enum Value: Sendable {
    case time(WrittenTime)
    case names(Set<String>)
    case choice(String)
    case count(Int)
  }

  /// Nil for what makes no sense.
  func value(_ text: String) -> Value? {
    switch kind {
    case .time: WrittenTime(text).map { .time($0) }
    case .names:
      text.wholeMatch(of: /[A-Za-z0-9_-]+(,[A-Za-z0-9_-]+)*/).map {
        .names(Set($0.0.split(separator: ",").map(String.init)))
      }
    case .choice(let names): names.contains(text) ? .choice(text) : nil
    case .count(let range): Int(text).flatMap { range.contains($0) ? .count($0) : nil }
    }
  }

  var takes: String {
    switch kind {
    case .time: "a time such as 2026-11-22T10:00:00Z or 2026-11-22"
    case .names: "names with commas between them"
    case .choice(let names): names.joined(separator: ", ")
    case .count(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    }
  }
}

/// What was asked.
struct Call: Sendable {
  let gateway: Gateway
  let captures: [String: String]
  let values: [String: Parameter.Value]

  /// Local times are the house's.
  func time(_ name: String) -> Timestamp? {
    guard case .time(let written)? = values[name] else { return nil }
    return Timestamp(written, in: gateway.zone)
  }

  func names(_ name: String) -> Set<String>? {
    if case .names(let names)? = values[name] { names } else { nil }
  }

  func choice<Choice: RawRepresentable>(_ name: String) -> Choice? where Choice.RawValue == String {
    if case .choice(let text)? = values[name] { Choice(rawValue: text) } else { nil }
  }

  func count(_ name: String) -> Int? {
    if case .count(let count)? = values[name] { count } else { nil }
  }

  /// The meter that is asked about.
  func meter() async throws(Refusal) -> (name: String, id: Store.MeterID, live: LiveValues) {
    let name = captures["meter"] ?? ""
    guard let id = await gateway.id(of: name), let live = await gateway.values[name] else {
      guard await gateway.isPrepared else {
        throw Refusal(.unavailable, "The gateway is just beginning.", retryAfter: 1)
      }
      let names = await gateway.values.keys.sorted().joined(separator: ", ")
      throw Refusal(.notFound, "There is no meter \"\(name)\": there is \(names.isEmpty ? "none yet" : names).")
    }
    return (name, id, live)
  }
}

/// What is answered.
enum Answer: Sendable {
  case json(JSON)
  case text(String, type: String)
  /// As much as the other end takes, for as long as it is there.
  case stream(type: String, @Sendable (_ write: (String) async throws -> Void) async throws -> Void)
}

/// Why there is no answer.
struct Refusal: Error, Sendable {
  enum Kind: Int, Sendable {
    case badRequest = 400
    case unauthorized = 401
    case forbidden = 403
    case notFound = 404
    case notAllowed = 405
    case tooLarge = 413
    case misdirected = 421
    case tooMany = 429
    case failed = 500
    case badGateway = 502
    case unavailable = 503
  }

  let kind: Kind
  let words: String
  /// Seconds after which asking again makes sense.
  var retryAfter: Int?

  init(_ kind: Kind, _ words: String, retryAfter: Int? = nil) {
    (self.kind, self.words, self.retryAfter) = (kind, words, retryAfter)
  }

  init(_ error: StoreError) { self.init(.failed, error.description) }
}
