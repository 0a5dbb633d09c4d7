// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite(.timeLimit(.minutes(3))) struct ProfileTests {
  @Test func aRowAnInterval() async throws {
    let csv = try await Tool.run(["profile", "--meter", "sim:gen4", "--set", "2", "--since", "3h", "--csv", "--utc"])
    #expect(csv.status == 0 && csv.err == "")
    #expect(csv.lines.first == "end,fwd_active_energy_wh,rev_active_energy_wh,mbus_0_type_1,mbus_1_type_2,status")
    #expect(csv.lines.count == 4)
    for line in csv.lines.dropFirst() {
      #expect(line.wholeMatch(of: /20\d\d-\d\d-\d\dT\d\d:00:00Z,\d+,\d+,\d{8},\d{8},/) != nil)
    }
    let json = try await Tool.run(
      ["profile", "--meter", "sim:gen3", "--since", "1h", "--json"], environment: ["TZ": "Europe/Copenhagen"])
    let rows = try json.objects()
    #expect(rows.count == 4)
    for row in rows {
      #expect(
        Set(row.keys) == [
          "end", "fwd_active_energy_wh", "rev_active_energy_wh", "import_reactive_energy_varh",
          "export_reactive_energy_varh", "voltage_l1_v", "voltage_l2_v", "voltage_l3_v", "status",
        ])
      #expect((row["end"] as? String)?.wholeMatch(of: /.*T\d\d:(00|15|30|45):00\+0[12]:00/) != nil)
    }
  }

  @Test func aFileRemembersHowFarItCame() async throws {
    let bench = try Bench()
    let first = try await bench.run("profile", "--meter", "sim:gen3-old", "--resume", "house", "--utc")
    let end = try #require(first.lines.last?.prefix(20))
    #expect(first.lines.count > 930)
    #expect(try String(contentsOf: bench.folder.appendingPathComponent("house"), encoding: .utf8) == "set 1 \(end)\n")
    // A block, at most, may have begun meanwhile.
    #expect(try await bench.run("profile", "--meter", "sim:gen3-old", "--resume", "house").lines.count <= 2)
    let other = try await bench.run("profile", "--meter", "sim:gen3-old", "--resume", "house", "--set", "2")
    #expect(other.status == 2 && other.err.contains("belongs to data set 1"))
    let foreign = try await bench.run("profile", "--meter", "sim:gen3-old", "--resume", "mbk")
    #expect(foreign.status == 2 && foreign.err.contains("name another one") && !foreign.err.contains(Bench.basic))
  }

  @Test func whoStopsItKeepsWhatThereIs() async throws {
    let bench = try Bench()
    let run = try bench.start("profile", "--meter", "sim:gen3", "--utc", "-vv")
    // The first tables are a few thousand characters; then come the blocks.
    try await eventually("blocks are read") { run.err.count > 60_000 }
    run.signal(SIGINT)
    let outcome = try await run.ended(within: 20)
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
