// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

/// Meters that answer otherwise than the guide or their own dimensions say.
@Suite(.timeLimit(.minutes(1))) struct OddMeterTests {
  /// A gen3 meter whose answers to reads of one table are changed.
  private func meter(
    _ table: Table, wire: Wire = Wire(),
    _ change: @escaping @Sendable (Request, [UInt8]) -> Response
  ) throws -> Meter {
    let handler = Altered(try simulated(.gen3Frozen).port(1)) { request, response in
      guard request.table == table.id, case .data(let octets) = response else { return response }
      return change(request, octets)
    }
    return Meter(at: wire.tap(plug(handler)))
  }

  @Test(arguments: [(3, "Summations", 65, Table.bt23), (4, "Demands", 255, .bt23), (9, "Present Values", 201, .bt28)])
  func impossibleDimensionsAreNamed(offset: Int, name: String, value: Int, table: Table) async throws {
    let meter = try meter(.bt21) { _, octets in
      var octets = octets
      octets[offset] = UInt8(value)
      return .data(octets)
    }
    let words = "layout impossible BT21 Number of \(name) \(value)"
    #expect(await failure { () async throws(MeterError) in try await meter.read(table) } == words)
    // It is not remembered as if it were known.
    #expect(await failure { () async throws(MeterError) in try await meter.read(table) } == words)
    #expect(try await meter.read(.bt01).octets.count == 24)
  }

  @Test func endlessDimensionsAreRefused() async throws {
    let meter = try meter(.bt21) { _, octets in .data([0xFF, 0xFF] + octets[2...].map { _ in 0xFF }) }
    for table in [Table.bt22, .bt23, .bt27, .bt28] {
      #expect(
        await failure { () async throws(MeterError) in try await meter.read(table) }.hasPrefix("layout impossible"))
    }
  }

  @Test func shortAnswerToAPartialReadIsNamed() async throws {
    let meter = try meter(.bt28) { _, octets in .data(Array(octets.dropLast())) }
    #expect(
      await failure { () async throws(MeterError) in try await meter.read(.bt28, paths: ["rms_voltage_l1"]) }
        == "short BT28 3 of 4")
  }

  @Test func shortDimensionTableIsNamed() async throws {
    let meter = try meter(.bt21) { request, octets in
      if case .readPart = request { return .refused(.operationNotPossible) }
      return .data(Array(octets.prefix(6)))
    }
    let words = await failure { () async throws(MeterError) in try await meter.read(.bt28) }
    #expect(words.hasPrefix("layout BT21 of this meter is too short"))
  }

  /// Modules leave the newest present values out of a full read.
  @Test func whatAFullReadLeavesOutIsFetched() async throws {
    let wire = Wire()
    let meter = try meter(.bt28, wire: wire) { request, octets in
      if case .read = request { return .data(Array(octets.prefix(22 * 4))) }
      return .data(octets)
    }
    for _ in 0..<3 {
      let decoded = try await meter.read(.bt28)
      #expect(decoded.octets.count == 220)
      #expect(decoded.byName["average_rms_voltage_l3"] == 234_229)
    }
    #expect(wire.reads(of: .bt28) == ["BT28", "BT28 88..<220", "BT28", "BT28 88..<220", "BT28", "BT28 88..<220"])
  }

  /// A table that is shorter than declared is asked for its rest once, and no more after it was refused.
  @Test func tableThatIsShorterIsAskedForItsRestOnce() async throws {
    let wire = Wire()
    let meter = try meter(.bt28, wire: wire) { request, octets in
      if case .readPart = request { return .refused(.operationNotPossible) }
      return .data(Array(octets.prefix(22 * 4)))
    }
    for _ in 0..<3 {
      let decoded = try await meter.read(.bt28)
      #expect(decoded.places.count == 22)
      #expect(decoded.byName["rms_voltage_l3"] == 234_387)
      #expect(decoded.byName["average_rms_voltage_l3"] == nil)
    }
    #expect(wire.reads(of: .bt28) == ["BT28", "BT28 88..<220", "BT28", "BT28"])
  }

  /// Octets that did not come because of the line are not octets that the meter does not have.
  @Test func restThatGotLostIsNotForgotten() async throws {
    let handler = Altered(try simulated(.gen3Frozen).port(1)) { request, response in
      guard case .read(.basic(28), _) = request, case .data(let octets) = response else { return response }
      return .data(Array(octets.prefix(22 * 4)))
    }
    let counter = Counter()
    let link = TamperedLink(plug(handler, timers: .steady)) { request, _ in
      guard case .readPart(.basic(28), _, _) = request else { return .pass }
      return await counter.next() <= Timers.steady.attempts ? .loseAnswer : .pass
    }
    let meter = Meter(at: link, timers: .steady)
    let words = await failure { () async throws(MeterError) in try await meter.read(.bt28) }
    #expect(words.hasPrefix("exchange "))
    #expect(try await meter.read(.bt28).octets.count == 220)
  }

  @Test func longerTableKeepsItsTail() async throws {
    let meter = try meter(.bt15) { _, octets in .data(octets + [1, 2, 3]) }
    let decoded = try await meter.read(.bt15)
    #expect(decoded.tail == [1, 2, 3])
    #expect(decoded.octets.count == decoded.layout.octets + 3)
  }

  @Test func unlistedCodesAreKept() async throws {
    let meter = try meter(.bt15) { _, _ in .refused(ResponseCode(0x77)) }
    do throws(MeterError) {
      _ = try await meter.read(.bt15)
      Issue.record("a refusal was read")
    } catch {
      guard case .refused(let code, let table) = error else { throw error }
      #expect(code == ResponseCode(0x77))
      #expect(table == .basic(15))
      #expect(error.description.contains("0x77"))
    }
  }
}
