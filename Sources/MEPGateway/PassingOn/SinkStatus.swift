// SPDX-License-Identifier: Apache-2.0

/// How it goes with one of those to whom the gateway passes on, for whoever looks after it.
public struct SinkStatus: Sendable, Equatable {
  public let name: String
  /// When it took something last; nil before it did.
  public internal(set) var lastSuccess: Timestamp?
  /// Since when it takes nothing; nil while it does.
  public internal(set) var waitingSince: Timestamp?
  /// Why it takes nothing.
  public internal(set) var problem: String?
  /// Points or messages that it took, and points that it refused for ever, since the gateway began.
  public internal(set) var passedOn = 0
  public internal(set) var refused = 0

  init(name: String) { self.name = name }

  mutating func fail(_ words: String, at now: Timestamp) {
    (problem, waitingSince) = (words, waitingSince ?? now)
  }

  mutating func succeed(_ count: Int, refused: Int = 0, at now: Timestamp) {
    (problem, waitingSince, lastSuccess) = (nil, nil, now)
    passedOn += count
    self.refused += refused
  }
}
