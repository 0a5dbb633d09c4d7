// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables
import Testing

@testable import MEPSimulator

@Suite(.timeLimit(.minutes(1))) struct MeterConfigurationTests {
  @Test(arguments: [1, 2, 3]) func changeMovesVersionAndNumberOn(times: Int) async throws {
    let bench = try Bench(.gen3)
    #expect(try await bench.integer(.et04, "idt_version") == 1)
    let last = try #require(try await bench.integer(.et04, "mep_seq_nbr"))
    for _ in 0..<times { try await bench.meter.reconfigure { $0.presentValues.reverse() } }
    let outcome = try await bench.client.perform(.readPart(.basic(21), offset: 0, length: 1))
    #expect(outcome.sequenceReplaced)
    #expect(outcome.attempts == 2)
    // Two reads of ET04 went before; the first reading was the request after `last`.
    let number = try #require(try await bench.integer(.et04, "mep_seq_nbr"))
    #expect(number - last == Int64(25 * times + 2))
    #expect(try await bench.integer(.et04, "idt_version") == Int64(1 + times))
  }

  @Test func changeIsSeenInTheTables() async throws {
    let bench = try Bench(.gen3)
    try await bench.meter.reconfigure {
      $0.presentValues = Array($0.presentValues.prefix(26))
      $0.summations.reverse()
      $0.tiers = 2
    }
    #expect(try await bench.integer(.bt21, "number_of_present_values") == 26)
    #expect(try await bench.integer(.bt21, "number_of_tiers") == 2)
    #expect(try await bench.integer(.bt22, "summation_sources[0]") == 28)
    #expect(try await bench.read(.bt27).octets.count == 26)
    #expect(try await bench.read(.bt28).octets.count == 104)
    #expect(try await bench.read(.bt23).octets.count == 132)
  }

  @Test func impossibleChangeChangesNothing() async throws {
    let bench = try Bench(.gen3)
    let before = try await bench.read(.bt21).octets
    await #expect(throws: LayoutError.self) { try await bench.meter.reconfigure { $0.tiers = 9 } }
    #expect(try await bench.read(.bt21).octets == before)
    #expect(try await bench.integer(.et04, "idt_version") == 1)
    #expect(await bench.meter.profile.tiers == 4)
  }

  /// A request that the port took before the change is not answered by what came after it.
  @Test func requestThatTheChangeOvertookIsSentBack() async throws {
    let meter = try SimulatedMeter(.gen3, clock: { 836_400_000 })
    let handler = Overtaken(base: meter.port(1)) { try? await meter.reconfigure { $0.presentValues.reverse() } }
    let (near, far) = MemoryLink.pair()
    let connection = ServerConnection(basic: basicKey, advanced: advancedKey, sequence: 1000, timers: .unpaced)
    Task {
      var server = ExchangeServer(connection, handler: handler, log: quiet)
      try? await server.serve(far)
    }
    let client = ExchangeClient(
      ClientConnection(key: advancedKey, firstSequence: 1000, timers: .unpaced), over: near, log: quiet)
    let outcome = try await client.perform(.read(.basic(27), length: 1))
    #expect(outcome.sequenceReplaced)
    #expect(outcome.attempts == 2)
    #expect(try outcome.result.get() == .data([215]))
  }

  /// Does something once, after the port took a request and before the meter answers it.
  private actor Overtaken: RequestHandler {
    let base: any RequestHandler
    var act: (@Sendable () async -> Void)?

    init(base: any RequestHandler, act: @escaping @Sendable () async -> Void) {
      self.base = base
      self.act = act
    }

    func answer(_ accepted: ServerConnection.Accepted) async -> Response {
      let act = act
      self.act = nil
      await act?()
      return await base.answer(accepted)
    }

    func status() async -> PortStatus { await base.status() }
  }
}
