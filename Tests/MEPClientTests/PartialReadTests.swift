// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

@Suite(.timeLimit(.minutes(1))) struct PartialReadTests {
  let wire = Wire()

  private func meter(_ profile: Profile) throws -> Meter { Meter(at: wire.tap(plug(try simulated(profile).port(1)))) }

  @Test func largeTableComesInPartsThatEndWithAField() async throws {
    let meter = try meter(.gen4)
    let decoded = try await meter.read(.bt23)
    #expect(decoded.octets.count == 684)
    #expect(wire.reads(of: .bt23) == ["BT23 0..<464", "BT23 464..<684"])
    #expect(decoded.layout.places.contains { $0.offset == 464 })
  }

  @Test func oneValueCostsItsOwnOctets() async throws {
    let meter = try meter(.gen3Frozen)
    let selection = try await meter.read(.bt28, paths: ["present_values[0]"])
    #expect(wire.reads(of: .bt28) == ["BT28 0..<4"])
    #expect(selection.integers == [701])
    #expect(selection.ranges == [0..<4])
  }

  @Test func nearFieldsShareARequest() async throws {
    let meter = try meter(.gen3Frozen)
    let selection = try await meter.read(.bt28, paths: ["rms_voltage_l3", "present_values[0]", "rms_voltage_l1"])
    #expect(wire.reads(of: .bt28) == ["BT28 0..<40"])
    #expect(selection.names == ["fwd_active_w_l1l2l3", "rms_voltage_l1", "rms_voltage_l3"])
    #expect(selection.integers == [701, 232_591, 234_387])
  }

  @Test func farFieldsHaveRequestsOfTheirOwn() async throws {
    let meter = try meter(.gen3Frozen)
    let selection = try await meter.read(.bt28, paths: ["present_values[0]", "average_fwd_active_w_l1l2l3"])
    #expect(wire.reads(of: .bt28) == ["BT28 0..<4", "BT28 188..<192"])
    #expect(selection.integers == [701, 701])
  }

  @Test func gapDecides() async throws {
    let meter = try meter(.gen3Frozen)
    // 32 values lie between 0 and 33: 128 octets are fetched and thrown away, 132 are not.
    _ = try await meter.read(.bt28, paths: ["present_values[0]", "present_values[33]"])
    _ = try await meter.read(.bt28, paths: ["present_values[0]", "present_values[34]"])
    #expect(wire.reads(of: .bt28) == ["BT28 0..<136", "BT28 0..<4", "BT28 136..<140"])
  }

  @Test func aWholeArrayOfALargeTableIsSplit() async throws {
    let meter = try meter(.gen4)
    let whole = try await meter.read(.bt23)
    wire.forget()
    let selection = try await meter.read(.bt23, paths: ["summations", "tiers"])
    #expect(selection.places.count == 171)
    #expect(selection.octets == whole.octets)
    #expect(wire.reads(of: .bt23).count == 2)
  }

  @Test func bitsCostTheirOctets() async throws {
    let meter = try meter(.gen3)
    let selection = try await meter.read(.et50, paths: ["mep_inbound_configuration[0].et59_response"])
    #expect(wire.reads(of: .et50) == ["ET50 30..<31"])
    #expect(selection.integers == [0])
  }

  /// Its sets lie behind lengths that only its own octets tell, and gen4's are not those of a new meter.
  @Test(arguments: Profile.all) func tableThatDescribesItselfIsLaidOutByItsOctets(_ profile: Profile) async throws {
    let meter = try meter(profile)
    let selection = try await meter.read(.bt00, paths: ["extended_tables_writable", "extended_procedures_used"])
    let whole = try await meter.read(.bt00)
    let places = whole.places.filter { selection.names.contains($0.displayName.slug) }
    #expect(selection.places.map(\.offset) == places.map(\.offset))
    let procedures = try #require(selection.places.first?.raw(in: selection.octets))
    // EP16, EP17, EP19 and EP39; EP61 where there are two ports.
    let lock: UInt8 = profile.ports == 2 ? 0x20 : 0
    #expect(procedures == .octets([0, 0, 0b1011, 0, 0x80, 0, 0, lock, 0, 0, 0, 0]))
    #expect(selection.places.allSatisfy { $0.raw(in: selection.octets) == $0.raw(in: whole.octets) })
  }
}
