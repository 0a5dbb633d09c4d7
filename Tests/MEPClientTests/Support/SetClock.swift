// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// A meter's time that a test sets, in seconds since 2000-01-01 UTC.
final class SetClock: Sendable {
  private let seconds: Mutex<Int64>

  init(_ seconds: Int64 = 836_400_000) { self.seconds = Mutex(seconds) }

  func now() -> Int64 { seconds.withLock { $0 } }

  func go(_ span: Int64) { seconds.withLock { $0 += span } }
}
