// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// `mep device`: the role of a module.
@Suite struct DeviceCommandTests {
  /// A line without pace, where nothing has to be waited for.
  private func meter(_ profile: String = "gen3", scenario: String = "") async throws -> Bench {
    let bench = try Bench()
    try bench.file("grid", scenario)
    try await bench.simulate("--profile", profile, "--scenario", "grid", "--baud", "0", "--pty", "meter")
    return bench
  }

  private let at = ["--meter", "serial:meter", "--key-file", "mbk"]

  private func run(_ bench: Bench, _ arguments: String...) async throws -> Outcome {
    try await Tool.run(["device"] + arguments + at, in: bench.folder)
  }

  private let who = ["--manufacturer", "12ab34", "--program", "01020304", "--unique-id", "0042"]

  private func register(_ bench: Bench, _ more: String...) async throws -> Outcome {
    try await Tool.run(["device", "register"] + who + more + at, in: bench.folder)
  }

  @Test(arguments: ["gen3", "gen4", "gen4-compatible", "gen3-old"]) func nobodyIsThere(profile: String) async throws {
    let outcome = try await Tool.run(["device", "--meter", "sim:\(profile)"])
    #expect(outcome.status == 0 && outcome.err == "")
    #expect(outcome.lines[0] == "Port                1" + (profile == "gen4" ? " of 2" : ", the only one"))
    #expect(outcome.lines[1] == "Registration        no device is registered")
    #expect(outcome.out.contains("\nWho                 without an identification\n"))
    #expect(try await Tool.run(["device", "status", "--meter", "sim:\(profile)"]).out == outcome.out)
  }

  @Test func aDeviceRegistersIsReplacedAndRemoved() async throws {
    let bench = try await meter()
    let first = try await register(bench, "--health-timeout", "120", "--request-timeout", "45", "--mbus-alerts")
    #expect(first.status == 0)
    let name = "manufacturer 12ab34, class OSGP, program 01020304, unique ID 0042"
    #expect(first.out == "Registered at port 1, handle 1000: \(name).\n")
    let status = try #require(try await run(bench, "status", "--json").objects().first)
    #expect(status["registration"] as? String == "registered" && status["handle"] as? Int == 1000)
    #expect((status["identification"] as? String)?.hasPrefix("92ab3405040102030402004200") == true)
    #expect(status["health_timeout_s"] as? Int == 120 && status["monitors_health"] as? Bool == true)
    #expect(status["request_timeout_s"] as? Int == 45 && status["m_bus_alerts"] as? Bool == true)
    #expect(status["house_icon_client"] is NSNull)

    let other = try await run(bench, "register", "--identification", "43")
    #expect(other.status == 1 && other.out == "")
    #expect(other.err.contains("Another device is registered at this port: \(name), handle 1000. --replace ends"))
    let replaced = try await run(bench, "register", "--identification", "43", "--replace")
    #expect(replaced.status == 0 && replaced.out.hasPrefix("Registered at port 1, handle 1001: identification 430000"))
    let removed = try await run(bench, "remove")
    #expect(removed.status == 0 && removed.out.hasPrefix("Removed: handle 1001, identification 4300"))
    let nobody = try await run(bench, "remove")
    #expect(nobody.status == 1 && nobody.err.contains("No device is registered"))
  }

  @Test(
    arguments: [
      ([], "Who is it?"), (["--manufacturer", "12ab"], "three octets"), (["--manufacturer", "92ab34"], "up to 7fffff"),
      (["--manufacturer", "12ab34", "--class", "x"], "--class takes lontalk"),
      (["--manufacturer", "12ab34", "--program", "x"], "in hexadecimal"),
      (["--manufacturer", "12ab34", "--unique-id", String(repeating: "42", count: 25)], "24 octets together"),
      (["--identification", "00"], "1 to 30 octets"), (["--identification", "42", "--unique-id", "42"], "all of it"),
    ] as [([String], String)]) func whoItIsHasToBeSaid(arguments: [String], words: String) async throws
  {
    let outcome = try await Tool.run(["device", "register"] + arguments + ["--meter", "sim:gen3"])
    #expect(outcome.status == 2 && outcome.out == "" && outcome.err.contains(words), "\(outcome.err)")
  }

  // MARK: Serving

  /// Posts what the user supplies, shows each post, and ends in order.
  @Test(arguments: [false, true]) func whatTheUserSuppliesIsPosted(byCommand: Bool) async throws {
    // However long it takes to begin, a request will be there.
    let bench = try await meter(scenario: "+0s scheduled-read 1\nevery 3s on-demand 1 4 C0FFEE\n")
    #expect(try await register(bench).status == 0)
    try bench.file("data", "\u{1}AB")
    let source =
      byCommand ? ["--command", "printf \"$MEP_WORK $MEP_REQUEST \"; cat | od -An -tx1"] : ["--data-file", "data"]
    let service = try Running(
      Tool.path, ["device", "serve", "--unproven", "--json"] + source + at, in: bench.folder)
    try await eventually("two posts") {
      service.out.contains("\"work\":\"scheduled_read\"") && service.out.contains("\"work\":\"on_demand_request\"")
    }
    service.signal(SIGINT)
    let outcome = try await service.ended()
    #expect(outcome.status == 0 && outcome.err == "")
    let rows = try outcome.objects()
    #expect(rows.allSatisfy { $0["event"] as? String == "posted" })
    let read = try #require(rows.first { $0["work"] as? String == "scheduled_read" })
    #expect((read["ep39"] as? String)?.hasPrefix("0301") == true)
    let request = try #require(rows.first { $0["work"] as? String == "on_demand_request" })
    #expect((request["transaction"] as? Int ?? 0) >= 0xFF00 && request["request"] as? String == "write data")
    let text = "on_demand_request write_data  c0 ff ee\n"
    let hex = byCommand ? text.utf8.map { String(format: "%02x", $0) }.joined() : "014142"
    let length = String(format: "%02x", hex.count / 2)
    #expect(request["ep39"] as? String == "0101\(length)00" + hex)
    let held = try await bench.run("mbus", "--json", "--meter", "serial:meter", "--key-file", "mbk").objects()
    #expect(held.contains { $0["quantity"] as? String == "data of the client" })
  }

  @Test func whatIsNotSuppliedIsNotPosted() async throws {
    let bench = try await meter(scenario: "+0s scheduled-read 1\n")
    #expect(try await register(bench).status == 0)
    for (source, words) in [
      (["--data-file", "nowhere"], "nowhere cannot be read"), (["--command", "echo no; exit 1"], "the command failed"),
    ] {
      let service = try Running(Tool.path, ["device", "serve", "--unproven"] + source + at, in: bench.folder)
      try await eventually("a word") { service.out.contains("nothing posted to the scheduled read: there are no data") }
      service.signal(SIGTERM)
      let outcome = try await service.ended()
      #expect(outcome.status == 0 && outcome.err.contains(words))
    }
    #expect(try await run(bench, "status", "--json").objects()[0]["alerts"] as? [String] == ["scheduled_read"])
  }

  /// A command that hangs is ended with the program, and what it has started as well.
  @Test func aCommandIsEndedWithIt() async throws {
    let bench = try await meter(scenario: "+0s scheduled-read 1\n")
    #expect(try await register(bench).status == 0)
    let service = try Running(
      Tool.path, ["device", "serve", "--unproven", "--command", "echo $$ > pid; sleep 600 | cat"] + at,
      in: bench.folder)
    try await eventually("a command") { bench.has("pid") }
    service.signal(SIGINT)
    #expect(try await service.ended().status == 0)
    let pid = try String(contentsOf: bench.folder.appendingPathComponent("pid"), encoding: .utf8)
    let number = try #require(pid_t(pid.trimmingCharacters(in: .whitespacesAndNewlines)))
    try await eventually("its end") { kill(-number, 0) != 0 }
  }

  @Test(
    arguments: [
      (["--unproven"], 2, "Post what?"), (["--unproven", "--data-file", "a", "--command", "b"], 2, "Post what?"),
      (["--data-file", "dummy"], 2, "--unproven sends it all the same; nothing was sent"),
      (["--unproven", "--data-file", "dummy"], 1, "No device is registered at this port"),
    ] as [([String], Int32, String)])
  func serviceHasConditions(arguments: [String], status: Int32, words: String) async throws {
    let bench = try await meter()
    let outcome = try await Tool.run(["device", "serve"] + arguments + at, in: bench.folder)
    #expect(outcome.status == status && outcome.err.contains(words), "\(outcome.err)")
  }

  @Test func itEndsWhenItIsRegisteredNoMore() async throws {
    let bench = try Bench()
    try bench.file("grid", "+0s scheduled-read 1\n")
    try await bench.simulate(
      "--profile", "gen4", "--scenario", "grid", "--baud", "0", "--pty", "meter", "--pty", "second")
    #expect(try await register(bench, "--health-timeout", "3").status == 0)
    let service = try Running(
      Tool.path, ["device", "serve", "--unproven", "--data-file", "dummy"] + at, in: bench.folder)
    try await eventually("a post") { service.out.contains("posted to the scheduled read") }
    let cleared = try await bench.run(
      "write", "ET50.mep_inbound_configuration[0].mep_device_registered=no", "--meter", "serial:second", "--key-file",
      "mbk")
    #expect(cleared.status == 0)
    let outcome = try await service.ended()
    #expect(outcome.status == 1)
    #expect(outcome.err.contains("The device with the handle 1000 is registered no more"))
  }

  // MARK: The display

  @Test func valuesAndIconsAreShown() async throws {
    let bench = try await meter("gen4-compatible")
    let outcome = try await run(bench, "show", "0=1234,kWh", "2=-5,euro,negative", "--house", "on")
    #expect(outcome.status == 0)
    #expect(
      outcome.out == """
        0         1234  kWh
        1            0
        2           -5  euro negative
        3            0
        4            0
        5            0
        House icon: on, but the display shows no device's (ET55)

        """)
    let rows = try await run(bench, "show", "--json").objects()
    #expect(rows.count == 6 && rows[2]["value"] as? Int == -5 && rows[2]["icons"] as? [String] == ["euro", "negative"])
  }

  @Test(
    arguments: [
      ("6=1", 2, "ET50 has no field"), ("x=1", 2, "no SOURCE=VALUE"), ("0=1.5", 2, "no SOURCE=VALUE"),
      ("0=1,pound", 2, "There is no icon \"pound\". There are: euro, dollar"), ("0=99999999999", 2, "no SOURCE=VALUE"),
    ] as [(String, Int32, String)]) func whatCannotBeShown(value: String, status: Int32, words: String) async throws
  {
    let outcome = try await Tool.run(["device", "show", value, "--meter", "sim:gen3"])
    #expect(outcome.status == status && outcome.err.contains(words), "\(outcome.err)")
  }
}
