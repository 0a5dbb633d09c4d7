// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import MEPClient

/// Reads meters, keeps what they measure, and passes it on.
public actor Gateway {
  public nonisolated let store: Store
  public nonisolated let clock: GatewayClock
  public nonisolated let zone: TimeZone
  private let commit: Int64
  private let log: Logger
  private var live: [String: LiveValues] = [:]
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
    public let open: @Sendable () async throws(MeterError) -> Meter

    public init(
      _ name: String, schedule: Schedule = Schedule(), open: @escaping @Sendable () async throws(MeterError) -> Meter
    ) {
      (self.name, self.schedule, self.open) = (name, schedule, open)
    }
  }

  public init(
    _ store: Store, clock: GatewayClock = .system, zone: TimeZone = .current, commit: Int64 = 10_000,
    log: Logger = Logger(label: "mep.gateway")
  ) {
    (self.store, self.clock, self.zone, self.commit, self.log) = (store, clock, zone, commit, log)
  }

  /// What is known of the meters now, by their names.
  public var values: [String: LiveValues] { live }

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
  public func run(_ sources: [Source]) async throws(StoreError) {
    var readers: [(MeterReader, Keeper)] = []
    for source in sources { readers.append(try await prepare(source)) }
    await withDiscardingTaskGroup { group in
      for (reader, keeper) in readers {
        group.addTask {
          await reader.run()
          // Cancelled or not, what was read is written.
          await Task { await keeper.flush() }.value
        }
      }
      group.addTask { await self.tidy() }
    }
    for listener in listeners.values { listener.finish() }
  }

  private func prepare(_ source: Source) async throws(StoreError) -> (MeterReader, Keeper) {
    let meter = try await store.meter(named: source.name)
    let keeper = Keeper(store, meter, every: commit, clock: clock, log: log)
    var (gate, live) = (Gate(), LiveValues())
    for (series, number, time) in try await store.newest(of: meter) {
      if series.isCounter { gate.resume(series, from: number, at: time) }
      live.take(Reading(at: time, [series: number]))
    }
    self.live[source.name] = live
    let name = source.name
    let reader = MeterReader(
      name, schedule: source.schedule, gate: gate, marks: try await store.marks(of: meter), clock: clock, log: log,
      open: source.open
    ) { news in
      await keeper.take(news)
      await self.note(news, of: name)
    }
    return (reader, keeper)
  }

  func note(_ news: News, of meter: String) {
    live[meter, default: LiveValues()].take(news)
    for listener in listeners.values { listener.yield(Update(meter: meter, news: news)) }
  }

  /// Packs what is over, now and then.
  private func tidy() async {
    while !Task.isCancelled {
      do throws(StoreError) { try await store.tidy(now: clock.now()) } catch { log.error("\(error)") }
      try? await clock.sleep(600_000)
    }
  }
}
