// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport

/// A meter's time, in seconds since 2000-01-01 UTC, running `speed` times as fast as ours.
public struct VirtualClock: Sendable {
  private let start: Int64
  private let origin = Instant.now()
  private let speed: Double

  /// - Parameter start: the meter's time now.
  public init(start: Int64, speed: Double = 1) {
    self.start = start
    self.speed = speed
  }

  /// Seconds from the epoch of the operating system (1970) to that of a meter.
  public static let epoch: Int64 = 946_684_800

  public func now() -> Int64 {
    start + Int64(Double((Instant.now() - origin).microseconds) * speed / 1_000_000)
  }
}
