// SPDX-License-Identifier: Apache-2.0
import Glibc
import MEP

extension Instant {
  /// The present moment on the system's monotonic clock, which is never set.
  public static func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  /// How far the time of day, in microseconds since 1970-01-01 UTC, is from the clock of `now()`.
  public static func untilTimeOfDay() -> Span {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000) - now()
  }

  /// Waits until the moment on the clock of `now()` has come; throws `.cancelled` when the task is cancelled.
  public static func sleep(until moment: Instant) async throws(LinkError) {
    while true {
      if Task.isCancelled { throw .cancelled }
      let left = moment - now()
      if left <= .zero { return }
      do { try await Task.sleep(for: .microseconds(min(left.microseconds, day))) } catch { throw .cancelled }
    }
  }
}

extension Instant.Span {
  /// How long a line of that rate is busy with so many octets: ten bits each, rounded up.
  static func line(octets: Int, baud: Int) -> Instant.Span {
    Instant.Span(microseconds: (Int64(octets) * 10_000_000 + Int64(baud) - 1) / Int64(baud))
  }
}

/// A day in microseconds: nothing waits longer in one step, which keeps far deadlines from overflowing.
let day: Int64 = 86_400_000_000

extension Comparable {
  func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}
