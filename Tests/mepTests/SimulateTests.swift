// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@Suite struct SimulateTests {
  @Test(arguments: [SIGINT, SIGTERM])
  func itsLinkGoesWithIt(number: Int32) async throws {
    let bench = try Bench()
    let simulator = try await bench.simulate()
    #expect(bench.has("meter"))
    simulator.signal(number)
    let outcome = try await simulator.ended()
    #expect(outcome.status == 0)
    #expect(outcome.err == "mep: gen3, MEP port 1: --meter 'serial:meter'. Ctrl-C ends it.\n")
    #expect(!bench.has("meter"))
  }

  /// As when whoever started it has crashed.
  @Test func itEndsWithItsStandardInput() async throws {
    let bench = try Bench()
    let simulator = try await bench.simulate()
    try bench.life.fileHandleForWriting.write(contentsOf: Data("not the end\n".utf8))
    #expect(try await bench.run("info", "--meter", "serial:meter", "--key-file", "mbk").status == 0)
    try bench.life.fileHandleForWriting.close()
    #expect(try await simulator.ended().status == 0)
    #expect(!bench.has("meter"))
  }

  /// What is written into a pipe is read once, and waited for; the end of a pipe that was read is not the simulator's.
  @Test func aScenarioMayComeThroughAPipe() async throws {
    let bench = try Bench()
    let grid = bench.folder.appendingPathComponent("grid").path
    try #require(mkfifo(grid, 0o600) == 0)
    Thread.detachNewThread {
      let writer = FileHandle(forWritingAtPath: grid)
      Thread.sleep(forTimeInterval: 0.3)
      try? writer?.write(contentsOf: Data("+0s tariff 2\n".utf8))
      try? writer?.close()
    }
    try await bench.simulate("--scenario", "grid")
    #expect(try await drive(bench).contains("manual"))
  }

  @Test func aScenarioMayComeFromStandardInput() async throws {
    let bench = try Bench()
    try bench.life.fileHandleForWriting.write(contentsOf: Data("+0s tariff 2\n".utf8))
    try bench.life.fileHandleForWriting.close()
    try await bench.simulate("--scenario", "/dev/stdin")
    #expect(try await drive(bench).contains("manual"))
  }

  private func drive(_ bench: Bench) async throws -> String {
    try await bench.run("read", "BT55.tier_drive", "--meter", "serial:meter", "--key-file", "mbk").out
  }

  @Test func aGen4HasTwoPorts() async throws {
    let bench = try Bench()
    let address = "tcp://127.0.0.1:\(freePort())"
    try await bench.simulate("--profile", "gen4", "--pty", "one", "--listen", address)
    for (meter, number) in [(address, "1 (MEP client 1)"), ("serial:one", "2 (MEP client 2)")] {
      let outcome = try await bench.run("read", "ET70", "--meter", meter, "--key-file", "mbk")
      #expect(outcome.out.contains("current_comm_channel_index  \(number)"), "\(outcome.err)")
    }
  }

  @Test func aTCPPortHasOnePlug() async throws {
    let bench = try Bench()
    let address = "tcp://127.0.0.1:\(freePort())"
    try await bench.simulate("--listen", address)
    let taken = try await bench.run("simulate", "--mbk-file", "mbk", "--mak-file", "mak", "--listen", address)
    #expect(taken.status == 1)
    #expect(taken.err.contains("Address already in use") && taken.err.contains("choose another port"))
    let first = try bench.start("watch", "--interval", "0.5", "--meter", address, "--key-file", "mbk")
    try await eventually("a reading") { !first.out.isEmpty }
    let second = try await bench.run("info", "--meter", address, "--key-file", "mbk")
    #expect(second.status == 3)
    #expect(second.err.contains("no other program is connected"))
    first.signal(SIGINT)
    #expect(try await first.ended().err == "")
    let third = try await bench.run("info", "--meter", address, "--key-file", "mbk")
    #expect(third.status == 0)
  }

  @Test func frozenStandsStill() async throws {
    let bench = try Bench()
    try await bench.simulate("--profile", "gen4", "--frozen")
    let read = ["read", "--raw", "BT28", "BT23", "BT52", "--meter", "serial:meter", "--key-file", "mbk"]
    let first = try await Tool.run(read, in: bench.folder)
    try await Task.sleep(for: .milliseconds(1100))
    #expect(try await Tool.run(read, in: bench.folder).out == first.out)
    #expect(first.lines.count == 3, "\(first.err)")
  }

  @Test func timeRunsAsFastAsAsked() async throws {
    let bench = try Bench()
    try await bench.simulate("--speed", "3600")
    func hours() async throws -> Int {
      let read = try await bench.run("read", "--raw", "BT52", "--meter", "serial:meter", "--key-file", "mbk")
      let octets = Array(read.out)
      try #require(octets.count >= 14, "\(read.err)")
      let (day, hour) = (Int(String(octets[4...5]), radix: 16), Int(String(octets[6...7]), radix: 16))
      return try #require(day) * 24 + #require(hour)
    }
    let before = try await hours()
    try await Task.sleep(for: .milliseconds(2000))
    let passed = try await hours() - before
    // A new month counts from day 1 again.
    #expect(passed >= 2 || passed < -600)
  }

  /// The number in 0x0C: with one seed, "next" is one more than "last". Both can be read.
  @Test func theSequenceNumberIsReportedAsAsked() async throws {
    var reported: [UInt32] = []
    for report in ["last", "next"] {
      let bench = try Bench()
      try await bench.simulate("--seed", "7", "--baud", "0", "--seq-report", report)
      let outcome = try await bench.run(
        "read", "BT21", "-vv", "--security", "digest", "--meter", "serial:meter", "--key-file", "mbk")
      #expect(outcome.status == 0)
      let digits = outcome.err.components(separatedBy: "received 00 0d 0c ").dropFirst().first?.prefix(11)
      reported.append(try #require(digits.flatMap { UInt32($0.filter { $0 != " " }, radix: 16) }))
    }
    #expect(reported[1] == reported[0] &+ 1)
  }
}
