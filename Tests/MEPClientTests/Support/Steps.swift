// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What a progress callback was told.
final class Steps: Sendable {
  private let steps = Mutex<[String]>([])

  var all: [String] { steps.withLock { $0 } }

  func add(_ done: Int, _ total: Int) { steps.withLock { $0.append("\(done) of \(total)") } }
}
