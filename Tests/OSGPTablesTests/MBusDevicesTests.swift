// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

/// Tables made by hand, each octet where the guide has it, and what they say of the devices.
@Suite struct MBusDevicesTests {
  private static func decoded(_ table: Table, _ image: [UInt8]) throws -> Decoded {
    var dimensions = Dimensions()
    var manufacturer = Table.et11Image()
    manufacturer[0] = 6
    try dimensions.learn(.et11, manufacturer)
    return Decoded(layout: try table.layout(in: dimensions, image: image), octets: image)
  }

  private static func image(_ octets: Int, _ parts: [(offset: Int, octets: [UInt8])]) -> [UInt8] {
    var image = [UInt8](repeating: 0, count: octets)
    for part in parts { image.replaceSubrange(part.offset..<part.offset + part.octets.count, with: part.octets) }
    return image
  }

  /// Slot 0 a water meter, slot 2 an old one that is down, slot 5 MEP client 2.
  static let et14 =
    image(
      186,
      [
        (0, [1]), (5, [0b10_0101]),
        (6, [1, 0, 1, 4, 37, 0, 10, 0, 0, 0, 9, 0, 0, 0, 0b0010_0101, 0xFF, 7]),
        (29, [0x0C, 26, 11, 22, 10, 5, 9, 26, 11, 22, 11, 0, 0]),
        (6 + 72, [3, 0, 2, 3, 24, 0]),
      ]) + [0xD0, 0x07, 3] + [UInt8](repeating: 0, count: 33)

  static let et13 = image(
    396,
    [
      (0, [1, 2, 30, 3, 60, 0, 4, 0xFF] + "Müller".unicodeScalars.map { UInt8($0.value) }),
      (132, [39, 0, 0, 2]), (272, [0b0_0011]), (338, [0b1_1101, 0xAB]),
    ])

  /// The telegram of slot 0 has 29 octets with its zero; a longer one before has left a telegram behind.
  static let et16 = image(
    3102,
    [
      (0, [26, 11, 22, 10, 0, 0, 0, 29] + MBusTelegramTests.water + [0]),
      (37, [0x05, 1, 2, 3, 4, 5]),
      (1034, [26, 11, 21, 10, 0, 0, 2, 16] + MBusTelegramTests.fixed),
    ])

  private func devices() throws -> MBusDevices {
    MBusDevices(
      status: try Self.decoded(.et14, Self.et14), configuration: try Self.decoded(.et13, Self.et13),
      control: try Self.decoded(.et58, [UInt8](repeating: 0, count: 40) + [9] + .init(repeating: 0, count: 79)),
      data: try Self.decoded(.et16, Self.et16))
  }

  @Test func slots() throws {
    let all = try devices()
    #expect(all.isDiscovering && all.devices.map(\.slot) == [0, 1, 2, 3, 4, 5])
    #expect(all.devices.map(\.kind) == [.mbus, .mbus, .mbus, .mbus, .client(1), .client(2)])
    #expect(all.devices.map(\.isOccupied) == [true, false, true, false, false, true])
    #expect(all.devices.map(\.state) == [.up, .empty, .down, .empty, .empty, .up])
    #expect(all.devices.map(\.handle) == [1, 0, 3, 0, 0, 2000])
  }

  @Test func aWaterMeter() throws {
    let device = try devices().devices[0]
    #expect(device.identification == [0x12, 0x34, 0x56, 0x78] && device.medium?.words.description == "water")
    #expect(device.records.map(\.description).first == "volume 12.565 m³" && device.telegrams.count == 1)
    #expect(
      device.alarms?.map(\.description) == [
        "scheduled read collected", "the device has a new alarm", "another serial number than before",
      ])
    #expect(device.deviceAlarms?.words.map(\.description) == ["power low", "permanent error"])
    #expect(device.readAttempts == 10 && device.readAnswers == 9)
    #expect(device.lastRead == Moment(year: 2026, month: 11, day: 22, hour: 10))
    #expect(device.lastStatusRead == Moment(year: 2026, month: 11, day: 22, hour: 10, minute: 5, second: 9))
    #expect(device.lastReadAttempt == Moment(year: 2026, month: 11, day: 22, hour: 11))
    #expect(device.schedule?.frequency == .monthly && device.schedule?.day == 1 && device.schedule?.hour == 2)
    #expect(device.schedule?.minute == 30 && device.schedule?.statusInterval == 3600)
    #expect(device.customer == [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72] && device.alerts == nil)
    #expect(device.controlStatus == 0)
  }

  @Test func anOldDeviceWithAFixedDataStructure() throws {
    let device = try devices().devices[2]
    guard case .fixed(let data)? = device.telegrams.first else {
      Issue.record("\(device.telegrams)")
      return
    }
    #expect(data.counters.count == 2 && device.records.isEmpty && device.controlStatus == 9)
    #expect(device.schedule?.frequency == .never && device.medium?.words.description == "water")
  }

  /// Without the other tables there is what ET14 says; a slot that was never read has no data, whatever ET16 holds.
  @Test func statusAlone() throws {
    var status = Self.et14
    status[10] = 0
    let device = MBusDevices(
      status: try Self.decoded(.et14, status), data: try Self.decoded(.et16, Self.et16)
    ).devices[0]
    #expect(device.read == nil && device.identification == nil && device.lastRead == nil)
    #expect(device.schedule == nil && device.alerts == nil && device.customer == nil)
  }

  /// What a shorter entry does not have is not told: no 0 answers, no empty list of alarms.
  @Test func whatTheEntryDoesNotHaveIsNotTold() throws {
    let whole = try Self.decoded(.et14, Self.et14)
    let cut = Decoded(layout: whole.layout, octets: Array(Self.et14.prefix(12)))
    let device = try #require(MBusDevices(status: cut).devices.first)
    #expect(device.handle == 1 && device.state == .up)
    #expect(device.alarms == nil && device.deviceAlarms == nil)
    #expect(device.readAttempts == nil && device.readAnswers == nil)
  }

  @Test func whyAPortRaisesAnAlert() throws {
    let devices = try devices().devices
    #expect(devices[4].alerts == [.scheduledRead, .onDemandRequest])
    #expect(devices[5].alerts == [.scheduledRead, .mbusChange, .deltaData])
    #expect(
      devices[4].alerts?.reasons.map(\.why.description) == [
        "a scheduled read is due", "an on-demand request waits in ET15",
      ])
    let all = MEPAlerts(rawValue: 0xFF).reasons
    #expect(all.count == 4 && all.allSatisfy { !$0.remedy.description.isEmpty })
    #expect(MEPAlerts([]).reasons.isEmpty)
  }

  @Test func aClientsData() throws {
    var data = Self.et16
    data.replaceSubrange(2068..<2082, with: [26, 11, 22, 10, 0, 0, 0, 7, 1, 3, 0, 0xA, 0xB, 0xC])
    let read = try #require(BillingRead(try Self.decoded(.et16, data), entry: 4))
    guard case .client(let count, let octets) = read.data else {
      Issue.record("no client")
      return
    }
    #expect(count == 0x0107 && octets == [0xA, 0xB, 0xC] && read.securityFailure == nil)
  }

  /// Two telegrams, the second one cut off by the end of the entry's 517 octets.
  @Test func severalTelegrams() throws {
    var data = Self.et16
    let long = Array(MBusTelegramTests.water.prefix(12)) + [UInt8](repeating: 0x2F, count: 242) + [0]
    for start in [7, 263] { data.replaceSubrange(start..<start + 256, with: [255] + long) }
    let read = try #require(BillingRead(try Self.decoded(.et16, data), entry: 0))
    guard case .telegrams(let telegrams) = read.data else {
      Issue.record("no telegrams")
      return
    }
    #expect(telegrams.count == 2 && telegrams.allSatisfy { $0.identification == [0x12, 0x34, 0x56, 0x78] })
  }

  @Test(
    arguments: [(0b000_000, nil), (0b001_000, "ID failure"), (0b110_000, "date failure"), (0b011_000, nil)]
      as [(UInt8, String?)])
  func securityFailures(information: UInt8, words: String?) throws {
    var data = Self.et16
    data[6] = information
    #expect(try BillingRead(Self.decoded(.et16, data), entry: 0)?.securityFailure?.description == words)
  }

  /// An encrypted telegram stays closed unless the meter had the key.
  @Test func encryption() throws {
    var data = Self.et16
    data[19] = 0x05
    #expect(
      MBusDevices(status: try Self.decoded(.et14, Self.et14), data: try Self.decoded(.et16, data)).devices[0].records
        .isEmpty)
    data[6] = 0b100
    #expect(
      MBusDevices(status: try Self.decoded(.et14, Self.et14), data: try Self.decoded(.et16, data)).devices[0].records
        .count == 3)
  }
}
