// SPDX-License-Identifier: Apache-2.0
import Logging

/// Puts what a reader tells into the store: readings some at a time, to be easy on a memory card, all else at once.
actor Keeper {
  private let store: Store
  private let meter: Store.MeterID
  private let interval: Int64
  private let clock: GatewayClock
  private let log: Logger
  private var waiting: [Reading] = []
  private var jumps: [Jump] = []
  private var kept: Timestamp
  /// Of all that was ever kept: what is told as older than that was measured by a clock that has been set back.
  private var newest: Timestamp?
  private(set) var state = LiveValues.Keeping()

  /// Readings that wait for a disk that is full: an hour and more.
  private static let room = 5000
  /// Milliseconds by which readings may come out of their order.
  private static let disorder: Int64 = 10_000
  private static let hour: Int64 = 3_600_000

  init(
    _ store: Store, _ meter: Store.MeterID, behind newest: Timestamp?, every interval: Int64, clock: GatewayClock,
    log: Logger
  ) {
    (self.store, self.meter, self.newest) = (store, meter, newest)
    (self.interval, self.clock, self.log) = (interval, clock, log)
    kept = clock.now()
  }

  /// - Returns: whether it is kept, or will be: what is not has to be read again.
  func take(_ news: News) async -> Bool {
    switch news {
    case .reading(let reading): await keep(reading)
    case .jumped(let reading, let jumps): await keep(reading, jumps)
    case .recorded(let readings, let mark, _):
      if readings.isEmpty { return true }
      // What was read live stays what it is: it has to be there first.
      await flush()
      return await attempt { store throws(StoreError) in
        try await store.fill(readings, through: mark, of: self.meter)
      }
    case .selfReads(let readings, let sequence):
      await flush()
      return await attempt { store throws(StoreError) in
        try await store.fill(selfReads: readings, through: sequence, of: self.meter)
      }
    case .events(let log):
      return await attempt { store throws(StoreError) in try await store.keep(log, of: self.meter) }
    case .outages(let log):
      return await attempt { store throws(StoreError) in try await store.keep(log, of: self.meter) }
    case .clock(let ahead, let now): await compare(ahead, now)
    case .away: await flush()
    case .present, .held, .quality, .line, .failed: break
    }
    return true
  }

  private func keep(_ reading: Reading, _ jumps: [Jump] = []) async {
    if let newest, reading.time < newest + -Self.disorder {
      if !state.isBehind {
        log.warning("the clock was set back: nothing is kept until it has passed what was kept before, \(newest)")
      }
      state.isBehind = true
      state.lost += 1
      return
    }
    state.isBehind = false
    newest = max(newest ?? reading.time, reading.time)
    waiting.append(reading)
    self.jumps += jumps
    if waiting.count > Self.room {
      waiting.removeFirst()
      state.lost += 1
    }
    if reading.time - kept >= interval || reading.time < kept { await flush() }
  }

  /// Writes what waits; what cannot be written waits on.
  func flush() async {
    let now = clock.now()
    kept = now
    let (readings, jumps) = (waiting, jumps)
    guard !readings.isEmpty else { return }
    (waiting, self.jumps) = ([], [])
    let isKept = await attempt { store throws(StoreError) in
      try await store.keep(readings, jumps: jumps, of: self.meter, now: now)
    }
    if !isKept { (waiting, self.jumps) = (readings + waiting, jumps + self.jumps) }
  }

  /// Where meter and computer agree on the time, what was kept of a later one was kept by a clock that was wrong.
  private func compare(_ ahead: Int64, _ now: Timestamp) async {
    guard let newest, newest - now > Self.hour, abs(ahead) < Self.hour else { return }
    log.error("readings until \(newest) were kept by a clock that was wrong, and are dropped from \(now) on")
    waiting.removeAll { $0.time > now }
    jumps.removeAll { $0.time > now }
    let isDone = await attempt { store throws(StoreError) in try await store.drop(after: now, of: self.meter) }
    if isDone { self.newest = now }
  }

  private func attempt(_ body: (Store) async throws(StoreError) -> Void) async -> Bool {
    do throws(StoreError) {
      try await body(store)
      if let problem = state.problem {
        log.notice("the store keeps again what it is given", metadata: ["after": "\(problem)"])
        state.problem = nil
      }
      return true
    } catch {
      if state.problem != error { log.error("\(error)") }
      state.problem = error
      return false
    }
  }
}
