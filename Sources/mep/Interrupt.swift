// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc

/// Runs something until it ends or the user has had enough: Ctrl-C or a termination ends it in order.
enum Interrupt {
  static func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let task = Task { try await body() }
    let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        // Who asks twice does not want to wait for the order.
        if task.isCancelled { exit(128 + number) }
        task.cancel()
      }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    do { try await task.value } catch {
      if !task.isCancelled { throw error }
    }
  }
}
