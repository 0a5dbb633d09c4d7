// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

@Suite struct RegisterSnapshotTests {
  @Test(arguments: [Table.bt24.id, Table.bt25.id]) func copiesOfBT23(id: TableID) throws {
    let table = try #require(Catalogue.table(id))
    let octets: [UInt8] = [26, 10, 1, 0, 0, 3] + EnergyRegistersTests.image
    let meter = SmallMeter.everything
    let decoded = try meter.decoded(table, octets)
    #expect(decoded.layout.octets == octets.count)
    let snapshot = try #require(RegisterSnapshot(decoded, selection: try meter.decoded(.bt22, meter.selection)))
    #expect(snapshot.time == Moment(year: 2026, month: 10, day: 1) && snapshot.season == 3)
    #expect(snapshot.billingInterface == nil && snapshot.resetReason == nil)
    #expect(snapshot.registers.demandResets == 7)
    #expect(snapshot.registers.total.summations.map(\.raw) == [1_234_567, 60])
    #expect(snapshot.registers.total.demands[1].isMinimum == true)
    #expect(snapshot.registers.tiers.map(\.summations[0].raw) == [1000])
    let tens = try #require(RegisterSnapshot(decoded, unit: EnergyRegistersTests.unit(10)))
    #expect(tens.registers.total.summations[0].value.description == "12345670")
  }

  /// BT21 can do without times and seasons.
  @Test func withoutTimeAndSeason() throws {
    var meter = SmallMeter.plain
    meter.register[0] = 0
    let snapshot = try #require(RegisterSnapshot(try meter.decoded(.bt24, [5, 0, 0, 0, 6, 0, 0, 0])))
    #expect(snapshot.time == nil && snapshot.season == nil)
    #expect(snapshot.registers.total.summations.map(\.raw) == [5, 6])
  }

  @Test func aTimeThatIsNotSet() throws {
    let snapshot = try #require(
      RegisterSnapshot(try SmallMeter.plain.decoded(.bt25, [UInt8](repeating: 0, count: 14))))
    #expect(snapshot.time == nil && snapshot.season == 0)
  }

  @Test func otherTablesAreNone() throws {
    let meter = SmallMeter.everything
    #expect(RegisterSnapshot(try meter.decoded(.bt23, EnergyRegistersTests.image)) == nil)
    #expect(RegisterHistory(try meter.decoded(.bt24, [])) == nil)
  }
}
