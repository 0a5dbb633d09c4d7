// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// `mep write`, what it counts, and what a Ctrl-C leaves of it.
@Suite(.timeLimit(.minutes(3))) struct WriteTests {
  private func run(_ arguments: String..., meter: String = "sim:gen3") async throws -> Outcome {
    try await Tool.run(["write"] + arguments + ["--meter", meter])
  }

  private static let flag = "ET50.mep_inbound_configuration[0].et59_response"

  @Test func whatWasChangedIsToldAsJSON() async throws {
    let outcome = try await run("\(Self.flag)=yes", "--json")
    #expect(outcome.status == 0, "\(outcome.err)")
    let object = try #require(try outcome.objects().first)
    let change = try #require((object["changes"] as? [[String: Any]])?.first)
    #expect(object["table"] as? String == "ET50" && object["read_back"] as? Bool == true)
    #expect(object["written_at"] is String && change["unit"] is NSNull)
    #expect(change["from"] as? Bool == false && change["to"] as? Bool == true)
    let part = try #require((object["parts"] as? [[String: Any]])?.first)
    #expect(part["offset"] as? Int == 30 && part["octets"] as? String == "02")
    for (arguments, changes) in [(["\(Self.flag)=no"], 0), (["\(Self.flag)=yes", "--dry-run"], 1)] {
      let object = try #require(
        try await Tool.run(["write", "--json", "--meter", "sim:gen3"] + arguments).objects().first)
      #expect((object["changes"] as? [Any])?.count == changes)
      #expect(object["read_back"] as? Bool == false && object["written_at"] is NSNull)
    }
    let octets = try #require(
      try await run("ET51", "--octets", "1e 00", "--offset", "1", "--json").objects().first)
    #expect(octets["changes"] == nil && (octets["parts"] as? [[String: Any]])?.first?["octets"] as? String == "1e00")
  }

  @Test func aDryRunTellsWhatWouldBeSent() async throws {
    let fields = try await run("\(Self.flag)=yes", "--dry-run")
    #expect(
      fields.lines == [
        "\(Self.flag): no → yes", "Would send 1 octet to ET50 from offset 30: 02", "Nothing was written.",
      ])
    let octets = try await run("ET51", "--octets", "1e 00", "--offset", "1", "--dry-run")
    #expect(octets.lines == ["Would send 2 octets to ET51 from offset 1: 1e 00", "Nothing was written."])
    #expect(try await run("ET51", "--octets", "1e 00", "--offset", "1").lines.last == "Written and read back.")
  }

  @Test func numbersHaveTheirUnits() async throws {
    let outcome = try await run("ET04.rated_voltage=231 V", "--dry-run", "--access", "mak")
    #expect(outcome.lines.first?.hasSuffix(" → 231 V") == true, "\(outcome.out)\(outcome.err)")
    let json = try #require(
      try await run("ET04.rated_voltage=231V", "--dry-run", "--json", "--access", "mak").objects().first)
    #expect((json["changes"] as? [[String: Any]])?.first?["unit"] as? String == "V")
    for value in ["231 A", "231 kV", "V"] {
      let wrong = try await run("ET04.rated_voltage=\(value)", "--dry-run", "--access", "mak")
      #expect(wrong.status == 2 && wrong.err.contains("cannot take \"\(value)\""))
    }
  }

  // MARK: Wear

  /// Calls a procedure of a meter that counts its calls.
  private static let call = [
    "call", "EP17", "action=0", "device_handle=all devices", "--key-file", "mbk", "--meter",
  ]

  /// What is counted of the bench's one meter.
  private func counted(_ bench: Bench) -> Int {
    let folder = bench.folder.appendingPathComponent("state/mep")
    guard let meter = try? FileManager.default.contentsOfDirectory(atPath: folder.path).first else { return 0 }
    let text = (try? String(contentsOf: folder.appendingPathComponent("\(meter)/wear"), encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n")
    #expect(lines.allSatisfy { $0.hasPrefix("table 1") && $0.count == 16 })
    return lines.count
  }

  private func state(_ bench: Bench) -> [String: String] {
    ["XDG_STATE_HOME": bench.folder.appendingPathComponent("state").path]
  }

  /// Two meters of one serial number, as their programs see it, and two programs at a time: no count is lost.
  @Test func twoProgramsCountTogether() async throws {
    let bench = try Bench()
    for end in ["one", "two"] { try await bench.simulate("--profile", "gen3-old", "--baud", "0", "--pty", end) }
    let (folder, state) = (bench.folder, state(bench))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for end in ["one", "two"] {
        group.addTask {
          for _ in 0..<6 {
            let outcome = try await Tool.run(Self.call + ["serial:\(end)"], in: folder, environment: state)
            #expect(outcome.status == 0, "\(outcome.err)")
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(counted(bench) == 12)
  }

  /// Killed as soon as it has counted, before or after it has sent.
  @Test func whatWasCountedOutlivesAKill() async throws {
    let bench = try Bench()
    try await bench.simulate("--profile", "gen3-old")
    for n in 1...4 {
      let run = try Running(
        Tool.path, Self.call + ["serial:meter"], in: bench.folder, environment: state(bench))
      try await eventually("a count") { counted(bench) == n }
      run.signal(SIGKILL)
      _ = try await run.ended()
    }
    let last = try await Tool.run(Self.call + ["serial:meter"], in: bench.folder, environment: state(bench))
    #expect(last.status == 0 && counted(bench) == 5, "\(last.err)")
  }

  @Test func aSpentBudgetIsTold() async throws {
    let bench = try Bench()
    try await bench.simulate("--profile", "gen3-old", "--baud", "0", "--pty", "meter")
    let call = Self.call + ["serial:meter"]
    let first = try await Tool.run(call, in: bench.folder, environment: state(bench))
    #expect(first.status == 0, "\(first.err)")
    let folder = bench.folder.appendingPathComponent("state/mep")
    let meter = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
    let line = "table \(Int(Date().timeIntervalSince1970) - 3600)\n"
    try Data(String(repeating: line, count: 100).utf8).write(to: folder.appendingPathComponent("\(meter)/wear"))
    let refused = try await Tool.run(call, in: bench.folder, environment: state(bench))
    #expect(
      refused.status == 1 && refused.err.contains("bears 100 writes to tables")
        && refused.err.contains("due in 1380 min"))
    #expect(counted(bench) == 100)
    let anyway = try await Tool.run(call + ["--wear-anyway"], in: bench.folder, environment: state(bench))
    #expect(anyway.status == 0 && counted(bench) == 101)
    // Reading needs no count, and makes no folder.
    let read = try await Tool.run(
      ["info", "--key-file", "mbk", "--meter", "serial:meter"], in: bench.folder, environment: ["XDG_STATE_HOME": "new"]
    )
    #expect(read.status == 0 && !bench.has("new"))
  }

  // MARK: Ctrl-C

  /// A meter that answers nothing: the write's outcome is told before the program ends.
  @Test(arguments: [SIGINT, SIGTERM]) func whatWasBegunIsTold(number: Int32) async throws {
    let bench = try Bench()
    let meter = try FakeMeter(link: bench.folder.appendingPathComponent("meter"), answer: FakeMeter.silent)
    let run = try bench.start(
      "write", "ET50", "--octets", "00", "--security", "digest", "--meter", "serial:meter", "--key-file", "mbk")
    try await eventually("a request") { meter.requests > 0 }
    run.signal(number)
    let outcome = try await run.ended(within: 60)
    #expect(outcome.status == 128 + number)
    #expect(outcome.err.contains("It is not known whether the write was carried out"))
  }

  @Test func whoAsksTwiceDoesNotWait() async throws {
    let bench = try Bench()
    let meter = try FakeMeter(link: bench.folder.appendingPathComponent("meter"), answer: FakeMeter.silent)
    let run = try bench.start(
      "write", "ET50", "--octets", "00", "--security", "digest", "--meter", "serial:meter", "--key-file", "mbk")
    try await eventually("a request") { meter.requests > 0 }
    run.signal(SIGINT)
    try await Task.sleep(for: .milliseconds(300))
    run.signal(SIGINT)
    #expect(try await run.ended(within: 5).status == 130)
  }

  // MARK: Together

  @Test func severalReadsInOneTransaction() async throws {
    let outcome = try await Tool.run(
      ["read", "--together", "BT23.summations[0]", "BT28.rms_voltage_l1", "--json", "--meter", "sim:gen3"])
    #expect(outcome.status == 0, "\(outcome.err)")
    let objects = try outcome.objects()
    #expect(objects.map { $0["transaction"] as? Int } == [0, 0])
    #expect((objects[1]["fields"] as? [[String: Any]])?.first?["unit"] as? String == "V")
    let several = try await Tool.run([
      "read", "--together", "BT23", "BT28", "ET13", "BT54", "ET61", "ET09", "--meter", "sim:gen3",
    ])
    #expect(several.status == 0 && several.out.hasPrefix("Transaction 1 of "))
    let failing = try await Tool.run(["read", "--together", "BT21", "ET85", "--meter", "sim:gen3"])
    #expect(failing.status == 5 && failing.out.contains("BT21"), "\(failing.err)")
    let unknown = try await Tool.run(["read", "--together", "BT99", "--meter", "sim:gen3"])
    #expect(unknown.status == 2 && unknown.err.contains("which BT99 is not"))
  }
}
