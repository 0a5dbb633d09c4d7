// SPDX-License-Identifier: Apache-2.0
import MEP

/// Spreads reads: the guide wants a client to read tables no more than once a second on average ("Calling Procedures",
/// Appendix C). A number of them at once is not held up; whoever reads on and on is held to that average.
public struct ReadPace: Sendable {
  /// Tables that may be read at once.
  public static let burst = 100
  private static let second = Instant.Span.milliseconds(1000)

  /// When a client that had read once a second, and no faster, would read next.
  private var due: Instant?

  public init() {}

  /// Counts the read of a table; when it may begin.
  public mutating func next(at now: Instant) -> Instant {
    let begin = max(now, due ?? now)
    due = begin + Self.second
    return max(now, Instant(microseconds: begin.microseconds - Self.ahead))
  }

  /// By so much a burst is ahead of the average.
  private static let ahead = Int64(burst - 1) * second.microseconds
}
