// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Single records, from arithmetic by hand.
@Suite struct MBusRecordTests {
  private func record(_ octets: [UInt8]) throws -> MBusRecord {
    let records = MBusRecords(octets)
    #expect(records.records.count == 1 && records.undecoded.isEmpty && records.records.first?.octets == octets)
    return try #require(records.records.first)
  }

  private func value(_ octets: [UInt8]) throws -> MBusRecord.Value { try record(octets).value }

  static let number: [(octets: [UInt8], value: MBusRecord.Value)] = [
    ([0x00, 0x03], .empty), ([0x08, 0x03], .empty),
    ([0x01, 0x03, 0xFE], .number(Decimal(-2))), ([0x01, 0x03, 0x80], .invalid),
    ([0x02, 0x03, 0x18, 0xFC], .number(Decimal(-1000))), ([0x02, 0x03, 0x00, 0x80], .invalid),
    ([0x02, 0x03, 0x80, 0x00], .number(Decimal(128))),
    ([0x03, 0x03, 0x01, 0x00, 0x80], .number(Decimal(-8_388_607))),
    ([0x04, 0x03, 0x78, 0x56, 0x34, 0x12], .number(Decimal(305_419_896))),
    ([0x05, 0x03, 0x00, 0x00, 0x48, 0x41], .number(Decimal(125, exponent: -1))),
    ([0x05, 0x03, 0x00, 0x00, 0xC0, 0x7F], .invalid),
    ([0x06, 0x03, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], .number(Decimal(140_737_488_355_327))),
    ([0x07, 0x03, 0, 0, 0, 0, 1, 0, 0, 0], .number(Decimal(4_294_967_296))),
    ([0x07, 0x03, 0, 0, 0, 0, 0, 0, 0, 0x80], .invalid),
    ([0x09, 0x03, 0x42], .number(Decimal(42))), ([0x0A, 0x03, 0x34, 0x12], .number(Decimal(1234))),
    ([0x0B, 0x03, 0x56, 0x34, 0x12], .number(Decimal(123_456))),
    ([0x0C, 0x03, 0x78, 0x56, 0x34, 0x12], .number(Decimal(12_345_678))),
    ([0x0E, 0x03, 0x12, 0x90, 0x78, 0x56, 0x34, 0x12], .number(Decimal(123_456_789_012))),
    // F is a minus sign where the most significant digit would be, and nothing anywhere else.
    ([0x0A, 0x03, 0x23, 0xF1], .number(Decimal(-123))), ([0x0A, 0x03, 0x3F, 0x12], .invalid),
    ([0x0A, 0x03, 0x3A, 0x12], .invalid), ([0x0A, 0x03, 0x34, 0xE2], .invalid), ([0x09, 0x03, 0xFF], .invalid),
    ([0x0D, 0x03, 0x00], .text([])), ([0x0D, 0x03, 0x03, 0x43, 0x42, 0x41], .text(Array("ABC".utf8))),
    ([0x0D, 0x03, 0xC2, 0x34, 0x12], .number(Decimal(1234))),
    ([0x0D, 0x03, 0xD2, 0x34, 0x12], .number(Decimal(-1234))), ([0x0D, 0x03, 0xC0], .empty),
    ([0x0D, 0x03, 0xC1, 0x1B], .invalid),
    ([0x0D, 0x03, 0xCA] + [UInt8](repeating: 0x99, count: 10), .octets([UInt8](repeating: 0x99, count: 10))),
    ([0x0D, 0x03, 0xE2, 0xFE, 0xFF], .number(Decimal(-2))), ([0x0D, 0x03, 0xE0], .empty),
    ([0x0D, 0x03, 0xE9, 1, 2, 3, 4, 5, 6, 7, 8, 9], .octets([1, 2, 3, 4, 5, 6, 7, 8, 9])),
    ([0x0D, 0x03, 0xF4, 0x00, 0x00, 0x48, 0x41], .number(Decimal(125, exponent: -1))),
    ([0x0D, 0x03, 0xF8, 1, 2, 3, 4, 5, 6, 7, 8], .octets([1, 2, 3, 4, 5, 6, 7, 8])),
  ]

  @Test(arguments: number.indices) func everyDataField(i: Int) throws {
    #expect(try value(Self.number[i].octets) == Self.number[i].value)
  }

  /// What one is worth, as an 8 bit integer.
  static let one: [(code: [UInt8], meaning: String)] = [
    ([0x00], "energy 0.001 Wh"), ([0x07], "energy 10000 Wh"), ([0x08], "energy 1 J"), ([0x0F], "energy 10000000 J"),
    ([0x10], "volume 0.000001 m³"), ([0x16], "volume 1 m³"), ([0x1B], "mass 1 kg"), ([0x20], "on time 1 s"),
    ([0x21], "on time 60 s"), ([0x22], "on time 3600 s"), ([0x27], "operating time 86400 s"), ([0x2B], "power 1 W"),
    ([0x2E], "power 1000 W"), ([0x31], "power 10 J/h"), ([0x3E], "volume flow 1 m³/h"),
    ([0x43], "volume flow 0.0060 m³/h"), ([0x4C], "volume flow 0.03600 m³/h"), ([0x53], "mass flow 1 kg/h"),
    ([0x5A], "flow temperature 0.1 °C"), ([0x5F], "return temperature 1 °C"), ([0x61], "temperature difference 0.01 K"),
    ([0x64], "external temperature 0.001 °C"), ([0x6B], "pressure 1 bar"), ([0x6E], "heat cost allocation 1"),
    ([0x70], "averaging duration 1 s"), ([0x77], "actuality duration 86400 s"), ([0x78], "fabrication number 1"),
    ([0x79], "identification 1"), ([0x7A], "bus address 1"), ([0x6F], "unknown 1"),
    ([0x7F], "manufacturer specific 1"), ([0xFF, 0x01], "manufacturer specific 1"),
    ([0xFB, 0x00], "energy 100000 Wh"), ([0xFB, 0x02], "reactive energy 1000 varh"),
    ([0xFB, 0x05], "apparent energy 10000 VAh"), ([0xFB, 0x09], "energy 1000000000 J"),
    ([0xFB, 0x0D], "energy 1000000 cal"), ([0xFB, 0x11], "volume 1000 m³"), ([0xFB, 0x17], "reactive power 1000 var"),
    ([0xFB, 0x18], "mass 100000 kg"), ([0xFB, 0x1A], "relative humidity 0.1 %"), ([0xFB, 0x21], "volume 0.1 ft³"),
    ([0xFB, 0x25], "volume flow 60 US gal/h"), ([0xFB, 0x29], "power 1000000 W"),
    ([0xFB, 0x2B], "phase between voltage and current 0.1 °"), ([0xFB, 0x2F], "frequency 1 Hz"),
    ([0xFB, 0x30], "power 100000000 J/h"), ([0xFB, 0x34], "apparent power 1 VA"),
    ([0xFB, 0x5B], "flow temperature 1 °F"), ([0xFB, 0x74], "cold/warm temperature limit 0.001 °C"),
    ([0xFB, 0x7B], "cumulated maximum power 1 W"), ([0xFB, 0x3F], "unknown 1"), ([0xFB, 0xBF, 0x22], "unknown 1"),
    ([0xFD, 0x02], "credit 0.1 currency units"), ([0xFD, 0x08], "access number 1"),
    ([0xFD, 0x0E], "firmware version 1"),
    ([0xFD, 0x17], "error flags 1"), ([0xFD, 0x1C], "baud rate 1 Bd"), ([0xFD, 0x25], "storage interval 60 s"),
    ([0xFD, 0x28], "storage interval 1 months"), ([0xFD, 0x2C], "duration since last readout 1 s"),
    ([0xFD, 0x33], "duration of tariff 86400 s"), ([0xFD, 0x3A], "dimensionless value 1"),
    ([0xFD, 0x47], "voltage 0.01 V"), ([0xFD, 0x49], "voltage 1 V"), ([0xFD, 0x59], "current 0.001 A"),
    ([0xFD, 0x5C], "current 1 A"), ([0xFD, 0x61], "cumulation counter 1"),
    ([0xFD, 0x68], "duration since last cumulation 3600 s"), ([0xFD, 0x6F], "operating time of battery 1 years"),
    ([0xFD, 0x74], "remaining battery life 86400 s"), ([0xFD, 0x7F], "unknown 1"),
    // Combinable VIFEs.
    ([0x93, 0x22], "volume per hour 0.001 m³"), ([0x93, 0xA2, 0x2F], "volume per hour per K 0.001 m³"),
    ([0x93, 0x70], "volume 0.000000001 m³"), ([0x93, 0x77], "volume 0.01 m³"), ([0x93, 0x7D], "volume 1 m³"),
    ([0x93, 0x7B], "volume additive correction 0.001 m³"), ([0x93, 0x48], "volume upper limit 0.001 m³"),
    ([0x93, 0x41], "volume times below the lower limit 1"),
    ([0x93, 0x5D], "volume last time above the upper limit 60 s"), ([0x93, 0x62], "volume first duration 3600 s"),
    ([0x93, 0x69], "volume leakage 0.001 m³"), ([0x93, 0x7E], "volume in the future 0.001 m³"),
    ([0x93, 0x15], "volume (not available), error: no data available"),
    ([0x93, 0x3D], "volume with an unknown qualifier 0.001 m³"), ([0x83, 0xFC, 0x01], "energy at phase L1 1 Wh"),
    ([0x83, 0xFC, 0x86, 0x23], "energy between L2 and L3 per day 1 Wh"),
    ([0x93, 0xFF, 0x22], "volume as the manufacturer specifies 0.001 m³"),
    ([0xFD, 0xC9, 0xFC, 0x02], "voltage at phase L2 1 V"),
  ]

  @Test(arguments: one.indices) func whatOneIsWorth(i: Int) throws {
    #expect(try record([0x01] + Self.one[i].code + [1]).description == Self.one[i].meaning)
  }

  /// Codings that the VIF decides.
  @Test func unsignedNumbersAndLetters() throws {
    #expect(try value([0x01, 0x7A, 0xFE]) == .number(Decimal(254)))
    #expect(try value([0x01, 0x7A, 0xFF]) == .invalid)
    #expect(try value([0x01, 0xFD, 0x17, 0xFF]) == .number(Decimal(255)))
    #expect(try value([0x02, 0xFD, 0x0A, 0x24, 0x40]) == .text(Array("PAD".utf8)))
    #expect(try value([0x07, 0x78] + [UInt8](repeating: 0xFE, count: 8)) == .octets(.init(repeating: 0xFE, count: 8)))
    // Nine digits of days in seconds are no 64 bit number any more.
    #expect(try value([0x07, 0x23] + [UInt8](repeating: 0x7F, count: 8)) == .octets(.init(repeating: 0x7F, count: 8)))
  }

  /// Relative humidity of a real sensor: the unit in the device's own words, and a factor of 1/100.
  @Test func plainTextUnit() throws {
    let record = try record([0x02, 0xFC, 0x03, 0x48, 0x52, 0x25, 0x74, 0x44, 0x0D])
    #expect(record.description == "value 33.96 %RH" && record.plainUnit == Array("%RH".utf8))
    #expect(try self.record([0x01, 0x7C, 0x00, 5]).description == "value 5")
  }

  @Test func storageTariffSubunitAndFunction() throws {
    let four = try [0x01, 0x11, 0x21, 0x31].map { try record([$0, 0x03, 7]).function }
    #expect(four == [.instantaneous, .maximum, .minimum, .duringError])
    let one = try record([0xC1, 0xFF, 0x30, 0x03, 7])
    #expect(one.storage == 1 + 0xF << 1 && one.tariff == 3 + 3 << 2 && one.subunit == 1)
    // Ten DIFEs are the most; all their bits are set here.
    let most = try record([0xF1] + [UInt8](repeating: 0xFF, count: 9) + [0x7F, 0x03, 7])
    #expect(most.storage == 1 << 41 - 1 && most.tariff == 1 << 20 - 1 && most.subunit == 1 << 10 - 1)
    let eleven = [0xF1] + [UInt8](repeating: 0xFF, count: 10) + [0x7F, 0x03, 7]
    #expect(MBusRecords(eleven).undecoded == eleven)
    let vifes = [0x01, 0x83] + [UInt8](repeating: 0xA2, count: 10) + [0x22, 7]
    #expect(MBusRecords(vifes).undecoded == vifes)
    #expect(
      try record([0x01, 0x83] + [UInt8](repeating: 0xF7, count: 9) + [0x77, 7]).value
        == .number(Decimal(7, exponent: 10)))
  }

  @Test func specialFunctions() {
    let filled = MBusRecords([0x2F, 0x01, 0x03, 5, 0x2F, 0x2F, 0x0F, 0xAA, 0x2F])
    #expect(filled.records.map(\.description) == ["energy 5 Wh"] && filled.manufacturerData == [0xAA, 0x2F])
    #expect(!filled.moreFollow && filled.undecoded.isEmpty)
    let more = MBusRecords([0x01, 0x03, 5, 0x1F])
    #expect(more.manufacturerData == [] && more.moreFollow && more.records.count == 1)
    for reserved in [0x3F, 0x4F, 0x6F, 0x7F, 0x8F, 0xFF] as [UInt8] {
      #expect(MBusRecords([0x01, 0x03, 5, reserved, 1, 2]).undecoded == [reserved, 1, 2])
    }
    #expect(MBusRecords([0x0D, 0x03, 0xFB, 1, 2]).undecoded == [0x0D, 0x03, 0xFB, 1, 2])
  }

  @Test func aRecordThatIsCutShortIsKept() {
    let record: [UInt8] = [0x84, 0x10, 0xFB, 0x88, 0x22, 1, 2, 3, 4]
    for count in 1..<record.count {
      let cut = MBusRecords([0x01, 0x03, 5] + record.prefix(count))
      #expect(cut.records.count == 1 && cut.undecoded == Array(record.prefix(count)))
    }
    let text: [UInt8] = [0x01, 0x7C, 0x03, 0x41, 0x42]
    #expect(MBusRecords(text).undecoded == text)
  }
}
