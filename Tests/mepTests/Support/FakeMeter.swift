// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The far end of a pseudo-terminal that says the same to everything.
final class FakeMeter: @unchecked Sendable {
  private let master: Int32
  private let slave: Int32
  private let lock = NSLock()
  private var count = 0
  private var last: [UInt8] = []

  /// Requests that came so far; one that comes again as it was, as to a meter that is slow, is the same.
  var requests: Int { lock.withLock { count } }

  /// - Parameter answer: what is written when a request has come; nothing for a meter that is silent.
  init(link: URL, answer: [UInt8]) throws {
    let path: String
    (master, slave, path) = try openTerminal()
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: path)
    Thread.detachNewThread { [weak self, master] in
      var buffer = [UInt8](repeating: 0, count: 1024)
      // Ends with an error once the other end is closed.
      while case let count = read(master, &buffer, buffer.count), count > 0 {
        self?.note(Array(buffer.prefix(count)))
        _ = write(master, answer, answer.count)
      }
      close(master)
    }
  }

  deinit { close(slave) }

  private func note(_ request: [UInt8]) {
    lock.withLock {
      if request != last { count += 1 }
      last = request
    }
  }

  static let silent: [UInt8] = []
  /// Never a frame whose digest is right.
  static let garbage: [UInt8] = [0, 12, 0, 0, 1, 5, 1, 2, 3, 4, 5, 6, 7, 8] + [0x5A, 0xA5, 0xFF]
  /// 0x0B, under a digest that no key makes.
  static let keyRefused: [UInt8] = [0, 9, 0x0B, 0, 0, 0, 0, 0, 0, 0, 0]
}
