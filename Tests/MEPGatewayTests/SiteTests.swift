// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEPClient
import OSGPTables
import Testing

@testable import MEPGateway

/// What was kept, as it is told; the meter itself is away.
@Suite struct SiteTests {
  private let shelf: Shelf
  private let store: Store
  private let site: Site
  private let gateway: Gateway
  private let start = march + 12 * hour

  init() async throws {
    shelf = try Shelf()
    store = try shelf.open()
    let meter = try await store.meter(named: "house")
    // A kilowatt for two hours, a quarter and a little more.
    for n in 0..<831 as Range<Int64> {
      let time = start + n * 10 * second
      try await store.keep(
        [Reading(at: time, [energy: 5000 + n * 10_000 / 3600, voltage: 230_000 + n % 7, power: 1000])], of: meter,
        now: time)
    }
    try await store.write { database in
      try database.execute(
        sql: """
          INSERT INTO outage (meter, sequence, start, "end") VALUES (?, 7, '2026-03-01T03:00:00', '2026-03-01T03:10:30');
          INSERT INTO event (meter, sequence, time, user, event, argument) VALUES (?, 12, ?, 65535, 1, x'0000');
          """, arguments: [meter.number, meter.number, (march + 3 * hour).milliseconds])
    }
    gateway = Gateway(store, clock: GatewayClock(start: start + 3 * hour, speed: 1), zone: utc, log: quiet)
    site = Site(gateway, version: "1")
    try await gateway.meetHouse()
  }

  private func json(_ path: String, _ query: [(String, String)] = []) async throws -> String {
    switch try await site.answer("/api/v1/meters/house" + path, query.map { (name: $0.0, value: $0.1) }) {
    case .json(let json): return json.description
    case .text(let text, _): return text
    case .stream(_, let stream):
      let text = Collected()
      try await stream { await text.add($0) }
      return await text.text
    }
  }

  private actor Collected {
    var text = ""
    func add(_ more: String) { text += more }
  }

  @Test func historyIsTold() async throws {
    let text = try await json(
      "/history", [("from", "2026-03-01T12:00"), ("series", "fwd_active_energy_wh,voltage_l1_v")])
    #expect(
      text == """
        {"meter":"house","by":"hour","time_zone":"GMT","spans":[\
        {"start":"2026-03-01T12:00:00Z","end":"2026-03-01T13:00:00Z","fwd_active_energy_wh":1000,\
        "voltage_l1_v_min":230.000,"voltage_l1_v_mean":230.003,"voltage_l1_v_max":230.006,"whole":true,"origins":["live"]},\
        {"start":"2026-03-01T13:00:00Z","end":"2026-03-01T14:00:00Z","fwd_active_energy_wh":1000,\
        "voltage_l1_v_min":230.000,"voltage_l1_v_mean":230.003,"voltage_l1_v_max":230.006,"whole":true,"origins":["live"]},\
        {"start":"2026-03-01T14:00:00Z","end":"2026-03-01T15:00:00Z","fwd_active_energy_wh":300,\
        "voltage_l1_v_min":230.000,"voltage_l1_v_mean":230.003,"voltage_l1_v_max":230.006,"whole":false,"origins":["live"]}\
        ]}
        """)
  }

  /// A time that was told can be asked from.
  @Test func timesHaveFractions() async throws {
    let text = try await json(
      "/readings", [("from", "2026-03-01T12:00:00.250Z"), ("limit", "1"), ("series", "fwd_active_power_w")])
    #expect(text.contains("2026-03-01T12:00:10Z"))
    for wrong in [
      "2026-03-01T12:00.5Z", "2026-03-01T12:00:00.Z", "2026-03-01T12:00:00.1234Z", "2026-03-01T12:00:00.1:2Z",
    ] {
      await #expect(throws: Refusal.self) { try await json("/readings", [("from", wrong)]) }
    }
    #expect(Timestamp(WrittenTime("2026-03-01T12:00:00.5")!, in: utc) - (march + 12 * hour) == 500)
  }

  @Test func datesAreThoseOfHTTP() {
    #expect(Timestamp(seconds: 1_795_967_067).ofHTTP == "Sun, 29 Nov 2026 15:44:27 GMT")
    #expect(Timestamp(seconds: 0).ofHTTP == "Thu, 01 Jan 1970 00:00:00 GMT")
  }

  @Test func readingsAreTold() async throws {
    let text = try await json(
      "/readings", [("from", "2026-03-01T12:00:00Z"), ("limit", "2"), ("series", "fwd_active_power_w")])
    #expect(
      text == """
        {"meter":"house","readings":[\
        {"fwd_active_power_w":1000,"measured_at":"2026-03-01T12:00:00Z","origin":"live"},\
        {"fwd_active_power_w":1000,"measured_at":"2026-03-01T12:00:10Z","origin":"live"}],"more":true}
        """)
  }

  /// Each line once, whatever the parts it is read in; and what is told as JSON is told as CSV.
  @Test func allOfItIsExported() async throws {
    let readings = try await json("/export", [("by", "reading")]).split(separator: "\n")
    #expect(readings.first == "measured_at,origin,fwd_active_energy_wh,fwd_active_power_w,voltage_l1_v")
    #expect(readings.count == 832 && Set(readings).count == 832)
    #expect(readings[1] == "2026-03-01T12:00:00Z,live,5000,1000,230.000")
    for (detail, count) in [("minute", 138), ("quarter", 9), ("hour", 3), ("day", 1), ("month", 1), ("year", 1)] {
      let csv = try await json("/export", [("by", detail), ("series", "fwd_active_energy_wh")]).split(separator: "\n")
      #expect(csv.first == "start,end,whole,origins,fwd_active_energy_wh")
      let used = csv.dropFirst().compactMap { $0.split(separator: ",").last.flatMap { Int($0) } }
      #expect(abs(used.reduce(0, +) - 2250) <= 60, "\(detail): \(used)")
      #expect(abs(csv.count - 1 - count) <= 1, "\(detail): \(csv.count)")
      let lines = try await json(
        "/export", [("by", detail), ("format", "json"), ("series", "fwd_active_energy_wh")]
      ).split(separator: "\n")
      #expect(lines.count == csv.count - 1, "\(detail)")
      for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
  }

  @Test func eventsAndOutagesAreTold() async throws {
    #expect(
      try await json("/events") == """
        [{"time":"2026-03-01T03:00:00Z","number":12,"event":"Primary Power Down","details":null,"user":null,\
        "kind":"standard","id":1,"argument":"0000"}]
        """)
    #expect(try await json("/events", [("from", "2026-03-01T12:00")]) == "[]")
    #expect(
      try await json("/outages") == """
        [{"number":7,"start":"2026-03-01T03:00:00Z","end":"2026-03-01T03:10:30Z","start_local":"2026-03-01T03:00:00",\
        "end_local":"2026-03-01T03:10:30","duration_s":630}]
        """)
  }

  /// What cannot be a name is not looked for.
  @Test(arguments: ["", "0.5", "a,,b", "a b", "voltage_l1_v,"]) func aNameIsOfLetters(text: String) async throws {
    do {
      _ = try await json("/values", [("series", text)])
      Issue.record("\(text) is taken")
    } catch let refusal as Refusal {
      #expect(refusal.kind == .badRequest && refusal.words.contains("series takes names"))
    }
  }

  /// What was read before the gateway began is there, and old.
  @Test func whatIsOldIsCalledStale() async throws {
    let text = try await json("/values", [("series", "fwd_active_energy_wh,fwd_active_power_w")])
    #expect(
      text == """
        {"fwd_active_energy_wh":{"value":7305,"measured_at":"2026-03-01T14:18:20Z","origin":"live","stale":false},\
        "fwd_active_power_w":{"value":1000,"measured_at":"2026-03-01T14:18:20Z","origin":"live","stale":true}}
        """)
    await #expect(throws: Refusal.self) { _ = try await site.answer("/health", []) }
  }

  @Test func prometheusIsToldInBaseUnits() {
    var live = LiveValues()
    live.take(.present(identity()))
    let (tier, phase) = (Series("fwd_active_energy_tier_1_wh", .counter), Series("fwd_active_power_l1_w"))
    live.take(Reading(at: march, [energy: 5, tier: 2, voltage: 230_104]))
    live.take(Reading(at: march + 100 * second, [phase: 7]))
    let text = Metrics.text(["a \"house\"": live], at: march + 110 * second, version: "1")
    for line in [
      "# TYPE mep_fwd_active_energy_joules_total counter",
      "mep_fwd_active_energy_joules_total{meter=\"a \\\"house\\\"\"} 18000",
      "mep_tier_fwd_active_energy_joules_total{meter=\"a \\\"house\\\"\",tier=\"1\"} 7200",
      "mep_phase_fwd_active_power_watts{meter=\"a \\\"house\\\"\",phase=\"L1\"} 7",
      "mep_up{meter=\"a \\\"house\\\"\"} 1",
      "mep_last_reading_timestamp_seconds{meter=\"a \\\"house\\\"\"} 1772323300.000",
    ] {
      #expect(text.contains(line + "\n"), "\(line)")
    }
    // Measured too long ago.
    #expect(!text.contains("volts"))
  }
}
