// SPDX-License-Identifier: Apache-2.0
import Glibc

/// How far a long read is, on a terminal's standard error; silent where nobody watches.
struct Progress: Sendable {
  private let what: String
  private let isWatched: Bool

  init(_ what: String) {
    self.what = what
    isWatched = isatty(STDERR_FILENO) == 1 && environment("TERM") != "dumb"
  }

  /// For a read that tells of its progress.
  var report: @Sendable (Int, Int) -> Void { { show($0, of: $1) } }

  func show(_ done: Int, of total: Int) {
    guard isWatched, total > 0 else { return }
    _ = Output.put("\r\(what): \(done * 100 / total) %\u{1B}[K", on: STDERR_FILENO)
  }

  /// What is done now, where there is no telling how much of it is left.
  func say(_ text: String) {
    guard isWatched else { return }
    _ = Output.put("\r\(what): \(text)\u{1B}[K", on: STDERR_FILENO)
  }

  /// Takes the line away again.
  func end() {
    if isWatched { _ = Output.put("\r\u{1B}[K", on: STDERR_FILENO) }
  }
}
