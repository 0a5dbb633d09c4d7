// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables
import Testing

@testable import MEPSimulator

@Suite(.timeLimit(.minutes(1))) struct MeterEventTests {
  @Test func theLogWraps() async throws {
    // Two events an hour: 144 of them in 72 hours.
    let bench = try Bench(.gen3Frozen, scenario: "every 1h clock 1")
    bench.clock.go(50 * 3600)
    var log = try #require(EventLog(try await bench.read(.bt74)))
    #expect(log.entries.count == 100 && log.unreadEntries == 100 && !log.hasOverflowed)
    #expect(try await bench.integer(.bt74, "last_entry_element") == 99)
    bench.clock.go(22 * 3600)
    log = try #require(EventLog(try await bench.read(.bt74)))
    #expect(log.entries.map(\.sequence) == Array(45...144) && log.lastSequence == 144)
    #expect(log.unreadEntries == 100 && log.hasOverflowed)
    #expect(try await bench.integer(.bt74, "last_entry_element") == 43)
    #expect(log.entries.suffix(2).map(\.id) == [.standard(3), .standard(4)])
  }

  @Test(arguments: [Profile.gen3, .gen3Old, .gen4, .gen3Frozen]) func isDimensionedByTheProfile(
    _ profile: Profile
  ) async throws {
    let bench = try Bench(profile)
    let entries = profile.name == "gen4" ? 200 : 100
    #expect(try await bench.read(.bt74).octets.count == 11 + 14 * entries)
    #expect(try await bench.integer(.bt71, "number_of_history_entries") == Int64(entries))
    #expect(try await bench.integer(.bt70, "number_of_history_entries") == Int64(entries))
    if profile.has(.et79) {
      #expect(try await bench.read(.et79).octets.count == 11 + (profile.name == "gen4" ? 14 * 100 : 0))
      // A log without entries calls itself a FIFO.
      #expect(try await bench.integer(.et79, "list_type") == (profile.name == "gen4" ? 1 : 0))
    }
  }

  @Test func whatAClientDoesIsLogged() async throws {
    let bench = try Bench(.gen3)
    try await bench.write(.et09, "sag1_threshold", 12)
    #expect(try await bench.ask(.writePart(.basic(1), offset: 0, [1])) == .refused(.noPermission))
    #expect(try await bench.call(0x0811, sequence: 9, [0, 0xFF, 0xFF]) == .done)
    // No meter has this procedure.
    #expect(try await bench.call(0x0BFF, sequence: 8) == .done)
    let events = try await bench.events()
    #expect(events.map(\.id) == [.standard(10), .standard(9)])
    #expect(events.map(\.argument) == [[0x09, 0x08], [0x11, 0x08]])
    #expect(events.map(\.user) == [.mepClient, .mepClient])
    // What happens by itself later is nobody's.
    await bench.meter.carryOut(.powerOutage(seconds: 5))
    bench.clock.go(5)
    #expect(try await bench.events().suffix(2).map(\.user) == [.nobody, .nobody])
  }

  @Test func powerTellsWhenItWentAndCame() async throws {
    let bench = try Bench(.gen3, scenario: "+1m clock -1000\n+10m power-outage 90s")
    bench.clock.go(690)
    let events = try await bench.events()
    #expect(events.map(\.id) == [.standard(3), .standard(4), .standard(1), .standard(2)])
    #expect(events.map(\.argument) == [[0, 0], [0, 0], [0, 0], [3, 0]])
    #expect(
      events.compactMap { $0.time?.secondsSince2000 } == [60, -940, -400, -310].map { $0 + 836_400_000 })
  }

  /// 0xFFFF stands for the threshold of long outages.
  @Test(arguments: [(0, 4), (30, 4), (31, 2), (0xFFFF, 2), (60, 2), (61, 0)])
  func shortOutagesNeedNotBeEvents(threshold: UInt16, count: Int) async throws {
    let bench = try Bench(.gen3, scenario: "+1m power-outage 30s\n+3m power-outage 60s")
    try await bench.write(.et04, "events_outage_threshold", threshold)
    try await bench.write(.et09, "long_outage_duration_threshold", 60)
    bench.clock.go(300)
    #expect(try await bench.events().dropFirst(2).count == count)
  }

  @Test func theAlternateLogHasWhatConcernsQuality() async throws {
    let scenario = "+1m voltage 1 80 10s\n+2m phase-loss 2 1m"
    let two = try Bench(.gen4, scenario: scenario)
    two.clock.go(600)
    #expect(try await two.events(.et79).map(\.id) == [.manufacturer(27), .manufacturer(34)])
    #expect(try await two.events().map(\.id) == [.manufacturer(4)])
    #expect(try await two.events().map(\.sequence) == [3])
    let one = try Bench(.gen3, scenario: scenario)
    one.clock.go(600)
    #expect(try await one.events().map(\.id) == [.manufacturer(27), .manufacturer(34), .manufacturer(4)])
    #expect(try await one.events(.et79).isEmpty)
  }

  @Test func theOutageLogIsInLocalTime() async throws {
    // In the hour that comes twice: the clock goes back at 01:00 UTC.
    let bench = try Bench(
      .gen3Frozen, scenario: "2026-10-25T00:50:00Z power-outage 20m\n2026-12-01T12:00:00Z power-outage 5s",
      clock: SetClock(CivilTime(year: 2026, month: 10, day: 25)))
    bench.clock.go(40 * 86_400)
    let log = try #require(OutageLog(try await bench.read(.et81)))
    #expect(
      log.entries.map { $0.start?.description } == ["2026-10-25T02:50:00", "2026-12-01T13:00:00"])
    #expect(log.entries.map { $0.end?.description } == ["2026-10-25T02:10:00", "2026-12-01T13:00:05"])
    #expect(log.entries.map(\.sequence) == [1, 2] && log.unreadEntries == 2)
  }

  @Test(arguments: [Profile.gen3, .gen3Old, .gen4]) func logsAreDimensionedByET36(_ profile: Profile) async throws {
    let bench = try Bench(profile, scenario: "every 10m power-outage 10s")
    let before = try await bench.data(.read(.extended(36), length: 465))
    let (count, entries) = profile.name == "gen3-old" ? (5, 0) : (7, profile.name == "gen4" ? 50 : 20)
    try #require(before.count == 2 + 17 * count && before[0] == UInt8(count) && before.last == 0)
    // An entry holds a copy of the registers.
    let size: [UInt8] = profile.name == "gen4" ? [184, 2] : [232, 0]
    #expect(Array(before[1..<8]) == [31, 8] + size + [255, 0, 2])
    bench.clock.go(30 * 600 + 10)
    let after = try await bench.data(.read(.extended(36), length: 465))
    guard count == 7 else { return }
    #expect(Array(before[103..<110]) == [81, 8, 12, 0, 253, 0, UInt8(entries)])
    // The bits of the fifth and of the seventh log.
    #expect(after.last == 0b101_0000)
    let log = try #require(OutageLog(try await bench.read(.et81)))
    #expect(log.entries.count == min(30, entries) && log.entries.last?.sequence == 30)
    #expect(log.hasOverflowed == (entries < 30))
  }
}
