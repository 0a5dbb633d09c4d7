// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Channels that record what M-Bus devices read.
@Suite struct LoadProfileMBusTests {
  @Test(
    arguments: [
      (0x4001, .mbus(device: 0, dataType: 1)), (0x44FF, .mbus(device: 4, dataType: 31)), (0x45E1, .other(0x45E1)),
      (0x0000, .register(0)), (0x00FF, .register(255)), (0x0100, .other(0x0100)), (0x3004, .other(0x3004)),
      (0xFFFF, .other(0xFFFF)),
    ] as [(UInt16, ExtendedSource)])
  func extendedSources(id: UInt16, source: ExtendedSource) {
    #expect(ExtendedSource(id) == source)
  }

  /// The guide's example: source 112 is 0x4001, which is the device with index 0 and MDT 1, and that is DRH 0C 93 3A.
  @Test func theGuidesExample() throws {
    var meter = LoadProfileMeter()
    (meter.sources, meter.mapped, meter.dataTypes) = ([0, 112, 163], [0x4001], [0x05, 0x0C, 0x93, 0x3A])
    let profile = try meter.profile()
    try #require(profile.channels.count == 3)
    guard case .mbus(device: 0, let type) = profile.channels[1].source else {
      Issue.record("\(profile.channels[1].source)")
      return
    }
    try #require(type.number == 1 && type.headers.count == 1)
    #expect(type.headers[0].octets == [0x0C, 0x93, 0x3A] && !type.headers[0].isSpecial && !type.headers[0].isMEP)
    // 8 digits of BCD are octets, not an INT32.
    let values: [UInt8] = [1, 0, 0, 0] + [0x78, 0x56, 0x34, 0x12] + [9, 0, 0, 0]
    let block = try profile.block(0, [26, 11, 22, 10, 45, 1, 0, 0] + values)
    #expect(
      block.intervals.first?.values.map(\.raw) == [.integer(1), .octets([0x78, 0x56, 0x34, 0x12]), .integer(9)])
    #expect(profile.channels[1].isOctets && profile.channels[1].quantity.unit == .cubicMetre)
    #expect(profile.channels[1].value(of: .octets([0x78, 0x56, 0x34, 0x12]))?.description == "12345.678")
    #expect(profile.channels[1].value(of: .octets([0x0A, 0, 0, 0])) == nil)
    // 163 is mapped to 0, the total of forward energy.
    #expect(profile.channels[2].quantity.unit == .wattHour && profile.channels[2].number == 163)
  }

  @Test func withoutET66AMappedSourceMayBeAnything() throws {
    var meter = LoadProfileMeter()
    meter.sources = [111, 112, 164]
    let channels = try meter.profile().channels
    try #require(channels.map(\.isOctets) == [false, true, false])
    guard case .mapped = channels[1].source else {
      Issue.record("\(channels[1].source)")
      return
    }
  }

  @Test func aTypeTheGuideDoesNotDescribe() throws {
    var meter = LoadProfileMeter()
    (meter.sources, meter.mapped) = ([112, 113, 1], [0x3004, 0x4102])
    let channels = try meter.profile().channels
    try #require(channels.count == 3)
    guard case .other(0x3004) = channels[0].source, case .mbus(device: 1, let type) = channels[1].source else {
      Issue.record("\(channels)")
      return
    }
    #expect(!channels[0].isOctets && channels[0].value(of: .integer(5)) == Decimal(5))
    #expect(type == MBusDataType(2) && type.headers.isEmpty)
  }

  /// Several headers for one type, one of them special and as long as two entries, an entry for another type between them.
  @Test func dataTypes() throws {
    var meter = LoadProfileMeter()
    let entries: [[UInt8]] = [
      [0x03, 9, 9, 9],  // extends nothing
      [0x09, 0x0C, 0x13, 0], [0x89, 0x0C, 0x93, 0xBA], [0x83, 0x3A, 0, 0],
      [0x05, 1, 2, 3], [0x0F, 4, 5, 6], [0x00, 7, 7, 7], [0x03, 8, 8, 8], [0x0A, 1, 1, 0x55],
    ]
    meter.dataTypes = entries.flatMap { $0 }
    let table = try meter.decoded(.et57, #require(meter.et57))
    let two = MBusDataType(2, in: table)
    #expect(two.headers.map(\.octets) == [[0x0C, 0x13, 0], [0x0C, 0x93, 0xBA, 0x3A, 0, 0], [1, 1, 0x55]])
    #expect(two.headers.map(\.isSpecial) == [false, true, false] && two.headers.map(\.isMEP) == [false, false, true])
    #expect(MBusDataType(1, in: table).headers.map(\.octets) == [[1, 2, 3, 4, 5, 6]])
    #expect(MBusDataType(9, in: table).headers.isEmpty)
  }

  /// Headers of one type that differ leave open what a value is; so do values of which four octets are a part.
  @Test(
    arguments: [
      ([[0x0C, 0x13, 0], [0x0C, 0x93, 0x3A]], "1234.567"), ([[0x0C, 0x13, 0], [0x0C, 0x14, 0]], nil),
      ([[0x0C, 0x13, 0], [0x04, 0x13, 0]], nil), ([[0x02, 0x5B, 0]], "17767"), ([[0x06, 0x13, 0]], nil),
      ([[0x0D, 0x78, 0]], nil), ([[0x0C]], "1234.567"), ([], nil),
    ] as [([[UInt8]], String?)])
  func whatATypeStandsFor(headers: [[UInt8]], value: String?) throws {
    var meter = LoadProfileMeter()
    meter.dataTypes = headers.flatMap { [0x05] + ($0 + [0, 0]).prefix(3) }
    let type = MBusDataType(1, in: try meter.decoded(.et57, #require(meter.et57)))
    let octets: [UInt8] = [0x67, 0x45, 0x23, 0x01]
    guard let value else {
      #expect(type.value(of: octets) == nil)
      return
    }
    guard case .number(let number)? = type.value(of: octets) else {
      Issue.record("\(String(describing: type.value(of: octets)))")
      return
    }
    #expect(number.description == value)
  }

  /// A device that is read each hour: what the quarters in between have is no 0 that was measured, though no status says so.
  @Test func zerosBetweenReads() throws {
    var meter = LoadProfileMeter()
    (meter.sources, meter.mapped, meter.dataTypes) = ([0, 112, 15], [0x4001], [0x05, 0x0C, 0x13, 0])
    meter.dimensions = DataSetDimensions(3, 2, 3)
    let values: [UInt8] = [0, 0, 0, 0] + [0, 0, 0, 0] + [9, 0, 0, 0]
    let later: [UInt8] = [1, 0, 0, 0] + [1, 0, 0, 0] + [9, 0, 0, 0]
    let octets: [UInt8] = [26, 11, 22, 10, 45, 3, 0, 0] + values + [0, 0] + later
    for (minutes, measured) in [(nil, [true, true]), (15, [true, true]), (60, [false, true])] as [(UInt16?, [Bool])] {
      let intervals = try meter.profile(polledEach: minutes).block(0, octets).intervals
      #expect(intervals.map { $0.values[1].isMeasured } == measured, "\(minutes ?? 0)")
      #expect(intervals.allSatisfy { $0.values[0].isMeasured })
    }
  }

  @Test func energyRegistersMayCountHundreds() throws {
    let hundreds = EnergyRegisterUnit(configuration: try Self.configuration(unit: 100))
    let channels = try LoadProfileMeter().profile(unit: hundreds).channels
    #expect(channels.first?.value(of: .integer(10))?.description == "1000")
    #expect(channels.last?.value(of: .integer(10))?.description == "0.010")
  }

  /// A table with nothing but the energy register unit of ET55.
  private static func configuration(unit: UInt8) throws -> Decoded {
    let table = Table(.extended(55), "Configuration", page: 1, [.uint8("Energy Register Unit")])
    return Decoded(layout: try table.layout(in: Dimensions()), octets: [unit])
  }
}
