// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables
import Testing

/// Faults of the readers that people have today, each with the test that keeps it out of this one.
@Suite struct PeerFaultTests {
  private func needed(_ body: () throws -> Layout) -> TableID? {
    guard case .needs(let table)? = #expect(throws: LayoutError.self, performing: body) else { return nil }
    return table
  }

  /// P9: registers were taken from offsets of zero as long as BT21 had not been read.
  @Test func withoutDimensionsThereIsNoLayout() throws {
    var dimensions = Dimensions()
    for table in [Table.bt22, .bt23, .bt27, .bt28] {
      #expect(needed { try table.layout(in: dimensions) } == .basic(21), "\(table.id)")
    }
    for table in [Table.et50, .et54] {
      #expect(needed { try table.layout(in: dimensions) } == .extended(11), "\(table.id)")
    }
    try dimensions.learn(.bt21, Scenario.household.register)
    #expect(needed { try Table.bt23.layout(in: dimensions) } == .basic(22))
    #expect(needed { try Table.bt28.layout(in: dimensions) } == .basic(27))
  }

  /// P9 again: a BT21 that was cut off is no dimension either.
  @Test(arguments: 0..<10) func ofACutOffBT21NothingIsGuessed(octets: Int) throws {
    var dimensions = Dimensions()
    try dimensions.learn(.bt21, Array(Scenario.household.register.prefix(octets)))
    let error = #expect(throws: LayoutError.self) { try Table.bt28.layout(in: dimensions) }
    guard case .absent(let table, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(table == .basic(21))
  }

  /// P10: the order of registers was taken for granted.
  @Test func theOrderOfRegistersIsTheOneOfTheMeter() throws {
    var scenario = Scenario.household
    scenario.summationSources = [1, 0, 28] + Array(2...9)
    scenario.presentSources = [19, 15, 8] + Array(100...160)
    let energy = try Table.bt23.layout(in: scenario.dimensions())
    try #require(energy.places.count == 55)
    #expect(energy.places[0].displayName == "Rev Active Wh L1L2L3")
    #expect(energy.places[1].displayName == "Fwd Active Wh L1L2L3")
    #expect(energy.places[2].displayName == "Error Counter" && energy.places[2].quantity == .count)
    // The same order in each tier.
    #expect(energy.places[12].pathText == "tiers[0].summations[1]" && energy.places[12].source?.number == 0)
    let present = try Table.bt28.layout(in: scenario.dimensions())
    try #require(present.places.count == 55)
    #expect(present.places.prefix(3).map(\.displayName) == ["Frequency", "RMS Voltage L1", "Fwd Active W L1L2L3"])
    #expect(present.places[1].quantity == .millivolt)
  }

  /// P10 again: where the list of sources is cut off, values have no name; not the one of the last source.
  @Test func aValueWithoutASourceHasNoName() throws {
    var dimensions = try Scenario.household.dimensions()
    try dimensions.learn(.bt27, [8, 9, 15])
    let places = try Table.bt28.layout(in: dimensions).places
    try #require(places.count == 55)
    #expect(places[2].displayName == "RMS Voltage L1" && places[2].quantity == .millivolt)
    for place in places[3...] { #expect(place.source == nil && place.quantity == .count) }
    #expect(places[3].displayName == "Present Values")
  }

  /// P11: the number of tiers was taken from octet 8 of BT21.
  @Test func tiersAreCountedByOctet7() throws {
    var scenario = Scenario.household
    (scenario.register[7], scenario.register[8]) = (2, 5)
    let layout = try Table.bt23.layout(in: scenario.dimensions())
    #expect(layout.octets == 3 * 44)
    #expect(layout.places.last?.pathText == "tiers[1].summations[10]")
  }

  /// P12: numbers were read most significant octet first; 517 became 1282.
  @Test func numbersHaveTheirLeastSignificantOctetFirst() throws {
    let layout = try Table.et11.layout(in: Dimensions())
    let decoded = Decoded(layout: layout, octets: layout.factoryImage)
    #expect(Array(decoded.octets[5..<11]) == [0x05, 0x02, 0x80, 0x03, 0xF9, 0x06])
    #expect(decoded.integer("data_entry_size") == 517)
    #expect(decoded.integer("transaction_request_length") == 896)
    #expect(decoded.integer("transaction_response_length") == 1785)
    #expect(decoded.integer("ram_only_transaction_request_length") == 261)
    #expect(decoded.integer("ram_only_transaction_response_length") == 769)
    let utility = Decoded(
      layout: try Table.et03.layout(in: Dimensions()), octets: [UInt8](repeating: 0, count: 137) + [0x34, 0x12])
    #expect(utility.integer("image_crc_read_only") == 0x1234)
  }

  /// P13: firmware 3.84.6 was shown as 58.134.
  @Test func theFirmwareVersionIsUnpacked() throws {
    let image = Array("NES\0".utf8) + Array("83331-3I".utf8) + [0x10, 0x41, 0x3A, 0x86]
    let view = try #require(GeneralManufacturerInformation(image))
    #expect(view.firmware == FirmwareVersion(3, 84, 6) && view.firmware.description == "3.84.6")
    #expect(view.hardware == FirmwareVersion(1, 2, 1))
    #expect(view.manufacturer == Array("NES".utf8) && view.model == Array("83331-3I".utf8))
    #expect(GeneralManufacturerInformation(Array(image.dropLast())) == nil)
    let layout = try Table.bt01.layout(in: Dimensions())
    let decoded = Decoded(layout: layout, octets: image)
    #expect(decoded.integer("main_firmware_version_number") == 0x3A)
    #expect(decoded.integer("firmware_revision_number") == 0x86)
  }

  /// P21: the registers of fourth generation meters are more than one message can carry.
  @Test func theRegistersOfAFourthGenerationMeterDoNotFitOneMessage() throws {
    var scenario = Scenario.household
    (scenario.register[3], scenario.register[7]) = (19, 8)
    let octets = try Table.bt23.layout(in: scenario.dimensions()).octets
    #expect(octets == 684 && octets > MessageLimit.read)
    #expect((octets + MessageLimit.read - 1) / MessageLimit.read == 2)
    #expect(try Table.bt23.layout(in: Scenario.household.dimensions()).octets <= MessageLimit.read)
  }

  /// P22: nothing at all was decoded of meters with fewer than 55 present values.
  @Test(arguments: [(FirmwareVersion(3, 30), 26), (FirmwareVersion(3, 50), 41)])
  func metersWithFewerPresentValuesAreReadToo(firmware: FirmwareVersion, values: Int) throws {
    var scenario = Scenario.household
    scenario.firmware = firmware
    scenario.register[9] = UInt8(values)
    let layout = try Table.bt28.layout(in: scenario.dimensions())
    let image = (0..<values).flatMap { i -> [UInt8] in [UInt8(i), 1, 0, 0] }
    let decoded = Decoded(layout: layout, octets: image)
    #expect(decoded.places.count == values && decoded.tail.isEmpty)
    #expect(decoded.named("Fwd Active W L1L2L3") == "256 W")
    #expect(decoded.named("RMS Voltage L1") == "0.263 V")
    #expect(decoded.integer("present_values[\(values - 1)]") == 255 + Int64(values))
  }

  /// P22 again: an answer that ends early gives what it has.
  @Test func anAnswerThatEndsEarlyGivesWhatItHas() throws {
    let layout = try Table.bt28.layout(in: Scenario.household.dimensions())
    let decoded = Decoded(layout: layout, octets: [UInt8](repeating: 1, count: 26 * 4 + 3))
    #expect(decoded.places.count == 26 && decoded.tail.count == 3)
    #expect(decoded.reading("present_values[26]") == nil)
  }

  /// P23: a negative power factor was shown as 4294966844.
  @Test func negativeValuesAreNegative() throws {
    var scenario = Scenario.household
    scenario.presentSources = [18, 21, 22] + Array(100...160)
    let octets: [UInt8] = [0x3C, 0xFE, 0xFF, 0xFF, 0x18, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
    let decoded = Decoded(layout: try Table.bt28.layout(in: scenario.dimensions()), octets: octets)
    #expect(decoded.named("Power Factor L1") == "-0.452")
    #expect(decoded.named("Power Factor L2") == "-1.000")
    #expect(decoded.named("Power Factor L3") == "-0.001")
    #expect(decoded.integer("present_values[0]") == -452)
  }
}
