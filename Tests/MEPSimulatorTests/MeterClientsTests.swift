// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables
import Testing

@testable import MEPSimulator

private let remove: UInt16 = 0x0811

extension Bench {
  /// Writes who is at a port, and that it is registered.
  fileprivate func register(_ name: [UInt8] = [0x42], port: Int = 1) async throws {
    let start = UInt32((port - 1) * 71)
    #expect(try await ask(.writePart(.extended(50), offset: start, name)) == .done)
    #expect(try await ask(.writePart(.extended(50), offset: start + 30, [1])) == .done)
  }

  fileprivate func handle(port: Int = 1) async throws -> UInt16 { try await devices().devices[3 + port].handle }
  fileprivate func alarm(_ name: String) async throws -> Int64? { try await integer(.bt03, name) }

  fileprivate func removed(_ handle: UInt16, sequence: UInt8) async throws -> UInt8? {
    #expect(try await call(remove, sequence: sequence, [0] + handle.leastFirst) == .done)
    return try await answer()?.result
  }
}

/// Who is registered at the simulated meter's ports.
@Suite(.timeLimit(.minutes(1))) struct MeterClientsTests {
  @Test(arguments: [(Profile.gen3, 1), (.gen3Old, 1), (.gen4Compatible, 1), (.gen4, 1), (.gen4, 2)])
  func aRegistrationIsNoticed(_ profile: Profile, port: Int) async throws {
    let bench = try Bench(profile, port: port, key: basicKey)
    #expect(try await bench.handle(port: port) == 0)
    #expect(try await bench.alarm("mep_installed_or_removed") == 0)
    try await bench.register(port: port)
    let device = try await bench.devices().devices[3 + port]
    #expect(device.isOccupied && device.handle == UInt16(port * 1000) && device.state == .up)
    #expect(try await bench.alarm("mep_installed_or_removed") == 1)
    let events = try await bench.events().filter { [.manufacturer(16), .manufacturer(32)].contains($0.id) }
    #expect(events.map(\.argument) == [[0, 0], [5, UInt8(4 + port) << 5]])
    // Once more: nothing new.
    try await bench.register(port: port)
    #expect(try await bench.handle(port: port) == UInt16(port * 1000))
  }

  /// What the guide has under "Replacing a MEP Client Device".
  @Test(arguments: [false, true]) func aRemovalIsForgetting(byHeadEnd: Bool) async throws {
    let bench = try Bench(.gen3, key: basicKey)
    try await bench.register([0x92, 1, 2])
    // A value, the house icon and the bars, and what a scheduled read leaves.
    #expect(try await bench.ask(.writePart(.extended(50), offset: 43, [7, 0, 0, 0])) == .done)
    #expect(try await bench.ask(.writePart(.extended(50), offset: 67, [0x21, 0x11])) == .done)
    await bench.meter.carryOut(.scheduledRead(port: 1))
    #expect(try await bench.call(0x0827, sequence: 5, [3, 1, 1, 0, 0xAB]) == .done)
    await bench.meter.carryOut(.onDemandRequest(port: 1, type: 2, data: []))
    let data = try await bench.read(.et16).octets
    if byHeadEnd {
      await bench.meter.carryOut(.removeClient(port: 1))
    } else {
      #expect(try await bench.removed(1000, sequence: 6) == 0)
    }
    let entry = try #require(ClientEntry(try await bench.read(.et50), port: 1))
    #expect(!entry.isRegistered && entry.houseIcon == .off && entry.sources[0].value == 7)
    #expect(entry.identification == ClientIdentification([0x92, 1, 2]))
    #expect(try await bench.read(.et50).octets[67..<69] == [0, 0])
    let device = try await bench.devices().devices[4]
    #expect(!device.isOccupied && device.handle == 0 && device.state == .empty && device.alarms?.isEmpty == true)
    #expect(try await bench.read(.et16).octets == data)
    #expect(try await OnDemandRequests(bench.read(.et15))?.requests.map(\.result) == [.failed])
    let events = try await bench.events().filter { [.manufacturer(16), .manufacturer(32)].contains($0.id) }
    #expect(events.suffix(2).map(\.argument) == [[1, 0], [4, 5 << 5]])
    #expect(try await bench.integer(.et89, "prior_mep_1_handle") == 1000)
  }

  /// Each registration uses a handle up, and ET89 counts those of a device that comes back.
  @Test func handlesAreUsedUp() async throws {
    let bench = try Bench(.gen4)
    for i in 0..<3 as Range<UInt16> {
      try await bench.register(i == 1 ? [0x43] : [0x42])
      #expect(try await bench.handle() == 1000 + i)
      #expect(try await bench.removed(1000 + i, sequence: UInt8(5 + i)) == 0)
    }
    #expect(try await bench.integer(.et89, "mep_1_re_register_requests") == 0)
    try await bench.register([0x42])
    #expect(try await bench.integer(.et89, "mep_1_re_register_requests") == 1)
    #expect(try await bench.integer(.et89, "mep_1_re_register_allowed") == 1)
    #expect(try await bench.integer(.et89, "mep_2_re_register_requests") == 0)
    // The grid asks for the handle of now.
    await bench.meter.carryOut(.onDemandRequest(port: 1, type: 2, data: []))
    #expect(try await OnDemandRequests(bench.read(.et15))?.next?.target == .client(1, handle: 1003))
  }

  /// After the last one the first one comes again.
  @Test func handlesWrap() async throws {
    let bench = try Bench(.gen3Frozen)
    for _ in 0..<1000 {
      _ = try await bench.ask(.writePart(.extended(50), offset: 30, [1]))
      await bench.meter.carryOut(.removeClient(port: 1))
    }
    try await bench.register()
    #expect(try await bench.handle() == 1000)
  }

  /// With the MBK a client ends its own registration only.
  @Test func whoMayRemoveWhom() async throws {
    let first = try Bench(.gen4, key: basicKey)
    let second = try Bench(.gen4, port: 2, meter: first.meter)
    try await first.register()
    try await second.register(port: 2)
    for (i, (handle, result)) in ([(2000, 5), (1, 5), (7, 3), (1001, 3)] as [(UInt16, UInt8)]).enumerated() {
      #expect(try await first.removed(handle, sequence: UInt8(5 + i)) == result, "\(handle)")
    }
    #expect(try await second.handle(port: 2) == 2000)
    // All: its own.
    #expect(try await first.removed(0xFFFF, sequence: 9) == 0)
    #expect(try await first.handle() == 0)
    #expect(try await first.handle(port: 2) == 2000)
    try await first.register()
    #expect(try await second.call(remove, sequence: 5, [0] + (1001 as UInt16).leastFirst) == .done)
    #expect(try await second.answer(.extended(85))?.result == 0)
    #expect(try await second.handle() == 0)
  }

  @Test func onlyRemovalForgets() async throws {
    let bench = try Bench(.gen3)
    try await bench.register()
    #expect(try await bench.ask(.writePart(.extended(50), offset: 30, [0])) == .done)
    #expect(try await bench.handle() == 1000)
    await bench.meter.carryOut(.removeClient(port: 2))
    await bench.meter.carryOut(.powerOutage(seconds: 60))
    bench.clock.go(120)
    #expect(try await bench.handle() == 1000)
  }

  // MARK: Health

  @Test(arguments: [(Profile.gen3, 1), (.gen4, 2)]) func whoIsSilentIsDown(_ profile: Profile, port: Int) async throws {
    let bench = try Bench(profile, port: port)
    let observer = port == 2 ? try Bench(profile, meter: bench.meter) : nil
    try await bench.register(port: port)
    // Watch, for 60 s as the factory has it.
    #expect(try await bench.ask(.writePart(.extended(51), offset: UInt32((port - 1) * 10), [2])) == .done)
    bench.clock.go(59)
    _ = try await bench.read(.bt21)
    bench.clock.go(59)
    #expect(try await (observer ?? bench).devices().devices[3 + port].state == .up)
    if observer == nil { bench.clock.go(1) }
    bench.clock.go(60)
    if let observer { #expect(try await observer.devices().devices[3 + port].state == .down) }
    // Its first request shows that it is up again; the alarms stay.
    let device = try await bench.devices().devices[3 + port]
    #expect(device.state == .up)
    #expect(device.alarms?.map(\.description) == ["the device did not answer"])
    #expect(try await bench.alarm("m_bus_alarm") == 1)
    let down = try await bench.events().filter { $0.id == .manufacturer(17) }
    #expect(down.map(\.argument) == [[4, UInt8(4 + port) << 5]])
    // And down once more.
    bench.clock.go(60)
    _ = try await bench.read(.bt21)
    #expect(try await bench.events().filter { $0.id == .manufacturer(17) }.count == 2)
  }

  @Test func nobodyIsDownWithoutBeingWatched() async throws {
    let bench = try Bench(.gen3)
    #expect(try await bench.ask(.writePart(.extended(51), offset: 0, [2])) == .done)
    bench.clock.go(600)
    try await bench.register()
    #expect(try await bench.ask(.writePart(.extended(51), offset: 0, [0])) == .done)
    bench.clock.go(600)
    // An outage is not the client's silence.
    #expect(try await bench.ask(.writePart(.extended(51), offset: 0, [2])) == .done)
    await bench.meter.carryOut(.powerOutage(seconds: 300))
    bench.clock.go(330)
    _ = try await bench.read(.bt21)
    #expect(try await bench.events().allSatisfy { $0.id != .manufacturer(17) })
  }

  @Test func theResetLineIsLetGo() async throws {
    let bench = try Bench(.gen3)
    #expect(try await bench.ask(.writePart(.extended(51), offset: 0, [0b1010])) == .done)
    #expect(try await bench.read(.et51).octets[0] == 0b0010)
  }

  @Test func aPortThatIsDisabledIsDeaf() async throws {
    let bench = try Bench(.gen4)
    #expect(try await bench.ask(.writePart(.extended(51), offset: 0, [0x81])) == .done)
    #expect(await bench.meter.port(1).status().isDeaf)
    #expect(await !bench.meter.port(2).status().isDeaf)
  }

  // MARK: Posts

  /// The first read is in ET16; those by the schedule are in ET45 as well.
  @Test(arguments: [(Profile.gen3, 1), (.gen4, 2)]) func scheduledReadsAreLogged(_ profile: Profile, port: Int)
    async throws
  {
    let bench = try Bench(profile, port: port, key: basicKey)
    try await bench.register(port: port)
    await bench.meter.carryOut(.scheduledRead(port: port))
    #expect(try await bench.call(0x0827, sequence: 5, [3, 1, 2, 0, 0xAB, 0xCD]) == .done)
    await bench.meter.carryOut(.onDemandRequest(port: port, type: 2, data: []))
    #expect(try await bench.call(0x0827, sequence: 6, [1, 1, 1, 0, 0xEF]) == .done)
    let log = try await bench.read(.et45)
    #expect(try #require(Ring(log)).validEntries == 1)
    #expect(log.integers(named: "Handle", entry: 0) == [Int64(port * 1000)])
    guard case .client(readCount: 1, [0xAB, 0xCD])? = BillingRead(log, entry: 0)?.data else {
      Issue.record("no read in ET45")
      return
    }
    let device = try await bench.devices().devices[3 + port]
    #expect(device.readAnswers == 2 && device.alarms?.map(\.description) == ["scheduled read collected"])
    guard case .client(readCount: 2, [0xEF])? = device.read?.data else {
      Issue.record("no read in ET16")
      return
    }
  }

  /// Only the oldest request can be answered, and only by its own client; a client ends its own alerts only.
  @Test func whoMayAnswerWhat() async throws {
    let first = try Bench(.gen4, key: basicKey)
    let second = try Bench(.gen4, port: 2, key: basicKey, meter: first.meter)
    try await first.register()
    try await second.register(port: 2)
    for port in [2, 1] {
      await first.meter.carryOut(.scheduledRead(port: port))
      await first.meter.carryOut(.onDemandRequest(port: port, type: 2, data: []))
    }
    func post(_ bench: Bench, _ sequence: UInt8, _ parameters: [UInt8]) async throws -> UInt8? {
      #expect(try await bench.call(0x0827, sequence: sequence, parameters) == .done)
      return try await bench.answer(bench.client === first.client ? .basic(8) : .extended(85))?.result
    }
    #expect(try await post(first, 5, [1, 1, 0, 0]) == 3)
    #expect(try await post(second, 6, [1, 1, 0, 0]) == 0)
    #expect(try await post(second, 7, [1, 1, 0, 0]) == 3)
    #expect(try await post(first, 8, [1, 1, 0, 0]) == 0)
    #expect(try await OnDemandRequests(first.read(.et15))?.requests.map(\.result) == [.success, .success])
    #expect(try await post(second, 9, [3, 1, 0, 0]) == 0)
    #expect(MEPAlerts(try await first.read(.et13), slot: 4) == .scheduledRead)
    #expect(MEPAlerts(try await first.read(.et13), slot: 5) == [])
  }

  /// BT00.9 octets of parameters have room in BT07.
  @Test func whatHasNoRoomIsCut() async throws {
    let bench = try Bench(.gen3)
    try await bench.register()
    await bench.meter.carryOut(.scheduledRead(port: 1))
    let data = [UInt8](repeating: 7, count: 252)
    #expect(try await bench.call(0x0827, sequence: 5, [3, 1, 252, 0] + data) == .done)
    #expect(try await bench.answer()?.result == 2)
    #expect(try await bench.call(0x0827, sequence: 6, [3, 1, 251, 0] + data.dropLast()) == .done)
    #expect(try await bench.answer()?.result == 0)
  }
}
