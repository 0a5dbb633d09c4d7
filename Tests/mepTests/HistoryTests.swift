// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Registers, their history and the calendar as the tool shows them.
@Suite struct HistoryTests {
  private func bench(_ profile: String, start: String, scenario: String = "") async throws -> Bench {
    let bench = try Bench()
    try bench.file("plot", scenario)
    try await bench.simulate(
      "--profile", profile, "--start", start, "--lived", "10m", "--scenario", "plot", "--baud", "0", "--pty", "meter")
    return bench
  }

  private func run(_ bench: Bench, _ arguments: String...) async throws -> Outcome {
    try await Tool.run(arguments + ["--meter", "serial:meter", "--key-file", "mbk"], in: bench.folder)
  }

  @Test(arguments: ["gen3", "gen3-old", "gen3-demand", "gen4"]) func registersByTier(profile: String) async throws {
    let outcome = try await Tool.run(["registers", "--json", "--meter", "sim:\(profile)"])
    let rows = try outcome.objects()
    #expect(rows.count == (profile == "gen4" ? 9 : 5))
    #expect(rows[0]["tier"] is NSNull && rows[1]["tier"] as? Int == 0)
    let total = try #require(rows[0]["fwd_active_energy_wh"] as? Int)
    let tiers = rows.dropFirst().compactMap { $0["fwd_active_energy_wh"] as? Int }
    #expect(total - tiers.reduce(0, +) < tiers.count && total >= 12_345_678)
    #expect((rows[0]["q4_reactive_energy_varh"] != nil) == ["gen4", "gen3-demand"].contains(profile))
    #expect((rows[0]["max_fwd_active_power_w"] != nil) == (profile == "gen3-demand"))
    #expect((rows[0]["demand_resets"] as? Int == 0) == (profile == "gen3-demand"))
    let text = try await Tool.run(["registers", "--meter", "sim:\(profile)"]).lines
    #expect(text[0].hasPrefix("Register") && text[0].contains("Total") && text[0].contains("Tier 3"))
    #expect(text.contains { $0.hasPrefix("max. Fwd Active W") } == (profile == "gen3-demand"))
  }

  /// A month ends, 23:59 local to 00:09 and later.
  @Test func selfReadsAndResets() async throws {
    let bench = try await bench("gen3-demand", start: "2026-09-30T21:59Z", scenario: "+5m one-time-read")
    let rows = try await run(bench, "history", "--json").objects()
    try #require(rows.count == 12 && rows.map { $0["number"] as? Int } == (2...13).map { $0 })
    #expect(rows[11]["time_local"] as? String == "2026-10-01T00:00:00" && rows[11]["unread"] as? Bool == true)
    #expect(rows[11]["season"] as? Int == 0 && rows[10]["season"] as? Int == 1)
    let last = try await run(bench, "history", "--last", "1", "--tiers", "--csv").lines
    #expect(
      last.count == 6 && last[0].hasPrefix("time_local,number,season,reset_reason,unread,tier,fwd_active_energy_wh"))
    #expect(
      last[1].hasPrefix("2026-10-01T00:00:00,13,0,,yes,,") && last[5].hasPrefix("2026-10-01T00:00:00,13,0,,yes,3,"))
    let text = try await run(bench, "history", "--since", "12").lines
    #expect(
      text.count == 2 && text[0].hasPrefix("Time (local)") && text[0].contains("Fwd Wh") && !text[0].contains("Tier"))
    #expect(!text[0].contains("Error") && !text[0].contains("Fwd+Rev"))
    let reset = try await run(bench, "history", "--resets", "--json").objects()
    #expect(reset.map { $0["reset_reason"] as? String } == ["scheduled"])
    let season = try await run(bench, "history", "--season", "--json").objects()
    #expect(season.count == 1 && season[0]["season"] as? Int == 1 && season[0]["number"] is NSNull)
    let oneTime = try await run(bench, "history", "--one-time", "--json").objects()
    #expect(oneTime.map { $0["time_local"] as? String } == ["2026-10-01T00:04:00"])
  }

  /// Registers that count tens of Wh are shown in Wh, whoever shows them.
  @Test func theSameEnergyEverywhere() async throws {
    let bench = try await bench("gen3-ct", start: "2026-10-01T12:00Z")
    func energy(_ outcome: Outcome, _ name: String) throws -> Int {
      try #require(try outcome.objects().last?[name] as? Int)
    }
    let registers = try await run(bench, "registers", "--json").objects()
    let total = try #require(registers[0]["fwd_active_energy_wh"] as? Int)
    #expect(total.isMultiple(of: 10))
    let read = try await run(bench, "read", "BT23.summations[0]", "--json").objects()
    let field = try #require((read[0]["fields"] as? [[String: Any]])?.first)
    #expect(field["value"] as? Int == total && field["unit"] as? String == "Wh" && field["raw"] as? Int == total / 10)
    #expect(try await run(bench, "watch", "--count", "1").out.contains(" fwd_active_energy_wh=\(total) "))
    let day = total - 100_000...total
    #expect(try day.contains(energy(await run(bench, "history", "--json"), "fwd_active_energy_wh")))
    #expect(try day.contains(energy(await run(bench, "profile", "--since", "1h", "--json"), "fwd_active_energy_wh")))
  }

  @Test(arguments: ["gen3", "gen4", "gen3-old"]) func settings(profile: String) async throws {
    let outcome = try await Tool.run(["settings", "--json", "--meter", "sim:\(profile)"])
    let object = try #require(try outcome.objects().first)
    #expect(object["phases"] as? String == "poly" && object["energy_register_unit_wh"] as? Int == 1)
    #expect((object["tls_mep_1"] is NSNull) == (profile != "gen4"))
    #expect((object["mep_2_enabled"] is NSNull) == (profile != "gen4") && object["read_at"] is String)
    let lines = try await Tool.run(["settings", "--meter", "sim:\(profile)"]).lines
    #expect(lines.count > object.count && lines.allSatisfy { $0.count <= 80 })
    #expect(lines.contains { $0.hasSuffix("not told") } == (profile != "gen4"))
  }

  @Test func whatThereIsNot() async throws {
    #expect(try await Tool.run(["history", "--meter", "sim:gen3-frozen"]).out == "There are no such entries.\n")
    #expect(try await Tool.run(["history", "--resets", "--meter", "sim:gen3"]).out == "There are no such entries.\n")
    for wrong in [["--resets", "--season"], ["--season", "--last", "2"], ["--one-time", "--resets"]] {
      let outcome = try await Tool.run(["history", "--meter", "sim:gen3"] + wrong)
      #expect(outcome.status == 2 && outcome.err.hasPrefix("mep: --"))
    }
    let since = try await Tool.run(["history", "--resets", "--since", "1", "--meter", "sim:gen3"])
    #expect(since.status == 1 && since.err.contains("leave --since and --unread out"))
  }

  @Test func theCalendar() async throws {
    // 15:20 local, tier 1.
    let bench = try await bench("gen3", start: "2026-07-03T13:20Z", scenario: "+1s tariff 3")
    let object = try #require(try await run(bench, "calendar", "--json").objects().first)
    #expect(object["tier"] as? Int == 3 && object["tier_drive"] as? String == "manual, indefinitely")
    #expect(object["override"] as? String == "tier 3, without an end" && object["season"] as? Int == 1)
    #expect(object["next_change_local"] as? String == "2026-07-03T17:00:00" && object["next_tier"] as? Int == 2)
    #expect(object["daylight_saving"] as? Bool == true && object["zone_s"] as? Int == 3600)
    #expect(object["daylight_saving_ends_local"] as? String == "2026-10-25T03:00:00")
    let seasons = try #require(object["seasons"] as? [[String: Any]])
    let saturday = try #require(seasons[1]["saturday"] as? [[String: Any]])
    #expect(seasons.count == 2 && saturday.map { $0["time"] as? String } == ["00:00", "08:00", "22:00"])
    #expect((object["dates"] as? [[String: Any]])?.count == 25 + 9 + 7)
    #expect((object["relays"] as? [[String: Any]])?.count == 1)
    let text = try await run(bench, "calendar").lines
    #expect(text.contains("Override asked for      tier 3, without an end"))
    #expect(text.contains("  2026-10-25  last Sunday of October: summer time ends"))
    #expect(text.contains("  Relay 1, schedule 0: 00:00 closed, 06:00 open, 22:00 closed"))
    #expect(!text.contains { $0.contains("2026-05-14") } && text.allSatisfy { $0.count <= 80 })
  }

  @Test func aTimeToStartFrom() async throws {
    let outcome = try await Tool.run(
      ["simulate", "--mbk-file", "x", "--mak-file", "y", "--pty", "z", "--start", "tomorrow"])
    #expect(outcome.status == 2 && outcome.err.contains("2026-10-25T00:00Z"))
  }
}
