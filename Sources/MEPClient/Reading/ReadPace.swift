// SPDX-License-Identifier: Apache-2.0
import MEP

/// Spreads reads: the guide wants a client to read tables no more than once a second on average ("Calling Procedures",
/// Appendix C). A number of them at once is not held up; whoever reads on and on is held to that average.
public struct ReadPace: Sendable {
  /// Tables that may be read at once.
  public static let burst = 100

  private let interval: Instant.Span
  /// When a client that had read once an interval, and no faster, would read next.
  private var due: Instant?

  /// - Parameter interval: from one table to the next, on average.
  public init(interval: Instant.Span = .milliseconds(1000)) { self.interval = interval }

  /// Counts the read of a table; when it may begin.
  public mutating func next(at now: Instant) -> Instant {
    let begin = max(now, due ?? now)
    due = begin + interval
    return max(now, Instant(microseconds: begin.microseconds - ahead))
  }

  /// By so much a burst is ahead of the average.
  private var ahead: Int64 { Int64(Self.burst - 1) * interval.microseconds }
}
