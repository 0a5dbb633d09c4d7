// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEP
import MEPClient
import MEPGateway
import MEPSimulator
import MEPTransport
import OSGPTables
import TestSupport

/// Ten years of a house in the store: how large they are, and how long each question takes.
enum Decade {
  private static let day: Int64 = 86_400_000
  private static let now = Timestamp(utc: Moment(year: 2026, month: 11, day: 1))
  /// The aim, in megabytes.
  private static let aim = 300.0
  /// From one reading to the next, in milliseconds, and for how many days. What lies further back than is kept of it is only
  /// there as what it was rolled into.
  private static let parts: [(days: Int64, interval: Int64)] = [(3652 - 400, 900_000), (386, 60_000), (14, 1000)]

  static func run() async throws {
    try await Folder.temporary { folder in
      let path = folder + "/store"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let store = try Store.opened(path + "/mep.db", now: now, log: silent)
      let house = try await store.meter(named: "house")
      let template = try await Template()
      var (time, count) = (now + -3652 * day, 0)
      let begun = Instant.now()
      for (days, interval) in parts {
        let end = time + days * day
        while time < end {
          // As much at once as a gateway would write, and more where that is days ago.
          let batch = (0..<500).map { template.reading(at: time + $0 * interval) }.prefix { $0.time < end }
          time = time + Int64(batch.count) * interval
          count += batch.count
          try await keep(Array(batch), of: house, in: store, now: time)
        }
      }
      let spent = Double((Instant.now() - begun).microseconds) / 1_000_000
      print(
        "ten years of a house, \(template.count) series, \(count) readings kept in \(Int(spent)) s (\(Int(Double(count) / spent)) a second):"
      )
      try await ask(store, house)
      store.close()
      let size = Double(Folder.octets(of: path)) / 1_000_000
      print("  \(round1(size)) MB; size / aim of \(Int(aim)) MB = \(round2(size / aim))")
    }
  }

  /// And tidies up, as a gateway does now and then: what is not packed takes many times the room.
  private static func keep(
    _ readings: [Reading], of house: Store.MeterID, in store: Store, now: Timestamp
  ) async throws {
    try await store.keep(readings, of: house, now: now)
    try await store.tidy(now: now)
  }

  private static func ask(_ store: Store, _ house: Store.MeterID) async throws {
    let zone = TimeZone(identifier: "Europe/Copenhagen") ?? .gmt
    for (words, days, step) in [
      ("three hours by the minute", 1, Step.minute), ("a day by the hour", 1, .hour), ("a month by the day", 31, .day),
      ("a year by the day", 365, .day), ("a year by the month", 365, .month), ("ten years by the month", 3650, .month),
      ("ten years by the year", 3650, .year),
    ] as [(String, Int64, Step)] {
      let span = step == .minute ? day / 8 : days * day
      for names in [["fwd_active_energy_wh"], nil] as [Set<String>?] {
        let begun = Instant.now()
        let spans = try await store.history(of: house, now + -span..<now, series: names, by: step, in: zone)
        let spent = Double((Instant.now() - begun).microseconds) / 1000
        print("  \(words), \(names == nil ? "all series" : "one series"): \(round1(spent)) ms for \(spans.count) steps")
      }
    }
    let begun = Instant.now()
    let readings = try await store.readings(of: house, now + -3_600_000..<now, limit: .max)
    print(
      "  an hour of readings: \(round1(Double((Instant.now() - begun).microseconds) / 1000)) ms for \(readings.count)")
  }

  // MARK: Beside an engine

  /// VictoriaMetrics, where it is installed, given the same readings of the last days.
  static func compare() async throws {
    try await Folder.temporary { try await compare(in: $0, Template()) }
  }

  private static func compare(in folder: String, _ template: Template) async throws {
    let (port, data) = (freePort(), folder + "/victoria")
    let engine: Server
    do {
      engine = try await Server(
        ["victoria-metrics", "-httpListenAddr=127.0.0.1:\(port)", "-storageDataPath=\(data)", "-retentionPeriod=100y"],
        port: port)
    } catch { return print("nothing to compare the store with: \(error)") }
    let path = folder + "/beside"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let store = try Store.opened(path + "/mep.db", now: now, log: silent)
    let house = try await store.meter(named: "house")
    let days: Int64 = 2
    let readings = (0..<days * 86_400).map { template.reading(at: now + -days * day + $0 * 1000) }
    for start in stride(from: 0, to: readings.count, by: 500) {
      let batch = Array(readings[start..<min(start + 500, readings.count)])
      try await keep(batch, of: house, in: store, now: batch[batch.count - 1].time)
    }
    let gateway = Gateway(store, clock: GatewayClock(start: now, speed: 1), log: silent)
    var settings = EngineSink.Settings(name: "victoria", url: "http://127.0.0.1:\(port)")
    settings.wantsHistory = true
    let sink = try EngineSink(gateway, settings, log: silent)
    let running = Task { await sink.run() }
    while await sink.status.passedOn + sink.status.refused < readings.count {
      try await Task.sleep(for: .milliseconds(100))
    }
    running.cancel()
    await running.value
    func question(_ path: String) async throws -> Double {
      let begun = Instant.now()
      let link = try await TCPLink.connect(host: "127.0.0.1", port: port)
      defer { link.close() }
      try await link.send(Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8))
      while (try? await link.receive(until: nil)) != nil {}
      return Double((Instant.now() - begun).microseconds) / 1000
    }
    _ = try await question("/internal/force_flush")
    let (start, end) = ((now + -day).seconds, now.seconds)
    let theirs = try await question(
      "/api/v1/query_range?query=meter_fwd_active_energy_wh&start=\(start)&end=\(end)&step=3600")
    let begun = Instant.now()
    _ = try await store.history(of: house, now + -day..<now, series: ["fwd_active_energy_wh"], by: .hour, in: .gmt)
    let ours = Double((Instant.now() - begun).microseconds) / 1000
    store.close()
    try await engine.daemon.stop()
    let (we, they) = (Double(Folder.octets(of: path)), Double(Folder.octets(of: data)))
    print("the store beside VictoriaMetrics, \(readings.count) readings, \(template.count) series in all:")
    print(
      "  octets a reading, with minutes and quarters: \(round1(we / Double(readings.count))), VictoriaMetrics \(round1(they / Double(readings.count))); ours / theirs = \(round2(we / they))"
    )
    print(
      "  a day by the hour: \(round1(ours)) ms, VictoriaMetrics \(round1(theirs)) ms; ours / theirs = \(round2(ours / theirs))"
    )
  }
}

/// Readings as a simulated meter's, one after the other: registers rise by what the power says.
private struct Template {
  private let live, registers: [(series: Series, number: Int64)]
  var count: Int { live.count + registers.count }

  /// What a gateway reads of a simulated meter.
  init() async throws {
    let clock = VirtualClock(start: 800_000_000)
    let simulated = try SimulatedMeter(.gen3, log: silent, clock: { clock.now() })
    try await self.init(simulated)
  }

  private init(_ simulated: SimulatedMeter) async throws {
    var values: [Series: Int64] = [:]
    let (stream, told) = AsyncStream.makeStream(of: [Series: Int64].self)
    var schedule = Schedule()
    schedule.intervals = [.present: 500, .registers: 1000]
    let reader = MeterReader(
      "house", schedule: schedule, log: silent,
      open: { () async throws(MeterError) in
        Meter(
          over: simulated.connect(basic: AccessKey(dummy: 1)), key: AccessKey(dummy: 1), security: .digest,
          timers: .unpaced, log: silent)
      },
      hear: { news in
        if case .reading(let reading) = news { told.yield(reading.values) }
        return true
      })
    let running = Task { await reader.run() }
    for await reading in stream {
      values.merge(reading) { $1 }
      if values.keys.contains(where: \.isLive), values.keys.contains(where: \.isCounter) { break }
    }
    running.cancel()
    live = values.filter(\.key.isLive).map { ($0.key, $0.value) }
    registers = values.filter { !$0.key.isLive }.map { ($0.key, $0.value) }
  }

  func reading(at time: Timestamp) -> Reading {
    let second = time.seconds
    // A house is never as it was: what moves, moves by some thousandths.
    func noise(_ salt: Int) -> Int64 {
      var x = UInt64(bitPattern: second) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(salt) &* 0xBF58_476D_1CE4_E5B9
      x ^= x >> 31
      x = x &* 0x94D0_49BB_1331_11EB
      return Int64(x >> 54)
    }
    var values: [Series: Int64] = [:]
    for (i, (series, number)) in live.enumerated() {
      values[series] = number == 0 ? 0 : number + number / 200 * (noise(i) - 512) / 512
    }
    // One kilowatt, on registers that count at all. Those of energy are read each tenth second, those of tiers and the mains
    // at each quarter of an hour.
    for (series, number) in registers
    where second % 900 == 0
      || second % 10 == 0 && ["fwd_active_energy_wh", "rev_active_energy_wh"].contains(series.name)
    {
      values[series] = number == 0 || !series.isCounter ? number : number + (second - 1_400_000_000) * 10 / 36
    }
    return Reading(at: time, values)
  }
}
