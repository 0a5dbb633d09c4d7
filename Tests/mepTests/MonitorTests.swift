// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The line between a program and a simulated meter, listened to.
@Suite struct MonitorTests {
  /// A reader's line to the simulated meter `meter`, with a tap on each of its wires: pseudo-terminals `line`, `sent` and
  /// `answered`.
  private final class Tap: @unchecked Sendable {
    private var descriptors: [Int32] = []

    init(_ bench: Bench) throws {
      func terminal(_ name: String) throws -> Int32 {
        let (master, slave, path) = try openTerminal()
        try FileManager.default.createSymbolicLink(
          atPath: bench.folder.appendingPathComponent(name).path, withDestinationPath: path)
        descriptors += [master, slave]
        return master
      }
      let (line, sent, answered) = (try terminal("line"), try terminal("sent"), try terminal("answered"))
      let meter = open(bench.folder.appendingPathComponent("meter").path, O_RDWR | O_NOCTTY | O_CLOEXEC)
      try #require(meter >= 0)
      descriptors.append(meter)
      // The tap first: an answer must not be heard before its question.
      Self.pass(from: line, to: [sent, meter])
      Self.pass(from: meter, to: [answered, line])
    }

    private static func pass(from source: Int32, to ends: [Int32]) {
      Thread.detachNewThread {
        var octets = [UInt8](repeating: 0, count: 512)
        while case let count = read(source, &octets, octets.count), count > 0 {
          for end in ends { _ = write(end, octets, count) }
        }
      }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
  }

  @Test(arguments: ["digest", "encrypted", "tls"]) func everyExchangeShowsOnce(security: String) async throws {
    let bench = try Bench()
    try await bench.simulate("--profile", "gen4", "--baud", "0")
    let tap = try Tap(bench)
    let monitor = try bench.start(
      "monitor", "serial:sent", "serial:answered", "--key-file", "mbk", "--save", "heard.mepcap", "--pcap", "heard.pcap"
    )
    try await eventually("it listens") { monitor.err.contains("Ctrl-C ends it.") }
    let read = try await bench.run(
      "read", "BT01", "BT21", "BT28", "BT52", "--security", security, "--meter", "serial:line", "--key-file", "mbk",
      "--capture", "said.mepcap")
    #expect(read.status == 0, "\(read.err)")
    let last = security == "tls" ? "TLS 0x57 ends the session" : "request read BT52"
    try await eventually("the last answer is heard") {
      let rest = monitor.out.components(separatedBy: last).dropFirst().last
      return rest?.contains(security == "tls" ? "response 0x00" : "BT52 UTC Clock") == true
    }
    monitor.signal(SIGINT)
    let heard = try await monitor.ended()
    #expect(heard.status == 0)
    // What the reader itself wrote down is the same.
    let said = try await bench.run("decode", "said.mepcap", "--key-file", "mbk")
    #expect(said.status == 0)
    #expect(Self.exchanges(heard.lines) == Self.exchanges(said.lines))
    for table in ["BT01", "BT21", "BT28", "BT52"] {
      #expect(heard.out.components(separatedBy: "request read \(table)").count >= 2, "\(table)")
    }
    #expect(heard.out.contains(security == "tls" ? "in TLS, verified" : "digest verified"))
    #expect(heard.out.contains(" 0 wrong") && heard.out.contains("0 octets in no frame, 0 damaged frames"))
    // The saved capture shows the same again, without the key nothing but the frames.
    let again = try await bench.run("monitor", "heard.mepcap", "--key-file", "mbk")
    #expect(again.status == 0 && Self.exchanges(again.lines) == Self.exchanges(heard.lines))
    let blind = try await bench.run("monitor", "heard.mepcap", "--json")
    #expect(blind.status == 0)
    let objects = try blind.objects()
    #expect(objects.allSatisfy { $0["digest"] as? String != "verified" })
    #expect(
      objects.last?["requests"] as? Int
        == Self.exchanges(heard.lines).count { $0.contains("request") || $0.contains("TLS 0x") })
    withExtendedLifetime(tap) {}
  }

  /// Without times.
  private static func exchanges(_ lines: [String]) -> [String] {
    lines.filter { $0.contains("request ") || $0.contains("response ") || $0.contains("TLS 0x") }
      .map { line in line.dropFirst(13).prefix { $0 != "(" }.trimmingCharacters(in: .whitespaces) }
  }

  @Test(.enabled(if: Tshark.isThere, "tshark is not installed"), arguments: ["digest", "tls"])
  func wiresharkNamesTheTables(security: String) async throws {
    let bench = try Bench()
    let read = try await bench.run(
      "read", "BT01", "BT28", "ET42", "--security", security, "--meter", "sim:gen4", "--capture", "a.mepcap")
    #expect(read.status == 0)
    let monitor = try await bench.run("monitor", "a.mepcap", "--pcap", "a.pcap")
    #expect(monitor.status == 0)
    let shown = try await Tshark.show(bench.folder.appendingPathComponent("a.pcap").path)
    if security == "tls" {
      #expect(shown.contains("TLS handshake") && shown.contains("TLS table request") && shown.contains("TLS terminate"))
    } else {
      for name in ["BT28 Present Register Data", "BT01 General Manufacturer Information"] {
        #expect(shown.contains("read \(name), ") && shown.contains("\(name): Successful response, "), "\(shown)")
      }
      #expect(shown.contains("ET42 "))
    }
    #expect(!shown.contains("no frame") && !shown.contains("Malformed") && !shown.contains("Lua Error"))
  }

  @Test func wrongUseIsTold() async throws {
    let bench = try Bench()
    for (arguments, words) in [
      (["monitor", "serial:/dev/ttyUSB0"], "name the port that hears the meter as well"),
      (["monitor", "serial:/dev/a", "sim:gen3"], "has no line to listen to"),
      (["monitor", "a", "b"], "does not say what kind of address it is"),
      (["monitor", "none.mepcap"], "cannot be read: No such file"),
      (["monitor", "mbk"], "Line 1 of mbk is no record of a capture"),
      (["read", "BT01", "--meter", "sim:gen3", "--capture", "mbk"], "mbk is there already"),
      (["read", "BT01", "--meter", "sim:gen3", "--capture", "no/a"], "cannot be written (No such file"),
    ] {
      let outcome = try await Tool.run(arguments, in: bench.folder)
      #expect(outcome.status == 2 && outcome.err.contains(words), "\(arguments): \(outcome.err)")
    }
  }

  /// Whoever was killed while he wrote leaves half a line.
  @Test func halfALineIsSaid() async throws {
    let bench = try Bench()
    _ = try await bench.run("read", "BT52", "--meter", "sim:gen3", "--capture", "a.mepcap")
    let text = try String(contentsOf: bench.folder.appendingPathComponent("a.mepcap"), encoding: .utf8)
    try bench.file("half.mepcap", String(text.dropLast(20)))
    let outcome = try await bench.run("decode", "half.mepcap", "--key-file", "dummy")
    let lines = text.split(separator: "\n").count
    #expect(outcome.status == 2 && outcome.err.contains("Line \(lines) of half.mepcap is no record"))
    #expect(outcome.out.contains("BT52 UTC Clock"))
  }
}

/// Wireshark's terminal program.
private enum Tshark {
  static let path = "/usr/bin/tshark"
  static var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

  private static let dissector = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Wireshark/osgp-mep.lua").standardizedFileURL.path

  static func show(_ capture: String) async throws -> String {
    let run = try Running(path, ["-X", "lua_script:\(dissector)", "-r", capture], environment: ["HOME": "/tmp"])
    return try await run.ended().out
  }
}
