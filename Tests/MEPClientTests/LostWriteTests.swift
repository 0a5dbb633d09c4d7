// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

/// A write whose request or answer is lost or damaged is executed once and reported right.
@Suite(.timeLimit(.minutes(2))) struct LostWriteTests {
  struct Case: CustomTestStringConvertible {
    let fate: TamperedLink.Fate
    /// How many sendings of the write meet it.
    let sendings: Int
    /// A damaged request is answered 0x0B at once, whatever else there may be to wait for.
    var timers: Timers { fate == .damageRequest ? .patient : .steady }
    var testDescription: String { "\(fate) of \(sendings)" }
  }

  /// Each request is sent once.
  private var once: Timers {
    var timers = Timers.steady
    (timers.attempts, timers.response, timers.longestResponse) = (1, .milliseconds(3000), .milliseconds(3000))
    return timers
  }

  static let cases = TamperedLink.Fate.allCases.filter { $0 != .pass }.flatMap { fate in
    [1, 2, 3, 4].map { Case(fate: fate, sendings: $0) }
  }

  @Test(arguments: cases) func isExecutedOnce(_ test: Case) async throws {
    let simulator = try simulated(.gen3)
    let link = TamperedLink(plug(simulator.port(1))) { request, sending in
      request.isRead || sending > test.sendings ? .pass : test.fate
    }
    let meter = Meter(at: link, timers: test.timers)
    let words = await failure { () async throws(MeterError) in
      try await meter.write(.extended(50), offset: WriteTests.flags, [0b11])
    }
    #expect(words == "none")
    #expect(await simulator.writes == 1)
    let check = Meter(at: plug(simulator.port(1)))
    #expect(try await check.read(.et50).octets[WriteTests.flags] == 0b11)
  }

  @Test func writeThatNeverArrivesIsNotCalledDone() async throws {
    let simulator = try simulated(.gen3)
    let link = TamperedLink(plug(simulator.port(1))) { request, _ in
      request.isRead ? .pass : .loseRequest
    }
    let words = await failure { () async throws(MeterError) in
      try await Meter(at: link, timers: once).write(.extended(50), offset: WriteTests.flags, [0b11])
    }
    #expect(words == "exchange noAnswer ET50, may have been executed")
    #expect(await simulator.writes == 0)
  }

  /// When the line dies between a write and its reading back, the error tells of the write, not of the reading.
  @Test func lookingUpInVainLeavesTheOutcomeOpen() async throws {
    let simulator = try simulated(.gen3)
    let link = TamperedLink(plug(simulator.port(1))) { _, _ in .loseAnswer }
    let words = await failure { () async throws(MeterError) in
      try await Meter(at: link, timers: once).write(.extended(50), offset: WriteTests.flags, [0b11])
    }
    #expect(words.hasPrefix("exchange "))
    #expect(words.hasSuffix("ET50, may have been executed"))
    #expect(await simulator.writes == 1)
  }

  @Test func onlyTheLostPartIsLookedUp() async throws {
    let shelf = Shelf()
    let wire = Wire()
    let link = TamperedLink(plug(shelf)) { request, sending in
      !request.isRead && sending == 2 ? .loseAnswer : .pass
    }
    let meter = Meter(at: wire.tap(link), timers: once)
    let data = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
    try await meter.write(Shelf.table, data)
    #expect(await shelf.writes == [456, 456, 88])
    #expect(await Array(shelf.octets[0..<1000]) == data)
    #expect(wire.reads == ["ET200 456..<912"])
  }
}
