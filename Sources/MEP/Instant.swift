// SPDX-License-Identifier: Apache-2.0

/// A moment, in microseconds since an epoch of the caller's choosing; the protocol itself has no clock.
public struct Instant: Comparable, Sendable {
  public var microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  public static func < (a: Instant, b: Instant) -> Bool { a.microseconds < b.microseconds }
  public static func + (a: Instant, span: Span) -> Instant { Instant(microseconds: a.microseconds + span.microseconds) }
  public static func - (a: Instant, b: Instant) -> Span { Span(microseconds: a.microseconds - b.microseconds) }

  /// A length of time. `Duration` would do, but costs an Embedded program 128-bit arithmetic.
  public struct Span: Comparable, Sendable {
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    public static let zero = Span(microseconds: 0)
    /// Rounded.
    public var milliseconds: Int64 { (microseconds + 500) / 1000 }
    public static func milliseconds(_ n: Int64) -> Span { Span(microseconds: n * 1000) }
    public static func + (a: Span, b: Span) -> Span { Span(microseconds: a.microseconds + b.microseconds) }
    public static func < (a: Span, b: Span) -> Bool { a.microseconds < b.microseconds }
  }
}
