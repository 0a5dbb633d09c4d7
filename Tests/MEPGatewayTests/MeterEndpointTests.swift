// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEPClient
import MEPSimulator
import MEPTransport
import Testing

@testable import MEPGateway

/// What a meter is, how its line is, and how it is set up, as the gateway tells it.
@Suite(.timeLimit(.minutes(2))) struct MeterEndpointTests {
  private func object(_ station: Station, _ path: String) async throws -> [String: Any] {
    let reply = try await station.browser.get("/api/v1/meters/house\(path)")
    #expect(reply.status == 200, "\(reply.body)")
    return try #require(try reply.json() as? [String: Any])
  }

  @Test func factsAndTheLineAreTold() async throws {
    let station = try await Station()
    while await station.gateway.values["house"]?.line.requests == 0 { try await Task.sleep(for: .milliseconds(20)) }
    let meter = try await object(station, "")
    #expect(meter["generation"] as? Int == 3 && meter["time_zone"] as? String == utc.identifier)
    // The simulated meter has all that there is, and is asked by digests, which do not tell what the key is.
    #expect(meter["supports"] as? [String] == Feature.allCases.map(\.rawValue))
    #expect(meter["security"] as? String == "digest" && meter["access"] is NSNull)
    // Nobody knows the first sequence number, and nothing goes wrong on this line.
    #expect((meter["requests"] as? Int ?? 0) > 5 && meter["resynchronizations"] as? Int == 1)
    #expect(meter["digest_failures"] as? Int == 0)
    let metrics = try await station.browser.get("/metrics").body
    #expect(metrics.contains("mep_line_resynchronizations_total{meter=\"house\"} 1\n"))
    await station.end()
  }

  /// What counts begins anew with each line, and goes on here.
  @Test func countsGoOnOverLines() async throws {
    let shelf = try Shelf()
    // A minute is a second.
    let clock = GatewayClock(start: march, speed: 60)
    let gateway = Gateway(try shelf.open(), clock: clock, zone: utc, log: quiet)
    let line = Line(try SimulatedMeter(.gen3, log: quiet, clock: { 836_400_000 }))
    let running = Task {
      try await gateway.run([Gateway.Source("house") { () async throws(MeterError) in try await line.open() }])
    }
    func state() async -> LineState { await gateway.values["house"]?.line ?? LineState() }
    #expect(await isSo { await state().requests > 0 })
    line.cut()
    #expect(await isSo { await gateway.values["house"]?.isPresent == false })
    let before = await state()
    line.mend()
    #expect(await isSo { await state().requests > before.requests })
    let live = try #require(await gateway.values["house"])
    running.cancel()
    _ = await running.result
    #expect(before.resynchronizations == 1 && live.line.resynchronizations == 2)
    let text = Metrics.text(["house": live], at: march, version: "1")
    for (name, count) in [
      ("requests", live.line.requests), ("retries", live.line.retries),
      ("digest_failures", live.line.digestFailures), ("resynchronizations", 2),
    ] {
      #expect(text.contains("# TYPE mep_line_\(name)_total counter\n"))
      #expect(text.contains("mep_line_\(name)_total{meter=\"house\"} \(count)\n"), "\(name)")
    }
  }

  @Test func theCalendarIsTold() async throws {
    let station = try await Station()
    let calendar = try await object(station, "/calendar")
    let seasons = try #require(calendar["seasons"] as? [[String: Any]])
    let season = try #require(seasons.first { $0["season"] as? Int == calendar["season"] as? Int })
    let monday = try #require(season["monday"] as? [[String: Any]])
    #expect(monday.first?["time"] as? String == "00:00" && monday.first?["tier"] as? Int == 0)
    #expect(calendar["tier"] is Int && calendar["zone_s"] as? Int == 3600 && calendar["read_at"] is String)
    await station.end()
  }

  @Test func theLoadProfileIsDescribed() async throws {
    let station = try await Station()
    let profile = try await object(station, "/profile")
    #expect(profile["set"] as? Int == 1 && profile["interval_s"] as? Int == 900)
    #expect((profile["capacity"] as? Int ?? 0) > 96)
    let channels = try #require(profile["channels"] as? [[String: Any]])
    #expect(channels.first?["name"] as? String == "fwd_active_energy_wh" && channels.first?["unit"] as? String == "Wh")
    await station.end()
  }

  @Test func devicesAreToldARowAValue() async throws {
    let station = try await Station()
    let reply = try await station.browser.get("/api/v1/meters/house/devices")
    let rows = try #require(try reply.json() as? [[String: Any]])
    let water = try #require(rows.first { $0["medium"] as? String == "water" && $0["quantity"] as? String == "volume" })
    #expect(water["unit"] as? String == "m³" && water["value"] is Double && water["customer"] as? String == "Water")
    #expect(rows.allSatisfy { $0["read_at"] is String })
    await station.end()
  }

  @Test func theDisplayIsTold() async throws {
    let station = try await Station()
    let display = try await object(station, "/display")
    #expect(display["sources"] as? [Int] == [0x2000, 0x2001, 0] && display["source_s"] as? Int == 6)
    // A message that was never set is none.
    #expect(display["register_digits"] as? Int == 9 && display["message"] is NSNull)
    await station.end()
  }

  /// A meter that has no load profile in use, and then is away.
  @Test func whatIsNotThereIsToldInWords() async throws {
    let shelf = try Shelf()
    let gateway = Gateway(try shelf.open(), zone: utc, commit: 1000, log: quiet)
    let line = Line(try SimulatedMeter(.gen3Frozen, log: quiet, clock: { 836_400_000 }))
    let running = Task {
      try await gateway.run([Gateway.Source("house") { () async throws(MeterError) in try await line.open() }])
    }
    let site = Site(gateway, version: "1")
    while await gateway.values["house"]?.isPresent != true { try await Task.sleep(for: .milliseconds(20)) }
    await #expect { _ = try await site.answer("/api/v1/meters/house/profile", []) } throws: { error in
      (error as? Refusal).map { $0.kind == .notFound && $0.words.contains("not in use") } ?? false
    }
    line.cut()
    while await gateway.values["house"]?.isPresent != false { try await Task.sleep(for: .milliseconds(20)) }
    for path in ["calendar", "profile", "devices", "display"] {
      await #expect { _ = try await site.answer("/api/v1/meters/house/\(path)", []) } throws: { error in
        (error as? Refusal).map { $0.kind == .unavailable && $0.words.contains("away") } ?? false
      }
    }
    running.cancel()
    _ = await running.result
  }
}
