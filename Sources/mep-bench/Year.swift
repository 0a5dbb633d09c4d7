// SPDX-License-Identifier: Apache-2.0
import C1219
import Glibc
import Logging
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Synchronization

/// What a simulated meter takes: to begin, and to live through a year as fast as it goes.
struct Year {
  private let profile: Profile
  private let clock = SteppedClock(Moment(year: 2026, month: 1, day: 1).secondsSince2000)

  init(of profile: Profile) { self.profile = profile }

  func run() async throws {
    let clock = clock
    print("a simulated \(profile.name), in seconds of the processor:")
    let (simulated, _) = try await timed("  made") { try SimulatedMeter(profile, clock: { clock.now }) }
    let port = simulated.port(1)
    let meter = plug(port)
    defer { meter.close() }
    _ = try await timed("  every table read") {
      for table in Catalogue.tables where profile.has(table) { _ = try await meter.read(table) }
    }
    _ = try await timed("  the load profile read") { try await meter.readLoadProfile() }
    _ = try await timed("  reconfigured") { try await simulated.reconfigure { $0.tiers = 2 } }
    let spent = try await timed("  a year, a day at a time") {
      for _ in 0..<365 {
        clock.go(86_400)
        _ = await port.status()
      }
    }.seconds
    print("  so --speed can be \(Int(365 * 86_400 / spent)) on this machine")
  }

  /// A client of a port, without a line and without its pauses.
  private func plug(_ port: some RequestHandler) -> Meter {
    var timers = Timers()
    (timers.betweenRequests, timers.segmentPause) = (.zero, .zero)
    (timers.response, timers.longestResponse) = (.milliseconds(60_000), .milliseconds(60_000))
    let (key, log) = (AccessKey(dummy: 2), Logger(label: "mep.bench") { _ in SwiftLogNoOpLogHandler() })
    let (near, far) = MemoryLink.pair()
    let connection = ServerConnection(basic: AccessKey(dummy: 1), advanced: key, sequence: 1, timers: timers)
    Task {
      var server = ExchangeServer(connection, handler: port, log: log)
      try? await server.serve(far)
    }
    return Meter(over: near, key: key, security: .digest, timers: timers, firstSequence: 1, log: log)
  }

  private func timed<T>(_ what: String, _ body: () async throws -> T) async throws -> (T, seconds: Double) {
    let start = Glibc.clock()
    let result = try await body()
    let seconds = Double(Glibc.clock() - start) / Double(CLOCKS_PER_SEC)
    print("\(what) \(Double(Int(seconds * 1000)) / 1000)")
    return (result, seconds)
  }
}

/// Time that goes when it is told to.
private final class SteppedClock: Sendable {
  private let seconds: Mutex<Int64>

  init(_ start: Int64) { seconds = Mutex(start) }

  var now: Int64 { seconds.withLock { $0 } }
  func go(_ span: Int64) { seconds.withLock { $0 += span } }
}
