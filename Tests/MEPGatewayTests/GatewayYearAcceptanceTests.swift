// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import Logging
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import TestSupport
import Testing

@testable import MEPGateway

/// A year of a simulated house through the whole gateway, while gateway, line, broker and engine fail at seeded times: of
/// each hour the store, the subscriber of a real mosquitto and a real InfluxDB know what the house has used. Needs
/// mosquitto, mosquitto_sub and influxd in PATH.
///
/// MEP_DAYS and MEP_SPEED make it shorter and quicker, MEP_SEED another one.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["MEP_YEAR"] == "1")) struct GatewayYearAcceptanceTests {
  private static func setting(_ name: String, _ otherwise: Int64) -> Int64 {
    ProcessInfo.processInfo.environment[name].flatMap { Int64($0) } ?? otherwise
  }

  private let days = setting("MEP_DAYS", 365)
  private let speed = setting("MEP_SPEED", 20_000)
  private let seed = setting("MEP_SEED", 1)
  private let begin = Timestamp(utc: .init(year: 2026, month: 1, day: 1, hour: 0, minute: 0, second: 5))
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mep-year-\(UUID().uuidString)")

  /// Said at once: what takes an hour is watched.
  private func note(_ words: String) { FileHandle.standardError.write(Data((words + "\n").utf8)) }

  private enum Part: String, CaseIterable {
    case gateway, line, broker, engine

    /// The most hours that it is away: no more than the meter's load profile reaches back.
    var longest: Int64 {
      switch self {
      case .gateway: 300
      case .line: 200
      case .broker, .engine: 100
      }
    }
  }

  private func outages() -> [(time: Timestamp, part: Part, isBack: Bool)] {
    var random = SeededGenerator(seed: UInt64(seed))
    var all: [(Timestamp, Part, Bool)] = []
    for part in Part.allCases {
      var time = begin + 36 * hour
      while time < begin + (days * 24 - 48) * hour {
        let length = Int64.random(in: 1...part.longest, using: &random) * hour
        let end = min(time + length / (Bool.random(using: &random) ? 1 : 20), begin + (days * 24 - 24) * hour)
        all += [(time, part, false), (end, part, true)]
        time = end + Int64.random(in: 24...800, using: &random) * hour
      }
    }
    return all.sorted { ($0.0, $0.2 ? 0 : 1) < ($1.0, $1.2 ? 0 : 1) }
  }

  @Test func everyHourIsWhatTheHouseUsed() async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let clock = GatewayClock(start: begin, speed: Double(speed))
    let meter = try SimulatedMeter(.gen3, start: begin.utc.secondsSince2000, log: quiet) {
      clock.now().utc.secondsSince2000
    }
    let around = try Surroundings(folder)
    try await around.start()
    let house = House(Line(meter), around, clock, folder.appendingPathComponent("mep.db").path)
    try await house.start()
    var counts: [Part: Int] = [:]
    for (time, part, isBack) in outages() {
      try await clock.sleep(time - clock.now())
      note("\(clock.now()) \(part) \(isBack ? "is back" : "is away")")
      switch (part, isBack) {
      case (.gateway, false): try await house.stop()
      case (.gateway, true): try await house.start()
      case (.line, false): house.line.cut()
      case (.line, true): house.line.mend()
      case (.broker, false): try await around.broker.stop()
      case (.broker, true): try around.broker.start()
      case (.engine, false): try await around.engine.stop()
      case (.engine, true): try around.engine.start()
      }
      if !isBack { counts[part, default: 0] += 1 }
    }
    note("outages: \(Part.allCases.map { "\($0.rawValue) \(counts[$0] ?? 0)" }.joined(separator: ", "))")
    try await clock.sleep(begin + days * 24 * hour - clock.now())

    let truth = try Truth(.gen3, start: begin)
    // From the first whole hour on.
    let hours = (1..<days * 24 - 1).map { begin + ($0 * hour - 5 * second) }
    note("\(clock.now()): what the house has used")
    var registers: [Timestamp: Int64] = [:]
    for time in hours { registers[time] = try await truth.energy(at: time) }
    try await house.stop()
    try await house.start()

    note("what is known of it")
    // All that waits is passed on by and by.
    var (stored, told, taken) = ([String](), [String](), [String]())
    for _ in 0..<60 {
      try await Task.sleep(for: .seconds(2))
      (stored, told, taken) = ([], [], [])
      let spans = try await house.spans(hours[0]..<hours[hours.count - 1])
      let messages = try around.messages()
      let points = try await around.points()
      for (start, end) in zip(hours, hours.dropFirst()) {
        let used = registers[end]! - registers[start]!
        let span = spans[start]
        if span?.number != used || span?.isWhole != true { stored.append("\(start): \(String(describing: span))") }
        if messages[start] != used {
          told.append("\(start): \(messages[start].map(String.init) ?? "none") for \(used)")
        }
        if points[end] != registers[end] {
          taken.append("\(end): \(points[end].map(String.init) ?? "none") for \(registers[end]!)")
        }
      }
      if stored.isEmpty, told.isEmpty, taken.isEmpty { break }
    }
    let lines = try around.lines()
    note("\(hours.count - 1) hours of \(days) days, \(lines) told by MQTT, seed \(seed)")
    #expect(stored.isEmpty, "the store: \(stored.count), \(stored.prefix(5))")
    #expect(told.isEmpty, "MQTT: \(told.count), \(told.prefix(5))")
    // An hour is told again when something of it changes: when it is filled in, or what was read of its end is corrected.
    #expect(lines < 2 * hours.count, "MQTT: \(lines) for \(hours.count) hours")
    #expect(taken.isEmpty, "the engine: \(taken.count), \(taken.prefix(5))")
    try await house.stop()
    try await around.stop()
  }
}

/// The gateway with all that it passes on to.
private final class House: @unchecked Sendable {
  let line: Line
  private let around: Surroundings
  private let clock: GatewayClock
  private let path: String
  private var store: Store?
  private var running: Task<Void, Never>?

  init(_ line: Line, _ around: Surroundings, _ clock: GatewayClock, _ path: String) {
    (self.line, self.around, self.clock, self.path) = (line, around, clock, path)
  }

  func start() async throws {
    let store = try Store.opened(path, now: clock.now(), log: quiet)
    self.store = store
    let gateway = Gateway(store, clock: clock, zone: utc, commit: 600_000, log: quiet)
    var schedule = Schedule()
    (schedule.intervals[.present], schedule.intervals[.totals]) = (300_000, 900_000)
    let line = line
    let source = Gateway.Source("house", schedule: schedule) { () async throws(MeterError) in try await line.open() }
    var engine = EngineSink.Settings(name: "influx", url: "http://127.0.0.1:\(around.enginePort)")
    (engine.wantsHistory, engine.interval, engine.pauses) = (
      true, .milliseconds(200), .milliseconds(50) ... .seconds(1)
    )
    let mqtt = try MQTTSink(
      gateway, .init(.init(host: "127.0.0.1", port: around.brokerPort, clientID: "mep")), version: "1", log: quiet)
    let influx = try EngineSink(gateway, engine, log: quiet)
    running = Task {
      await withDiscardingTaskGroup { group in
        group.addTask { try? await gateway.run([source]) }
        group.addTask { try? await mqtt.run() }
        group.addTask { await influx.run() }
      }
    }
  }

  func stop() async throws {
    running?.cancel()
    await running?.value
    store?.close()
  }

  func spans(_ range: Range<Timestamp>) async throws -> [Timestamp: Span.Amount] {
    guard let store else { return [:] }
    let meter = try await store.meter(named: "house")
    let spans = try await store.history(
      of: meter, range, series: ["fwd_active_energy_wh"], by: .hour, in: utc)
    return Dictionary(
      uniqueKeysWithValues: spans.compactMap { span in span.amounts.values.first.map { (span.start, $0) } })
  }
}

/// A broker with somebody who listens, and an engine.
private final class Surroundings: Sendable {
  let (brokerPort, enginePort) = (freePort(), freePort())
  let broker, engine: Daemon
  private let listener: Daemon
  private let heard: URL

  init(_ folder: URL) throws {
    heard = folder.appendingPathComponent("heard")
    let settings = folder.appendingPathComponent("m.conf")
    // What nobody has taken yet outlives it.
    try Data(
      """
      listener \(brokerPort) 127.0.0.1
      allow_anonymous true
      persistence true
      persistence_location \(folder.path)/
      max_queued_messages 0
      user root

      """.utf8
    ).write(to: settings)
    broker = Daemon(["mosquitto", "-c", settings.path])
    listener = Daemon(
      ["mosquitto_sub", "-p", "\(brokerPort)", "-c", "-i", "listener", "-q", "1", "-t", "mep/house/hour"],
      output: heard)
    let configuration = folder.appendingPathComponent("influx.conf")
    try Data(
      """
      reporting-disabled = true
      bind-address = "127.0.0.1:\(freePort())"
      [meta]
      dir = "\(folder.path)/meta"
      [data]
      dir = "\(folder.path)/data"
      wal-dir = "\(folder.path)/wal"
      [http]
      bind-address = "127.0.0.1:\(enginePort)"
      log-enabled = false
      [monitor]
      store-enabled = false

      """.utf8
    ).write(to: configuration)
    engine = Daemon(["influxd", "run", "-config", configuration.path])
  }

  func start() async throws {
    try broker.start()
    try engine.start()
    try #require(await isSo { (try? await TCPLink.connect(host: "127.0.0.1", port: self.brokerPort))?.close() != nil })
    try listener.start()
    try #require(await isSo { (try? await self.ask("CREATE DATABASE mep", method: "POST")) != nil })
  }

  func stop() async throws { for daemon in [listener, broker, engine] { try await daemon.stop() } }

  private func ask(_ query: String, method: String = "GET") async throws -> String {
    let text = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    return try await Browser(port: enginePort, headers: ["Accept": "application/csv"]).get(
      "/query?db=mep&epoch=ms&q=\(text)", method: method
    ).body
  }

  /// The last that was told of each hour, by when it began.
  func messages() throws -> [Timestamp: Int64] {
    var messages: [Timestamp: Int64] = [:]
    for line in try String(contentsOf: heard, encoding: .utf8).split(separator: "\n") {
      // The last of them may not be whole yet.
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard let start = (object?["start"] as? String).flatMap({ WrittenTime($0) }) else { continue }
      messages[Timestamp(start, in: utc)] = (object?["fwd_active_energy_wh"] as? NSNumber)?.int64Value
    }
    return messages
  }

  func lines() throws -> Int { try String(contentsOf: heard, encoding: .utf8).split(separator: "\n").count }

  /// What the engine has at whole hours.
  func points() async throws -> [Timestamp: Int64] {
    var points: [Timestamp: Int64] = [:]
    for line in try await ask("SELECT fwd_active_energy_wh FROM meter").split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      guard cells.count == 4, let time = Int64(cells[2]), time % hour == 0 else { continue }
      points[Timestamp(milliseconds: time)] = Int64(cells[3])
    }
    return points
  }
}
