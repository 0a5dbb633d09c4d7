// SPDX-License-Identifier: Apache-2.0
import Logging

/// Passes on all that is kept to a time-series engine, by line protocol over HTTP: see Documentation/Engines.md. The store
/// is its queue; what the engine has not taken waits there, and comes with the time at which it was measured.
public actor EngineSink {
  public private(set) var status: SinkStatus
  private let gateway: Gateway
  private let settings: Settings
  private let writer: EngineWriter
  private let log: Logger
  /// What the store knows it by.
  private let sink: String
  /// What was last told of; it is told again only once it has changed.
  private var cause: String?
  private var refusal: String?
  private var thinned: Set<String> = []

  /// A batch has no more points, and hardly more octets.
  private static let room = (points: 1000, octets: 500_000)

  public init(_ gateway: Gateway, _ settings: Settings, log: Logger) throws(Failure) {
    var log = log
    log[metadataKey: "engine"] = "\(settings.name)"
    (self.gateway, self.settings, self.log) = (gateway, settings, log)
    (sink, status) = ("engine \(settings.name)", SinkStatus(name: "engine \(settings.name)"))
    do throws(Settings.Unreadable) { _ = try settings.authorization() } catch {
      throw Failure(description: error.words)
    }
    do throws(HTTPClient.Failure) { writer = try EngineWriter(settings) } catch {
      throw Failure(description: error.words)
    }
  }

  public struct Failure: Error, Sendable, CustomStringConvertible { public let description: String }

  /// Passes on until the task is cancelled. What the engine has not had by then it gets from the next sink of its name.
  public func run() async {
    var (pause, hasBegun) = (settings.pauses.lowerBound, false)
    while !Task.isCancelled {
      do throws(EngineTrouble) {
        if !hasBegun {
          try await begin()
          hasBegun = true
        }
        let isMore = try await passOn()
        await gateway.note(status)
        pause = settings.pauses.lowerBound
        if !isMore { try? await Task.sleep(for: settings.interval) }
      } catch {
        if Task.isCancelled { return }
        note(error)
        await gateway.note(status)
        // Not all who wait for an engine shall come at once.
        let asked = Duration.seconds(min(error.retryAfter ?? 0, 3600))
        try? await Task.sleep(for: max(pause * Double.random(in: 0.5...1), asked))
        pause = min(pause * 2, settings.pauses.upperBound)
      }
    }
  }

  private func begin() async throws(EngineTrouble) {
    try await ask { store throws(StoreError) in
      try await store.begin(self.sink, wantsHistory: self.settings.wantsHistory, now: self.gateway.clock.now())
    }
  }

  /// Some of what was read, and of what was filled in; whether there may be more.
  private func passOn() async throws(EngineTrouble) -> Bool {
    // Asked first: whoever asks is not forgotten, even if the engine is away for long.
    let changes = try await ask { store throws(StoreError) in try await store.changes(for: self.sink) }
    let waiting = try await ask { store throws(StoreError) in
      try await store.waiting(for: self.sink, room: Self.room.points, now: self.gateway.clock.now())
    }
    tellOfThinned(waiting)
    var (rest, before) = (waiting.points[...], waiting.before)
    while !rest.isEmpty {
      let count = try await pass(rest)
      var times: [Store.MeterID: Timestamp] = [:]
      for point in rest.prefix(count) { times[point.meter] = point.time }
      try await ask { store throws(StoreError) in
        try await store.passedOn(through: times, after: before, by: self.sink)
      }
      before.merge(times) { $1 }
      rest = rest.dropFirst(count)
    }
    try await passFilled(by: changes)
    // What was read of a meter a while ago was not the last.
    let isBehind = before.values.contains { .milliseconds(gateway.clock.now() - $0) > settings.interval }
    return isBehind || waiting.points.count >= Self.room.points || !changes.isEmpty
  }

  /// What was filled in later, by these changes: all of it, then the last of them is remembered.
  private func passFilled(by changes: [Store.Change]) async throws(EngineTrouble) {
    guard let last = changes.last else { return }
    var points: [Point] = []
    for change in changes {
      points += try await ask { store throws(StoreError) in try await store.filled(by: change, for: self.sink) }
      guard change.id == last.id || points.count >= Self.room.points else { continue }
      var rest = points[...]
      while !rest.isEmpty { rest = rest.dropFirst(try await pass(rest)) }
      points = []
    }
    try await ask { store throws(StoreError) in try await store.passedOn(last.id, by: self.sink) }
  }

  /// As many points as go into a batch, from the first on; how many these are.
  private func pass(_ points: ArraySlice<Point>) async throws(EngineTrouble) -> Int {
    var (lines, octets, count) = ([String](), 0, 0)
    for point in points.prefix(Self.room.points) where octets < Self.room.octets {
      count += 1
      guard let line = LineProtocol.line(measurement: settings.measurement, point) else { continue }
      lines.append(line)
      octets += line.utf8.count
    }
    if lines.isEmpty { return count }
    let refused = try await writer.write(lines) { () async throws(EngineTrouble) in try await self.newestLine() }
    noteSuccess(of: lines.count, refused)
    return count
  }

  /// Of whichever meter: one that is gone has none that is new.
  private func newestLine() async throws(EngineTrouble) -> String? {
    let newest = try await ask { store throws(StoreError) in
      var newest: Point?
      for (id, name) in try await store.meters() {
        guard let point = try await store.newestPoint(of: id, name) else { continue }
        if newest.map({ $0.time < point.time }) != false { newest = point }
      }
      return newest
    }
    return newest.flatMap { LineProtocol.line(measurement: settings.measurement, $0) }
  }

  private func ask<T: Sendable>(
    _ body: (Store) async throws(StoreError) -> T
  ) async throws(EngineTrouble) -> T {
    do throws(StoreError) { return try await body(gateway.store) } catch { throw EngineTrouble(error) }
  }

  // MARK: Telling

  private func note(_ trouble: EngineTrouble) {
    status.fail(trouble.words, at: gateway.clock.now())
    let what =
      trouble.cause == "store" ? "nothing can be read for the engine" : "the engine does not take what it is given"
    if cause != trouble.cause { log.warning("\(what): \(trouble.words)") }
    cause = trouble.cause
  }

  private func noteSuccess(of count: Int, _ refused: EngineWriter.Refused) {
    if cause != nil {
      log.notice("the engine takes again what it is given", metadata: ["after": "\(status.problem ?? "")"])
    } else if status.lastSuccess == nil {
      log.info("the engine takes what it is given")
    }
    cause = nil
    status.succeed(count - refused.lines.count, refused: refused.lines.count, at: gateway.clock.now())
    guard let answer = refused.answer, let line = refused.lines.first else { return }
    // Their times and counts are others in each batch.
    let words = answer.words.filter { !$0.isNumber }
    if refusal != words {
      log.warning(
        "the engine refuses for ever \(refused.lines.count) of \(count) points\(EngineTrouble.said(answer))",
        metadata: ["one": "\(line.prefix(300))"])
    }
    refusal = words
  }

  private func tellOfThinned(_ waiting: Store.Waiting) {
    for (meter, times) in waiting.thinned where thinned.insert(meter).inserted {
      log.notice(
        "readings this old are no longer kept: the engine gets quarters of them",
        metadata: ["meter": "\(meter)", "from": "\(times.lowerBound)"])
    }
  }
}
