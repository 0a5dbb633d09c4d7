// SPDX-License-Identifier: Apache-2.0

/// Why an engine was not told; it is tried again.
struct EngineTrouble: Error, Sendable {
  /// The same for the same cause, whatever the words.
  let cause: String
  let words: String
  /// Seconds that the engine asks for.
  var retryAfter: Int?

  init(cause: String, _ words: String) { (self.cause, self.words) = (cause, words) }

  init(_ failure: HTTPClient.Failure) { self.init(cause: "curl \(failure.code)", "no answer: \(failure.words)") }

  init(_ unreadable: EngineSink.Settings.Unreadable) { self.init(cause: "secret", unreadable.words) }

  init(_ error: StoreError) { self.init(cause: "store", error.description) }

  /// An answer that is neither a yes nor a no to what the lines say.
  init(_ answer: HTTPClient.Answer, _ settings: EngineSink.Settings) {
    let place = settings.api == .v1 ? "database: (\(settings.database))" : "org: and bucket:"
    let advice: String
    switch answer.status {
    case 300..<400: advice = "it sends us elsewhere: write that address into url:"
    case 401, 403:
      advice =
        settings.access == .open
        ? "it wants to know who writes: give it token_file:, or user: and password_file:"
        : "it does not let us write: look at the secret in the file, and whether it may write to \(place)"
    case 404: advice = "it has no such place: look at url:, api: and \(place), which has to be there already"
    case 429: advice = "it is written to too often"
    case 500...: advice = "it cannot write now"
    default: advice = "it takes no line protocol there: look at url: and api:"
    }
    self.init(cause: "HTTP \(answer.status)", "\(answer.status), \(advice)\(Self.said(answer))")
    retryAfter = answer.retryAfter
  }

  /// All that was sent is refused, also what is new.
  init(refusal answer: HTTPClient.Answer) {
    self.init(
      cause: "refusal",
      "\(answer.status), it refuses every line: look whether the measurement is there with fields of other types\(Self.said(answer))"
    )
  }

  /// What the engine says itself, on one line.
  static func said(_ answer: HTTPClient.Answer) -> String {
    let words = answer.words.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ").prefix(200)
    return words.isEmpty ? "" : " (it says: \(words))"
  }
}
