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
  private var kept: Timestamp
  /// Why the store keeps nothing, and since when.
  private(set) var problem: StoreError?
  /// Readings that were given up, as too many waited.
  private(set) var lost = 0

  /// Readings that wait for a disk that is full: an hour and more.
  private static let room = 5000

  init(_ store: Store, _ meter: Store.MeterID, every interval: Int64, clock: GatewayClock, log: Logger) {
    (self.store, self.meter, self.interval, self.clock, self.log) = (store, meter, interval, clock, log)
    kept = clock.now()
  }

  func take(_ news: News) async {
    switch news {
    case .reading(let reading): await keep(reading)
    case .jumped(let reading, let jumps):
      await flush()
      for jump in jumps {
        await attempt { store throws(StoreError) in
          try await store.noteJump(of: jump.series, self.meter, at: reading.time, from: jump.before, to: jump.after)
        }
      }
      await keep(reading)
    case .recorded(let readings, let mark):
      // What was read live stays what it is: it has to be there first.
      await flush()
      await attempt { store throws(StoreError) in try await store.fill(readings, through: mark, of: self.meter) }
    case .events(let log): await attempt { store throws(StoreError) in try await store.keep(log, of: self.meter) }
    case .outages(let log): await attempt { store throws(StoreError) in try await store.keep(log, of: self.meter) }
    case .away: await flush()
    case .present, .held, .clock, .quality, .failed: break
    }
  }

  private func keep(_ reading: Reading) async {
    waiting.append(reading)
    if waiting.count > Self.room {
      waiting.removeFirst()
      lost += 1
    }
    if reading.time - kept >= interval || reading.time < kept { await flush() }
  }

  /// Writes what waits; what cannot be written waits on.
  func flush() async {
    let now = clock.now()
    kept = now
    let readings = waiting
    guard !readings.isEmpty else { return }
    waiting = []
    let isKept = await attempt { store throws(StoreError) in
      try await store.keep(readings, of: self.meter, now: now)
    }
    if !isKept { waiting = readings + waiting }
  }

  @discardableResult
  private func attempt(_ body: (Store) async throws(StoreError) -> Void) async -> Bool {
    do throws(StoreError) {
      try await body(store)
      if let problem {
        log.notice("the store keeps again what it is given", metadata: ["after": "\(problem)"])
        self.problem = nil
      }
      return true
    } catch {
      if problem != error { log.error("\(error)") }
      problem = error
      return false
    }
  }
}
