// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

@Suite struct OnDemandRequestsTests {
  /// A queue of five: three requests wait, from entry 3 on around the end; entry 1 is done.
  private static func image(type: UInt8 = 4, pointers: UInt8 = 0x31) -> [UInt8] {
    var image = [UInt8](repeating: 0, count: 221)
    image[0] = pointers
    let entries: [(Int, [UInt8])] = [
      (0, [0x03, 0xFF, 0xE8, 0x03, type, 0]), (1, [0x01, 0x04, 2, 0, 2, 1]), (3, [0x02, 0x04, 0xD0, 0x07, 4, 0]),
      (4, [0x05, 0x05, 0xFF, 0xFF, 6, 0]),
    ]
    for (i, octets) in entries { image.replaceSubrange(1 + 6 * i..<7 + 6 * i, with: octets) }
    image.replaceSubrange(31..<35, with: [2, 0xAA, 0xBB, 0xCC])
    image.replaceSubrange(31 + 75..<34 + 75, with: [255, 1, 2])
    image.replaceSubrange(156..<161, with: [4, 0x53, 0x51, 0x01, 0x7A])
    return image
  }

  private func requests(_ image: [UInt8]) throws -> OnDemandRequests {
    var dimensions = Dimensions()
    try dimensions.learn(.et11, Table.et11Image())
    return try #require(
      OnDemandRequests(Decoded(layout: try Table.et15.layout(in: dimensions, image: image), octets: image)))
  }

  @Test func inTheOrderOfProcessing() throws {
    let queue = try requests(Self.image())
    #expect(queue.writePointer == 1 && queue.readPointer == 3)
    #expect(queue.requests.map(\.index) == [3, 4, 0, 1])
    #expect(queue.requests.map(\.transaction) == [0x0402, 0x0505, 0xFF03, 0x0401])
    #expect(
      queue.requests.map(\.target) == [.client(2, handle: 2000), .everyDevice, .client(1, handle: 1000), .mbus(2)])
    #expect(
      queue.requests.map(\.kind.words.description) == ["write data", "multicast", "write data", "billing read"])
    #expect(queue.requests.map(\.result) == [.pending, .pending, .pending, .success])
    #expect(queue.next?.index == 3)
  }

  @Test func whatTheyCarry() throws {
    let queue = try requests(Self.image())
    #expect(queue.requests[1].content == .multicast(control: 0x53, information: 0x51, [0x01, 0x7A]))
    #expect(queue.requests[2].content == .data([0xAA, 0xBB]))
    #expect(queue.requests[3].content == .none)
    // A length beyond the message: what there is.
    guard case .data(let data) = queue.requests[0].content else {
      Issue.record("no data")
      return
    }
    #expect(data.count == 24 && data.prefix(2) == [1, 2])
    #expect(try requests(Self.image(type: 8)).requests[2].content == .codePacket(number: 0x5153, [0x01, 0x7A]))
  }

  @Test func groupsAndSlots() throws {
    var image = Self.image(type: 10)
    image.replaceSubrange(27..<29, with: [0b101, 0])
    let queue = try requests(image)
    #expect(queue.requests[1].target == .groups(0b101) && queue.requests[2].target == .slots(1000))
  }

  /// A pointer beyond the queue, codes that nobody knows, and an empty queue.
  @Test func oddOnes() throws {
    var image = Self.image(type: 99, pointers: 0xFF)
    image[6] = 9
    let queue = try requests(image)
    #expect(queue.requests.map(\.index) == [0, 1, 3, 4])
    #expect(queue.requests[0].kind == .unknown && queue.requests[0].result == .unknown)
    #expect(try requests([UInt8](repeating: 0, count: 221)).requests.isEmpty)
    #expect(try requests([0x21]).requests.isEmpty)
  }
}

/// Whatever a meter, or who plays one, has in these tables: an answer.
@Suite(.timeLimit(.minutes(1))) struct HostileDevicesTests {
  @Test(arguments: 0..<60 as Range<UInt64>) func nothingTraps(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let dimensions = try Scenario.plausible(using: &random).dimensions()
    func decoded(_ table: Table) throws -> Decoded {
      let octets = try table.layout(in: dimensions).octets
      // Many zeros: handles of M-Bus devices, lengths that are too short.
      let image = random.octets(.random(in: 0...octets + 3, using: &random)).map { $0 % 4 == 0 ? 0 : $0 }
      return Decoded(layout: try table.layout(in: dimensions, image: image), octets: image)
    }
    let devices = MBusDevices(
      status: try decoded(.et14), configuration: try decoded(.et13), control: try decoded(.et58),
      data: try decoded(.et16))
    for device in devices.devices {
      for record in device.records { #expect(!record.description.isEmpty) }
    }
    _ = OnDemandRequests(try decoded(.et15))?.next
    for table in [Table.et45, .et74] {
      let log = try decoded(table)
      _ = ReadLog(log)
      for entry in 0..<5 { _ = BillingRead(log, entry: entry, octets: .random(in: -1...40, using: &random)) }
    }
  }
}
