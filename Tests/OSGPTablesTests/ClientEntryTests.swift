// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

@Suite struct ClientEntryTests {
  // MARK: Identification

  @Test(
    arguments: [
      ([], []), ([1, 2, 3, 4], [0x42]), ([1, 2, 3, 4, 5, 6], Array(0..<18)), (Array(0..<24), []), ([], Array(0..<24)),
    ] as [([UInt8], [UInt8])]) func theStandardFormComesBack(program: [UInt8], uniqueID: [UInt8]) throws
  {
    let standard = ClientIdentification.Standard(
      manufacturer: 0x12AB34, deviceClass: 5, program: program, uniqueID: uniqueID)
    let name = try #require(ClientIdentification(standard))
    #expect(name.octets.count == 30 && name.standard == standard)
    #expect(ClientIdentification(name.octets) == name)
  }

  /// Manufacturer with its highest bit set | class | 4 octets of program | 2 of unique ID | zeros.
  @Test func itIsLaidOutAsTheGuideSays() {
    let name = ClientIdentification(
      ClientIdentification.Standard(
        manufacturer: 0x12AB34, deviceClass: 5, program: [1, 2, 3, 4], uniqueID: [0xAA, 0xBB]))
    #expect(
      name?.octets
        == [0x92, 0xAB, 0x34, 5, 4, 1, 2, 3, 4, 2, 0xAA, 0xBB] + [UInt8](repeating: 0, count: 18))
    #expect(name?.standard?.className?.description == "OSGP")
  }

  @Test func otherFormsAreOctets() {
    let name = ClientIdentification([0x42, 1, 2])
    #expect(name?.octets == [0x42, 1, 2] + [UInt8](repeating: 0, count: 27) && name?.standard == nil)
    #expect(ClientIdentification([UInt8](repeating: 1, count: 31)) == nil)
    #expect(ClientIdentification([]) == ClientIdentification.none)
    // Lengths that are longer than the string.
    #expect(ClientIdentification([0x80, 0, 0, 5, 25])?.standard == nil)
    #expect(ClientIdentification([0x80, 0, 0, 5, 20] + [UInt8](repeating: 0, count: 20) + [5])?.standard == nil)
    #expect(ClientIdentification([UInt8](repeating: 0xFF, count: 30))?.standard == nil)
    func fits(_ manufacturer: UInt32, _ program: Int, _ uniqueID: Int) -> Bool {
      ClientIdentification(
        ClientIdentification.Standard(
          manufacturer: manufacturer, deviceClass: 5, program: [UInt8](repeating: 1, count: program),
          uniqueID: [UInt8](repeating: 1, count: uniqueID))) != nil
    }
    #expect(fits(0x7F_FFFF, 4, 20) && !fits(0x80_0000, 4, 20) && !fits(1, 4, 21) && !fits(1, 25, 0))
  }

  @Test func noOctetsAreTooOdd() throws {
    var generator = SeededGenerator(seed: 50)
    for _ in 0..<2000 {
      let name = try #require(ClientIdentification((0..<30).map { _ in .random(in: 0...255, using: &generator) }))
      if let standard = name.standard { #expect(ClientIdentification(standard)?.standard == standard) }
    }
  }

  // MARK: ET50, ET51, ET55

  private func decoded(
    _ table: Table, _ firmware: FirmwareVersion, ports: Int64, _ fill: (inout [UInt8], Layout) -> Void
  ) throws -> Decoded {
    var dimensions = Dimensions(firmware: firmware)
    let shape = try Table.et11.layout(in: dimensions)
    var octets = shape.factoryImage
    if let place = shape.place(named: "MEP Channel Count") { _ = place.store(.integer(ports), in: &octets) }
    try dimensions.learn(.et11, octets)
    let layout = try table.layout(in: dimensions)
    var image = layout.factoryImage
    fill(&image, layout)
    return Decoded(layout: layout, octets: image)
  }

  @Test(arguments: [(FirmwareVersion(3, 84), 1), (FirmwareVersion(4, 30), 2)] as [(FirmwareVersion, Int)])
  func theEntryOfAPort(firmware: FirmwareVersion, port: Int) throws {
    let table = try decoded(.et50, firmware, ports: 2) { octets, _ in
      let start = (port - 1) * 71
      octets.replaceSubrange(start..<start + 3, with: [0x92, 0xAB, 0x34])
      octets[start + 30] = 0b1011
      // The second source: euro and negative, -5.
      octets.replaceSubrange(start + 33..<start + 35, with: [1, 1])
      octets.replaceSubrange(start + 47..<start + 51, with: [0xFB, 0xFF, 0xFF, 0xFF])
      octets[start + 67] = 2
    }
    let entry = try #require(ClientEntry(table, port: port))
    #expect(entry.identification.octets.prefix(4) == [0x92, 0xAB, 0x34, 0])
    #expect(entry.isRegistered && entry.usesET59 && !entry.wantsMBusAlerts && entry.wantsDeltaDataAlerts)
    #expect(entry.sources.count == 6 && entry.sources[0] == DisplaySource(value: 0))
    #expect(entry.sources[1] == DisplaySource(value: -5, icons: [.euro, .negative]))
    #expect(entry.sources[1].icons.names.map(\.description) == ["euro", "negative"])
    #expect(entry.houseIcon == .flashing)
    #expect(ClientEntry(table, port: 3 - port).map { $0.isRegistered } == (port == 2 ? false : nil))
  }

  @Test(arguments: [(FirmwareVersion(3, 30), 1), (FirmwareVersion(3, 84), 1), (FirmwareVersion(4, 30), 2)])
  func theSettingsOfAPort(firmware: FirmwareVersion, port: Int) throws {
    let isNew = firmware > FirmwareVersion(3, 30)
    let table = try decoded(.et51, firmware, ports: 2) { octets, _ in
      let start = (port - 1) * 10
      octets.replaceSubrange(start..<start + 4, with: [0b1000_0110, 0x2C, 1, 45])
      if isNew { octets[start + 9] = 1 }
    }
    let settings = try #require(ClientSettings(table, port: port))
    #expect(settings.monitorsHealth && settings.resetsWhenDown && settings.isDisabled)
    #expect(settings.healthTimeout == 300 && settings.requestTimeout == 45)
    #expect(settings.resetDuration == (isNew ? 1 : nil) && settings.deactivatesHAN == (isNew ? true : nil))
    #expect(ClientSettings(table, port: 3) == nil)
  }

  @Test func theHouseIconIsOneClients() throws {
    for (octet, control) in [(0, .neither), (1, .client(1)), (2, .client(2))] as [(UInt8, HouseIconControl)] {
      let table = try ConfigurationTests.decoded(.et55, ConfigurationTests.fourth, [])
      var octets = table.octets
      let place = try #require(table.layout.place(named: "House Icon Control"))
      octets[place.offset] = octet
      #expect(HouseIconControl(configuration: Decoded(layout: table.layout, octets: octets)) == control)
    }
    let old = try ConfigurationTests.decoded(.et55, ConfigurationTests.third, [])
    #expect(HouseIconControl(configuration: old) == nil)
  }

  // MARK: EP39

  /// What we suppose, so that a change of it is noticed: type | result | length | data. No meter has proven it.
  @Test func postsByTheGuess() {
    let post = PostMEPData(.scheduledReadWithAlarms, .init(isSuccess: true, data: [0xAA, 0xBB]))
    #expect(post.octets == [4, 1, 2, 0, 0xAA, 0xBB] && post.kind == .scheduledReadWithAlarms)
    #expect(PostMEPData(octets: post.octets)?.answer == .init(isSuccess: true, data: [0xAA, 0xBB]))
    #expect(PostMEPData(.onDemandRead, .init(isSuccess: false, data: [])).octets == [1, 0, 0, 0])
    // Data that end before their length says, other types, and posts that only clear.
    for octets in [[4, 1, 3, 0, 1, 2], [4, 1, 3], [99, 1, 0, 0], [11, 1, 0, 0], [12]] as [[UInt8]] {
      #expect(PostMEPData(octets: octets)?.answer == nil)
    }
    #expect(PostMEPData.clearMBusAlert.octets == [11] && PostMEPData.clearDeltaDataAlert.octets == [12])
    #expect(
      PostMEPData(.onDemandRead, .init(isSuccess: true, data: .init(repeating: 1, count: 70_000))).octets.count
        == 65_539)
  }
}
