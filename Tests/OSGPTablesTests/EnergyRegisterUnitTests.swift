// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

@Suite struct EnergyRegisterUnitTests {
  private func unit(_ firmware: FirmwareVersion?, at offset: Int, _ octet: UInt8) throws -> EnergyRegisterUnit {
    EnergyRegisterUnit(configuration: try ConfigurationTests.decoded(.et55, firmware, [(offset, [octet])]))
  }

  /// A count of 10 stands for 1000 Wh in units of 100 (guide, ET55).
  @Test(arguments: [(1, "10"), (10, "100"), (100, "1000")] as [(UInt8, String)])
  func aCountOfTen(octet: UInt8, wattHours: String) throws {
    for (firmware, offset) in [(ConfigurationTests.third, 197), (ConfigurationTests.fourth, 198)] {
      let unit = try unit(firmware, at: offset, octet)
      #expect(unit.multiplier == Int64(octet))
      #expect(unit.scaled(Quantity(.wattHour)).value(of: 10).description == wattHours)
      #expect(unit.scaled(Quantity(.varHour)).value(of: 10).description == wattHours)
      #expect(unit.scaled(Quantity(.wattHour)).unit == .wattHour)
    }
  }

  @Test func nothingButEnergyIsScaled() throws {
    let unit = try unit(nil, at: 198, 100)
    for quantity in [Quantity(.watt), .count, .millivolt, .minute, Quantity(.voltAmpere)] {
      #expect(unit.scaled(quantity) == quantity)
    }
  }

  @Test(arguments: [0, 2, 50, 101, 255] as [UInt8]) func otherUnitsAreUnknown(octet: UInt8) throws {
    #expect(try unit(ConfigurationTests.third, at: 197, octet) == .unknown)
  }

  @Test func olderFirmwareCountsInUnitsOfOne() throws {
    #expect(try unit(FirmwareVersion(3, 60), at: 0, 0) == .one)
  }

  @Test func whatWasNotReadIsUnknown() throws {
    let whole = try ConfigurationTests.decoded(.et55, ConfigurationTests.third, [(197, [10])])
    let cut = Decoded(layout: whole.layout, octets: Array(whole.octets.prefix(197)))
    #expect(EnergyRegisterUnit(configuration: cut) == .unknown)
    // An energy whose unit nobody knows is a count, and no Wh.
    #expect(EnergyRegisterUnit.unknown.scaled(Quantity(.wattHour)) == .count)
    #expect(EnergyRegisterUnit.unknown.scaled(Quantity(.watt)) == Quantity(.watt))
  }
}
