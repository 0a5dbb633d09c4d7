// SPDX-License-Identifier: Apache-2.0
import C1219
import Glibc
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

@Suite(.timeLimit(.minutes(1))) struct FieldWriteTests {
  private static let response = "mep_inbound_configuration[0].et59_response"

  @Test func onlyWhatChangesIsWritten() async throws {
    let simulator = try simulated(.gen3)
    let meter = Meter(at: plug(simulator.port(1)), key: basicKey)
    let before = try await meter.read(.et50).octets
    let plan = try await meter.plan(.et50, setting: [(Self.response, "yes")])
    #expect(plan.changes.map { $0.place.pathText } == [Self.response])
    #expect(plan.changes.first?.old == .integer(0) && plan.changes.first?.new == .integer(1))
    #expect(plan.parts.count == 1 && plan.parts.first?.octets.count == 1)
    #expect(await simulator.writes == 0)
    try await meter.carryOut(plan)
    let after = try await meter.read(.et50).octets
    #expect(zip(before, after).filter { $0 != $1 }.count == 1)
    #expect(try await meter.plan(.et50, setting: [(Self.response, "1")]).changes.isEmpty)
  }

  @Test func neighboursAreWrittenTogetherAndOthersApart() async throws {
    let meter = Meter(at: plug(try simulated(.gen3).port(1)))
    let plan = try await meter.plan(
      .et04,
      setting: [("max_current", "63"), ("registration_current", "0.02"), ("subnet_id", "3"), ("rated_voltage", "231")])
    #expect(plan.parts.map(\.octets.count) == [1, 6])
    try await meter.carryOut(plan)
    #expect(
      try await meter.read(.et04, paths: ["registration_current", "max_current", "rated_voltage"]).integers == [
        20, 63, 231,
      ])
  }

  @Test(arguments: [
    ("summations[0]", "1", "not allowed BT23 MAK"), ("nbr", "1", "not allowed BT23 MAK"),
  ])
  func aKnownLevelIsHeldTo(path: String, value: String, words: String) async throws {
    let simulator = try simulated(.gen3)
    let meter = Meter(at: plug(simulator.port(1)), key: basicKey)
    await meter.set(access: .basic)
    #expect(
      await failure { () async throws(MeterError) in try await meter.plan(.bt23, setting: [(path, value)]) } == words)
  }

  @Test(arguments: [
    ("rated_frequency", "blue", "bad value ET04 rated_frequency blue"),
    ("rated_frequency", "256", "bad value ET04 rated_frequency 256"),
    ("mep_sequence_numbers", "1", "several fields ET04 mep_sequence_numbers"),
    ("rated", "1", "no such field ET04 rated"),
  ])
  func whatCannotBePlanned(path: String, value: String, words: String) async throws {
    let meter = Meter(at: plug(try simulated(.gen4).port(1)))
    #expect(
      await failure { () async throws(MeterError) in try await meter.plan(.et04, setting: [(path, value)]) } == words)
  }

  /// A meter that says yes and keeps nothing.
  @Test func whatWasNotKeptIsAnError() async throws {
    let meter = Meter(at: plug(Forgetful(base: try simulated(.gen3).port(1))))
    let plan = try await meter.plan(.et50, setting: [(Self.response, "yes")])
    #expect(await failure { () async throws(MeterError) in try await meter.carryOut(plan) } == "not kept ET50")
    #expect(
      await failure { () async throws(MeterError) in try await meter.writeAndCompare(.extended(50), offset: 30, [1]) }
        == "not kept ET50")
  }

  private struct Forgetful<Base: RequestHandler>: RequestHandler {
    let base: Base

    func answer(_ request: ServerConnection.Accepted) async -> Response {
      if case .writePart? = try? Request(body: request.body) { return .done }
      return await base.answer(request)
    }
    func status() async -> PortStatus { await base.status() }
  }
}

@Suite(.timeLimit(.minutes(1))) struct WearTests {
  @Test func aDayHasItsBudget() {
    var wear = Wear()
    for i in 0..<Wear.budget { #expect(wear.spend(.tableWrite, at: 1000 + Int64(i)) == nil) }
    let seconds = wear.spend(.tableWrite, at: 2000)
    #expect(seconds == 85_400)
    #expect(wear.spend(.transactionWrite, at: 2000) == nil)
    #expect(wear.spend(.tableWrite, at: 1000 + 86_400) == nil)
    #expect(wear.count(of: .tableWrite) == Wear.budget)
  }

  @Test func itIsRememberedAsText() {
    var wear = Wear()
    for i in 0..<5 { wear.count(.tableWrite, at: 1_795_000_000 + Int64(i)) }
    wear.count(.transactionWrite, at: 1_795_000_009)
    #expect(wear.text.hasPrefix("table 1795000000\ntable 1795000001\n"))
    #expect(Wear(text: wear.text) == wear)
    #expect(Wear(text: "nonsense\ntable x\n\ntable 1 2\n") == Wear())
  }

  /// A write of the future, left by a clock that was wrong, is not lost, and does not count for ever.
  @Test func aClockThatWasSetBack() {
    var wear = Wear()
    for _ in 0..<Wear.budget { wear.count(.tableWrite, at: 1_900_000_000) }
    #expect(wear.spend(.tableWrite, at: 1_795_000_000) == 86_400)
    #expect(wear.spend(.tableWrite, at: 1_795_086_400) == nil)
  }

  /// ET03 lies in non-volatile memory, and 3.30 is older than 3.40; ET04 does not, and 3.84 is newer.
  @Test func onlyOldMetersAreSpared() async throws {
    for (profile, table, counted) in [
      (Profile.gen3Old, TableID.extended(3), 1), (.gen3Old, .extended(4), 0), (.gen3, .extended(3), 0),
    ] {
      let meter = Meter(at: plug(try simulated(profile).port(1)))
      await meter.set(wear: WearLedger())
      try await meter.write(table, offset: 13, [60])
      #expect(await meter.wear.count(of: .tableWrite) == counted, "\(profile.name) \(table)")
    }
  }

  @Test func aSpentBudgetSendsNothingUnlessToldTo() async throws {
    var spent = Wear()
    for _ in 0..<Wear.budget { spent.count(.tableWrite, at: Int64(time(nil))) }
    let simulator = try simulated(.gen3Old)
    let meter = Meter(at: plug(simulator.port(1)))
    await meter.set(wear: WearLedger(spent))
    let written = await failure { () async throws(MeterError) in try await meter.write(.extended(3), [65]) }
    let called = await failure { () async throws(MeterError) in
      try await meter.call(procedure: 0x0811, parameters: [0, 0, 0])
    }
    #expect(written.hasPrefix("worn table 8") && called.hasPrefix("worn table 8"))
    #expect(await simulator.writes == 0)
    #expect(await simulator.procedureCalls == 0)
    await meter.set(wear: WearLedger(spent), anyway: true)
    try await meter.write(.extended(3), [65])
    #expect(await simulator.writes == 1)
    #expect(await meter.wear.count(of: .tableWrite) == Wear.budget + 1)
  }
}
