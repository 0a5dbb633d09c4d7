// SPDX-License-Identifier: Apache-2.0
import GRDB
import Testing

@testable import MEPGateway

/// What a sink that passes on every reading is told, and when no more.
@Suite struct StorePassingTests {
  private let bench: EngineBench
  private let store: Store
  private let quarter = Grain.quarter.span

  init() throws {
    bench = try EngineBench()
    store = try bench.shelf.open()
  }

  /// All that waits for a sink, batch by batch.
  private func pass(
    to sink: String, now: Timestamp, room: Int = 700
  ) async throws -> (points: [Point], thinned: Set<String>) {
    var (points, thinned): ([Point], Set<String>) = ([], [])
    while true {
      let waiting = try await store.waiting(for: sink, room: room, now: now)
      if waiting.points.isEmpty { return (points, thinned) }
      points += waiting.points
      thinned.formUnion(waiting.thinned.keys)
      let times = Dictionary(waiting.points.map { ($0.meter, $0.time) }) { max($0, $1) }
      try await store.passedOn(through: times, after: waiting.before, by: sink)
    }
  }

  private func fill(_ times: [Timestamp]) async throws {
    let readings = times.map { time in
      Reading(at: time, origin: .loadProfile, [energy: 1000 + (time - march) / second, voltage: 229_000])
    }
    try await store.fill(readings, through: nil, of: try await store.meter(named: "house"))
  }

  @Test func eachReadingWaitsOnce() async throws {
    try await store.begin("a", wantsHistory: false, now: march)
    try await bench.keep(0..<1500, in: store)
    try await bench.keep(100..<200, in: store, "barn")
    let points = try await pass(to: "a", now: march + hour).points
    #expect(points.count == 1600 && Set(points.map { "\($0.name) \($0.time)" }).count == 1600)
    #expect(points.allSatisfy { $0.values[power] == 100 + ($0.time - march) / second })
    // Not what has no time yet, as after a clock that was wrong.
    try await bench.keep(1500..<1600, in: store)
    #expect(try await pass(to: "a", now: march + 1550 * second).points.count == 51)
    #expect(try await pass(to: "a", now: march + hour).points.count == 49)
  }

  /// What the meter recorded of a quarter's end is told, and not what was read nearest to it and kept later.
  @Test func whatIsReadLateDoesNotTakeTheRecordsPlace() async throws {
    let (meter, end) = (try await store.meter(named: "house"), march + quarter)
    try await store.begin("a", wantsHistory: false, now: march)
    try await fill([end])
    try await store.keep([Reading(at: end + 5 * second, [energy: 1899])], of: meter, now: end + 80 * second)
    var told: [Point] = []
    for change in try await store.changes(for: "a") { told += try await store.filled(by: change, for: "a") }
    told += try await pass(to: "a", now: end + 80 * second).points
    let numbers = told.filter { $0.time == end }.map { $0.values[energy] }
    #expect(!numbers.isEmpty && numbers.allSatisfy { $0 == 1900 }, "\(numbers)")
    #expect(told.contains { $0.time == end + 5 * second && $0.values[energy] == 1899 })
  }

  /// A sink of which nobody knew begins now; one that wants the history later gets it.
  @Test func aNewSinkBeginsNow() async throws {
    try await bench.keep(0..<1000, in: store)
    let now = march + 1000 * second
    try await store.begin("a", wantsHistory: false, now: now)
    #expect(try await pass(to: "a", now: now).points.isEmpty)
    try await fill([march + quarter])
    for change in try await store.changes(for: "a") {
      #expect(try await store.filled(by: change, for: "a").isEmpty)
    }
    try await bench.keep(1001..<1100, in: store)
    #expect(try await pass(to: "a", now: march + hour).points.count == 99)
    try await store.begin("a", wantsHistory: true, now: march + hour)
    #expect(try await pass(to: "a", now: march + hour).points.count == 1099)
    // Once, and not with each start.
    try await store.begin("a", wantsHistory: true, now: march + hour)
    #expect(try await pass(to: "a", now: march + hour).points.isEmpty)
  }

  /// Of what is no longer there reading by reading, the quarters are told: the registers, and what values were on the mean.
  @Test func quartersStandForReadingsThatAreGone() async throws {
    try await store.begin("a", wantsHistory: false, now: march)
    try await bench.keep(0..<4000, in: store, each: 10)
    #expect(try await pass(to: "a", now: march + 1000 * second).points.count == 101)
    // All that was packed is gone, which is the first hour.
    let later = march + store.retention.readings + 2 * hour
    try await store.tidy(now: later)
    let (points, thinned) = try await pass(to: "a", now: later)
    let quarters = points.prefix { ($0.time - march) % quarter == 0 }
    #expect(quarters.map(\.time) == [2, 3, 4].map { march + $0 * quarter } && thinned == ["house"])
    #expect(quarters.map { $0.values[energy] } == [2800, 3700, 4600])
    #expect(quarters.first?.values[power] == 1455)
    #expect(points.dropFirst(3).map(\.time) == (361..<400).map { march + $0 * 10 * second })
  }

  /// What the meter recorded fills what nobody has read, at its own interval. Of quarters that were read its registers are told:
  /// what was read is some seconds before or after their ends.
  @Test(arguments: [5, 15, 30] as [Int64]) func gapsAreFilled(minutes: Int64) async throws {
    try await store.begin("a", wantsHistory: false, now: march)
    // Away from 00:20 to 02:05.
    try await bench.keep(0..<1180, in: store, each: 10)
    try await bench.keep(7500..<10_900, in: store, each: 10)
    #expect(try await pass(to: "a", now: march + 4 * hour).points.count == 458)
    for change in try await store.changes(for: "a") {
      #expect(try await store.filled(by: change, for: "a").isEmpty)
      try await store.passedOn(change.id, by: "a")
    }
    let step = minutes * 60 * second
    let times = stride(from: step, through: 3 * hour, by: Int64.Stride(step)).map { march + $0 }
    try await fill(times)
    var points: [Point] = []
    for change in try await store.changes(for: "a") { points += try await store.filled(by: change, for: "a") }
    // At 00:20 power was read, and the register was not: the meter has that.
    let edge = march + 1200 * second
    let missed = times.filter { $0 > edge && $0 < march + 7500 * second }
    let told = missed + times.filter { !missed.contains($0) && ($0 == edge || ($0 - march) % quarter == 0) }
    #expect(Set(points.map(\.time)) == Set(told) && points.count == told.count)
    for point in points {
      let register = 1000 + (point.time - march) / second
      #expect(
        point.values == (missed.contains(point.time) ? [energy: register, voltage: 229_000] : [energy: register]))
    }
    // A sink that wants the history has them among the readings.
    try await store.begin("b", wantsHistory: true, now: march + 4 * hour)
    let all = try await pass(to: "b", now: march + 4 * hour).points
    #expect(Set(all.map(\.time)).isSuperset(of: told))
  }

  /// What was read may be written down after what the meter recorded of the same time: it is the meter's all the same.
  @Test func whatWasRecordedFirstIsTold() async throws {
    try await store.begin("a", wantsHistory: false, now: march)
    try await fill([march + quarter])
    // Some seconds later each register is ahead.
    let meter = try await store.meter(named: "house")
    let readings = [-10, 5, 20].map { Reading(at: march + quarter + $0 * second, [energy: 5000, power: 7]) }
    try await store.keep(readings, of: meter, now: march + quarter + 60 * second)
    var points: [Point] = []
    for change in try await store.changes(for: "a") { points += try await store.filled(by: change, for: "a") }
    #expect(Set(points.map(\.time)) == [march + quarter])
    #expect(points.allSatisfy { $0.values[energy] == 1900 && $0.values[power] == nil })
  }

  @Test func aClockThatIsSetBackLosesNothing() async throws {
    try await store.begin("a", wantsHistory: false, now: march)
    try await bench.keep(0..<100, in: store)
    #expect(try await pass(to: "a", now: march + hour).points.count == 100)
    let meter = try await store.meter(named: "house")
    let readings = (0..<5).map { Reading(at: march + (50 + $0) * second + 500, [power: 7]) }
    let waiting = try await store.waiting(for: "a", room: 10, now: march + hour)
    try await store.keep(readings, of: meter, now: march + 60 * second)
    // Whoever was about to remember something meanwhile does not undo it.
    try await store.passedOn(through: [meter: march + 200 * second], after: [meter: march + 99 * second], by: "a")
    #expect(waiting.points.isEmpty)
    let times = try await pass(to: "a", now: march + hour).points.map(\.time)
    #expect(Set(times).isSuperset(of: readings.map(\.time)) && times.count == 54)
  }

  /// A clock that was ahead by a day, and then was not: who has passed on what it kept is told what takes its place.
  @Test(arguments: [false, true]) func afterAClockThatWasAheadAllIsToldOn(isOnItsWay: Bool) async throws {
    try await store.begin("a", wantsHistory: false, now: march)
    try await bench.keep(0..<50, in: store)
    try await bench.keep(86_400..<86_450, in: store)
    let waiting = try await store.waiting(for: "a", room: 1000, now: march + 25 * hour)
    if !isOnItsWay { #expect(try await pass(to: "a", now: march + 25 * hour).points.count == 100) }
    let meter = try await store.meter(named: "house")
    try await store.drop(after: march + 50 * second, of: meter)
    if isOnItsWay {
      try await store.passedOn(through: [meter: march + 86_449 * second], after: waiting.before, by: "a")
    }
    try await bench.keep(60..<100, in: store)
    #expect(try await pass(to: "a", now: march + hour).points.suffix(40).map(\.time).first == march + 60 * second)
  }

  /// Also where nothing was passed on before: what is on its way may have been read without it.
  @Test func whatIsKeptMeanwhileIsNotSkipped() async throws {
    try await store.begin("a", wantsHistory: false, now: march)
    try await bench.keep(1..<100, in: store)
    let meter = try await store.meter(named: "house")
    let waiting = try await store.waiting(for: "a", room: 1000, now: march + hour)
    try await store.keep(
      [Reading(at: march + 50 * second + 500, [power: 7])], of: meter, now: march + 60 * second)
    try await store.passedOn(through: [meter: march + 99 * second], after: waiting.before, by: "a")
    let times = try await pass(to: "a", now: march + hour).points.map(\.time)
    #expect(times.contains(march + 50 * second + 500) && times.last == march + 99 * second)
  }

  /// What waits for a sink that is no longer there does not wait for ever.
  @Test func aSinkThatIsGoneIsForgotten() async throws {
    func left() async throws -> (changes: Int?, cursors: Int?) {
      try await store.read {
        (
          try Int.fetchOne($0, sql: "SELECT count(*) FROM change"),
          try Int.fetchOne($0, sql: "SELECT count(*) FROM passing")
        )
      }
    }
    for sink in ["here", "gone"] { try await store.begin(sink, wantsHistory: true, now: march) }
    try await bench.keep(0..<2000, in: store, each: 10)
    for sink in ["here", "gone"] { _ = try await pass(to: sink, now: march + hour) }
    let last = try #require(try await store.changes(for: "here").last)
    try await store.passedOn(last.id, by: "here")
    try await store.forgetSinks()
    try await store.tidy(now: march + hour)
    #expect(try await left() == (2, 2))
    try await store.write { try $0.execute(sql: "UPDATE sink SET seen = seen - 40 * 86400") }
    _ = try await store.changes(for: "here")
    try await store.forgetSinks()
    try await store.tidy(now: march + hour)
    #expect(try await left() == (0, 1))
  }
}
