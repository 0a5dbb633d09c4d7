// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite struct DeviceTests {
  @Test(arguments: ["gen3", "gen4"]) func devicesAreShown(profile: String) async throws {
    let outcome = try await Tool.run(["mbus", "--meter", "sim:\(profile)"])
    #expect(outcome.status == 0 && outcome.err == "")
    let heads = outcome.lines.filter { $0.hasPrefix("Slot") }
    try #require(heads.count == 2)
    #expect(heads[0].contains("water") && heads[0].hasSuffix("\"Water\", handle 1, up"))
    #expect(heads[1].contains("heat") && heads[1].hasSuffix("\"Heating\", handle 2, up"))
    #expect(outcome.out.contains("(local), read each hour at minute 1"))
    #expect(outcome.out.contains("(local), read each day at 00:02"))
    #expect(outcome.lines.contains { $0.hasPrefix("  volume  ") && $0.contains("m³") })
    #expect(outcome.lines.allSatisfy { $0.count <= 80 })
  }

  @Test func recordsAreRows() async throws {
    let json = try await Tool.run(["mbus", "--json", "--meter", "sim:gen3"])
    let rows = try json.objects()
    let keys: Set = [
      "slot", "handle", "kind", "state", "medium", "identification", "manufacturer", "customer", "alarms",
      "read_local", "quantity", "value", "unit", "function", "storage", "tariff", "subunit", "error", "untrusted",
      "read_at",
    ]
    #expect(rows.allSatisfy { Set($0.keys) == keys })
    let volume = try #require(rows.first)
    #expect(volume["quantity"] as? String == "volume" && volume["unit"] as? String == "m³")
    #expect((volume["value"] as? Double).map { (100...10_000).contains($0) } == true)
    #expect((volume["identification"] as? String)?.count == 8 && volume["storage"] as? Int == 0)
    let csv = try await Tool.run(["mbus", "--csv", "--meter", "sim:gen3"])
    #expect(csv.lines.count == rows.count + 1)
    #expect(csv.lines[0].hasPrefix("slot,handle,kind,state,medium,identification,"))
  }

  @Test func aMeterWithoutDevicesSaysSo() async throws {
    let outcome = try await Tool.run(["mbus", "--meter", "sim:gen3-old"])
    #expect(outcome.status == 0 && outcome.out == "There is no device behind this meter.\n")
    #expect(try await Tool.run(["mbus", "--json", "--meter", "sim:gen3-old"]).out == "")
  }

  @Test func itsTimesAreLocal() async throws {
    let outcome = try await Tool.run(["mbus", "--utc", "--meter", "sim:gen3"])
    #expect(outcome.status == 2 && outcome.err.contains("local time only"))
  }

  // MARK: Alerts

  @Test func noAlertStands() async throws {
    let outcome = try await Tool.run(["alerts", "--meter", "sim:gen4"])
    #expect(outcome.status == 0 && outcome.out == "No reason for an alert stands.\n" && outcome.err == "")
    #expect(try await Tool.run(["alerts", "--json", "--meter", "sim:gen4"]).out == "")
  }

  @Test func whatStandsIsToldWithWhatItNeeds() async throws {
    let bench = try Bench()
    // Each request waits for 30 s: several, so that one does however long this takes.
    let requests = String(repeating: "+0s on-demand 1 4 C0FFEE\n", count: 5)
    try bench.file("grid", "+0s downlink 1 0A0B\n+0s scheduled-read 1\n" + requests)
    try await bench.simulate("--scenario", "grid")
    let outcome = try await bench.run("alerts", "--meter", "serial:meter", "--key-file", "mbk")
    #expect(outcome.status == 0)
    #expect(outcome.out.contains("a scheduled read is due: post the read data with EP39\n"))
    #expect(outcome.out.contains("          downlink data 0a0b0000"))
    #expect(outcome.out.contains("          transaction 65284, write data c0ffee\n"))
    let rows = try await bench.run("alerts", "--json", "--meter", "serial:meter", "--key-file", "mbk").objects()
    #expect(rows.first?["reason"] as? String == "scheduled_read")
    #expect(rows.last?["reason"] as? String == "on_demand_request")
    #expect(rows.last?["transaction"] as? Int == 65284 && rows.last?["data"] as? String == "c0ffee")
    #expect(rows.allSatisfy { $0["at"] is String })
  }

  @Test(arguments: [SIGINT, SIGTERM]) func followingTellsEachAsItComesAndEndsInOrder(number: Int32) async throws {
    let bench = try Bench()
    try bench.file("grid", "+0s scheduled-read 1\n+3s on-demand 1 2\n")
    try await bench.simulate("--scenario", "grid")
    let follow = try bench.start(
      "alerts", "--follow", "--interval", "1", "--meter", "serial:meter", "--key-file", "mbk")
    try await eventually("both reasons") {
      follow.out.contains("a scheduled read is due") && follow.out.contains("an on-demand request waits")
    }
    follow.signal(number)
    let outcome = try await follow.ended()
    #expect(outcome.status == 0)
    #expect(outcome.lines.filter { $0.contains("due") }.count == 1)
    #expect(outcome.err.contains("no client is registered at this port") && outcome.err.hasSuffix("instead.\n"))
  }

  @Test func followingOutlivesTheMeter() async throws {
    let bench = try Bench()
    let first = try await bench.simulate()
    let follow = try bench.start(
      "alerts", "--follow", "--interval", "1", "--meter", "serial:meter", "--key-file", "mbk")
    try await eventually("a beginning") { follow.err.contains("registered") }
    bench.lose(first)
    try await eventually("a complaint") { follow.err.components(separatedBy: "\n").count > 2 }
    try bench.file("grid", "+0s scheduled-read 1\n")
    try await bench.simulate("--scenario", "grid")
    try await eventually("an alert") { follow.out.contains("a scheduled read is due") }
    follow.signal(SIGINT)
    #expect(try await follow.ended().status == 0)
  }

  /// What was told before the line failed is not told again after it.
  @Test func nothingIsToldTwice() async throws {
    let bench = try Bench()
    try bench.file("grid", "+0s scheduled-read 1\n")
    let first = try await bench.simulate("--scenario", "grid")
    let follow = try bench.start(
      "alerts", "--follow", "--interval", "1", "--meter", "serial:meter", "--key-file", "mbk")
    try await eventually("an alert") { follow.out.contains("a scheduled read is due") }
    bench.lose(first)
    try await eventually("a complaint") { follow.err.components(separatedBy: "\n").count > 2 }
    try bench.file("grid", "+0s scheduled-read 1\n+0s on-demand 1 2\n")
    try await bench.simulate("--scenario", "grid")
    try await eventually("the other alert") { follow.out.contains("an on-demand request waits") }
    follow.signal(SIGINT)
    let outcome = try await follow.ended()
    #expect(outcome.status == 0 && outcome.out.components(separatedBy: "a scheduled read is due").count == 2)
  }

  @Test(arguments: ["0.5", "100000"]) func theIntervalHasBounds(interval: String) async throws {
    let outcome = try await Tool.run(["alerts", "--follow", "--interval", interval, "--meter", "sim:gen3"])
    #expect(outcome.status == 2 && outcome.err.contains("--interval takes 1 to 86400 seconds."))
  }
}
