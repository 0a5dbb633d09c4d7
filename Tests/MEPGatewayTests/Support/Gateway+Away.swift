// SPDX-License-Identifier: Apache-2.0
import MEPClient

@testable import MEPGateway

extension Gateway {
  /// Runs until it knows a meter called "house", which is away.
  func meetHouse() async throws {
    let running = Task {
      try await run([
        Gateway.Source("house") { () async throws(MeterError) in throw .link(.closed("it is away")) }
      ])
    }
    while values["house"]?.isPresent == nil { try await Task.sleep(for: .milliseconds(5)) }
    running.cancel()
    _ = await running.result
  }
}
