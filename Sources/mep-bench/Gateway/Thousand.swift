// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEP
import MEPClient
import MEPGateway
import MEPSimulator
import MEPTransport

/// A thousand meters in one gateway, each read every ten seconds, all kept in one store: how late the readings are, and how
/// much memory a meter takes. All lines lead to one simulated meter, so that the memory is the gateway's.
enum Thousand {
  private static let count = 1000
  private static let interval: Int64 = 10_000
  private static let seconds = 60

  static func run() async throws {
    try await Folder.temporary { folder in
      let store = try Store.opened(folder + "/mep.db", now: GatewayClock.system.now(), log: silent)
      let gateway = Gateway(store, log: silent)
      let simulated = try SimulatedMeter(.gen3, log: silent, clock: { GatewayClock.system.now().utc.secondsSince2000 })
      let before = memory()
      var schedule = Schedule()
      schedule.intervals = [.present: interval, .totals: 6 * interval]
      let sources = (0..<count).map { number in
        Gateway.Source("meter\(number)", schedule: schedule) { () async throws(MeterError) in
          Meter(
            over: simulated.connect(basic: AccessKey(dummy: 1)), key: AccessKey(dummy: 1), security: .digest,
            timers: .unpaced, log: silent)
        }
      }
      let running = Task { try await gateway.run(sources) }
      // Until all have been met, and their first readings are in.
      while await gateway.values.values.count(where: { !$0.values.isEmpty }) < count {
        try await Task.sleep(for: .milliseconds(100))
      }
      try await Task.sleep(for: .seconds(2 * Int(interval) / 1000))
      let start = GatewayClock.system.now()
      try await Task.sleep(for: .seconds(seconds))
      let used = memory() - before
      running.cancel()
      _ = await running.result
      var (late, readings, gap) = ([Double](), 0, Int64(0))
      for (id, _) in try await store.meters() {
        var last: Timestamp?
        for reading in try await store.readings(of: id, start..<start + Int64(seconds) * 1000, limit: .max)
        where reading.values.keys.contains(where: \.isLive) {
          readings += 1
          gap = max(gap, last.map { reading.time - $0 } ?? 0)
          last = reading.time
          late.append(Double(reading.time.milliseconds % interval))
        }
      }
      store.close()
      late.sort()
      guard late.count > 100 else { return print("a thousand meters: only \(late.count) readings came") }
      let expected = count * seconds * 1000 / Int(interval)
      print("\(count) meters in one gateway, each read every \(interval / 1000) s for \(seconds) s:")
      print("  readings / due = \(round2(Double(readings) / Double(expected))) (\(readings))")
      print(
        "  late by p50 \(Int(late[late.count / 2])) ms, p99 \(Int(late[late.count * 99 / 100])) ms; p99 / interval = \(round2(late[late.count * 99 / 100] / Double(interval)))"
      )
      print("  longest from one reading of a meter to the next / interval = \(round2(Double(gap) / Double(interval)))")
      print("  \(Int(used * 1024 / Double(count))) kB of memory a meter")
    }
  }

  /// Megabytes of this process.
  private static func memory() -> Double {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ").dropFirst()
      .first
    return (pages.flatMap { Double($0) } ?? 0) * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
  }
}
