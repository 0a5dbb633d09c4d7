// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

@Suite struct RegisterSourceTests {
  static let samples: [(number: UInt8, name: String, quantity: Quantity)] = [
    (0, "Fwd Active Wh L1L2L3", Quantity(.wattHour)), (3, "Export Reactive Varh L1L2L3", Quantity(.varHour)),
    (4, "Power Off Seconds", Quantity(.second)), (5, "Power Outage Qty", .count),
    (12, "RMS Current L1", .milliampere), (15, "RMS Voltage L1", .millivolt), (18, "Power Factor L1", .thousandths),
    (19, "Frequency", .millihertz), (20, "VA Power L1L2L3", Quantity(.voltAmpere)),
    (25, "Sin phase angle (L3)", .thousandths), (28, "Error Counter", .count),
    (29, "T0 Fwd Active Wh L1L2L3", Quantity(.wattHour)), (33, "T0 Power Off Minutes", .minute),
    (44, "T1 Power Off Minutes", .minute), (55, "T2 Power Off Minutes", .minute), (66, "T3 Power Off Minutes", .minute),
    (62, "T3 Fwd Active Wh L1L2L3", Quantity(.wattHour)), (72, "T3 Error Counter", .count),
    (80, "MEP Dev 4 Counter 2", .count), (84, "Export VAR L1L2L3 Post CT/VT Ratio", Quantity(.var)),
    (88, "Present Dmd 1", .count), (103, "Previous Dmd 8", .count), (107, "Q4 Reactive VAr L1L2L3", Quantity(.var)),
    (111, "Q4 Reactive VArh L1L2L3", Quantity(.varHour)), (164, "Min Voltage L1", .millivolt),
    (176, "Time Stamp Previous Source", .count),
    (184, "Max reverse active power L3 Post CT/VT Ratio", Quantity(.watt)),
    (185, "Fwd Active W L1", Quantity(.watt)), (199, "RMS Current L3 Post CT/VT Ratio", .milliampere),
    (201, "Current Load Profile Interval Time Adjustment", Quantity(.second)),
    (202, "Continuous RMS Voltage L1", .millivolt), (215, "Average Rev Active W L3", Quantity(.watt)),
    (216, "Apparent Power Q1 VA L1L2L3", Quantity(.voltAmpere)),
    (231, "Apparent Power Q4 VA L3", Quantity(.voltAmpere)), (232, "Neutral Current", .milliampere),
    (235, "Average RMS Current L3", .milliampere), (236, "Voltage Angle A to B", Quantity(.degree, exponent: -2)),
    (244, "Exp Reactive VAr C", Quantity(.var)),
  ]

  @Test(arguments: samples) func namesAndUnits(number: UInt8, name: String, quantity: Quantity) {
    let source = RegisterSource.numbered(number)
    #expect(source.number == number && source.name.description == name && source.quantity == quantity)
  }

  /// Unused ones, the mapped ones, one for internal use, and what is behind the list.
  @Test func whatIsNotListedKeepsItsNumber() {
    let unlisted = Set(85...87).union(112...163).union([200]).union(245...255)
    for number in UInt8.min...UInt8.max {
      let source = RegisterSource.numbered(number)
      #expect(source.number == number)
      #expect(source.name.description.isEmpty == unlisted.contains(Int(number)), "\(number)")
      if unlisted.contains(Int(number)) { #expect(source.quantity == .count, "\(number)") }
    }
  }

  /// The four tiers have the same eleven sources each.
  @Test func tiersRepeat() {
    for i in 0..<11 as Range<UInt8> {
      let first = RegisterSource.numbered(29 + i)
      for tier in 1...3 as ClosedRange<UInt8> {
        let other = RegisterSource.numbered(29 + 11 * tier + i)
        #expect(other.name.description == "T\(tier)" + first.name.description.dropFirst(2))
        #expect(other.quantity == first.quantity)
      }
    }
  }

  @Test func noNameIsThereTwice() {
    let names = (UInt8.min...UInt8.max).map { RegisterSource.numbered($0).name.description }.filter { !$0.isEmpty }
    #expect(names.count == 245 - 3 - 52 - 1)
    #expect(Set(names).count == names.count)
    #expect(Set(names.map(\.slug)).count == names.count)
  }

  /// A unit in a name is the unit.
  @Test func unitsAgreeWithNames() {
    let units: [(ending: String, unit: Unit)] = [
      (" wh ", .wattHour), (" varh ", .varHour), (" w ", .watt), (" var ", .var), (" va ", .voltAmpere),
      (" voltage ", .volt), (" current ", .ampere), (" power factor ", .none), (" frequency ", .hertz),
    ]
    for number in UInt8.min...UInt8.max where number != 201 {
      let source = RegisterSource.numbered(number)
      guard number < 236 || number > 238 else { continue }
      for (word, unit) in units where " \(source.name.description.lowercased()) ".contains(word) {
        #expect(source.quantity.unit == unit, "\(number) \(source.name)")
      }
    }
  }

  /// What BT22 and BT27 select has a name; the index of a demand or an unlisted number has none.
  @Test func whatATableSelectsIsNamed() throws {
    let dimensions = try Scenario.all[1].dimensions()
    func name(_ table: Table, _ path: String, _ number: Int64) throws -> String? {
      let place = try table.layout(in: dimensions).places.first { $0.pathText == path }
      return table.source(number, at: try #require(place))?.name.description
    }
    #expect(try name(.bt22, "summation_sources[1]", 15) == "RMS Voltage L1")
    #expect(try name(.bt22, "demand_select[0]", 8) == "Fwd Active W L1L2L3")
    #expect(try name(.bt27, "present_value_sources[0]", 19) == "Frequency")
    #expect(try name(.bt22, "coincident_demand_associated[0]", 1) == nil)
    #expect(try name(.bt22, "summation_sources[1]", 113) == nil)
    #expect(try name(.bt22, "summation_sources[1]", 256) == nil)
    #expect(try name(.bt21, "number_of_tiers", 4) == nil)
  }
}
