// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables
import Testing

@testable import MEPSimulator

private let post: UInt16 = 0x0827
private let request: UInt16 = 0x0813

extension Bench {
  /// Registers the client at its port, with these more flags of ET50.
  fileprivate func register(port: Int = 1, flags: UInt8 = 0) async throws {
    let layout = try await read(.et50).layout
    let flag = try #require(
      layout.places.filter { $0.displayName == "MEP Device Registered" }.dropFirst(port - 1).first)
    #expect(try await ask(.writePart(.extended(50), offset: UInt32(flag.offset), [1 | flags])) == .done)
  }

  fileprivate func reasons(port: Int = 1) async throws -> MEPAlerts? {
    MEPAlerts(try await read(.et13), slot: 3 + port)
  }

  fileprivate func requests() async throws -> OnDemandRequests { try #require(OnDemandRequests(try await read(.et15))) }

  /// Calls a procedure and returns its result and what follows it.
  fileprivate func outcome(_ number: UInt16, sequence: UInt8, _ parameters: [UInt8]) async throws -> [UInt8] {
    #expect(try await call(number, sequence: sequence, parameters) == .done)
    return try await data(.read(.basic(8), length: 5)).suffix(2)
  }

  fileprivate func isAlerted(port: Int = 1) async -> Bool { await meter.port(port).status().alert }
}

@Suite(.timeLimit(.minutes(1))) struct MeterAlertTests {
  @Test(arguments: [(Profile.gen3, 1), (.gen4, 1), (.gen4, 2)])
  func aScheduledReadStandsUntilItIsPosted(_ profile: Profile, port: Int) async throws {
    let bench = try Bench(profile, port: port, key: basicKey)
    try await bench.register(port: port)
    await bench.meter.carryOut(.scheduledRead(port: port))
    #expect(try await bench.reasons(port: port) == .scheduledRead)
    #expect(await bench.isAlerted(port: port))
    // No other answer ends it: clearing another alert, or data that end before their length says.
    for (i, parameters) in [[12], [11], [4, 1, 6, 0, 1, 2, 3], [99]].enumerated() {
      _ = try await bench.call(post, sequence: UInt8(5 + i), parameters.map { UInt8($0) })
    }
    #expect(try await bench.reasons(port: port) == .scheduledRead)
    #expect(try await bench.call(post, sequence: 9, [4, 1, 3, 0, 0xA, 0xB, 0xC]) == .done)
    #expect(try await bench.reasons(port: port) == [])
    #expect(await !bench.isAlerted(port: port))
    let device = try await bench.devices().devices[3 + port]
    guard case .client(readCount: 1, let data)? = device.read?.data else {
      Issue.record("no data of the client")
      return
    }
    #expect(data == [0xA, 0xB, 0xC] && device.read?.timestamp?.description == "2026-07-03T15:20:00")
  }

  /// Setting and clearing nothing but the flag of ET50, as the guide says.
  @Test func whoIsNotRegisteredIsNotAlertedAndPostsNothing() async throws {
    let bench = try Bench(.gen3)
    await bench.meter.carryOut(.scheduledRead(port: 1))
    await bench.meter.carryOut(.scheduledRead(port: 2))
    #expect(try await bench.reasons() == .scheduledRead)
    #expect(await !bench.isAlerted())
    #expect(try await bench.outcome(post, sequence: 5, [4, 1, 0, 0]) == [3, 0])
    try await bench.register()
    #expect(await bench.isAlerted())
    #expect(try await bench.outcome(post, sequence: 6, [4, 1, 0, 0]) == [0, 0])
    #expect(await !bench.isAlerted())
  }

  /// A client's own schedule in ET13 brings the alert as well.
  @Test func aClientsScheduleComesDue() async throws {
    let bench = try Bench(.gen3)
    #expect(try await bench.ask(.writePart(.extended(13), offset: 264, [0, 0, 30, 0])) == .done)
    bench.clock.go(599)
    #expect(try await bench.reasons() == [])
    bench.clock.go(1)
    #expect(try await bench.reasons() == .scheduledRead)
    // The flags are the meter's: writing over them changes nothing.
    #expect(try await bench.ask(.writePart(.extended(13), offset: 272, [0])) == .done)
    #expect(try await bench.reasons() == .scheduledRead)
  }

  @Test func downlinkDataWaitInET13() async throws {
    let bench = try Bench(.gen3)
    await bench.meter.carryOut(.downlink(port: 1, data: [1, 2, 3]))
    #expect(try await bench.read(.et13).octets[273..<330].elementsEqual([1, 2, 3] + [UInt8](repeating: 0, count: 54)))
    #expect(try await bench.reasons() == [])
  }

  // MARK: On-demand requests

  @Test func aRequestStandsUntilItIsAnswered() async throws {
    let bench = try Bench(.gen3, key: basicKey)
    try await bench.register()
    await bench.meter.carryOut(.onDemandRequest(port: 1, type: 4, data: [0xAA, 0xBB]))
    await bench.meter.carryOut(.onDemandRequest(port: 1, type: 2, data: []))
    let queue = try await bench.requests()
    #expect(queue.writePointer == 2 && queue.readPointer == 0)
    #expect(queue.requests.map(\.kind) == [.writeData, .billingRead])
    #expect(queue.next?.content == .data([0xAA, 0xBB]) && queue.next?.target == .client(1, handle: 1000))
    #expect(try await bench.reasons() == .onDemandRequest)
    #expect(try await bench.outcome(post, sequence: 5, [1, 1, 1, 0, 7]) == [0, 0])
    #expect(try await bench.reasons() == .onDemandRequest)
    #expect(try await bench.requests().readPointer == 1)
    // What it cannot do it says with another code than 1.
    #expect(try await bench.outcome(post, sequence: 6, [1, 0, 0, 0]) == [0, 0])
    #expect(try await bench.requests().requests.map(\.result) == [.success, .failed])
    #expect(try await bench.reasons() == [])
    #expect(try await bench.outcome(post, sequence: 7, [1, 1, 0, 0]) == [3, 0])
  }

  /// 30 s are the factory's; the next request has its own.
  @Test func aRequestExpires() async throws {
    let bench = try Bench(.gen3)
    try await bench.register()
    for _ in 0..<2 { await bench.meter.carryOut(.onDemandRequest(port: 1, type: 2, data: [])) }
    bench.clock.go(29)
    #expect(try await bench.requests().requests.map(\.result) == [.pending, .pending])
    bench.clock.go(1)
    // From the read pointer on: the one that is pending is first.
    #expect(try await bench.requests().requests.map(\.result) == [.pending, .noResponse])
    #expect(await bench.isAlerted())
    bench.clock.go(30)
    #expect(try await bench.requests().requests.map(\.result) == [.noResponse, .noResponse])
    #expect(await !bench.isAlerted())
  }

  @Test func aQueueThatIsFullTakesNoMore() async throws {
    let bench = try Bench(.gen3)
    for i in 0..<6 { await bench.meter.carryOut(.onDemandRequest(port: 1, type: 4, data: [UInt8(i)])) }
    #expect(try await bench.requests().requests.map(\.content) == (0..<5).map { .data([$0]) })
    #expect(try await bench.outcome(request, sequence: 5, [0, 4, 1, 0, 2]) == [7, 0])
  }

  /// A client's removal ends what it was asked for (guide, "Replacing a MEP Client Device").
  @Test func aRemovedClientIsForgotten() async throws {
    let bench = try Bench(.gen3)
    try await bench.register()
    await bench.meter.carryOut(.scheduledRead(port: 1))
    await bench.meter.carryOut(.onDemandRequest(port: 1, type: 2, data: []))
    #expect(try await bench.devices().devices[4].isOccupied)
    #expect(try await bench.outcome(0x0811, sequence: 5, [0, 0xE8, 0x03]) == [0, 0])
    #expect(try await bench.reasons() == [])
    #expect(try await bench.requests().requests.map(\.result) == [.failed])
    let device = try await bench.devices().devices[4]
    #expect(!device.isOccupied && device.handle == 0 && device.state == .empty)
  }

  // MARK: EP19

  @Test func aDeviceIsReadOnDemand() async throws {
    let bench = try Bench(.gen3)
    let before = try await bench.devices().devices[1]
    #expect(try await bench.outcome(request, sequence: 5, [0x05, 0x04, 2, 0, 2]) == [0, 0])
    #expect(try await bench.requests().next?.transaction == 0x0405)
    #expect(try await bench.reasons() == [])
    bench.clock.go(3)
    #expect(try await bench.requests().requests.map(\.result) == [.success])
    let after = try await bench.devices().devices[1]
    #expect(
      before.lastRead?.description == "2026-07-03T00:02:00" && after.lastRead?.description == "2026-07-03T15:20:03")
    #expect(
      after.readAnswers == before.readAnswers.map { $0 + 1 }
        && after.lastReadAttempt?.description == "2026-07-03T15:20:00")
    // Index 1 is where the next one goes.
    #expect(try await bench.outcome(request, sequence: 6, [0x06, 0x04, 1, 0, 3]) == [0, 1])
    bench.clock.go(3)
    #expect(try await bench.devices().devices[0].lastStatusRead?.description == "2026-07-03T15:20:06")
  }

  @Test func refusals() async throws {
    let bench = try Bench(.gen3)
    let calls: [(parameters: [UInt8], result: UInt8)] = [
      ([0, 4, 9, 0, 2], 3), ([0, 4, 1, 0, 0], 2), ([0, 4, 1, 0, 7], 2), ([0, 4, 1, 0], 2), ([0, 4, 4, 0, 10, 0], 3),
      ([0, 4, 2, 0, 6, 2, 0x53, 0x51], 3), ([0, 4, 1, 0, 4, 25] + [UInt8](repeating: 0, count: 25), 2),
    ]
    for (i, call) in calls.enumerated() {
      #expect(
        try await bench.outcome(request, sequence: UInt8(5 + i % 5), call.parameters) == [call.result, 0],
        "\(call.parameters)")
    }
    #expect(try await bench.requests().requests.isEmpty)
    let basic = try Bench(.gen3, key: basicKey)
    #expect(try await basic.outcome(request, sequence: 5, [0, 4, 1, 0, 2]) == [5, 0])
  }

  /// The water meter's valve is written, which tells who wants to know of the M-Bus.
  @Test(arguments: [false, true]) func aValveIsClosed(byIndex: Bool) async throws {
    let bench = try Bench(.gen4)
    try await bench.register(flags: 0b100)
    let parameters: [UInt8] = [0, 4, 1, 0, byIndex ? 10 : 4, 4, 0x01, 0xFD, 0x1A, 0]
    #expect(try await bench.outcome(request, sequence: 5, parameters) == [0, 0])
    bench.clock.go(3)
    #expect(try await bench.devices().devices.map(\.controlStatus).prefix(2) == [0, 0])
    #expect(try await bench.reasons() == .mbusChange)
    #expect(try await bench.reasons(port: 2) == [])
    #expect(try await bench.outcome(post, sequence: 6, [11])[0] == 0)
    #expect(try await bench.reasons() == [])
    // Once more: nothing changes.
    _ = try await bench.outcome(request, sequence: 7, parameters)
    bench.clock.go(3)
    #expect(try await bench.reasons() == [])
    // The device itself knows it, too.
    bench.clock.go(3600)
    #expect(try await bench.numbers(0)["digital output"] == 0)
  }

  @Test func aMulticastReachesItsGroups() async throws {
    let bench = try Bench(.gen3)
    #expect(try await bench.outcome(request, sequence: 5, [0, 4, 1, 0, 6, 3, 0x53, 0x51, 9]) == [0, 0])
    #expect(try await bench.requests().next?.content == .multicast(control: 0x53, information: 0x51, [9]))
    bench.clock.go(3)
    #expect(try await bench.requests().requests.map(\.result) == [.success])
  }

  // MARK: ET71

  /// Source 15 is the voltage of L1 in mV.
  @Test func aChangeOfASourceIsTold() async throws {
    let bench = try Bench(.gen3, key: basicKey)
    try await bench.register(flags: 0b1000)
    let voltage = try #require(try await bench.registers(.bt28)[15])
    let now = Int32(voltage).leastFirst
    #expect(try await bench.ask(.writePart(.extended(71), offset: 0, [15, 0, 0x30, 0x75] + now)) == .done)
    bench.clock.go(60)
    #expect(try await bench.reasons() == [])
    await bench.meter.carryOut(.voltage(phase: 1, percent: 80, seconds: 600))
    bench.clock.go(1)
    #expect(try await bench.reasons() == .deltaData)
    #expect(await bench.isAlerted())
    let entry = try #require(DeltaDataAlert.all(in: try await bench.read(.et71)).first)
    // 80 % of some 230 V, within 2 V.
    #expect(abs(Int64(entry.comparison ?? 0) - voltage * 8 / 10) < 2000 && !entry.isInvalid)
    #expect(try await bench.outcome(post, sequence: 5, [12]) == [0, 0])
    bench.clock.go(60)
    #expect(try await bench.reasons() == [])
    // And back.
    bench.clock.go(600)
    #expect(try await bench.reasons() == .deltaData)
  }

  @Test func aPowerFailureMakesItForget() async throws {
    let bench = try Bench(.gen3)
    try await bench.register(flags: 0b1000)
    let factory = try await bench.read(.et71).octets
    #expect(try await bench.ask(.writePart(.extended(71), offset: 13, [15, 0, 1, 0])) == .done)
    bench.clock.go(1)
    #expect(try await bench.reasons() == .deltaData)
    await bench.meter.carryOut(.powerOutage(seconds: 60))
    bench.clock.go(120)
    #expect(try await bench.read(.et71).octets == factory)
    #expect(try await bench.reasons() == [])
  }

  @Test func onlyWhatIsThereAndAskedForIsWatched() async throws {
    let bench = try Bench(.gen3)
    try await bench.register()
    // No such source; no threshold; and nobody has asked for the alert in ET50.
    let entries: [[UInt8]] = [[0, 2, 1, 0], [16, 0, 0, 0], [15, 0, 1, 0]]
    for (i, entry) in entries.enumerated() {
      #expect(try await bench.ask(.writePart(.extended(71), offset: UInt32(13 * i), entry)) == .done)
    }
    bench.clock.go(2)
    #expect(try await bench.reasons() == [])
    #expect(DeltaDataAlert.all(in: try await bench.read(.et71)).map(\.isInvalid) == [true, false, false])
  }
}
