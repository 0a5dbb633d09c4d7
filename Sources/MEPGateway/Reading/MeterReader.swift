// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import Logging
import MEP
import MEPClient
import MEPTransport
import OSGPTables
import Synchronization

/// Reads one meter by its schedule, for as long as its task lives; a meter that is away is tried again, ever later.
public actor MeterReader {
  public nonisolated let name: String
  private let schedule: Schedule
  /// How far back the load profile is read where it was not read before, in milliseconds; nil for all that there is.
  private let history: Int64?
  private let zone: TimeZone
  private let clock: GatewayClock
  private let open: @Sendable () async throws(MeterError) -> Meter
  private let hear: @Sendable (News) async -> Bool
  private let log: Logger
  private var gate: Gate
  private var marks: Marks
  /// What a count of an energy register stands for.
  private var unit = EnergyRegisterUnit.unknown
  /// Nil while it is away.
  private var meter: Meter?
  /// When a lane began what it does, or goes on waiting.
  private var signs: [Schedule.Job.Lane: Instant] = [:]
  /// Of meters that were open before.
  private var formerChanges = 0
  private var formerLine = LineState()
  private var lineTold: Timestamp?
  /// Why a job that failed last has failed.
  private var failing: [Schedule.Job: String] = [:]

  /// - Parameters:
  ///   - history: how far back the load profile is read where it was not read before, in milliseconds; nil for all of it.
  ///   - zone: of the house, whose clock the meter's is taken to be.
  ///   - gate: what was let through before.
  ///   - marks: what was read before.
  ///   - open: opens the meter, and opens it again when its line has broken.
  ///   - hear: is told all, and waited for; answers whether it was kept: what was not is read again.
  public init(
    _ name: String, schedule: Schedule = Schedule(), history: Int64? = nil, zone: TimeZone = .current,
    gate: Gate = Gate(), marks: Marks = Marks(), clock: GatewayClock = .system,
    log: Logger = Logger(label: "mep.reader"), open: @escaping @Sendable () async throws(MeterError) -> Meter,
    hear: @escaping @Sendable (News) async -> Bool
  ) {
    (self.name, self.schedule, self.clock, self.gate, self.marks) = (name, schedule, clock, gate, marks)
    (self.history, self.zone, self.log, self.open, self.hear) = (history, zone, log, open, hear)
  }

  /// Reads until the task is cancelled.
  public func run() async {
    var pause = Self.pauses.lowerBound
    while !Task.isCancelled {
      let begun = clock.now()
      signs = [.live: .now()]
      do throws(MeterError) {
        let meter = try await open()
        self.meter = meter
        do throws(MeterError) { try await read(meter) } catch {
          // Asked first: others may look at both meanwhile, and must not see them fall.
          let (changes, line) = (await meter.configurationChanges + 1, await self.line(of: meter))
          (self.meter, formerChanges, formerLine) = (nil, formerChanges + changes, line)
          await Task { await meter.endSession() }.value
          meter.close()
          throw error
        }
      } catch {
        if Task.isCancelled { return }
        await tell(.line(formerLine))
        await tell(.away(error))
        // It had worked for a while: perhaps somebody has only pulled the plug.
        if clock.now() - begun > 2 * Self.pauses.upperBound { pause = Self.pauses.lowerBound }
        // A key that is wrong stays wrong, and asking again hammers the meter.
        try? await wait(error.isOfKey ? Self.pauseForKey : pause, in: .live)
        pause = min(2 * pause, Self.pauses.upperBound)
      }
    }
  }

  /// Asks the meter something else, in between.
  func ask<T: Sendable>(
    _ body: @Sendable (Meter) async throws(MeterError) -> T
  ) async throws(MeterError) -> T {
    guard let meter else { throw .link(.closed("the meter is away: see what the gateway says of it")) }
    return try await body(meter)
  }

  /// Grows whenever the meter may have been configured anew.
  var configurationChanges: Int {
    get async { formerChanges + (await meter?.configurationChanges ?? 0) }
  }

  /// When it began what it does, or was seen waiting.
  var lastSign: Instant { signs.values.min() ?? .now() }

  /// So many milliseconds, a minute at a time: who waits is seen to be alive.
  private func wait(_ span: Int64, in lane: Schedule.Job.Lane) async throws {
    var rest = max(0, span)
    repeat {
      signs[lane] = .now()
      try await clock.sleep(min(rest, 60_000))
      rest -= 60_000
    } while rest > 0
  }

  /// Milliseconds from one try to the next.
  private static let pauses: ClosedRange<Int64> = 2000...60_000
  private static let pauseForKey: Int64 = 3_600_000
  /// How much longer it takes until what the meter refuses is asked for once more.
  private static let pauseForRefusal: Int64 = 30_000

  private func read(_ meter: Meter) async throws(MeterError) {
    await meter.set(pace: pace)
    unit = try await meter.readEnergyRegisterUnit()
    var identity = try await meter.readIdentity()
    do throws(MeterError) { identity.features = try await meter.readFeatures() } catch {
      // What it has besides is not needed to read it.
      if error.endsReading { throw error }
    }
    await tell(.present(identity))
    let outcome = await withTaskGroup(of: MeterError?.self) { group in
      for lane in Schedule.Job.Lane.allCases where schedule.intervals.keys.contains(where: { $0.lane == lane }) {
        group.addTask { await self.go(lane, on: meter) }
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
    throw outcome ?? .link(.cancelled)
  }

  /// A table a second, as the guide asks for, and a tenth more for those that are read beside the live values.
  private var pace: ReadPace {
    let live = Schedule.Job.allCases.filter { $0.lane == .live }.compactMap { schedule.intervals[$0] }
    let perMinute = live.reduce(0) { $0 + 60_000 / max(1, $1) }
    return ReadPace(interval: .milliseconds(min(1000, 60_000 / max(1, perMinute + 6))))
  }

  private func go(_ lane: Schedule.Job.Lane, on meter: Meter) async -> MeterError? {
    var due: [Schedule.Job: Timestamp] = [:]
    var pauses: [Schedule.Job: Int64] = [:]
    for job in Schedule.Job.allCases where job.lane == lane && schedule.intervals[job] != nil {
      due[job] = clock.now()
    }
    while let (job, time) = due.min(by: { ($0.value, $0.key.order) < ($1.value, $1.key.order) }) {
      do {
        // A clock that was set back must not make it wait until it has caught up.
        try await wait(min(time - clock.now(), (schedule.intervals[job] ?? 0) + pauses[job, default: 0]), in: lane)
        signs[lane] = .now()
        try await perform(job, meter)
        pauses[job] = nil
        if failing.removeValue(forKey: job) != nil { await tell(.failed(job, nil)) }
      } catch let error as MeterError {
        if error.endsReading { return error }
        pauses[job] = error.isRefusal ? Self.pauseForRefusal : nil
        if failing.updateValue(error.description, forKey: job) != error.description { await tell(.failed(job, error)) }
      } catch {
        return .link(.cancelled)
      }
      await tellLine(of: meter)
      let now = clock.now()
      due[job] = schedule.next(
        job, after: (time - now > schedule.intervals[job] ?? 0 ? now : max(time, now)) + pauses[job, default: 0])
    }
    return nil
  }

  @discardableResult
  private func tell(_ news: News) async -> Bool { await hear(news) }

  /// How it is asked, and how that has gone through all that were open.
  private func line(of meter: Meter) async -> LineState {
    var line = formerLine
    line.add(await meter.health)
    (line.security, line.access) = (await meter.securityInUse, await meter.provenAccess)
    return line
  }

  /// Every 10 s.
  private func tellLine(of meter: Meter) async {
    let now = clock.now()
    if let lineTold, abs(now - lineTold) < 10_000 { return }
    lineTold = now
    await tell(.line(await line(of: meter)))
  }

  // MARK: Jobs

  private func perform(_ job: Schedule.Job, _ meter: Meter) async throws(MeterError) {
    switch job {
    case .present:
      let values = Measurements(try await meter.read(.bt28))
      await pass(Reading(values, isRegisters: false, unit: unit, at: clock.now()))
    case .totals:
      let values = Measurements(try await meter.read(.bt23, paths: ["summations"]), unit: unit)
      await pass(Reading(values, isRegisters: true, unit: unit, at: clock.now()))
    case .registers:
      let registers = try await meter.readRegisters()
      await pass(Reading(registers, at: clock.now()))
    case .clock:
      guard let time = Moment(try await meter.read(.bt52).octets) else { return }
      let now = clock.now()
      // Of a meter that tells whole seconds, half of one has passed.
      await tell(.clock(ahead: Timestamp(utc: time) + 500 - now, at: now))
    case .quality:
      let (quality, now) = (try await meter.readPowerQuality(), clock.now())
      await pass(Reading(quality, at: now))
      await tell(.quality(quality, at: now))
    case .events:
      let log = try await meter.readEventLog(marks.event.map { .since($0) } ?? .all)
      guard log.lastSequence != marks.event || !log.entries.isEmpty else { return }
      if await tell(.events(log)) { marks.event = log.lastSequence }
    case .outages:
      guard let log = try await meter.readOutages(marks.outage.map { .since($0) } ?? .all) else { return }
      guard let last = log.entries.last else { return }
      if await tell(.outages(log)) { marks.outage = UInt32(last.sequence) }
    case .profile: try await readProfile(meter)
    case .selfReads: try await readSelfReads(meter)
    }
  }

  private func pass(_ reading: Reading) async {
    switch gate.check(reading) {
    case .passed: await tell(.reading(reading))
    case .jumped(let jumps):
      log.warning("registers went on from other numbers", metadata: ["meter": "\(name)", "jumps": "\(jumps.count)"])
      await tell(.jumped(reading, jumps))
    case .held(let reason):
      log.notice("held a reading: \(reason)", metadata: ["meter": "\(name)"])
      await tell(.held(reading, reason))
    }
  }

  /// What the meter has recorded since, which fills whatever was missed meanwhile.
  private func readProfile(_ meter: Meter) async throws(MeterError) {
    let (parts, given) = AsyncStream.makeStream(of: (LoadProfileReading, share: Double).self)
    let mark = marks.profile
    // Where it was read before, all that came since is wanted.
    let since = mark?.end ?? history.map { (clock.now() + -$0).utc }
    let progress = Share()
    let read = Task { () -> Result<LoadProfileReading, MeterError> in
      defer { given.finish() }
      do throws(MeterError) {
        return .success(
          try await meter.readLoadProfile(
            since: since, behind: mark, progress: progress.note, each: { given.yield(($0, progress.value)) }))
      } catch { return .failure(error) }
    }
    var isKept = true
    await withTaskCancellationHandler {
      for await (part, share) in parts where isKept {
        signs[.records] = .now()
        isKept = await tell(.recorded(part.readings, through: part.through, share: share))
        if isKept { marks.profile = part.through ?? marks.profile } else { read.cancel() }
      }
    } onCancel: {
      read.cancel()
    }
    let outcome = await read.value
    // The store's trouble is no failure of the meter.
    if isKept, let failure = try outcome.get().failure { throw failure }
    // The last parts may have had nothing new.
    if isKept { await tell(.recorded([], through: marks.profile, share: 1)) }
  }

  /// What the meter copied itself reaches further back than its load profile, and is all there is where it has none.
  private func readSelfReads(_ meter: Meter) async throws(MeterError) {
    guard let copies = try await meter.readSelfReads(marks.selfRead.map { .since($0) } ?? .all),
      let last = copies.entries.last?.position.sequence, last != marks.selfRead
    else { return }
    let readings = copies.entries.compactMap { entry in
      // The meter has a local clock, which is the house's.
      entry.snapshot.time.map { time in
        Reading(entry.snapshot.registers, at: Timestamp(local: time, in: zone), origin: .selfRead)
      }
    }
    if await tell(.selfReads(readings, through: last)) { marks.selfRead = last }
  }
}

/// How much has been read of what was wanted.
private final class Share: Sendable {
  private let octets = Mutex((done: 0, wanted: 0))

  func note(_ done: Int, _ wanted: Int) { octets.withLock { $0 = (done, wanted) } }

  var value: Double { octets.withLock { $0.wanted > 0 ? Double($0.done) / Double($0.wanted) : 1 } }
}

extension Schedule.Job {
  fileprivate var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension MeterError {
  /// Whether it is likely to stay so.
  fileprivate var isRefusal: Bool {
    switch self {
    case .refused, .layout: true
    default: false
    }
  }

  /// Whether the meter has to be opened again: one table that makes no sense does not end the others.
  fileprivate var endsReading: Bool {
    switch self {
    case .link, .hasSpokenTLS, .forgetful: true
    case .exchange(let error, _):
      switch error.reason {
      case .noAnswer, .keyNotAccepted, .identityNotAccepted, .noTLS, .tls, .echo: true
      default: false
      }
    default: false
    }
  }
}
