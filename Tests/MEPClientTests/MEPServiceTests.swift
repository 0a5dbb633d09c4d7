// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

private let name = ClientIdentification([0x42])!

/// What a device answers to the grid, and that nothing else is ever posted.
@Suite(.timeLimit(.minutes(2))) struct MEPServiceTests {
  /// A simulated meter, its clock, and a device registered at a port; the wire has what it sends from then on.
  private struct Stand {
    let clock = SetClock()
    let wire: Wire
    let simulator: SimulatedMeter
    let device: MEPDevice

    init(_ profile: Profile = .gen3, port: Int = 1, key: AccessKey = basicKey, wishes: MEPDevice.Wishes = .init())
      async throws
    {
      let clock = clock
      simulator = try SimulatedMeter(profile, clock: { clock.now() })
      wire = Wire(key: key)
      device = try await MEPDevice(simulator, port: port, key: key, wire: wire)
      try await device.register(name, wishes: wishes)
      wire.forget()
    }

    /// The parameters of what was posted; nothing else may have been written.
    var posts: [[UInt8]] {
      wire.requests.filter { !$0.isRead }.map { request in
        guard case .write(.basic(7), let octets) = request, let call = ProcedureCall(octets: octets),
          call.number == 0x0827
        else { return [] }
        return call.parameters
      }
    }
  }

  @Test(arguments: DevicePlace.all.filter { $0.profile.name != "gen3-demand" })
  func whatTheUserSuppliesIsPosted(_ place: DevicePlace) async throws {
    let stand = try await Stand(place.profile, port: place.port, key: place.key)
    await stand.simulator.carryOut(.downlink(port: place.port, data: [7, 8]))
    await stand.simulator.carryOut(.onDemandRequest(port: place.port, type: 4, data: [0xAA, 0xBB]))
    await stand.simulator.carryOut(.scheduledRead(port: place.port))
    let serving = Serving(stand.device) { work in
      switch work {
      case .scheduledRead(let downlink): .data([1] + downlink.prefix(2), withAlarms: true)
      case .request(let request): request.content == .data([0xAA, 0xBB]) ? .data([2, 2]) : nil
      }
    }
    #expect(await serving.next() == "posted [1, 1, 2, 0, 2, 2] to write data 65280")
    #expect(await serving.next() == "posted [4, 1, 3, 0, 1, 7, 8] to scheduled read [7, 8]")
    await serving.end()
    #expect(stand.posts == [[1, 1, 2, 0, 2, 2], [4, 1, 3, 0, 1, 7, 8]])
    let status = try await stand.device.status()
    #expect(status.alerts == [] && status.requests.requests.map(\.result) == [.success])
    let devices = try await stand.device.meter.readDevices()
    guard case .client(readCount: 2, [1, 7, 8])? = devices.devices[stand.device.port.slot].read?.data else {
      Issue.record("no data in ET16")
      return
    }
  }

  /// What comes while it serves is answered when the meter signals it.
  @Test func itHearsTheMetersSignals() async throws {
    let stand = try await Stand()
    let serving = Serving(stand.device) { _ in .data([9]) }
    for i in 0..<3 {
      await stand.simulator.carryOut(.onDemandRequest(port: 1, type: 2, data: []))
      #expect(await serving.next() == "posted [1, 1, 1, 0, 9] to billing read \(65280 + i)")
    }
    await serving.end()
    #expect(stand.posts.count == 3)
  }

  @Test func nobodyServesWithoutSayingThatItIsAGuess() async throws {
    let stand = try await Stand()
    await stand.simulator.carryOut(.scheduledRead(port: 1))
    let serving = Serving(stand.device, unproven: false) { _ in .data([1]) }
    #expect(await serving.next() == "ended: unproven EP39")
    let words = await failure { () async throws(MeterError) in
      try await stand.device.meter.post(.clearMBusAlert, unproven: false)
    }
    #expect(words == "unproven EP39" && stand.wire.requests.isEmpty)
  }

  @Test func nobodyServesWithoutBeingRegistered() async throws {
    let stand = try await Stand()
    try await stand.device.remove()
    stand.wire.forget()
    let serving = Serving(stand.device) { _ in .data([1]) }
    #expect(await serving.next() == "ended: device: \(MEPDevice.Problem.notRegistered)")
    #expect(stand.posts == [])
  }

  // MARK: No answer

  @Test func withoutAnAnswerNothingIsPosted() async throws {
    let stand = try await Stand()
    await stand.simulator.carryOut(.onDemandRequest(port: 1, type: 2, data: []))
    await stand.simulator.carryOut(.scheduledRead(port: 1))
    let serving = Serving(stand.device) { _ in nil }
    #expect(await serving.next() == "not posted to billing read 65280: noAnswer")
    #expect(await serving.next() == "not posted to scheduled read [0, 0]: noAnswer")
    await serving.end()
    #expect(stand.posts == [])
    #expect(try await stand.device.status().alerts == [.onDemandRequest, .scheduledRead])
    stand.clock.go(30)
    #expect(try await stand.device.status().requests.requests.map(\.result) == [.noResponse])
  }

  @Test func aFailureIsAnAnswerToARequestOnly() async throws {
    let stand = try await Stand()
    await stand.simulator.carryOut(.onDemandRequest(port: 1, type: 2, data: []))
    await stand.simulator.carryOut(.scheduledRead(port: 1))
    let serving = Serving(stand.device) { _ in .failure }
    #expect(await serving.next() == "posted [1, 0, 0, 0] to billing read 65280")
    #expect(await serving.next() == "not posted to scheduled read [0, 0]: noAnswer")
    await serving.end()
    #expect(try await stand.device.status().requests.requests.map(\.result) == [.failed])
  }

  /// Whoever knows EP39 gives all of it; what the meter does not take is told.
  @Test func theUsersOwnParameters() async throws {
    let stand = try await Stand()
    await stand.simulator.carryOut(.scheduledRead(port: 1))
    let count = Counter()
    let serving = Serving(stand.device) { _ in
      await count.next() == 1 ? .parameters(PostMEPData(type: 77, data: [1])) : nil
    }
    let words = await serving.next() ?? ""
    #expect(words.hasPrefix("not posted to scheduled read [0, 0]: refused(") && words.contains("result: 2"))
    await serving.end()
    #expect(stand.posts == [[77, 1]])
  }

  /// BT07 takes 255 octets here. More goes through a transaction, as far as ET52 has room.
  @Test func whatBT07DoesNotHoldGoesThroughATransaction() async throws {
    let stand = try await Stand()
    for (i, length) in [251, 252, 868].enumerated() {
      await stand.simulator.carryOut(.onDemandRequest(port: 1, type: 2, data: []))
      let serving = Serving(stand.device) { _ in .data([UInt8](repeating: 1, count: length)) }
      #expect(await serving.next()?.hasPrefix("posted [1, 1, \(length % 256), \(length / 256), 1, ") == true)
      await serving.end()
      #expect(await stand.simulator.transactions == i)
    }
    await stand.simulator.carryOut(.onDemandRequest(port: 1, type: 2, data: []))
    let (calls, transactions) = (await stand.simulator.procedureCalls, await stand.simulator.transactions)
    let serving = Serving(stand.device) { _ in .data([UInt8](repeating: 1, count: 869)) }
    #expect(await serving.next() == "not posted to billing read 65283: tooLong(octets: 873, limit: 872)")
    await serving.end()
    #expect(await stand.simulator.procedureCalls == calls)
    #expect(await stand.simulator.transactions == transactions)
    let results = try await stand.device.status().requests.requests.map(\.result)
    #expect(results.filter { $0 == .success }.count == 3, "\(results)")
  }

  // MARK: Time

  /// The meter waits a second: an answer that takes longer is not waited for.
  @Test func anAnswerThatTakesTooLongIsNotPosted() async throws {
    let stand = try await Stand(wishes: MEPDevice.Wishes(requestTimeout: 1))
    await stand.simulator.carryOut(.onDemandRequest(port: 1, type: 2, data: []))
    let serving = Serving(stand.device) { _ in
      try? await Task.sleep(for: .seconds(60))
      return Task.isCancelled ? nil : .data([1])
    }
    #expect(await serving.next() == "not posted to billing read 65280: late")
    await serving.end()
    #expect(stand.posts == [])
  }

  /// An answer is not to count for the request behind the one that it was made for.
  @Test func anAnswerToARequestThatIsGoneIsNotPosted() async throws {
    let stand = try await Stand()
    for data in [[1], [2]] as [[UInt8]] {
      await stand.simulator.carryOut(.onDemandRequest(port: 1, type: 4, data: data))
    }
    let clock = stand.clock
    let serving = Serving(stand.device) { work in
      guard case .request(let request) = work, case .data(let data) = request.content else { return nil }
      if data == [1] { clock.go(31) }
      return .data(data)
    }
    #expect(await serving.next() == "not posted to write data 65280: late")
    #expect(await serving.next() == "posted [1, 1, 1, 0, 2] to write data 65281")
    await serving.end()
    #expect(try await stand.device.status().requests.requests.map(\.result) == [.noResponse, .success])
  }

  /// A third of the time after which the meter takes it for down, also while an answer is on its way.
  @Test func theMeterHearsFromItOften() async throws {
    let stand = try await Stand(wishes: MEPDevice.Wishes(monitorsHealth: true, healthTimeout: 3))
    let (asked, asking) = AsyncStream<Void>.makeStream()
    let serving = Serving(stand.device) { _ in
      asking.finish()
      try? await Task.sleep(for: .seconds(60))
      return nil
    }
    await stand.simulator.carryOut(.scheduledRead(port: 1))
    for await _ in asked {}
    stand.wire.forget()
    let begin = Instant.now()
    try await Task.sleep(for: .milliseconds(2500))
    // Two requests a second, and as many to spare.
    let most = 4 * Int((Instant.now() - begin).milliseconds / 1000)
    #expect((1...most).contains(stand.wire.requests.count))
    await serving.end()
  }

  // MARK: Two devices

  /// Each answers its own requests, in the order of the queue, which both share.
  @Test func twoDevicesAnswerTheirOwn() async throws {
    let clock = SetClock()
    let simulator = try SimulatedMeter(.gen4, clock: { clock.now() })
    let devices = [try await MEPDevice(simulator), try await MEPDevice(simulator, port: 2, key: advancedKey)]
    for device in devices { try await device.register(name) }
    for (port, data) in [(2, 1), (1, 2), (2, 3), (1, 4), (2, 5)] as [(Int, UInt8)] {
      await simulator.carryOut(.onDemandRequest(port: port, type: 4, data: [data]))
    }
    for port in [1, 2] { await simulator.carryOut(.scheduledRead(port: port)) }
    let servings = devices.map { device in
      Serving(device) { work in
        guard case .request(let request) = work, case .data(let data) = request.content else {
          return .data([UInt8(device.port.number) + 10])
        }
        return .data([UInt8(device.port.number)] + data)
      }
    }
    var posts: [[String]] = [[], []]
    for (i, count) in [3, 4].enumerated() {
      while posts[i].count < count, let event = await servings[i].next() {
        if event.hasPrefix("posted") { posts[i].append(event) } else { #expect(event.hasPrefix("waiting for 6528")) }
      }
    }
    for serving in servings { await serving.end() }
    #expect(
      posts[0].filter { $0.contains("write") }
        == ["posted [1, 1, 2, 0, 1, 2] to write data 65281", "posted [1, 1, 2, 0, 1, 4] to write data 65283"])
    #expect(
      posts[1].filter { $0.contains("write") }
        == [0, 2, 4].map { "posted [1, 1, 2, 0, 2, \($0 + 1)] to write data \(65280 + $0)" })
    for (i, device) in devices.enumerated() {
      #expect(posts[i].contains("posted [3, 1, 1, 0, \(11 + i)] to scheduled read [0, 0]"))
      let status = try await device.status()
      #expect(status.alerts == [] && status.requests.requests.allSatisfy { $0.result == .success })
    }
  }

  /// Another device that never answers: its request expires, and then comes ours.
  @Test func anotherDevicesRequestIsWaitedFor() async throws {
    let stand = try await Stand(.gen4)
    await stand.simulator.carryOut(.onDemandRequest(port: 2, type: 2, data: []))
    await stand.simulator.carryOut(.onDemandRequest(port: 1, type: 2, data: []))
    let serving = Serving(stand.device) { _ in .data([1]) }
    #expect(await serving.next() == "waiting for 65280")
    #expect(stand.posts == [])
    stand.clock.go(30)
    #expect(await serving.next() == "posted [1, 1, 1, 0, 1] to billing read 65281")
    await serving.end()
    #expect(try await stand.device.status().requests.requests.map(\.result) == [.noResponse, .success])
  }

  // MARK: Ends

  /// It does not register again by itself: the guide tells why.
  @Test(arguments: [true, false]) func itEndsWithItsRegistration(isRemoved: Bool) async throws {
    let stand = try await Stand()
    let serving = Serving(stand.device) { _ in .data([1]) }
    // A first answer shows that it serves.
    await stand.simulator.carryOut(.scheduledRead(port: 1))
    #expect(await serving.next()?.hasPrefix("posted") == true)
    if isRemoved {
      await stand.simulator.carryOut(.removeClient(port: 1))
    } else {
      let second = Meter(at: plug(stand.simulator.port(1)), key: advancedKey)
      try await second.write(.extended(50), offset: 30, [0])
    }
    // No signal tells of it.
    await stand.simulator.setAlert(true, port: 1)
    #expect(await serving.next() == "ended: device: \(MEPDevice.Problem.removed(1000))")
    #expect(stand.posts.count == 1 && stand.wire.requests.filter { !$0.isRead }.count == 1)
  }

  @Test func itGoesOnAfterAPowerFailure() async throws {
    let stand = try await Stand(.gen4, port: 2)
    try await stand.device.meter.setDeltaAlerts([DeltaDataAlert(source: 15, delta: 20_000)])
    let serving = Serving(stand.device) { _ in .data([1]) }
    await stand.simulator.carryOut(.powerOutage(seconds: 10))
    stand.clock.go(20)
    await stand.simulator.carryOut(.onDemandRequest(port: 2, type: 2, data: []))
    #expect(await serving.next() == "posted [1, 1, 1, 0, 1] to billing read 65280")
    await serving.end()
    // What the meter forgets with a power failure was written again.
    #expect(try await stand.device.meter.readDeltaAlerts().map(\.source) == [15])
    #expect(try await stand.device.status().registration == .registered(2000))
  }

  // MARK: Other alerts

  /// A change between the look and the clearing raises no alert: it is told all the same.
  @Test func whatChangesBeforeTheClearingIsNotLost() async throws {
    let stand = try await Stand(key: advancedKey, wishes: MEPDevice.Wishes(mbusAlerts: true))
    let (clock, simulator) = (stand.clock, stand.simulator)
    let other = Meter(at: plug(simulator.port(1)))
    @Sendable func valve(_ state: UInt8) async throws {
      try await other.call(
        PostOnDemandRequest(.write([0x01, 0xFD, 0x1A, state]), to: 1, transaction: 0x0400 + UInt16(state)))
      clock.go(3)
    }
    try await valve(0)
    let count = Counter()
    // ET58 has just been read for the first time when the valve is opened again.
    let handler = Altered(simulator.port(1)) { request, response in
      if request.table == Table.et58.id, await count.next() == 1 { try? await valve(1) }
      return response
    }
    let device = try await MEPDevice(Meter(at: plug(handler, timers: .patient), key: advancedKey))
    let serving = Serving(device, clearing: .mbusChange) { _ in nil }
    for event in ["M-Bus", "cleared 8", "M-Bus"] { #expect(await serving.next() == event) }
    await serving.end()
    #expect(try await device.status().alerts == [])
  }

  /// Two clients that want other sources of ET71: the one that finds its own gone says so, and goes on.
  @Test func otherSourcesInET71AreNoticedOnce() async throws {
    let stand = try await Stand()
    try await stand.device.meter.setDeltaAlerts([DeltaDataAlert(source: 15, delta: 20_000, comparison: 0)])
    let other = Meter(at: plug(stand.simulator.port(1)))
    try await other.setDeltaAlerts([DeltaDataAlert(source: 16, delta: 20_000, comparison: 0)])
    let writes = await stand.simulator.writes
    let serving = Serving(stand.device) { _ in .data([1]) }
    #expect(await serving.next() == "taken by [16]")
    await stand.simulator.carryOut(.scheduledRead(port: 1))
    #expect(await serving.next()?.hasPrefix("posted") == true)
    await serving.end()
    #expect(try await other.readDeltaAlerts().map(\.source) == [16])
    #expect(await stand.simulator.writes == writes)
  }

  @Test(arguments: [[], MEPAlerts.mbusChange] as [MEPAlerts])
  func otherAlertsAreClearedOnlyWhenAskedFor(clearing: MEPAlerts) async throws {
    let stand = try await Stand(key: advancedKey, wishes: MEPDevice.Wishes(mbusAlerts: true))
    // The water meter's valve is closed.
    try await stand.device.meter.call(
      PostOnDemandRequest(.write([0x01, 0xFD, 0x1A, 0]), to: 1, transaction: 0x0400))
    stand.clock.go(3)
    // One is answered before the alert is told, the other one after it.
    for _ in 0..<2 { await stand.simulator.carryOut(.onDemandRequest(port: 1, type: 2, data: [])) }
    stand.wire.forget()
    let serving = Serving(stand.device, clearing: clearing) { _ in .data([1]) }
    let answers = (0..<2).map { "posted [1, 1, 1, 0, 1] to billing read \(65280 + $0)" }
    for event in [answers[0], "M-Bus"] + (clearing == [] ? [] : ["cleared 8"]) + [answers[1]] {
      #expect(await serving.next() == event)
    }
    await serving.end()
    #expect(stand.posts.filter { $0.count == 1 } == (clearing == [] ? [] : [[11]]))
    #expect(try await stand.device.status().alerts == (clearing == [] ? .mbusChange : []))
  }
}
