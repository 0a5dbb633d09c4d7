// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import Logging
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Synchronization
import Testing

@testable import MEPGateway

/// A line to a simulated meter that can be cut and mended.
final class Line: Sendable {
  private let meter: SimulatedMeter
  private let state = Mutex<(isCut: Bool, link: (any Link)?)>((false, nil))

  init(_ meter: SimulatedMeter) { self.meter = meter }

  func open() async throws(MeterError) -> Meter {
    let link = meter.connect()
    let isCut = state.withLock { state in
      state.link = link
      return state.isCut
    }
    if isCut {
      link.close()
      throw .link(.closed("it is cut"))
    }
    return Meter(over: link, key: AccessKey(dummy: 1), security: .digest, timers: .unpaced, log: quiet)
  }

  func cut() {
    state.withLock { state in
      state.isCut = true
      state.link?.close()
    }
  }

  func mend() { state.withLock { $0.isCut = false } }
}

/// What the simulated house has used by a time: the same house, asked only then.
struct Truth {
  private let meter: SimulatedMeter
  private let time: Moved
  private let client: Meter

  private final class Moved: Sendable {
    let now: Mutex<Int64>
    init(_ now: Int64) { self.now = Mutex(now) }
  }

  init(_ profile: Profile, start: Timestamp) throws {
    let moved = Moved(start.utc.secondsSince2000)
    time = moved
    meter = try SimulatedMeter(profile, start: start.utc.secondsSince2000, log: quiet) { moved.now.withLock { $0 } }
    client = Meter(
      over: meter.connect(), key: AccessKey(dummy: 1), security: .digest, timers: .unpaced, log: quiet)
  }

  func energy(at moment: Timestamp) async throws -> Int64 {
    time.now.withLock { $0 = moment.utc.secondsSince2000 }
    let registers = Measurements(try await client.read(.bt23, paths: ["summations"]), unit: .one)
    return try #require(registers[0]).mantissa
  }
}

@Suite(.serialized) struct GatewayTests {
  private let shelf: Shelf

  init() throws { shelf = try Shelf() }

  /// Half a day in half a minute, three hours of which the line was away: every hour is what the house has used.
  @Test(.timeLimit(.minutes(3))) func noHourIsMissing() async throws {
    let begin = march + 5 * second
    let clock = GatewayClock(start: begin, speed: 1500)
    let meter = try SimulatedMeter(.gen3, start: begin.utc.secondsSince2000, log: quiet) {
      clock.now().utc.secondsSince2000
    }
    let line = Line(meter)
    var schedule = Schedule()
    (schedule.intervals[.present], schedule.intervals[.totals]) = (60_000, 60_000)
    let store = try shelf.open()
    let gateway = Gateway(store, clock: clock, zone: utc, commit: 60_000, log: quiet)
    let source = Gateway.Source("house", schedule: schedule) { () async throws(MeterError) in try await line.open() }
    let running = Task { try await gateway.run([source]) }
    func wait(until time: Timestamp) async throws { try await clock.sleep(time - clock.now()) }
    try await wait(until: march + 3 * hour + hour / 2)
    #expect(await gateway.values["house"]?.isPresent == true)
    line.cut()
    try await wait(until: march + 6 * hour)
    #expect(await gateway.values["house"]?.isPresent == false)
    line.mend()
    try await wait(until: march + 9 * hour + hour / 2)
    // A busy computer is behind its clock.
    let id = try await store.meter(named: "house")
    #expect(await isSo { await gateway.values["house"]?.recorded.map { $0.through >= march + 9 * hour } == true })
    running.cancel()
    _ = await running.result

    let truth = try Truth(.gen3, start: begin)
    let spans = try await store.history(of: id, march + hour..<march + 9 * hour, by: .hour, in: utc)
    #expect(spans.map(\.start) == (1..<9).map { march + $0 * hour })
    for span in spans {
      let used = try await truth.energy(at: span.end)
      let before = try await Truth(.gen3, start: begin).energy(at: span.start)
      let amount = try #require(span.amounts["fwd_active_energy_wh"])
      #expect(amount.number == used - before && amount.isWhole, "\(span.start)")
    }
    // Nobody measured any power while the line was away.
    #expect(spans[4].origins == [.loadProfile] && spans[4].ranges["fwd_active_power_w"] == nil)
    #expect(spans.contains { $0.origins.contains(.live) && $0.ranges["fwd_active_power_w"] != nil })
  }

  /// The values are those of the meter's own tables, with their units.
  @Test(.timeLimit(.minutes(1))) func valuesAreThoseOfTheMeter() async throws {
    let store = try shelf.open()
    let line = Line(try SimulatedMeter(.gen4, log: quiet, clock: { 836_400_000 }))
    let gateway = Gateway(store, log: quiet)
    let updates = await gateway.updates()
    let source = Gateway.Source("house") { () async throws(MeterError) in try await line.open() }
    let running = Task { try await gateway.run([source]) }
    var named = Set<String>()
    for await update in updates {
      if case .reading(let reading) = update.news { named.formUnion(reading.values.keys.map(\.name)) }
      if named.contains("fwd_active_energy_wh"), named.contains("voltage_l1_v") { break }
    }
    let values = try #require(await gateway.values["house"])
    running.cancel()
    _ = await running.result
    let meter = try await line.open()
    let (present, totals) = (
      Measurements(try await meter.read(.bt28)),
      Measurements(try await meter.read(.bt23, paths: ["summations"]), unit: .one)
    )
    for (name, expected) in [
      ("fwd_active_power_w", present[8]), ("voltage_l2_v", present[16]), ("frequency_hz", present[19]),
      ("current_l3_a", present[14]), ("fwd_active_energy_wh", totals[0]), ("rev_active_energy_wh", totals[1]),
    ] {
      let found = values.values.first { $0.key.name == name }
      #expect(found.map { $0.key.decimal($0.value.number) } == expected, "\(name)")
    }
    #expect(values.identity?.model.isEmpty == false)
    // It is in the store as well.
    let id = try await store.meter(named: "house")
    #expect(try await store.series(of: id).contains { $0.name == "voltage_l1_v" && $0.exponent == -3 })
  }

  /// What was told while a meter is read by a schedule of some jobs, until the last of them is.
  private func news(
    _ jobs: [Schedule.Job], every intervals: [Schedule.Job: Int64] = [:], history: Int64? = nil, days: Int64,
    until isLast: (News) -> Bool
  ) async throws -> [News] {
    let now = march.utc.secondsSince2000
    let moved = Mutex(now - days * 86_400)
    let meter = try SimulatedMeter(.gen3, start: now - days * 86_400, log: quiet) { moved.withLock { $0 } }
    moved.withLock { $0 = now }
    await meter.advance()
    var schedule = Schedule()
    schedule.intervals = schedule.intervals.filter { jobs.contains($0.key) }.merging(intervals) { $1 }
    let line = Line(meter)
    let (stream, told) = AsyncStream.makeStream(of: News.self)
    let reader = MeterReader(
      "house", schedule: schedule, history: history, zone: TimeZone(identifier: "Europe/Copenhagen")!,
      clock: GatewayClock(start: march, speed: 1), log: quiet,
      open: { () async throws(MeterError) in try await line.open() },
      hear: {
        told.yield($0)
        return true
      })
    let running = Task { await reader.run() }
    var all: [News] = []
    for await news in stream {
      all.append(news)
      if isLast(news) { break }
    }
    running.cancel()
    await running.value
    return all
  }

  /// Months come in parts, and each says how far it has come; who wants less of them gets less.
  @Test(.timeLimit(.minutes(1))) func theFirstStartTellsHowFarItIs() async throws {
    for history in [nil, 3 * 24 * hour] {
      var (shares, times) = ([Double](), [Timestamp]())
      let told = try await news([.profile], history: history, days: 10) {
        if case .recorded(_, _, 1) = $0 { true } else { false }
      }
      for case .recorded(let readings, _, let share) in told {
        shares.append(share)
        times += readings.map(\.time)
      }
      #expect(shares == shares.sorted() && shares.count > (history == nil ? 3 : 0), "\(shares)")
      let first = try #require(times.first)
      #expect(
        times.last == march && (history.map { first - (march + -$0) == 900_000 } ?? (march - first > 9 * 24 * hour)))
    }
  }

  /// Months that come over the line do not keep the registers from being read at the turn of a quarter.
  @Test(.timeLimit(.minutes(1))) func registersDoNotWaitForTheLoadProfile() async throws {
    let told = try await news([.profile], every: [.registers: 20], days: 10) {
      if case .recorded(_, _, 1) = $0 { true } else { false }
    }
    let first = try #require(told.firstIndex { if case .recorded = $0 { true } else { false } })
    #expect(told[first...].contains { if case .reading = $0 { true } else { false } })
  }

  /// The registers as the meter copied them each night, by its own clock, are what they were then.
  @Test(.timeLimit(.minutes(1))) func selfReadsAreThoseOfTheMeter() async throws {
    let told = try await news([.selfReads], days: 5) { if case .selfReads = $0 { true } else { false } }
    guard case .selfReads(let readings, let through)? = told.last else { return }
    #expect(readings.count >= 3 && through > 0 && readings.allSatisfy { $0.origin == .selfRead })
    let truth = try Truth(.gen3, start: march + -5 * 24 * hour)
    for reading in readings where reading.time > march + -5 * 24 * hour {
      #expect(reading.values[energy] == (try await truth.energy(at: reading.time)), "\(reading.time)")
    }
  }

  /// A computer that does not know the time yet reads nothing.
  @Test(.timeLimit(.minutes(1))) func itWaitsForTheTime() async throws {
    let store = try shelf.open()
    // Half a second of this is a day: it is 2026 after some of them.
    let clock = GatewayClock(start: Timestamp(utc: Moment(year: 2025, month: 12, day: 31)), speed: 172_800)
    let opened = Mutex<Timestamp?>(nil)
    let source = Gateway.Source("house") { () async throws(MeterError) in
      opened.withLock { $0 = $0 ?? clock.now() }
      throw .link(.closed("it is away"))
    }
    let gateway = Gateway(store, clock: clock, log: quiet)
    let running = Task { try await gateway.run([source]) }
    while opened.withLock({ $0 }) == nil { try await Task.sleep(for: .milliseconds(5)) }
    running.cancel()
    _ = await running.result
    #expect(opened.withLock { $0! } >= Timestamp(utc: Moment(year: 2026, month: 1, day: 1)))
  }

  /// A reader that hangs is seen to hang.
  @Test(.timeLimit(.minutes(1))) func whoHangsIsNotAlive() async throws {
    let store = try shelf.open()
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let (entries, enter) = AsyncStream.makeStream(of: Void.self)
    let source = Gateway.Source("house") { () async throws(MeterError) in
      enter.yield()
      for await _ in gate {}
      throw .link(.closed("it is away"))
    }
    let gateway = Gateway(store, log: quiet)
    let running = Task { try await gateway.run([source]) }
    _ = await entries.first { _ in true }
    #expect(await gateway.isAlive())
    try await Task.sleep(for: .milliseconds(50))
    #expect(await !gateway.isAlive(within: .milliseconds(20)))
    running.cancel()
    open.finish()
    _ = await running.result
  }

  /// A gateway that was killed has told of more than it had kept: told from there on, counters would fall.
  @Test func whatIsOnlyRememberedIsNotToldAsACounter() async throws {
    func metrics(_ live: LiveValues) -> String { Metrics.text(["house": live], at: march, version: "1") }
    var live = LiveValues()
    live.remember(Reading(at: march + -second, [energy: 100, power: 7]))
    #expect(live.values[energy]?.number == 100 && live.published(live: false) == nil)
    #expect(!metrics(live).contains("energy"))
    live.take(.reading(Reading(at: march, [power: 8])))
    #expect(live.published(live: false) == nil && live.fresh(at: march)["fwd_active_energy_wh"] == nil)
    live.take(.reading(Reading(at: march, [energy: 103])))
    #expect(live.published(live: false)?.description.contains(":103,") == true)
    #expect(metrics(live).contains("mep_fwd_active_energy_joules_total{meter=\"house\"} 370800"))
  }

  /// What a meter refuses is told with its reason and asked for more rarely, and is no trouble any more once it comes.
  @Test(.timeLimit(.minutes(1)), arguments: [[Schedule.Job.present], [.present, .totals]])
  func whatIsRefusedIsTold(jobs: [Schedule.Job]) async throws {
    let refuses = Mutex(true)
    let meter = try SimulatedMeter(.gen3, log: quiet, clock: { 836_400_000 })
    let handler = Refusing(meter.port(1), jobs.contains(.totals) ? [28, 23] : [28]) { refuses.withLock { $0 } }
    // Half a minute is 150 ms.
    let clock = GatewayClock(start: march, speed: 200)
    let gateway = Gateway(try shelf.open(), clock: clock, zone: utc, log: quiet)
    let running = Task {
      try await gateway.run([Gateway.Source("house") { () async throws(MeterError) in handler.open() }])
    }
    func failures() async -> [Schedule.Job: String] { await gateway.values["house"]?.failures ?? [:] }
    #expect(await isSo { await jobs.allSatisfy(failures().keys.contains) })
    let live = try #require(await gateway.values["house"])
    #expect(live.isPresent == true && live.failures[.present]?.contains("BT28") == true)
    #expect(live.ailment(at: clock.now())?.hasPrefix("What it measures now cannot be read: ") == true)
    // Time for some hundred reads.
    let (before, since) = (handler.refusals, clock.now())
    try await clock.sleep(120_000)
    let (after, span) = (handler.refusals, clock.now() - since)
    // Registers are refused as totals are.
    #expect(after - before <= 2 * jobs.count * (2 + Int(span / 31_000)), "\(after - before) in \(span) ms")
    refuses.withLock { $0 = false }
    #expect(await isSo { await failures().isEmpty })
    #expect(await isSo { await gateway.values["house"]?.values.keys.contains(power) == true })
    running.cancel()
    _ = await running.result
  }

  /// Series come and go with a meter's configuration: only what is newest tells that nothing comes any more.
  @Test func aSeriesThatHasEndedIsNoAilment() {
    var live = LiveValues()
    live.take(.reading(Reading(at: march, [power: 7, voltage: 230_000])))
    #expect(live.ailment(at: march) == "It has not answered yet.")
    live.take(.present(identity()))
    #expect(live.ailment(at: march + second) == nil)
    live.take(.reading(Reading(at: march + hour, [power: 7])))
    #expect(live.isStale(voltage, at: march + hour) && live.ailment(at: march + hour) == nil)
    #expect(live.ailment(at: march + hour + 60 * second)?.contains("for a while") == true)
    live.schedule.intervals[.present] = nil
    #expect(live.ailment(at: march + 2 * hour) == nil)
  }

  /// Nothing is deleted by age under a clock that no meter agrees with; where none tells its own, a day has to do.
  @Test func whoIsSureOfTheTimeForgets() async throws {
    let gateway = Gateway(try shelf.open(), clock: GatewayClock(start: march, speed: 1), log: quiet)
    let dayAgo = Instant(microseconds: Instant.now().microseconds - 86_400_000_000)
    await gateway.know(LiveValues(), of: "house")
    #expect(await gateway.isSureOfTheTime(since: .now()) == nil)
    #expect(await gateway.isSureOfTheTime(since: dayAgo) == true)
    for (ahead, isSure) in [(3 * 24 * hour, false), (-3 * 24 * hour, false), (hour, true), (-hour, true)] {
      var live = LiveValues()
      live.take(.clock(ahead: ahead, at: march))
      await gateway.know(live, of: "house")
      #expect(await gateway.isSureOfTheTime(since: dayAgo) == isSure, "\(ahead)")
    }
  }

  /// A reading that contradicts itself is counted, and not kept.
  @Test func whatIsHeldIsNotPassedOn() async throws {
    var live = LiveValues()
    live.take(Reading(at: march, [power: 100]))
    let reading = Reading(at: march + second, [power: 0])
    live.take(.held(reading, .phases(total: 0, sum: 574)))
    #expect(live.values[power]?.number == 100 && live.values[power]?.time == march && live.held == 1)
    #expect(live.lastHeld == "the phases' powers come to 574 W, and the total says 0 W")
  }
}

/// A meter's port that refuses some tables.
private final class Refusing: RequestHandler {
  private let inner: any RequestHandler
  private let tables: [TableID]
  private let isOn: @Sendable () -> Bool
  private let count = Mutex(0)

  init(_ inner: any RequestHandler, _ tables: [UInt16], isOn: @escaping @Sendable () -> Bool) {
    (self.inner, self.tables, self.isOn) = (inner, tables.map { .basic($0) }, isOn)
  }

  var refusals: Int { count.withLock { $0 } }

  func answer(_ request: ServerConnection.Accepted) async -> Response {
    guard isOn(), let table = (try? Request(body: request.body))?.table, tables.contains(table) else {
      return await inner.answer(request)
    }
    count.withLock { $0 += 1 }
    return .refused(.noPermission)
  }

  func status() async -> PortStatus { await inner.status() }

  func open() -> Meter {
    let (near, far) = MemoryLink.pair()
    let connection = ServerConnection(
      basic: AccessKey(dummy: 1), advanced: AccessKey(dummy: 2), sequence: 7, timers: .unpaced)
    Task {
      var server = ExchangeServer(connection, handler: self, log: quiet)
      try? await server.serve(far)
    }
    return Meter(over: near, key: AccessKey(dummy: 1), security: .digest, timers: .unpaced, log: quiet)
  }
}
