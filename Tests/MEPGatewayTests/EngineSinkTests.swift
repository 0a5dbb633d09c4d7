// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEPTransport
import Synchronization
import Testing

@testable import MEPGateway

/// A store whose readings an engine is told of, without a meter.
struct EngineBench {
  let shelf: Shelf
  /// An hour later, so that what is of `march` has passed.
  let clock = GatewayClock(start: march + hour, speed: 1)

  init() throws { shelf = try Shelf() }

  func settings(_ engine: TestEngine, _ change: (inout EngineSink.Settings) -> Void = { _ in }) -> EngineSink.Settings {
    var settings = EngineSink.Settings(name: "test", url: "http://127.0.0.1:\(engine.port)")
    (settings.interval, settings.pauses) = (.milliseconds(5), .milliseconds(5) ... .milliseconds(20))
    settings.patience = .seconds(30)
    settings.wantsHistory = true
    change(&settings)
    return settings
  }

  func sink(
    _ store: Store, _ engine: TestEngine, _ change: (inout EngineSink.Settings) -> Void = { _ in }
  ) throws -> EngineSink {
    try EngineSink(Gateway(store, clock: clock, log: quiet), settings(engine, change), log: quiet)
  }

  /// What is measured in these seconds of March.
  func readings(_ seconds: Range<Int64>, each step: Int64) -> [Reading] {
    stride(from: seconds.lowerBound, to: seconds.upperBound, by: Int(step)).map { n in
      var values = [power: 100 + n, voltage: 230_000 + n % 60]
      if n % 10 == 0 { values[energy] = 1000 + n }
      return Reading(at: march + n * second, values)
    }
  }

  func keep(_ seconds: Range<Int64>, in store: Store, _ name: String = "house", each step: Int64 = 1) async throws {
    let meter = try await store.meter(named: name)
    try await store.keep(readings(seconds, each: step), of: meter, now: march + seconds.upperBound * second)
  }

  func times(_ seconds: Range<Int64>) -> Set<Int64> { Set(seconds.map { (march + $0 * second).milliseconds }) }

  func run(_ sink: EngineSink, _ body: () async throws -> Void) async throws {
    let running = Task { await sink.run() }
    do { try await body() } catch {
      running.cancel()
      throw error
    }
    running.cancel()
    await running.value
  }
}

@Suite(.timeLimit(.minutes(1))) struct EngineSinkTests {
  private let bench: EngineBench

  init() throws { bench = try EngineBench() }

  @Test func whatIsKeptIsPassedOnWithItsTime() async throws {
    let (engine, store) = (try TestEngine(), try bench.shelf.open())
    try await bench.keep(0..<50, in: store)
    try await bench.keep(0..<20, in: store, "barn")
    let sink = try bench.sink(store, engine)
    try await bench.run(sink) {
      #expect(await isSo { engine.points.count == 70 })
      try await bench.keep(50..<60, in: store)
      #expect(await isSo { engine.points.count == 80 && engine.times == bench.times(0..<60) })
      // The engine has it before its answer is here.
      #expect(await isSo { await sink.status.passedOn == 80 })
    }
    #expect(
      engine.points["meter,meter=house \(march.milliseconds + 10_000)"]
        == ["fwd_active_energy_wh=1010i,fwd_active_power_w=110,voltage_l1_v=230.010"])
    #expect(
      engine.points["meter,meter=barn \(march.milliseconds + 11_000)"]
        == ["fwd_active_power_w=111,voltage_l1_v=230.011"])
    let request = try #require(engine.requests.first)
    #expect(request.path == "/write?db=mep&precision=ms" && request.headers["content-encoding"] == "gzip")
    // One connection, and no line twice where nothing goes wrong.
    #expect(engine.connections == 1 && engine.requests.reduce(0) { $0 + $1.lines.count } == 80)
    let status = await sink.status
    #expect(status.passedOn == 80 && status.problem == nil && status.lastSuccess != nil && status.waitingSince == nil)
  }

  /// What lies hours back does not wait for the next time, hour by hour, though another meter is up to date.
  @Test func whoIsBehindDoesNotWait() async throws {
    let (engine, store) = (try TestEngine(), try bench.shelf.open())
    try await bench.keep(-10_800..<0, in: store, each: 10)
    try await bench.keep(3500..<3600, in: store, "barn")
    let sink = try bench.sink(store, engine) { $0.interval = .seconds(3000) }
    try await bench.run(sink) { #expect(await isSo { engine.points.count == 1180 }) }
  }

  /// Whoever is away, and however answers are lost: each point comes, with the same time and the same fields each time.
  @Test(arguments: [1, 2, 3] as [UInt64]) func nothingIsLost(seed: UInt64) async throws {
    let random = Mutex(SeededGenerator(seed: seed))
    @Sendable func answer(_: TestEngine.Request) -> TestEngine.Answer {
      let answers: [TestEngine.Answer] = [.status(204), .status(204), .status(500), .status(503), .cut, .gone]
      return random.withLock { answers.randomElement(using: &$0) } ?? .cut
    }
    var engine = try TestEngine(answer)
    var points: [String: [String]] = [:]
    func gather() { points.merge(engine.points) { Array(Set($0 + $1)) } }
    var (store, second): (Store, Int64) = (try bench.shelf.open(), 0)
    for round in 0..<6 {
      let sink = try bench.sink(store, engine)
      try await bench.run(sink) {
        for _ in 0..<4 {
          let end = second + Int64(random.withLock { Int.random(in: 1...40, using: &$0) })
          try await bench.keep(second..<end, in: store)
          second = end
          try await Task.sleep(for: .milliseconds(random.withLock { Int.random(in: 0...15, using: &$0) }))
        }
      }
      if round % 2 == 0 {
        // The gateway begins anew.
        store.close()
        store = try bench.shelf.open()
      } else {
        // The engine does.
        gather()
        let port = engine.port
        engine.stop()
        var next: TestEngine?
        _ = await isSo {
          next = try? TestEngine(port: port, answer)
          return next != nil
        }
        engine = try #require(next)
      }
    }
    engine.answer { _ in .status(204) }
    let sink = try bench.sink(store, engine)
    try await bench.run(sink) {
      #expect(
        await isSo {
          gather()
          return points.count >= second
        }, "\(points.count) of \(second)")
    }
    #expect(points.count == second && points.values.allSatisfy { $0.count == 1 })
    let times = Set(points.keys.compactMap { $0.split(separator: " ").last.flatMap { Int64($0) } })
    #expect(times == bench.times(0..<second))
  }

  /// An answer that is cut in the middle is none: the same lines come again.
  @Test func aRepeatIsTheSame() async throws {
    let asked = Mutex(0)
    let engine = try TestEngine { _ in
      asked.withLock {
        $0 += 1
        return $0
      } == 1 ? .cut : .status(204)
    }
    let store = try bench.shelf.open()
    try await bench.keep(0..<30, in: store)
    try await bench.run(try bench.sink(store, engine)) { #expect(await isSo { engine.requests.count == 2 }) }
    #expect(
      engine.requests[0].lines == engine.requests[1].lines && engine.points.count == 30,
      "\(engine.requests.map(\.lines.count)) \(engine.points.count)")
  }

  // MARK: Refusals

  @Test func aBadLineIsFoundAndTheRestIsTaken() async throws {
    let engine = try TestEngine { request in
      request.lines.contains { $0.contains("power_w=117,") || $0.contains("power_w=142,") }
        ? .status(400, "{\"error\":\"field type conflict\"}") : .status(204)
    }
    let store = try bench.shelf.open()
    try await bench.keep(0..<60, in: store)
    let sink = try bench.sink(store, engine)
    try await bench.run(sink) {
      #expect(await isSo { await sink.status.passedOn == 58 })
      #expect(await sink.status.refused == 2)
    }
    #expect(engine.times == bench.times(0..<60).subtracting(bench.times(17..<18)).subtracting(bench.times(42..<43)))
  }

  /// A database of another kind refuses everything: that is for a person to mend, and nothing is thrown away.
  @Test(arguments: [1, 5, 60] as [Int64]) func aRefusalOfEverythingThrowsNothingAway(count: Int64) async throws {
    let engine = try TestEngine { _ in .status(422, "no line protocol") }
    let store = try bench.shelf.open()
    try await bench.keep(0..<count, in: store)
    let sink = try bench.sink(store, engine)
    try await bench.run(sink) {
      #expect(await isSo { await sink.status.problem != nil })
      let status = await sink.status
      #expect(status.problem?.contains("422, it refuses every line") == true && status.refused == 0)
      #expect(status.problem?.contains("no line protocol") == true && status.waitingSince != nil)
      engine.answer { _ in .status(204) }
      #expect(await isSo { engine.times == bench.times(0..<count) })
      #expect(await isSo { await sink.status.problem == nil })
      #expect(await sink.status.refused == 0)
    }
  }

  /// An engine that keeps a day only refuses what is older, and gets the rest in reasonable time.
  @Test func whatIsTooOldHoldsNothingUp() async throws {
    let limit = (march + 1100 * second).milliseconds
    let engine = try TestEngine { request in
      request.lines.contains { Int64($0.split(separator: " ")[2]) ?? 0 < limit }
        ? .status(400, "points beyond retention policy dropped=\(request.lines.count)") : .status(204)
    }
    let store = try bench.shelf.open()
    try await bench.keep(0..<1300, in: store)
    let sink = try bench.sink(store, engine)
    try await bench.run(sink) {
      #expect(await isSo { await sink.status.passedOn == 200 })
      #expect(await sink.status.refused == 1100)
    }
    #expect(
      engine.times == bench.times(1100..<1300) && engine.requests.count < 100, "\(engine.requests.map(\.lines.count))")
  }

  /// Half of a batch is too old: the other half is not thrown away with it.
  @Test func whatIsNotTooOldIsTaken() async throws {
    let limit = (march + 300 * second).milliseconds
    let engine = try TestEngine { request in
      request.lines.contains { Int64($0.split(separator: " ")[2]) ?? 0 < limit } ? .status(400) : .status(204)
    }
    let store = try bench.shelf.open()
    try await bench.keep(0..<600, in: store)
    let sink = try bench.sink(store, engine)
    try await bench.run(sink) { #expect(await isSo { await sink.status.passedOn == 300 }) }
    #expect(engine.times == bench.times(300..<600))
    #expect(await sink.status.refused == 300)
  }

  @Test(arguments: [
    (401, "token_file"), (403, "token_file"), (404, "database"), (301, "url:"), (405, "line protocol"), (500, "now"),
    (429, "too often"),
  ])
  func aTroubleIsNamedAndOutlived(status: Int, words: String) async throws {
    let engine = try TestEngine { _ in .status(status, "said so", headers: ["Location: http://127.0.0.1:1/"]) }
    let store = try bench.shelf.open()
    try await bench.keep(0..<10, in: store)
    let sink = try bench.sink(store, engine)
    try await bench.run(sink) {
      #expect(await isSo { await sink.status.problem != nil })
      let problem = await sink.status.problem ?? ""
      #expect(problem.hasPrefix("\(status), ") && problem.contains(words) && problem.contains("said so"), "\(problem)")
      engine.answer { _ in .status(204) }
      #expect(await isSo { await sink.status.passedOn == 10 })
      #expect(await sink.status.refused == 0)
    }
  }

  @Test func whatAnEngineAsksForIsHonoured() async throws {
    let asked = Mutex<[ContinuousClock.Instant]>([])
    let engine = try TestEngine { _ in
      asked.withLock { $0.append(.now) }
      return .status(429, headers: ["Retry-After: 1"])
    }
    let store = try bench.shelf.open()
    try await bench.keep(0..<10, in: store)
    try await bench.run(try bench.sink(store, engine)) {
      #expect(await isSo { asked.withLock { $0.count >= 2 } })
      let times = asked.withLock { $0 }
      #expect(times[1] - times[0] > .milliseconds(700))
    }
  }

  // MARK: Silence

  @Test func aSilentEngineIsLeftAndFoundAgain() async throws {
    let engine = try TestEngine { _ in .silence }
    let store = try bench.shelf.open()
    try await bench.keep(0..<10, in: store)
    let sink = try bench.sink(store, engine) { $0.patience = .milliseconds(200) }
    try await bench.run(sink) {
      #expect(await isSo { await sink.status.problem?.contains("no answer") == true })
      engine.answer { _ in .status(204) }
      #expect(await isSo { engine.times == bench.times(0..<10) })
    }
  }

  /// Who ends the gateway does not wait for an engine that says nothing.
  @Test func theEndWaitsForNobody() async throws {
    let engine = try TestEngine { _ in .silence }
    let store = try bench.shelf.open()
    try await bench.keep(0..<10, in: store)
    let sink = try bench.sink(store, engine) { $0.patience = .seconds(3600) }
    try await bench.run(sink) { #expect(await isSo { engine.requests.count == 1 }) }
  }

  // MARK: Who writes, and where

  @Test func whoWritesIsTold() async throws {
    let (engine, store) = (try TestEngine(), try bench.shelf.open())
    let file = bench.shelf.folder.appendingPathComponent("secret").path
    try Data("a secret\nand more\n".utf8).write(to: URL(fileURLWithPath: file))
    try await bench.keep(0..<1, in: store)
    for (n, (access, header)) in [
      (EngineSink.Settings.Access.token(file: file), "Token a secret"),
      (.password(user: "me", file: file), "Basic \(Data("me:a secret".utf8).base64EncodedString())"),
    ].enumerated() {
      let sink = try bench.sink(store, engine) {
        ($0.name, $0.api, $0.org, $0.bucket, $0.access) = ("\(n)", .v2, "my home", "a&b+c", access)
      }
      try await bench.run(sink) { #expect(await isSo { engine.requests.count == n + 1 }) }
      let request = try #require(engine.requests.last)
      #expect(request.path == "/api/v2/write?org=my%20home&bucket=a%26b%2Bc&precision=ms")
      #expect(request.headers["authorization"] == header)
    }
    #expect(throws: EngineSink.Failure.self) {
      try bench.sink(store, engine) { $0.access = .token(file: "/nowhere/token") }
    }
  }

  /// An engine that cannot unpack says 415.
  @Test func whoCannotUnpackIsToldInPlainText() async throws {
    let engine = try TestEngine { $0.headers["content-encoding"] == nil ? .status(204) : .status(415) }
    let store = try bench.shelf.open()
    try await bench.keep(0..<10, in: store)
    try await bench.run(try bench.sink(store, engine)) { #expect(await isSo { engine.points.count == 10 }) }
  }
}
