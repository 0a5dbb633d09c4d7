// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// What people read. A difference is to be read, and recorded if it is meant: see Fixtures/README.md.
@Suite struct SnapshotTests {
  private static let steps = [
    "read", "BT21.number_of_summations", "BT28.rms_voltage_l1", "ET30", "write",
    "ET50.mep_inbound_configuration[0].mep_device_registered=yes", "call", "EP17", "action=0", "device_handle=1000",
    "--meter", "sim:gen3-frozen",
  ]

  @Test(arguments: [
    ("help.txt", ["--help"]),
    ("tables.txt", ["tables"]),
    ("describe-BT23.txt", ["describe", "BT23"]),
    ("describe-BT28.txt", ["describe", "BT28"]),
    ("describe-ET05.txt", ["describe", "ET05"]),
    ("describe-ET42.txt", ["describe", "ET42"]),
    ("read-BT23.txt", ["read", "BT23", "--meter", "sim:gen3-frozen"]),
    ("read-BT28.txt", ["read", "BT28", "--meter", "sim:gen3-frozen"]),
    ("read-BT28.json", ["read", "--json", "BT28.present_values[7]", "--meter", "sim:gen3-frozen"]),
    ("help-events.txt", ["events", "--help"]),
    ("help-outages.txt", ["outages", "--help"]),
    ("help-quality.txt", ["quality", "--help"]),
    ("help-registers.txt", ["registers", "--help"]),
    ("help-history.txt", ["history", "--help"]),
    ("help-calendar.txt", ["calendar", "--help"]),
    ("help-settings.txt", ["settings", "--help"]),
    ("settings.txt", ["settings", "--meter", "sim:gen4"]),
    ("help-device.txt", ["device", "--help"]),
    ("help-device-serve.txt", ["device", "serve", "--help"]),
    ("help-display.txt", ["display", "--help"]),
    ("device.txt", ["device", "--meter", "sim:gen4"]),
    ("help-call.txt", ["call", "--help"]),
    ("help-transaction.txt", ["transaction", "--help"]),
    ("describe-EP17.txt", ["describe", "EP17"]),
    ("transaction.txt", ["transaction"] + steps),
    ("transaction.json", ["transaction", "--json"] + steps),
    ("registers.txt", ["registers", "--meter", "sim:gen3-frozen"]),
    ("registers.json", ["registers", "--json", "--meter", "sim:gen3-frozen"]),
    ("decode-gen3-a.txt", ["decode", "--assume", "gen3", Fixture.capture("gen3-a.mep.txt")]),
    ("decode-optical.txt", ["decode", Fixture.capture("optical-bt00.txt")]),
    ("decode-guide.txt", ["decode", "--assume", "gen3-frozen", Fixture.capture("guide-rc4-1.mep.txt")]),
  ])
  func itReadsAsRecorded(name: String, arguments: [String]) async throws {
    let outcome = try await Tool.run(arguments)
    let undated = outcome.out.replacingOccurrences(
      of: #""(read|done)_at":"[^"]*""#, with: #""$1_at":"…""#, options: .regularExpression)
    try expectSnapshot(name, undated)
  }

  @Test func noArgumentsShowTheHelp() async throws {
    let (bare, asked) = (try await Tool.run([]), try await Tool.run(["--help"]))
    #expect(bare.status == 0)
    #expect(bare.out == asked.out)
  }

  /// Nothing wraps on a terminal of 80 columns but the parser's usage line.
  @Test(arguments: [
    "info", "read", "watch", "mbus", "alerts", "tables", "describe", "decode", "simulate", "ports", "events", "outages",
    "quality",
    "registers", "history", "calendar", "profile", "write", "call", "transaction", "device", "display",
  ])
  func everyCommandHasHelp(command: String) async throws {
    let outcome = try await Tool.run([command, "--help"])
    #expect(outcome.status == 0)
    #expect(outcome.out.hasPrefix("OVERVIEW: "))
    #expect(outcome.lines.allSatisfy { $0.count <= 80 || $0.hasPrefix("USAGE: ") })
    #expect(try await Tool.run(["--help"]).out.contains("\n  \(command) "))
  }

  @Test func portsAreListedAndNoneIsOpened() async throws {
    let outcome = try await Tool.run(["ports", "--json"])
    #expect(outcome.status == 0)
    #expect(try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) is [[String: Any]])
    #expect(try await Tool.run(["ports"]).out != "")
  }

  @Test func everyTableIsDescribed() async throws {
    let tables = try await Tool.run(["tables"]).lines.map { String($0.prefix(4)) }
      .filter { $0.hasPrefix("BT") || $0.hasPrefix("ET") }
    #expect(tables.count > 50)
    for table in tables {
      let outcome = try await Tool.run(["describe", table])
      #expect(outcome.status == 0)
      #expect(outcome.out.contains("Guide, page ") && outcome.out.contains("Read: "))
      #expect(outcome.lines.allSatisfy { $0.count <= 200 })
    }
  }
}
