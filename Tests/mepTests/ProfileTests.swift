// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite(.timeLimit(.minutes(3))) struct ProfileTests {
  /// A meter whose time all but stands still, in winter: no interval ends while it is read.
  private func slow(_ profile: String) async throws -> Bench {
    let bench = try Bench()
    try await bench.simulate(
      "--profile", profile, "--start", "2026-11-24T12:05Z", "--speed", "0.001", "--baud", "0", "--pty", "meter")
    return bench
  }

  @Test func aRowAnInterval() async throws {
    let (gen4, gen3) = (try await slow("gen4"), try await slow("gen3"))
    let csv = try await gen4.run(
      "profile", "--meter", "serial:meter", "--key-file", "mbk", "--set", "2", "--since", "3h", "--csv", "--utc")
    #expect(csv.status == 0 && csv.err == "")
    #expect(
      csv.lines.first
        == "end,fwd_active_energy_wh,rev_active_energy_wh,mbus_0_volume_m3,mbus_1_energy_wh,status,read_at")
    #expect(csv.lines.count == 4)
    for line in csv.lines.dropFirst() {
      #expect(line.wholeMatch(of: /20\d\d-\d\d-\d\dT\d\d:00:00Z,\d+,\d+,\d+\.\d{3},\d+,,20.*Z/) != nil)
    }
    let json = try await gen3.run(
      "profile", "--meter", "serial:meter", "--key-file", "mbk", "--since", "1h", "--json",
      environment: ["TZ": "Europe/Copenhagen"])
    let rows = try json.objects()
    #expect(rows.count == 4)
    for row in rows {
      #expect(
        Set(row.keys) == [
          "end", "fwd_active_energy_wh", "rev_active_energy_wh", "import_reactive_energy_varh",
          "export_reactive_energy_varh", "voltage_l1_v", "voltage_l2_v", "voltage_l3_v", "status",
          "read_at",
        ])
      #expect((row["end"] as? String)?.wholeMatch(of: /.*T\d\d:(00|15|30|45):00\+0[12]:00/) != nil)
    }
  }

  @Test func aFileRemembersHowFarItCame() async throws {
    let bench = try Bench()
    let first = try await bench.run("profile", "--meter", "sim:gen3-old", "--resume", "house", "--utc")
    let end = try #require(first.lines.last?.prefix(20))
    #expect(first.lines.count > 930)
    let file = try String(contentsOf: bench.folder.appendingPathComponent("house"), encoding: .utf8)
    #expect(file.hasPrefix("meter ") && file.contains("\nset 1\nformat text\n") && file.contains("\nend \(end)\n"))
    // A block, at most, may have begun meanwhile.
    #expect(try await bench.run("profile", "--meter", "sim:gen3-old", "--resume", "house").lines.count <= 2)
    let other = try await bench.run("profile", "--meter", "sim:gen3-old", "--resume", "house", "--set", "2")
    #expect(other.status == 2 && other.err.contains("belongs to set 1, and this is set 2"))
    let foreign = try await bench.run("profile", "--meter", "sim:gen3-old", "--resume", "mbk")
    #expect(foreign.status == 2 && foreign.err.contains("name another one") && !foreign.err.contains(Bench.basic))
  }

  /// The same rows, once each and under one line of names, as of a run that nobody disturbs.
  @Test func goesOnWhereItWasStopped() async throws {
    let bench = try Bench()
    try await bench.simulate(
      "--profile", "gen3-old", "--start", "2026-11-24T12:00Z", "--lived", "1m", "--baud", "38400", "--pty", "meter")
    let command = ["profile", "--meter", "serial:meter?baud=38400", "--key-file", "mbk", "--csv", "--utc"]
    func rows(_ outcome: Outcome) -> [String] { outcome.lines.map { String($0[..<$0.lastIndex(of: ",")!]) } }
    let whole = rows(try await Tool.run(command, in: bench.folder))
    let run = try bench.start(
      "profile", "--meter", "serial:meter?baud=38400", "--key-file", "mbk", "--csv", "--utc", "--resume", "house")
    // Blocks come one after the other.
    try await eventually("rows come") { run.out.count > 5000 }
    run.signal(SIGINT)
    let first = rows(try await run.ended())
    let rest = rows(try await Tool.run(command + ["--resume", "house"], in: bench.folder))
    #expect(whole.count > 900 && first.count < whole.count && first + rest == whole)
    let none = try await Tool.run(command + ["--resume", "house"], in: bench.folder)
    #expect(none.status == 0 && none.out == "")
    let json = try await Tool.run(command.filter { $0 != "--csv" } + ["--json", "--resume", "house"], in: bench.folder)
    #expect(json.status == 2 && json.err.contains("belongs to format csv, and this is format json"))
    let other = try await Tool.run(
      ["profile", "--meter", "sim:gen4", "--csv", "--resume", "house"], in: bench.folder)
    #expect(other.status == 2 && other.err.contains("belongs to meter ") && other.out == "")
    let nowhere = try await Tool.run(command + ["--resume", "none/house"], in: bench.folder)
    #expect(nowhere.status == 1 && nowhere.out == "" && nowhere.err.contains("none/house cannot be written"))
  }

  @Test func whoStopsItKeepsWhatThereIs() async throws {
    let bench = try Bench()
    let run = try bench.start("profile", "--security", "digest", "--meter", "sim:gen3", "--utc", "-vv")
    // The first tables are a few thousand characters; then come the blocks.
    try await eventually("blocks are read") { run.err.count > 60_000 }
    run.signal(SIGINT)
    let outcome = try await run.ended()
    #expect(outcome.status == 130)
    let end = try #require(outcome.lines.last?.prefix(20))
    #expect(outcome.err.hasSuffix("Not all was read: mep profile --since \(end) goes on where this ended.\n"))
  }

  @Test(arguments: [
    (["--since", "yesterday"], "\"yesterday\" is no time"), (["--since", "2026-02-30T10:00Z"], "is no time"),
    (["--set", "5"], "--set takes 1 to 4"), (["--since", "1d", "--resume", "x"], "exclude each other"),
    (["--set", "2"], "no such data set"),
  ])
  func wrongUseIsTold(arguments: [String], words: String) async throws {
    let outcome = try await Tool.run(["profile", "--meter", "sim:gen3"] + arguments)
    #expect(outcome.status == 2 && outcome.out == "" && outcome.err.contains(words))
  }

  @Test func setsThatAreNotInUse() async throws {
    let outcome = try await Tool.run(["profile", "--meter", "sim:gen3-frozen"])
    #expect(outcome.status == 1 && outcome.err.contains("Data set 1 is not in use"))
  }
}
