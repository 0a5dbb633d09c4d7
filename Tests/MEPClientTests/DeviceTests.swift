// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

@Suite(.timeLimit(.minutes(1))) struct DeviceTests {
  @Test(arguments: [Profile.gen3, .gen4], [basicKey, advancedKey])
  func devicesAreReadWithWhatTheySaid(_ profile: Profile, key: AccessKey) async throws {
    let wire = Wire(key: key)
    let meter = Meter(at: wire.tap(plug(try simulated(profile).port(1))), key: key)
    let devices = try await meter.readDevices().devices
    #expect(devices.count == 4 + profile.ports && devices.filter(\.isOccupied).count == 2)
    let (water, heat) = (devices[0], devices[1])
    // On 2026-07-03 at 15:20 local time.
    #expect(water.lastRead?.description == "2026-07-03T15:01:00" && heat.lastRead?.description == "2026-07-03T00:02:00")
    #expect(water.records.map(\.quantity.description).contains("volume"))
    #expect(heat.records.map(\.quantity.description).contains("return temperature"))
    #expect(water.schedule?.frequency == .hourly && heat.schedule?.frequency == .daily && water.controlStatus == 1)
    // Of ET16 no more than the two reads.
    let lengths = wire.exchanges.compactMap { exchange -> Int? in
      guard exchange.request.table == Table.et16.id, case .data(let octets) = exchange.response else { return nil }
      return octets.count
    }
    #expect(lengths.count == 2 && lengths.allSatisfy { $0 < 120 })
  }

  /// Reads that the log has, and those that wait for the head-end to make room for them: the times of one device are an
  /// hour apart.
  @Test func theLogOfReads() async throws {
    let bench = try LoadProfileBench(.gen3, at: Moment(year: 2026, month: 1, day: 10, hour: 3, minute: 31))
    bench.clock.go(19 * 3600)
    let all = try #require(try await bench.meter.readReadLog())
    #expect(all.count == 19 && all.map(\.isWaiting) == Array(repeating: false, count: 16) + [true, true, true])
    let water = all.filter { $0.handle == 1 }
    let times = water.compactMap { $0.read.timestamp?.secondsSince2000 }
    #expect(water.count >= 18 && times == (0..<water.count).map { times[0] + Int64($0) * 3600 })
    for entry in all {
      #expect(entry.isSuccess && !entry.isDelayed && entry.read.telegrams.flatMap(\.records).count > 2)
    }
    // One request an entry, and no more of it than its length says.
    #expect(bench.wire.reads.filter { $0.hasPrefix("ET45") }.count <= 2 + 2 * 16 + 4)
    #expect(try await bench.meter.readReadLog(.last(4))?.map(\.isWaiting) == [false, true, true, true])
    let number = all[13].position.sequence
    #expect(try await bench.meter.readReadLog(.since(number))?.count == 2 + 3)
    bench.meter.close()
  }

  @Test func aMeterWithoutDevices() async throws {
    #expect(try await Meter(at: plug(try simulated(.gen3Old).port(1))).readReadLog() == nil)
    let meter = Meter(at: plug(try simulated(.gen3Old).port(1)))
    #expect(try await meter.readDevices().devices.allSatisfy { !$0.isOccupied && $0.read == nil })
  }

  @Test(arguments: [(Profile.gen3Old, 1, 1), (.gen3, 1, 1), (.gen4, 1, 1), (.gen4, 2, 2)])
  func itKnowsItsPort(_ profile: Profile, port: Int, told: Int) async throws {
    #expect(try await Meter(at: plug(try simulated(profile).port(port))).port() == told)
  }

  /// The meter reads a device between two of the client's requests: all is read again.
  @Test func whatIsReadBelongsTogether() async throws {
    let clock = SetClock()
    let simulator = try SimulatedMeter(.gen3, clock: { clock.now() })
    let count = Counter()
    let handler = Preceded(simulator.port(1)) { request in
      if request.table == Table.et16.id, await count.next() == 2 { clock.go(3600) }
    }
    let devices = try await Meter(at: plug(handler)).readDevices().devices
    #expect(devices[0].lastRead?.description == "2026-07-03T16:01:00")
    #expect(devices[0].lastReadAttempt == devices[0].lastRead && devices[0].readAnswers == 2)
  }

  /// One that is read all the time cannot be read at one moment.
  @Test func endlessChangeIsAnError() async throws {
    let clock = SetClock()
    let simulator = try SimulatedMeter(.gen3, clock: { clock.now() })
    let handler = Preceded(simulator.port(1)) { if $0.table == Table.et16.id { clock.go(3600) } }
    let meter = Meter(at: plug(handler))
    #expect(await failure { () async throws(MeterError) in try await meter.readDevices() } == "unsettled ET14")
  }

  /// It takes long: others are read in between.
  @Test func nobodyWaitsForAllOfIt() async throws {
    let wire = Wire()
    // Who wants something meanwhile has asked by then.
    let handler = Preceded(try simulated(.gen3).port(1)) { request in
      if request.table == Table.et16.id { try? await Task.sleep(for: .milliseconds(100)) }
    }
    let meter = Meter(at: wire.tap(plug(handler)))
    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    let other = Task {
      _ = await begun.first { _ in true }
      return try await meter.read(.bt01)
    }
    _ = try await meter.readDevices { _, _ in begin.yield() }
    _ = try await other.value
    let asked = wire.requests.map(\.table)
    let (one, last) = (asked.lastIndex(of: Table.bt01.id), asked.lastIndex(of: Table.et14.id))
    #expect(try #require(one) < #require(last))
  }

  @Test func progressEnds() async throws {
    let meter = Meter(at: plug(try simulated(.gen3).port(1)))
    let steps = Steps()
    _ = try await meter.readDevices { steps.add($0, $1) }
    #expect(steps.all == ["3 of 5", "4 of 5", "5 of 5"])
  }

  // MARK: On demand

  @Test(arguments: [1, 2] as [UInt16]) func aDeviceIsReadOnDemand(handle: UInt16) async throws {
    let clock = SetClock()
    let simulator = try SimulatedMeter(.gen4, clock: { clock.now() })
    // Each look at the queue is a second later.
    let handler = Preceded(simulator.port(2)) { if $0.table == Table.et15.id { clock.go(1) } }
    let meter = Meter(at: plug(handler))
    for n in 1...6 as ClosedRange<UInt32> {
      let request = try await meter.requestOnDemand(.billingRead, of: handle)
      #expect(request.result == .success && request.kind == .billingRead && request.target == .mbus(handle))
      #expect(PostOnDemandRequest.transactions.contains(request.transaction))
      #expect(try await meter.readDevices().devices[Int(handle) - 1].readAnswers == 1 + n)
    }
    // Five places: the sixth took the first one's.
    let queue = try await meter.readOnDemandRequests()
    #expect(queue.writePointer == 1 && Set(queue.requests.map(\.transaction)).count == 5)
  }

  @Test func whatIsRefusedSaysWhy() async throws {
    let simulator = try simulated(.gen3)
    for (key, handle, result) in [(advancedKey, 9, 3), (basicKey, 1, 5)] as [(AccessKey, UInt16, UInt8)] {
      let meter = Meter(at: plug(simulator.port(1)), key: key)
      let words = await failure { () async throws(MeterError) in
        try await meter.requestOnDemand(.billingRead, of: handle)
      }
      #expect(words == "procedure \(result)")
    }
  }

  /// Time stands still, so nothing ever answers.
  @Test func patienceEnds() async throws {
    let meter = Meter(at: plug(try simulated(.gen3).port(1)))
    let request = try await meter.requestOnDemand(.statusRead, of: 1, patience: .milliseconds(10))
    #expect(request.result == .pending)
  }
}
