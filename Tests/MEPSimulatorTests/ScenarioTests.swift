// SPDX-License-Identifier: Apache-2.0
import MEPSimulator
import Testing

@Suite struct ScenarioTests {
  private func order(_ text: String) throws -> Order? { try Scenario(parsing: "+0s " + text).steps.first?.order }

  private func failure(_ text: String) -> String {
    do throws(ScenarioError) {
      _ = try Scenario(parsing: text)
      return "none"
    } catch {
      return error.description
    }
  }

  @Test func everyOrder() throws {
    #expect(try order("on-demand 1 2") == .onDemandRequest(port: 1, type: 2, data: []))
    #expect(try order("on-demand 2 255 0aFF 10") == .onDemandRequest(port: 2, type: 255, data: [10, 255, 16]))
    #expect(try order("scheduled-read 1") == .scheduledRead(port: 1))
    #expect(try order("remove 2") == .removeClient(port: 2))
    #expect(try order("downlink 2 00") == .downlink(port: 2, data: [0]))
    #expect(try order("tariff 7") == .tariff(tier: 7))
    #expect(try order("tariff calendar") == .tariff(tier: nil))
    #expect(try order("clock -30") == .clock(seconds: -30))
    #expect(try order("power-outage 10m") == .powerOutage(seconds: 600))
    #expect(try order("phase-loss 3 2h") == .phaseLoss(phase: 3, seconds: 7200))
    #expect(try order("voltage 1 80 90s") == .voltage(phase: 1, percent: 80, seconds: 90))
    #expect(try order("configuration-change") == .configurationChange)
    #expect(try order("transaction lost") == .transaction(.lost))
    #expect(
      try order("transaction cut 3 10s") == .transaction(.powerFailure(afterSteps: 3, seconds: 10)))
    #expect(try order("key a5") == .advancedKey(dummy: 0xA5))
    #expect(try order("port 2 closed") == .port(2, isOpen: false))
    #expect(try order("port 1 open") == .port(1, isOpen: true))
    #expect(try order("tls 1 0a") == .tls(port: 1, .code(.invalidServiceSequenceState)))
    #expect(try order("tls 1 0b") == .tls(port: 1, .code(.authenticationFailure)))
    #expect(try order("tls 1 03") == .tls(port: 1, .code(.noPermission)))
    #expect(try order("tls 2 silence") == .tls(port: 2, .silence))
    #expect(try order("tls 2 off") == .tls(port: 2, nil))
  }

  @Test func everyOrderIsInTheHelp() {
    for name in [
      "on-demand", "scheduled-read", "downlink", "remove", "tariff", "clock", "power-outage", "phase-loss", "voltage",
      "transaction", "configuration-change", "key", "port", "tls",
    ] {
      #expect(Scenario.grammar.contains("\n  \(name)"))
    }
  }

  @Test func times() throws {
    let scenario = try Scenario(
      parsing: """
        +90s clock 1
        +3d clock 2
        2000-01-01T00:01:00Z clock 3
        2026-07-01T12:00Z clock 4
        every 10m clock 5
        """)
    // 2026-07-01 is 9678 days after 2000-01-01: 26 years with 7 leap days, then 181 days.
    let noon: Int64 = 9678 * 86_400 + 43_200
    #expect(scenario.steps.map(\.when) == [.after(90), .after(259_200), .at(60), .at(noon), .every(600)])
    #expect(scenario.steps.map(\.order) == (1...5).map { .clock(seconds: $0) })
  }

  @Test(arguments: ["\n", "\r\n", "\r"]) func commentsBlanksAndLineEnds(_ end: String) throws {
    let lines = ["# all", "", "\t+1s\tclock 1 # one", "   ", "+2s clock 2#two"]
    let scenario = try Scenario(parsing: lines.joined(separator: end))
    #expect(scenario.steps == [.init(.after(1), .clock(seconds: 1)), .init(.after(2), .clock(seconds: 2))])
    #expect(failure((lines + ["+3s", ""]).joined(separator: end)).hasPrefix("Line 6: "))
  }

  @Test(arguments: [
    "tomorrow", "1h", "+", "+h", "+1", "+1w", "++1h", "+-1h", "+1.5h", "+1 h", "+１h", "+10000000000s", "every",
    "every x",
    "every 0s", "every +1h", "2026-11-23", "2026-11-23T12:00:00", "2026-11-23T1x:10:00Z", "2026-11-31T12:00:00Z",
    "2026-11-23T24:00:00Z", "2026-11-23 12:00:00Z", "2026:11:23T12:00:00Z", "1999-11-23T12:00:00Z",
    "2026-11-23T12:00:00+01:00",
  ])
  func noTimes(_ time: String) {
    let text = failure("\n\(time) clock 1")
    #expect(
      text.hasPrefix("Line 2: \"") && text.hasSuffix("is no time, such as +10m, 2026-11-23T12:00:00Z or every 1h."))
  }

  @Test(arguments: ["foo", "Clock", "power", "power-outage10m", "+1h"]) func noOrders(_ name: String) {
    let text = failure("+1h \(name) 1")
    #expect(text.hasPrefix("Line 1: \"\(name)\" is no order. There are: on-demand, ") && text.hasSuffix(", tls."))
  }

  @Test func nothingOrdered() {
    #expect(failure("+1h") == "Line 1: what is to happen then? An order is missing.")
    #expect(failure("every 1h # clock 1") == "Line 1: what is to happen then? An order is missing.")
  }

  static let crooked = [
    "on-demand PORT TYPE [HEX]": ["", " 1", " 3 1", " 1 256", " 1 2 abc", " 1 2 xx", " one 2", " 1 2 ａａ"],
    "scheduled-read PORT": ["", " 0", " 1 1"],
    "downlink PORT HEX": ["", " 1", " 1 0", " 3 00"],
    "tariff TIER|calendar": ["", " 8", " -1", " day"],
    "clock SECONDS": ["", " x", " 1.5", " 10000000000", " 1 2"],
    "power-outage SPAN": ["", " 10", " 0s", " -1m"],
    "phase-loss PHASE SPAN": ["", " 1", " 0 1m", " 4 1m", " 1 0s", " L1 1m"],
    "voltage PHASE PERCENT SPAN": ["", " 1 80", " 4 80 1m", " 1 0 1m", " 1 201 1m", " 1 80% 1m", " 1 80 1"],
    "configuration-change": [" 1"],
    "transaction lost|cut N SPAN": ["", " lose", " lost 1", " cut 1", " cut -1 1s", " cut 101 1s", " cut 1 0s"],
    "key OCTET": ["", " 1", " +1", " 100", " xy"],
    "port N open|closed": ["", " 1", " 1 shut", " 0 open"],
    "tls N 0a|0b|03|silence|off": ["", " 1", " 1 yes", " 1 0c", " 3 0a", " 1 0a 0b"],
  ]

  @Test(arguments: crooked.keys.sorted()) func ordersThatAreNotAsTheyShouldBe(_ form: String) throws {
    for rest in try #require(Self.crooked[form]) {
      let line = "\(form.prefix { $0 != " " })\(rest)"
      #expect(failure("+1h \(line)") == "Line 1: \"\(line)\" is not as it should be: \(form).")
    }
  }
}
