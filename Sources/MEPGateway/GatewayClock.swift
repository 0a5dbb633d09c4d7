// SPDX-License-Identifier: Apache-2.0
import Glibc
import MEP
import MEPTransport

/// The gateway's time. It runs faster for whoever wants to see a year in an hour.
public struct GatewayClock: Sendable {
  private let start: Timestamp
  private let origin = Instant.now()
  /// Nil for the time of this machine, which may be set.
  private let speed: Double?

  public static let system = GatewayClock(start: Timestamp(milliseconds: 0), speed: nil)

  /// A clock that begins at a time and runs `speed` times as fast as the machine's.
  public init(start: Timestamp, speed: Double) { self.init(start: start, speed: .some(speed)) }

  private init(start: Timestamp, speed: Double?) { (self.start, self.speed) = (start, speed) }

  public func now() -> Timestamp {
    guard let speed else {
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
    return start + Int64(Double((Instant.now() - origin).microseconds) * speed / 1000)
  }

  /// Waits for so many milliseconds of this clock.
  public func sleep(_ span: Int64) async throws {
    try await Task.sleep(for: .microseconds(Int64(Double(max(0, span)) * 1000 / (speed ?? 1))))
  }
}
