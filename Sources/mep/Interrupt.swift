// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc

/// Runs something until it ends or the user has had enough: Ctrl-C or a termination ends it in order.
enum Interrupt {
  static func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
    // Before anything is begun: a signal may come at once, and waits in the pipe.
    let reader = pipe.reader
    for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, note) }
    let task = Task { try await body() }
    let source = DispatchSource.makeReadSource(fileDescriptor: reader, queue: .global())
    source.setEventHandler {
      var number: UInt8 = 0
      guard read(reader, &number, 1) == 1 else { return }
      // Who asks twice does not want to wait for the order.
      if task.isCancelled { exit(128 + Int32(number)) }
      task.cancel()
    }
    source.resume()
    defer { source.cancel() }
    do { try await task.value } catch {
      if !task.isCancelled { throw error }
    }
  }

  /// All that a signal handler may do is to write; who reads can do the rest.
  private static let note: @convention(c) (Int32) -> Void = { number in
    let saved = errno
    var octet = UInt8(truncatingIfNeeded: number)
    _ = write(pipe.writer, &octet, 1)
    errno = saved
  }

  private static let pipe: (reader: Int32, writer: Int32) = {
    var ends: [Int32] = [-1, -1]
    precondition(Glibc.pipe(&ends) == 0, "a pipe can be had")
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    return (ends[0], ends[1])
  }()
}
