// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import Logging
import MEP
import MEPClient
import MEPTransport

/// Reads meters, keeps what they measure, and passes it on.
public actor Gateway {
  public nonisolated let store: Store
  public nonisolated let clock: GatewayClock
  public nonisolated let zone: TimeZone
  private let commit: Int64
  private let log: Logger
  private var live: [String: LiveValues] = [:]
  /// Up to when anything was kept before.
  private var newest: Timestamp?
  private var ids: [String: Store.MeterID] = [:]
  private var readers: [MeterReader] = []
  /// Whether it knows all its meters.
  private(set) var isPrepared = false
  /// How many ask a meter something else just now.
  private var asking: [String: Int] = [:]
  private var listeners: [Int: AsyncStream<Update>.Continuation] = [:]
  private var listenerCount = 0

  /// News of one meter.
  public struct Update: Sendable {
    public let meter: String
    public let news: News
  }

  /// A meter that can be opened, and opened again.
  public struct Source: Sendable {
    public let name: String
    public let schedule: Schedule
    /// How far back the load profile is read at first, in milliseconds; nil for all of it.
    public let history: Int64?
    public let open: @Sendable () async throws(MeterError) -> Meter

    public init(
      _ name: String, schedule: Schedule = Schedule(), history: Int64? = nil,
      open: @escaping @Sendable () async throws(MeterError) -> Meter
    ) {
      (self.name, self.schedule, self.history, self.open) = (name, schedule, history, open)
    }
  }

  public init(
    _ store: Store, clock: GatewayClock = .system, zone: TimeZone = .current, commit: Int64 = 10_000,
    log: Logger = Logger(label: "mep.gateway")
  ) {
    (self.store, self.clock, self.zone, self.commit, self.log) = (store, clock, zone, commit, log)
  }

  /// Where the store has a meter; nil where this gateway does not read it.
  func id(of meter: String) -> Store.MeterID? { ids[meter] }

  /// What is known of the meters now, by their names.
  public var values: [String: LiveValues] { live }

  /// How it goes with those to whom it passes on.
  public private(set) var sinks: [String: SinkStatus] = [:]

  func note(_ status: SinkStatus) { sinks[status.name] = status }

  /// Hears of all that is read from now on. Who does not keep up misses the oldest of it.
  public func updates() -> AsyncStream<Update> {
    let number = listenerCount
    listenerCount += 1
    let (stream, continuation) = AsyncStream.makeStream(of: Update.self, bufferingPolicy: .bufferingNewest(64))
    continuation.onTermination = { _ in Task { await self.forget(number) } }
    listeners[number] = continuation
    return stream
  }

  private func forget(_ number: Int) { listeners[number] = nil }

  /// Reads until the task is cancelled; what was read is then in the store.
  ///
  /// - Parameter sockets: a folder for the sockets over which other programs ask the meters; nil for none.
  /// - Throws: when the store is found to be broken: begun anew, the gateway keeps it aside.
  public func run(_ sources: [Source], sockets: String? = nil) async throws(StoreError) {
    var pairs: [(MeterReader, Keeper)] = []
    for source in sources { pairs.append(try await prepare(source)) }
    readers = pairs.map(\.0)
    isPrepared = true
    await waitForTheTime()
    let relays = sockets.map { self.relays(in: $0) } ?? []
    let failure = await withTaskGroup(of: StoreError?.self) { group in
      for (reader, keeper) in pairs {
        group.addTask {
          await reader.run()
          await keeper.flush()
          return nil
        }
      }
      for relay in relays {
        group.addTask {
          await relay.run()
          return nil
        }
      }
      group.addTask {
        await self.tidy()
        return nil
      }
      group.addTask { [store] in await store.breaks.first { _ in true } }
      // None of them ends by itself, but for a socket that was taken away.
      var failure: StoreError?
      while failure == nil, let end = await group.next(), !Task.isCancelled { failure = end }
      group.cancelAll()
      return failure
    }
    for listener in listeners.values { listener.finish() }
    if let failure { throw failure }
  }

  /// A small computer without a battery begins with the time at which it was switched off, or none at all, until somebody on
  /// the network tells it.
  private func waitForTheTime() async {
    let begun = clock.now()
    var isTold = false
    while !Task.isCancelled {
      let now = clock.now()
      // A time before this program was made is certainly wrong; one before what was kept may be the right one after all.
      let isWrong = now < Self.made
      let isBehind = newest.map { now < $0 && now - begun < 600_000 } ?? false
      guard isWrong || isBehind else { return }
      if !isTold {
        let why = isWrong ? "which cannot be" : "and readings until \(newest ?? now) were kept"
        log.warning("this computer's clock says \(now), \(why): waiting for it to be set")
      }
      isTold = true
      try? await clock.sleep(1000)
    }
  }

  private static let made = Timestamp(utc: Moment(year: 2026, month: 1, day: 1))

  private func prepare(_ source: Source) async throws(StoreError) -> (MeterReader, Keeper) {
    let meter = try await store.meter(named: source.name)
    let newest = try await store.newestTime(of: meter)
    if let newest { self.newest = max(self.newest ?? newest, newest) }
    let keeper = Keeper(store, meter, behind: newest, every: commit, clock: clock, log: log)
    var (gate, live) = (Gate(), LiveValues(schedule: source.schedule))
    for (series, number, time) in try await store.newest(of: meter) {
      if series.isCounter { gate.resume(series, from: number, at: time) }
      live.remember(Reading(at: time, [series: number]))
    }
    ids[source.name] = meter
    know(live, of: source.name)
    let name = source.name
    let reader = MeterReader(
      name, schedule: source.schedule, history: source.history, zone: zone, gate: gate,
      marks: try await store.marks(of: meter), clock: clock, log: log, open: source.open
    ) { news in
      let isKept = await keeper.take(news)
      await self.note(news, of: name, await keeper.state)
      return isKept
    }
    return (reader, keeper)
  }

  /// Asks a meter something else, between its readings.
  ///
  /// - Returns: nil where so much is being asked already that its readings would suffer.
  func ask<T: Sendable>(
    _ meter: String, _ body: @Sendable (Meter) async throws(MeterError) -> T
  ) async throws(MeterError) -> T? {
    guard let reader = readers.first(where: { $0.name == meter }), asking[meter, default: 0] < 2 else { return nil }
    asking[meter, default: 0] += 1
    defer { asking[meter, default: 1] -= 1 }
    return try await reader.ask(body)
  }

  /// Whether all readers are where they should be: waiting, or not long over what they do.
  public func isAlive(within longest: Instant.Span = .milliseconds(600_000)) async -> Bool {
    for reader in readers where await .now() - reader.lastSign > longest { return false }
    return true
  }

  private func relays(in folder: String) -> [Relay] {
    readers.compactMap { reader in
      do throws(LinkError) { return try Relay("\(folder)/\(reader.name).sock", to: reader, log: log) } catch {
        log.error("other programs cannot ask \(reader.name): \(error)")
        return nil
      }
    }
  }

  /// Begins with what is known of a meter.
  func know(_ live: LiveValues, of meter: String) { self.live[meter] = live }

  func note(_ news: News, of meter: String, _ keeping: LiveValues.Keeping = LiveValues.Keeping()) {
    live[meter, default: LiveValues()].take(news)
    live[meter]?.keeping = keeping
    for listener in listeners.values { listener.yield(Update(meter: meter, news: news)) }
  }

  /// A clock that is ahead would have what is young for old: a meter has to agree on the time, to a day of the many that are
  /// kept. Where none tells it, a day without anybody setting the clock back has to do. Nil while that is not over.
  func isSureOfTheTime(since begun: Instant) -> Bool? {
    let clocks = live.values.compactMap(\.clockAhead)
    if clocks.isEmpty { return .now() - begun >= .milliseconds(86_400_000) ? true : nil }
    return clocks.contains { abs($0) < 86_400_000 }
  }

  /// Packs what is over, now and then.
  private func tidy() async {
    let begun = Instant.now()
    var isTold = false
    while !Task.isCancelled {
      let isSure = isSureOfTheTime(since: begun)
      if isSure == false, !isTold {
        log.warning(
          "the meters' clocks are days from this computer's: nothing is deleted by age until one of them is set")
      }
      isTold = isSure == false
      do throws(StoreError) { try await store.tidy(now: clock.now(), forgets: isSure == true) } catch {
        log.error("\(error)")
      }
      guard (try? await clock.sleep(600_000)) != nil else { return }
      // By now all that there are have asked, also after a winter without power.
      do throws(StoreError) { try await store.forgetSinks() } catch { log.error("\(error)") }
    }
  }
}
