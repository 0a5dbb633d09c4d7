// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite struct LogTests {
  /// A quarter of an hour of trouble.
  private static let trouble = """
    +1m power-outage 4m
    +6m power-outage 30s
    +8m voltage 1 80 1m   # a sag
    +10m phase-loss 2 2m
    +13m clock 60
    """

  private func bench(_ profile: String) async throws -> Bench {
    let bench = try Bench()
    try bench.file("trouble", Self.trouble)
    try await bench.simulate(
      "--profile", profile, "--scenario", "trouble", "--lived", "15m", "--baud", "0", "--pty", "meter",
      // A Tuesday, hours from any switch of its calendar.
      "--start", "2026-11-24T12:00Z")
    return bench
  }

  private func run(_ bench: Bench, _ arguments: String...) async throws -> Outcome {
    try await Tool.run(arguments + ["--meter", "serial:meter", "--key-file", "mbk"], in: bench.folder)
  }

  @Test func events() async throws {
    let bench = try await bench("gen4")
    let names = [
      "Primary Power Down", "Primary Power Up", "Primary Power Down", "Primary Power Up", "Phase Loss",
      "Time Changed (old time)", "Time Changed (new time)",
    ]
    let rows = try await run(bench, "events", "--json").objects()
    try #require(rows.map { $0["event"] as? String } == names)
    #expect(rows.map { $0["number"] as? Int } == [1, 2, 3, 4, 7, 8, 9])
    #expect(rows[4]["details"] as? String == "L2" && rows[4]["kind"] as? String == "manufacturer")
    #expect(rows[4]["id"] as? Int == 4 && rows[4]["argument"] as? String == "0200")
    #expect(rows[6]["user"] as? String == "network" && rows[0]["user"] is NSNull && rows[0]["unread"] as? Bool == true)
    let csv = try await run(bench, "events", "--csv", "--utc", "--last", "2").lines
    try #require(csv.count == 3 && csv[0] == "time,number,event,details,user,kind,id,argument,unread,read_at")
    #expect(csv[2].contains("Z,9,Time Changed (new time),,network,standard,4,0000,yes,20"))
    #expect(try await run(bench, "events", "--since", "7").lines.count == 3)
    #expect(try await run(bench, "events", "--since", "9").out == "There are no such entries.\n")
    let sag = try await run(bench, "events", "--alternate").lines
    try #require(sag.count == 3)
    #expect(sag[1].contains("L1 Sag") && sag[2].contains("Phase L1, Lowest Voltage 1"))
  }

  @Test func outagesOfALog() async throws {
    let bench = try await bench("gen4")
    let outcome = try await run(bench, "outages", "--json")
    let rows = try outcome.objects()
    #expect(
      rows.map { $0["duration_s"] as? Int } == [240, 30] && rows.map { $0["number"] as? Int } == [1, 2],
      "\(outcome.err)")
    #expect(rows.allSatisfy { ($0["start_local"] as? String)?.count == 19 && $0["read_at"] is String })
    // An hour ahead of UTC.
    let utc = try await run(bench, "outages", "--csv", "--utc").lines
    #expect(
      utc[1].hasPrefix("1,2026-11-24T12:01:00Z,2026-11-24T12:05:00Z,2026-11-24T13:01:00,2026-11-24T13:05:00,240,"))
    #expect(try await run(bench, "outages", "--unread").lines.count == 3)
  }

  /// All hours of the repeated one in autumn are told apart, where they can be.
  @Test func anOutageOverAClockChange() async throws {
    let bench = try Bench()
    // 00:50 UTC is 02:50 in summer time, 10 minutes before it ends; 01:20 UTC is 02:20.
    try bench.file("night", "+5m power-outage 30m\n+2h power-outage 5m")
    try await bench.simulate(
      "--profile", "gen4", "--scenario", "night", "--lived", "3h", "--baud", "0", "--pty", "meter", "--start",
      "2026-10-25T00:45Z")
    let rows = try await run(bench, "outages", "--json", "--utc").objects()
    try #require(rows.count == 2)
    #expect(rows[0]["start_local"] as? String == "2026-10-25T02:50:00" && rows[0]["start"] is NSNull)
    #expect(rows[0]["end_local"] as? String == "2026-10-25T02:20:00" && rows[0]["duration_s"] as? Int == 1800)
    #expect(rows[1]["start"] as? String == "2026-10-25T02:45:00Z" && rows[1]["duration_s"] as? Int == 300)
  }

  @Test func theLogOfReads() async throws {
    let bench = try await bench("gen3")
    let rows = try await run(bench, "mbus", "--log", "--json").objects()
    try #require(!rows.isEmpty)
    for row in rows {
      #expect(row["read_local"] is String && row["medium"] is String && row["quantity"] is String)
      #expect(row["waiting"] as? Bool == false && row["untrusted"] is NSNull && row["read_at"] is String)
    }
    let last = try await run(bench, "mbus", "--log", "--last", "1", "--csv").lines
    #expect(last[0].hasPrefix("number,handle,read_local,medium,identification,manufacturer,delayed,waiting,unread"))
    #expect(last.count > 1 && last.dropFirst().allSatisfy { $0.hasPrefix("\(rows.last?["number"] as? Int ?? -1),") })
    let none = try await Tool.run(["mbus", "--log", "--meter", "sim:gen3-old"])
    #expect(none.status == 1 && none.err.contains("keeps no log of reads"))
  }

  @Test func outagesOfAMeterWithoutALog() async throws {
    let bench = try await bench("gen3-old")
    let rows = try await run(bench, "outages", "--json", "--utc").objects()
    try #require(rows.count == 1)
    #expect(rows[0]["duration_s"] as? Int == 240 && rows[0]["cause"] as? String == "power failure")
    #expect((rows[0]["start"] as? String)?.hasSuffix("Z") == true && rows[0]["start_local"] is NSNull)
    let since = try await run(bench, "outages", "--since", "1")
    #expect(since.status == 1 && since.err.contains("leave --since and --unread out"))
    let alternate = try await run(bench, "events", "--alternate")
    #expect(alternate.status == 1 && alternate.err.contains("`mep events` without --alternate"))
  }

  @Test(arguments: ["gen4", "gen3-old"]) func quality(_ profile: String) async throws {
    let rows = try await run(try await bench(profile), "quality", "--json").objects()
    func row(_ name: String, _ phase: String? = nil) throws -> [String: Any] {
      try #require(rows.first { $0["statistic"] as? String == name && $0["phase"] as? String == phase })
    }
    #expect(try row("long_outages")["count"] as? Int == 1 && row("long_outages")["threshold_s"] as? Int == 180)
    #expect(try row("short_outages")["count"] as? Int == 1)
    #expect(try ["L1", "L2", "L3"].map { try row("phase_losses", $0)["count"] as? Int } == [0, 1, 0])
    #expect(try ["L1", "L2", "L3"].map { try row("sags", $0)["count"] as? Int } == [1, 0, 0])
    #expect(try (175.0...195.0).contains(row("sags", "L1")["voltage_v"] as? Double ?? 0))
    #expect(try row("sags", "L2")["voltage_v"] is NSNull && row("phase_losses", "L2")["now"] as? Bool == false)
    #expect(try (49.5...50.5).contains(row("minimum_frequency")["frequency_hz"] as? Double ?? 0))
    #expect(rows.contains { $0["statistic"] as? String == "second_sags" } == (profile == "gen4"))
  }

  @Test(arguments: [
    ("events --last 0", "--last takes 1 or more"), ("outages --last 1 --since 2", "give one of them"),
    ("quality --json --csv", "give one of them"), ("mbus --utc", "leave --utc out"), ("mbus --last 1", "give --log"),
    ("registers --utc", "leave --utc out"), ("history --utc", "leave --utc out"), ("events --since -1", "--since"),
  ])
  func wrongUse(_ line: String, _ words: String) async throws {
    let outcome = try await Tool.run(line.split(separator: " ").map(String.init) + ["--meter", "sim:gen3"])
    #expect(outcome.status == 2 && outcome.err.contains(words))
  }

  @Test func scenariosThatAreNone() async throws {
    let bench = try Bench()
    try bench.file("typo", "+1m clock 1\n+2m power-outrage 10m\n")
    try bench.file("form", "every 1h port 1 shut\r\n")
    for (file, words) in [
      ("typo", "mep: typo: Line 2: \"power-outrage\" is no order. There are: on-demand,"),
      ("form", "mep: form: Line 1: \"port 1 shut\" is not as it should be: port N open|closed.\n"),
      ("none", "mep: The scenario none cannot be read: check its path.\n"),
      (".", "mep: The scenario . cannot be read: check its path.\n"),
    ] {
      let outcome = try await bench.run(
        "simulate", "--mbk-file", "mbk", "--mak-file", "mak", "--pty", "meter", "--scenario", file)
      #expect(outcome.status == 2 && outcome.err.hasPrefix(words), "\(outcome.err)")
    }
  }
}
