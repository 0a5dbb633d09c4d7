// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

@Suite(.timeLimit(.minutes(1))) struct WriteTests {
  /// The first port's flags in ET50.
  static let flags = 30

  @Test(arguments: [basicKey, advancedKey]) func flagsAreReadBack(key: AccessKey) async throws {
    let simulator = try simulated(.gen3)
    let meter = Meter(at: plug(simulator.port(1)), key: key)
    let before = try await meter.read(.et50).octets
    try await meter.write(.extended(50), offset: Self.flags, [0b0000_0011])
    let after = try await meter.read(.et50)
    #expect(after.octets[Self.flags] == 0b0000_0011)
    #expect(after.octets.enumerated().allSatisfy { $0.offset == Self.flags || $0.element == before[$0.offset] })
    let paths = ["mep_device_registered", "et59_response", "m_bus_alerts"].map { "mep_inbound_configuration[0].\($0)" }
    #expect(try await meter.read(.et50, paths: paths).integers == [1, 1, 0])
    #expect(await simulator.writes == 1)
  }

  @Test func basicKeyMayNotWriteWhatTheAdvancedOneMay() async throws {
    let simulator = try simulated(.gen3)
    let basic = Meter(at: plug(simulator.port(1)), key: basicKey)
    // The rated frequency, and the CT ratio.
    for (table, offset) in [(TableID.extended(4), 13), (.basic(15), 9)] {
      #expect(
        await failure { () async throws(MeterError) in try await basic.write(table, offset: offset, [60]) }
          == "refused No permission for specified request \(table)")
    }
    #expect(await simulator.writes == 0)
    basic.close()

    let advanced = Meter(at: plug(simulator.port(1)))
    try await advanced.write(.extended(4), offset: 13, [60])
    try await advanced.write(.basic(15), offset: 9, [5, 0, 0, 0])
    #expect(try await advanced.read(.et04, paths: ["rated_frequency"]).integers == [60])
    #expect(try await advanced.read(.bt15, paths: ["ct_ratio"]).integers == [5])
    #expect(await simulator.writes == 2)
  }

  @Test func tableThatNobodyMayWriteIsRefused() async throws {
    let meter = Meter(at: plug(try simulated(.gen3).port(1)))
    #expect(
      await failure { () async throws(MeterError) in try await meter.write(.basic(21), [1]) }
        == "not allowed BT21 none")
  }

  @Test func writeBeyondTheEndIsRefused() async throws {
    let simulator = try simulated(.gen3)
    let meter = Meter(at: plug(simulator.port(1)))
    let end = try await meter.read(.et50).octets.count
    #expect(
      await failure { () async throws(MeterError) in try await meter.write(.extended(50), offset: end - 1, [1, 2]) }
        == "refused Requested operation not possible ET50")
    #expect(await simulator.writes == 0)
  }

  /// The guide leaves open which digest a message has that fills a pass of 192 octets: none is ever sent.
  @Test(arguments: [
    (179, [179]), (180, [179, 1]), (181, [181]), (372, [371, 1]), (456, [456]), (457, [456, 1]), (636, [456, 179, 1]),
    (1000, [456, 456, 88]), (1, [1]), (0, []),
  ]) func largeWritesAreSplit(octets: Int, parts: [Int]) async throws {
    let shelf = Shelf()
    let wire = Wire()
    let meter = Meter(at: wire.tap(plug(shelf)))
    var generator = SeededGenerator(seed: UInt64(octets))
    let data = (0..<octets).map { _ in UInt8.random(in: 0...255, using: &generator) }
    try await meter.write(Shelf.table, offset: 100, data)
    #expect(await shelf.writes == parts)
    #expect(await Array(shelf.octets[100..<100 + octets]) == data)
    #expect(wire.sendings.allSatisfy { ($0.count - 2 - Digest.length) % Digest.pass != 0 })
  }
}
