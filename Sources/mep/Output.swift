// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Standard output. What cannot be written is an error, but a reader that has had enough (`| head`) is none.
enum Output {
  /// What changes a meter goes on, though nobody reads what it tells.
  static let isHeedless = Atomic(false)

  static func line(_ text: some CustomStringConvertible) { write("\(text)\n") }

  static func write(_ text: String) {
    guard let failure = put(text, on: STDOUT_FILENO) else { return }
    if failure == EPIPE, isHeedless.load(ordering: .relaxed) { return }
    if failure == EPIPE { exit(Exit.done.rawValue) }
    Exit.now(Failure(.other, "The output cannot be written: \(String(cString: strerror(failure)))."))
  }

  /// The error number of what went wrong; nil when all of it is written.
  static func put(_ text: String, on descriptor: Int32) -> Int32? {
    var octets = Array(text.utf8)[...]
    while !octets.isEmpty {
      let written = octets.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written > 0 { octets = octets.dropFirst(written) } else if errno != EINTR { return errno }
    }
    return nil
  }
}
