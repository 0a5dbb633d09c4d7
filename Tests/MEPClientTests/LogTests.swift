// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct LogTests {
  private let clock = SetClock()

  private func simulated(_ profile: Profile, _ scenario: String) throws -> SimulatedMeter {
    let clock = clock
    return try SimulatedMeter(profile, scenario: try Scenario(parsing: scenario), clock: { clock.now() })
  }

  @Test(arguments: [basicKey, advancedKey]) func allTheLastAndTheNewOnes(_ key: AccessKey) async throws {
    let meter = Meter(at: plug(try simulated(.gen3Frozen, "every 1h clock 1").port(1)), key: key)
    #expect(try await meter.readEventLog().entries.isEmpty)
    #expect(try await meter.readEventLog(.last(5)).entries.isEmpty)
    clock.go(72 * 3600)
    let all = try await meter.readEventLog()
    #expect(all.entries.map(\.sequence) == Array(45...144))
    #expect(try await meter.readEventLog(.last(3)).entries == Array(all.entries.suffix(3)))
    #expect(try await meter.readEventLog(.last(1000)).entries == all.entries)
    #expect(try await meter.readEventLog(.last(0)).entries.isEmpty)
    #expect(try await meter.readEventLog(.since(140)).entries == Array(all.entries.suffix(4)))
    #expect(try await meter.readEventLog(.since(144)).entries.isEmpty)
    #expect(try await meter.readEventLog(.since(3)).entries == all.entries)
    // The log was cleared and counts anew.
    #expect(try await meter.readEventLog(.since(145)).entries == all.entries)
    #expect(try await meter.readEventLog(.last(1)).unreadEntries == 100)
    meter.close()
  }

  @Test func onlyWhatIsNeededIsRead() async throws {
    let simulator = try simulated(.gen3Frozen, "every 1h clock 1")
    clock.go(72 * 3600)
    let parts = Ranges()
    let handler = Preceded(simulator.port(1)) { request in
      if case .readPart(.basic(74), let offset, let length) = request { await parts.add(Int(offset), Int(length)) }
    }
    let meter = Meter(at: plug(handler))
    let progress = Mutex<[[Int]]>([])
    _ = try await meter.readEventLog(.last(2)) { done, total in progress.withLock { $0.append([done, total]) } }
    // Of 144 events in 100 places the newest are in the 43rd and the 44th; header before and after.
    #expect(await parts.all == [0..<11, 11 + 42 * 14..<11 + 44 * 14, 0..<11])
    #expect(progress.withLock { $0 } == [[28, 28]])
    meter.close()
  }

  /// Entries have gaps in their numbers, as both logs share them.
  @Test func twoLogs() async throws {
    let meter = Meter(at: plug(try simulated(.gen4, "every 1h voltage 1 80 1m\nevery 2h clock 1").port(1)))
    clock.go(8 * 3600 + 60)
    let primary = try await meter.readEventLog()
    let alternate = try #require(try await meter.readAlternateEventLog())
    #expect(primary.entries.withoutDaily.count == 8 && alternate.entries.count == 16)
    let all = (primary.entries + alternate.entries).map(\.sequence).sorted()
    #expect(all == Array(1...UInt32(all.count)))
    for sequence in [0] + primary.entries.map(\.sequence) {
      #expect(
        try await meter.readEventLog(.since(sequence)).entries == primary.entries.filter { $0.sequence > sequence })
    }
    for sequence in [0] + alternate.entries.map(\.sequence) {
      #expect(
        try await meter.readAlternateEventLog(.since(sequence))?.entries
          == alternate.entries.filter { $0.sequence > sequence })
    }
    meter.close()
  }

  @Test func olderMetersHaveFewerLogs() async throws {
    let old = Meter(at: plug(try simulated(.gen3Old, "+1h power-outage 5m").port(1)))
    clock.go(7200)
    #expect(try await old.readAlternateEventLog() == nil)
    #expect(try await old.readOutages() == nil)
    #expect(try await old.readEventLog().entries.withoutDaily.map(\.id) == [.standard(1), .standard(2)])
    #expect(try await old.readPowerQuality().outages.map(\.seconds) == [300])
    old.close()
    let disabled = Meter(at: plug(try simulated(.gen3, "").port(1)))
    #expect(try await disabled.readAlternateEventLog() == nil)
    #expect(try await disabled.readOutages()?.entries.isEmpty == true)
    disabled.close()
  }

  /// The log wraps over entries that are being read: the ones that are gone are left out, and none is mixed.
  @Test(arguments: 1...9) func theMeterLogsMeanwhile(request: Int) async throws {
    let simulator = try simulated(.gen3Frozen, "every 1h clock 1")
    clock.go(72 * 3600)
    let count = Counter()
    let handler = Preceded(simulator.port(1)) { asked in
      guard case .readPart(.basic(74), _, _) = asked, await count.next() == request else { return }
      for _ in 0..<5 { await simulator.carryOut(.clock(seconds: 0)) }
    }
    let meter = Meter(at: plug(handler))
    let entries = try await meter.readEventLog().entries
    // Before the first header, it is a log of ten events more; behind the last one nothing is known of them.
    let requests = await count.value
    let expected = request == 1 ? 55...154 : request > requests ? 45...144 : 55...144
    #expect(entries.map(\.sequence) == Array(UInt32(expected.lowerBound)...UInt32(expected.upperBound)))
    for entry in entries { #expect(entry.id == (entry.sequence % 2 == 1 ? .standard(3) : .standard(4))) }
    meter.close()
  }

  @Test(arguments: [1, 3]) func theWholeLogGoesRoundMeanwhile(times: Int) async throws {
    let simulator = try simulated(.gen3Frozen, "every 1h clock 1")
    clock.go(72 * 3600)
    let count = Counter()
    let handler = Preceded(simulator.port(1)) { asked in
      // With each reading's first entries.
      guard case .readPart(.basic(74), 11, _) = asked, await count.next() <= times else { return }
      for _ in 0..<60 { await simulator.carryOut(.clock(seconds: 0)) }
    }
    let meter = Meter(at: plug(handler))
    if times < 3 {
      #expect(try await meter.readEventLog().entries.map(\.sequence) == Array(165...264))
    } else {
      #expect(await failure { () async throws(MeterError) in try await meter.readEventLog() } == "unsettled BT74")
    }
    meter.close()
  }

  @Test func aHeaderThatPointsNowhere() async throws {
    let simulator = try simulated(.gen4, "+1h clock 1\n+2h power-outage 1m\n+3h voltage 1 80 1m")
    clock.go(4 * 3600)
    let handler = Altered(simulator.port(1)) { request, response in
      guard case .readPart(let table, 0, _) = request, case .data(var octets) = response else { return response }
      if table == .basic(74) || table == .extended(79) { octets[3] = 200 }
      if table == .extended(81) { octets[2] = 50 }
      return .data(octets)
    }
    let meter = Meter(at: plug(handler))
    #expect(await failure { () async throws(MeterError) in try await meter.readEventLog() } == "inconsistent BT74")
    #expect(
      await failure { () async throws(MeterError) in try await meter.readAlternateEventLog() } == "inconsistent ET79")
    #expect(await failure { () async throws(MeterError) in try await meter.readOutages() } == "inconsistent ET81")
    meter.close()
  }

  /// ET09 takes two messages: what happens between them must not be told by halves.
  @Test func qualityIsOfOneMoment() async throws {
    let simulator = try simulated(.gen4, "")
    let count = Counter()
    let handler = Preceded(simulator.port(1)) { asked in
      guard case .readPart(.extended(9), let offset, _) = asked, offset > 0, await count.next() == 1 else { return }
      await simulator.carryOut(.voltage(phase: 1, percent: 70, seconds: 60))
    }
    let meter = Meter(at: plug(handler), key: advancedKey)
    // Whoever sags at all sags for the second time as well.
    let layout = try await meter.layout(of: .et09)
    let threshold = try #require(layout.places.first { $0.pathText == "sag2_threshold" })
    try await meter.write(.extended(9), offset: threshold.offset, [10])
    let phase = try await meter.readPowerQuality().phases[0]
    #expect(phase.sag1.count == 1 && phase.sag2?.count == 1)
    meter.close()
  }
}

/// What was asked for.
private actor Ranges {
  private(set) var all: [Range<Int>] = []

  func add(_ offset: Int, _ length: Int) { all.append(offset..<offset + length) }
}
