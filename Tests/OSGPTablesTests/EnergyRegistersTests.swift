// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

@Suite struct EnergyRegistersTests {
  /// Of ``SmallMeter/everything``.
  static let image: [UInt8] =
    [0x07]  // demand resets
    + [0x87, 0xD6, 0x12, 0x00, 0x3C, 0x00, 0x00, 0x00]  // 1 234 567 Wh, 60 s
    // 2026-11-22 10:05, 5000 W, 7300 W, 2300 W
    + [26, 11, 22, 10, 5, 0x88, 0x13, 0x00, 0x00, 0x84, 0x1C, 0x00, 0x00, 0xFC, 0x08, 0x00, 0x00]
    // Not set, and -1 W.
    + [0, 0, 0, 0, 0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF]
    + [0xC4, 0x09, 0x00, 0x00]  // 2500 VA
    // The tier.
    + [0xE8, 0x03, 0x00, 0x00] + [UInt8](repeating: 0, count: 38) + [0x01, 0x00, 0x00, 0x00]

  private func registers(
    _ octets: [UInt8] = image, selection: Bool = true, unit: EnergyRegisterUnit = .one
  ) throws -> EnergyRegisters {
    let meter = SmallMeter.everything
    let bt22 = selection ? try meter.decoded(.bt22, meter.selection) : nil
    return try #require(EnergyRegisters(try meter.decoded(.bt23, octets), selection: bt22, unit: unit))
  }

  @Test func totalsAndTiers() throws {
    let registers = try registers()
    #expect(registers.demandResets == 7)
    #expect(registers.total.summations.map(\.raw) == [1_234_567, 60])
    #expect(registers.total.summations.map { $0.source?.number } == [0, 4])
    #expect(registers.total.summation(of: 0)?.value == Decimal(1_234_567))
    #expect(registers.total.summation(of: 4)?.quantity == Quantity(.second))
    #expect(registers.total.summation(of: 1) == nil)
    #expect(registers.tiers.count == 1)
    #expect(registers.tiers[0].summations.map(\.raw) == [1000, 0])
    #expect(registers.tiers[0].coincidents[0].values.map(\.raw) == [1])
    #expect(registers.tiers[0].demands.map(\.occurrences.count) == [1, 1])
  }

  @Test func demands() throws {
    let demands = try registers().total.demands
    #expect(demands.count == 2)
    #expect(demands[0].source?.name.description == "Fwd Active W L1L2L3" && demands[0].isMinimum == false)
    #expect(demands[0].cumulative?.raw == 5000 && demands[0].continuousCumulative?.raw == 7300)
    #expect(demands[0].occurrences.map(\.value.raw) == [2300])
    #expect(demands[0].occurrences[0].value.quantity == Quantity(.watt))
    #expect(demands[0].occurrences[0].time == Moment(year: 2026, month: 11, day: 22, hour: 10, minute: 5))
    #expect(demands[1].source?.number == 9 && demands[1].isMinimum == true)
    #expect(demands[1].occurrences.map(\.value.raw) == [-1] && demands[1].occurrences[0].time == nil)
  }

  @Test func coincidents() throws {
    let coincidents = try registers().total.coincidents
    #expect(coincidents.count == 1 && coincidents[0].demand == 1)
    #expect(coincidents[0].source?.number == 20 && coincidents[0].values.map(\.value) == [Decimal(2500)])
  }

  @Test func withoutTheSelectionNothingIsGuessed() throws {
    let registers = try registers(selection: false)
    #expect(registers.total.demands.allSatisfy { $0.isMinimum == nil })
    #expect(registers.total.coincidents.allSatisfy { $0.demand == nil })
  }

  static func unit(_ octet: UInt8) throws -> EnergyRegisterUnit {
    let configuration = try ConfigurationTests.decoded(.et55, ConfigurationTests.fourth, [(198, [octet])])
    return EnergyRegisterUnit(configuration: configuration)
  }

  @Test(arguments: [(1, "1234567"), (10, "12345670"), (100, "123456700")] as [(UInt8, String)])
  func theUnitIsOfEnergiesAlone(octet: UInt8, energy: String) throws {
    let total = try registers(unit: Self.unit(octet)).total
    #expect(total.summations[0].value.description == energy && total.summations[0].raw == 1_234_567)
    #expect(total.summations[0].quantity.unit == .wattHour)
    #expect(total.summations[1].value.description == "60")
    #expect(total.demands[0].occurrences[0].value.value.description == "2300")
  }

  /// Several occurrences: all times come before all values.
  @Test func occurrencesHaveTheirTime() throws {
    let meter = SmallMeter(register: [0x03, 0, 0, 0, 1, 1, 2, 0, 0, 0], selection: [8, 1, 12, 0])
    let octets: [UInt8] = [26, 1, 1, 1, 1, 26, 2, 2, 2, 2, 11, 0, 0, 0, 22, 0, 0, 0, 33, 0, 0, 0, 44, 0, 0, 0]
    let total = try #require(EnergyRegisters(try meter.decoded(.bt23, octets))).total
    #expect(total.demands[0].occurrences.map(\.value.raw) == [11, 22])
    #expect(total.demands[0].occurrences.map { $0.time?.month } == [1, 2])
    #expect(total.coincidents[0].values.map(\.raw) == [33, 44])
  }

  @Test func whatEndsEarlyGivesWhatItHas() throws {
    #expect(try registers([]).total.summations.isEmpty)
    let short = try registers(Array(Self.image.prefix(14)))
    #expect(short.total.summations.count == 2 && short.tiers.isEmpty)
    #expect(short.total.demands.count == 1 && short.total.demands[0].occurrences.isEmpty)
  }

  @Test func onlyBT23IsBT23() throws {
    let meter = SmallMeter.everything
    #expect(EnergyRegisters(try meter.decoded(.bt22, meter.selection)) == nil)
  }
}
