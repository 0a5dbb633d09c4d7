// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import GRDB
import Logging
import MEPTransport
import Testing

@testable import MEPGateway

/// A store of its own, in a folder that goes with it.
final class Shelf: Sendable {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mep-store-\(UUID().uuidString)")
  var path: String { folder.appendingPathComponent("mep.db").path }

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: folder) }

  func open() throws -> Store { try Store(path, log: quiet) }
}

let energy = Series("fwd_active_energy_wh", .counter)
let power = Series("fwd_active_power_w")
let voltage = Series("voltage_l1_v", exponent: -3)
let utc = TimeZone(secondsFromGMT: 0)!
/// 2026-03-01T00:00:00Z.
let march = Timestamp(utc: Moment(year: 2026, month: 3, day: 1))
let second: Int64 = 1000
let hour: Int64 = 3_600_000

@Suite struct StoreTests {
  private let shelf: Shelf

  init() throws { shelf = try Shelf() }

  /// Readings a second, of a house that uses `watts`; the register every tenth.
  private func live(_ range: Range<Timestamp>, from start: Int64 = 1_000_000, watts: Int64 = 3600) -> [Reading] {
    stride(from: range.lowerBound.milliseconds, to: range.upperBound.milliseconds, by: 1000).map { time in
      let elapsed = time - march.milliseconds
      var values = [power: watts, voltage: 230_000 + elapsed / 1000 % 60]
      if time % 10_000 == 0 { values[energy] = start + elapsed * watts / 3_600_000 }
      return Reading(at: Timestamp(milliseconds: time), values)
    }
  }

  private func fill(_ store: Store, _ meter: Store.MeterID, _ range: Range<Timestamp>) async throws {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(range.upperBound, start + 600 * second)
      try await store.keep(live(start..<end), of: meter, now: end)
      start = end
    }
  }

  @Test func hoursAreDifferencesOfRegisters() async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    try await fill(store, meter, march..<march + 3 * hour + 20 * second)
    let spans = try await store.history(of: meter, march..<march + 3 * hour, by: .hour, in: utc)
    #expect(spans.count == 3)
    for span in spans {
      #expect(span.amounts["fwd_active_energy_wh"] == Span.Amount(series: energy, number: 3600, isWhole: true))
      #expect(
        span.ranges["voltage_l1_v"]
          == Span.Extent(series: voltage, least: 230_000, mean: 230_030, greatest: 230_059))
      #expect(span.ranges["fwd_active_power_w"]?.mean == 3600 && span.origins == [.live])
    }
    let minutes = try await store.history(
      of: meter, march + hour..<march + 2 * hour, series: ["fwd_active_energy_wh"], by: .minute, in: utc)
    #expect(minutes.count == 60 && minutes.allSatisfy { $0.amounts["fwd_active_energy_wh"]?.number == 60 })
    #expect(minutes.allSatisfy { $0.ranges.isEmpty })
  }

  /// What was used in a quarter that is not over is known as far as its minutes are, and the steps around it know as much.
  @Test func theRunningQuarterIsKnownToItsLastMinute() async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    try await fill(store, meter, march..<march + 3 * hour + 440 * second)
    for (step, used) in [(Step.minute, 60), (.quarter, 420), (.hour, 420), (.day, 3 * 3600 + 420)] {
      let last = try await store.history(of: meter, march..<march + 4 * hour, by: step, in: utc).last
      let amount = try #require(last?.amounts["fwd_active_energy_wh"])
      #expect(amount.number == used && amount.isWhole == (step == .minute), "\(step)")
      #expect(last?.ranges["fwd_active_power_w"]?.mean == 3600)
    }
  }

  /// And where the minutes are packed, and the quarters not.
  @Test func packedMinutesAreKnownBehindTheLastQuarter() async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    let end = march + 24 * hour + 15 * second
    for start in stride(from: march.milliseconds, through: end.milliseconds, by: Int64.Stride(60_000)) {
      let time = Timestamp(milliseconds: start)
      try await store.keep([Reading(at: time, [energy: (time - march) / 1000])], of: meter, now: time + 15 * second)
    }
    try await store.write { database in
      try database.execute(
        sql: "DELETE FROM recent WHERE grain = 2 AND time > ?", arguments: [(march + 23 * hour).milliseconds])
    }
    try await store.tidy(now: march + 30 * hour)
    let left = try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM recent WHERE grain = 1") }
    #expect(left ?? 0 <= 1)
    let hours = try await store.history(of: meter, march..<march + 24 * hour, by: .hour, in: utc)
    #expect(hours.map { $0.amounts["fwd_active_energy_wh"]?.number } == [Int64](repeating: 3600, count: 24))
  }

  /// What is packed is told as what is not, before and after it is opened again.
  @Test func packingChangesNothingThatIsTold() async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    try await fill(store, meter, march..<march + 5 * hour)
    func told(_ store: Store) async throws -> [[Span]] {
      let meter = try await store.meter(named: "house")
      var all: [[Span]] = []
      for step in Step.allCases {
        all.append(try await store.history(of: meter, march..<march + 5 * hour, by: step, in: utc))
      }
      return all
    }
    let before = try await told(store)
    let rows = try await store.read { try store.rows(of: meter, .reading, march..<march + 5 * hour, $0) }
    #expect(rows.count == 5 * 3600)
    try await store.tidy(now: march + 5 * hour)
    #expect(try await told(store) == before)
    #expect(try await store.read { try store.rows(of: meter, .reading, march..<march + 5 * hour, $0) } == rows)
    let left = try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM recent WHERE grain = 0") }
    #expect(left == 3600)
    store.close()
    let again = try shelf.open()
    #expect(try await told(again) == before)
  }

  @Test func aGapIsNotSpreadOverItsHours() async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    // Away from 00:30 to 02:30.
    try await fill(store, meter, march..<march + hour / 2 + 20 * second)
    try await fill(store, meter, march + 5 * hour / 2..<march + 4 * hour + 20 * second)
    let hours = try await store.history(of: meter, march..<march + 4 * hour, by: .hour, in: utc)
    #expect(hours.map(\.start) == [march, march + 2 * hour, march + 3 * hour])
    #expect(hours.map { $0.amounts["fwd_active_energy_wh"]?.isWhole } == [false, false, true])
    #expect(hours.map { $0.amounts["fwd_active_energy_wh"]?.number } == [1800, 1800, 3600])
    // The day knows all of it.
    let day = try await store.history(of: meter, march..<march + 4 * hour, by: .day, in: utc)
    #expect(day.map { $0.amounts["fwd_active_energy_wh"]?.number } == [4 * 3600])
  }

  @Test func aRegisterThatWrapsGoesOn() async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    var gate = Gate()
    for (n, number) in [4_294_967_000, 4_294_967_200, 104, 304].enumerated() {
      let time = march + Int64(n) * 900 * second
      let reading = Reading(at: time, [energy: Int64(number)])
      let jumps = if case .jumped(let jumps) = gate.check(reading) { jumps } else { [Jump]() }
      try await store.keep([reading], jumps: jumps, of: meter, now: time + 20 * second)
    }
    let spans = try await store.history(of: meter, march..<march + 2700 * second, by: .quarter, in: utc)
    #expect(spans.map { $0.amounts["fwd_active_energy_wh"]?.number } == [200, 200, 200])
  }

  /// What the meter counts of the mains is read at the turn of the quarter, and so has a history.
  @Test(arguments: [3, 14]) func countsOfTheMainsHaveAHistory(late: Int64) async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    let (schedule, sags) = (Schedule(), Series("sags_l1", .counter))
    #expect(sags.isOfMains)
    var due = try #require(schedule.next(.quality, after: march + -second))
    for count in 0..<5 as Range<Int64> {
      // Some messages at 9600 baud later, or a load profile comes over the line as well.
      try await store.keep(
        [Reading(at: due + -30 * second, [power: 1]), Reading(at: due + late * second, [sags: count])], of: meter,
        now: due + 60 * second)
      due = try #require(schedule.next(.quality, after: due))
    }
    let spans = try await store.history(of: meter, march..<march + hour, series: ["sags_l1"], by: .hour, in: utc)
    #expect(spans.first?.amounts["sags_l1"]?.number == 4 && spans.first?.amounts["sags_l1"]?.isWhole == true)
  }

  /// What the meter copied itself is put where nothing else is known, and gives way to what it recorded.
  @Test func selfReadsFillWhatNothingElseDoes() async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    try await fill(store, meter, march + 2 * hour..<march + 3 * hour + 20 * second)
    func copy(_ time: Timestamp, _ number: Int64) -> Reading { Reading(at: time, origin: .selfRead, [energy: number]) }
    try await store.fill(
      selfReads: [
        copy(march + -24 * hour, 900_000), copy(march, 1_000_000), copy(march + 90 * second, 5),
        // Read live there: a register that was read stays what it was.
        copy(march + 3 * hour, 7),
      ], through: 12, of: meter)
    let days = try await store.history(of: meter, march + -24 * hour..<march, by: .day, in: utc)
    #expect(days.count == 1 && days[0].amounts[energy.name]?.number == 100_000 && days[0].origins == [.selfRead])
    let live = try await store.history(of: meter, march + 2 * hour..<march + 3 * hour, by: .hour, in: utc)
    #expect(live.first?.amounts[energy.name]?.number == 3600 && live.first?.origins == [.live])
    #expect(try await store.marks(of: meter).selfRead == 12)
    let recorded = Reading(at: march, origin: .loadProfile, [energy: 1_000_001, voltage: 231_000])
    try await store.fill([recorded], through: nil, of: meter)
    let again = try await store.history(of: meter, march + -24 * hour..<march, by: .day, in: utc)
    #expect(again.first?.amounts[energy.name]?.number == 100_001 && again.first?.origins == [.loadProfile])
    #expect(again.first?.ranges[voltage.name]?.mean == 231_000)
  }

  /// Another meter was put in at 01:10, while the line was away; what it recorded since tells when, not only that.
  @Test(arguments: [false, true]) func aMeterThatWasSwappedIsSeenWhereItWas(isWrap: Bool) async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    let before: Int64 = isWrap ? (1 << 32) - 900 - 2800 : 900_000
    // Through 00:15, and from 03:00 on, 900 an hour's quarter.
    var gate = Gate()
    for quarter in [0, 1] as [Int64] {
      let reading = Reading(at: march + quarter * 900 * second, [energy: before + quarter * 900])
      #expect(gate.check(reading) == .passed)
      try await store.keep([reading], of: meter, now: reading.time + 10 * second)
    }
    for n in 0..<4 as Range<Int64> {
      let reading = Reading(at: march + 3 * hour + n * 10 * second, [energy: 7100 + n])
      guard case .jumped(let jumps) = gate.check(reading) else { continue }
      try await store.keep([reading], jumps: jumps, of: meter, now: reading.time + 10 * second)
    }
    func hours() async throws -> [Int64?] {
      try await store.history(of: meter, march..<march + 3 * hour, by: .hour, in: utc).map {
        $0.amounts["fwd_active_energy_wh"]?.number
      }
    }
    let recorded = (2...12 as ClosedRange<Int64>).map { quarter in
      let number = quarter < 5 ? before + quarter * 900 : quarter * 900 - (isWrap ? 3700 : 3800)
      return Reading(at: march + quarter * 900 * second, origin: .loadProfile, [energy: number])
    }
    try await store.fill(recorded, through: nil, of: meter)
    #expect(try await hours() == (isWrap ? [3600, 3600, 3600] : [3600, 2700, 3600]))
    // Filled in again, it stays so.
    try await store.fill(recorded, through: nil, of: meter)
    #expect(try await hours() == (isWrap ? [3600, 3600, 3600] : [3600, 2700, 3600]))
  }

  /// Readings that came late look as if a register had leapt; the meter knows that it has not.
  @Test func aJumpThatWasNoneIsForgotten() async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    var gate = Gate()
    for (n, number) in [900_000, 902_000, 902_001, 902_002, 902_003].enumerated() {
      let reading = Reading(at: march + Int64(n) * second, [energy: Int64(number)])
      let jumps = if case .jumped(let jumps) = gate.check(reading) { jumps } else { [Jump]() }
      #expect(jumps.isEmpty == (n < 4))
      if n == 0 || n == 4 { try await store.keep([reading], jumps: jumps, of: meter, now: reading.time + 20 * second) }
    }
    let recorded = (0...4 as ClosedRange<Int64>).map { quarter in
      Reading(at: march + quarter * 900 * second, origin: .loadProfile, [energy: 900_000 + quarter * 2500])
    }
    try await store.fill(recorded, through: nil, of: meter)
    let spans = try await store.history(of: meter, march..<march + hour, by: .hour, in: utc)
    #expect(spans.first?.amounts["fwd_active_energy_wh"]?.number == 10_000)
  }

  /// What the meter recorded of a time that nobody read stays as it is, however soon it came, and is told once.
  @Test(arguments: [0, 3600]) func whatWasOnlyRecordedIsNotMadeAnew(read: Int64) async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    try await store.begin("a", wantsHistory: true, now: march)
    let (gap, back) = (march + read * second, march + 4 * hour)
    if read > 0 { try await fill(store, meter, march..<gap) }
    // Not long enough for a quarter.
    try await store.keep(live(back..<back + 3 * second), of: meter, now: read > 0 ? gap : back + 3 * second)
    let quarter = Grain.quarter.span
    let recorded = stride(from: (gap + 1).ceiled(to: quarter).milliseconds, through: back.milliseconds, by: 900_000)
    let readings = recorded.map {
      Reading(at: Timestamp(milliseconds: $0), origin: .loadProfile, [energy: 1000, voltage: 229_000])
    }
    try await store.fill(readings, through: nil, of: meter)
    let changes = try await store.changes(for: "a").count
    try await fill(store, meter, back + 3 * second..<back + hour)
    let rows = try await store.database.read { try store.rows(of: meter, .quarter, march..<back + 1, $0) }
    for reading in readings.dropLast() {
      let row = rows.values(at: rows.lowerBound(reading.time))
      #expect(row[RowColumn.count] == 900 && row[RowColumn.recorded] == nil, "\(reading.time)")
    }
    let told = try await store.changes(for: "a").dropFirst(changes)
    #expect(!told.isEmpty && told.allSatisfy { $0.times.upperBound <= gap || $0.times.lowerBound >= back })
  }

  /// What was read at the end of a quarter that was recorded before has registers that the record lacks.
  @Test func whatTheRecordLacksIsKept() async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    let tier = Series("fwd_active_energy_tier_1_wh", .counter)
    for n in 0...4 as ClosedRange<Int64> {
      let end = march + n * Grain.quarter.span
      let read = Reading(at: end + 2 * second, [energy: 1000 + n, tier: 100 + n])
      try await store.keep([read], of: meter, now: end + 2 * second)
      try await store.fill([Reading(at: end, origin: .loadProfile, [energy: 1000 + n])], through: nil, of: meter)
    }
    let spans = try await store.history(of: meter, march..<march + hour, by: .quarter, in: utc)
    #expect(spans.prefix(3).map { $0.amounts["fwd_active_energy_tier_1_wh"]?.number } == [1, 1, 1])
    #expect(spans.map { $0.amounts["fwd_active_energy_wh"]?.number } == [1, 1, 1, 1])
  }

  /// The mean of a quarter is that of all intervals in it.
  @Test func aFinerRecordIsTheMeanOfItsParts() async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    let readings = (1...6).map { n in
      Reading(
        at: march + n * 300 * second, origin: .loadProfile, [energy: 1000 + n, voltage: 228_000 + n % 3 * 1000])
    }
    // However they come.
    for part in [readings[..<2], readings[2...]] { try await store.fill(Array(part), through: nil, of: meter) }
    let spans = try await store.history(of: meter, march..<march + hour / 2, by: .quarter, in: utc)
    #expect(spans.map { $0.ranges["voltage_l1_v"]?.mean } == [229_000, 229_000])
    #expect(spans.map { $0.amounts["fwd_active_energy_wh"]?.number } == [nil, 3])
  }

  /// The clock was ahead by a day for an hour: what it kept is forgotten, packed or not.
  @Test(arguments: [false, true]) func whatAClockKeptThatWasAheadGoes(isPacked: Bool) async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    try await fill(store, meter, march..<march + hour + 1800 * second)
    try await fill(store, meter, march + 24 * hour..<march + 25 * hour)
    if isPacked { try await store.tidy(now: march + 72 * hour) }
    #expect(try await store.newestTime(of: meter).map { $0 > march + 24 * hour } == true)
    try await store.drop(after: march + hour + 1800 * second, of: meter)
    #expect(try await store.newestTime(of: meter).map { $0 <= march + hour + 1800 * second } == true)
    try await fill(store, meter, march + hour + 1800 * second..<march + 3 * hour + 20 * second)
    let spans = try await store.history(of: meter, march..<march + 48 * hour, by: .hour, in: utc)
    #expect(spans.prefix(3).map { $0.amounts["fwd_active_energy_wh"]?.number } == [3600, 3600, 3600])
    #expect(spans.count == 3)
  }

  /// The clock goes forward on 2026-03-29 and back on 2026-10-25.
  @Test(arguments: [(3, 28, 24), (3, 29, 23), (3, 30, 24), (10, 24, 24), (10, 25, 25), (10, 26, 24)])
  func aDayIsThatOfTheHouse(month: Int, day: Int, hours: Int64) throws {
    let copenhagen = try #require(TimeZone(identifier: "Europe/Copenhagen"))
    let noon = Timestamp(utc: Moment(year: 2026, month: month, day: day, hour: 12))
    let range = Step.day.range(around: noon, in: copenhagen)
    #expect(range.upperBound - range.lowerBound == hours * hour)
    #expect(Step.day.range(around: range.upperBound, in: copenhagen) == range)
    #expect(Step.day.range(around: range.upperBound + 1, in: copenhagen).lowerBound == range.upperBound)
    let month = Step.month.range(around: noon, in: copenhagen)
    #expect(month.contains(range.lowerBound) && (month.upperBound - month.lowerBound) / (24 * hour) >= 30)
  }

  @Test func whatIsOldIsDropped() async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    try await fill(store, meter, march..<march + 2 * hour)
    try await store.tidy(now: march + 20 * 24 * hour)
    func count(_ grain: Grain) async throws -> Int {
      try await store.read { try store.rows(of: meter, grain, march..<march + 3 * hour, $0).count }
    }
    #expect(try await count(.reading) == 0)
    #expect(try await count(.minute) == 120)
    try await store.tidy(now: march + 500 * 24 * hour)
    #expect(try await count(.minute) == 0)
    #expect(try await count(.quarter) == 8)
  }

  @Test func whatIsBrokenIsKeptAside() async throws {
    let text = Data("this is no database, but a text that goes on and on".utf8)
    try text.write(to: URL(fileURLWithPath: shelf.path))
    let store = try Store.opened(shelf.path, now: march, log: quiet)
    _ = try await store.meter(named: "house")
    #expect(try Data(contentsOf: URL(fileURLWithPath: shelf.path + ".broken-\(march.seconds)")) == text)
    #expect(throws: StoreError.inUse) { try Store.opened(shelf.path, now: march, log: quiet) }
  }

  /// A page that was overwritten while the gateway ran is only found when it is looked at.
  @Test func whatBreaksInUseIsKeptAsideTheNextTime() async throws {
    do {
      let store = try Store.opened(shelf.path, now: march, log: quiet)
      let meter = try await store.meter(named: "house")
      try await fill(store, meter, march..<march + hour)
      store.close()
    }
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: shelf.path))
    let size = try file.seekToEnd()
    // What is needed to open it is in front.
    try file.seek(toOffset: size / 2)
    file.write(Data(repeating: 0xA5, count: Int(size - size / 2)))
    try file.close()
    do {
      let store = try Store.opened(shelf.path, now: march, log: quiet)
      await #expect(throws: StoreError.self) {
        try await store.history(of: try await store.meter(named: "house"), march..<march + hour, by: .hour, in: utc)
      }
      store.close()
    }
    let store = try Store.opened(shelf.path, now: march + hour, log: quiet)
    #expect(try await store.meters().isEmpty)
    #expect(FileManager.default.fileExists(atPath: shelf.path + ".broken-\((march + hour).seconds)"))
  }

  @Test func whatIsNoDatabaseIsNamed() throws {
    try Data("this is no database, but a text that goes on and on".utf8).write(to: URL(fileURLWithPath: shelf.path))
    #expect(throws: StoreError.self) { try shelf.open() }
    do { _ = try shelf.open() } catch {
      guard case .broken = error as? StoreError else {
        Issue.record("\(error)")
        return
      }
    }
  }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
