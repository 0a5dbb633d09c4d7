// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

/// What the simulated meter records, read by the client, against the registers as they were at each end of an interval.
@Suite(.timeLimit(.minutes(5))) struct LoadProfileRecordingTests {
  /// An interval as it is expected.
  struct Row {
    /// Its end, and when that truly was, in minutes after the start; nil where nobody was there to measure.
    let end: Int
    let truly: Int?
    var common: LoadProfile.CommonStatus = []
    /// Of energies, and of present values.
    var energy: UInt8 = 0
    var present: UInt8 = 0
  }

  struct Case: CustomTestStringConvertible {
    let testDescription: String
    var start = Moment(year: 2026, month: 1, day: 15, hour: 12)
    /// After 20 minutes.
    var order: Order?
    let rows: [Row]
  }

  static let cases = [
    Case(
      testDescription: "nothing happens",
      rows: [Row(end: 15, truly: 15), Row(end: 30, truly: 30), Row(end: 45, truly: 45), Row(end: 60, truly: 60)]),
    Case(
      testDescription: "summer time ends", start: Moment(year: 2026, month: 10, day: 25, hour: 0, minute: 30),
      rows: [
        Row(end: 15, truly: 15, common: .daylightSaving), Row(end: 30, truly: 30, common: .daylightSaving),
        Row(end: 45, truly: 45), Row(end: 60, truly: 60),
      ]),
    Case(
      testDescription: "power outage of 45 minutes", order: .powerOutage(seconds: 2700),
      rows: [
        Row(end: 15, truly: 15), Row(end: 30, truly: 20, common: .powerFail, present: 4),
        Row(end: 45, truly: 20, common: .powerFail, present: 4),
        Row(end: 60, truly: 20, common: .powerFail, present: 4),
        Row(end: 75, truly: 75, common: .powerFail), Row(end: 90, truly: 90),
      ]),
    Case(
      testDescription: "outage within an interval", order: .powerOutage(seconds: 60),
      rows: [Row(end: 15, truly: 15), Row(end: 30, truly: 30, common: .powerFail), Row(end: 45, truly: 45)]),
    Case(
      testDescription: "5 minutes forward", order: .clock(seconds: 300),
      rows: [
        Row(end: 15, truly: 15), Row(end: 30, truly: 25, common: .clockForward, energy: 2, present: 2),
        Row(end: 45, truly: 40),
      ]),
    Case(
      testDescription: "45 minutes forward", order: .clock(seconds: 2700),
      rows: [
        Row(end: 15, truly: 15), Row(end: 30, truly: 20, common: .clockForward, energy: 2, present: 2),
        Row(end: 45, truly: nil, common: .clockForward, energy: 4, present: 4),
        Row(end: 60, truly: nil, common: .clockForward, energy: 4, present: 4),
        Row(end: 75, truly: 30, common: .clockForward, energy: 2, present: 2), Row(end: 90, truly: 45),
      ]),
    Case(
      testDescription: "10 minutes backward", order: .clock(seconds: -600),
      rows: [
        Row(end: 15, truly: 15), Row(end: 30, truly: 40, common: .clockBackward, energy: 3, present: 3),
        Row(end: 45, truly: 55),
      ]),
    Case(
      testDescription: "a day backward", order: .clock(seconds: -86_400),
      rows: [
        Row(end: 15, truly: 15), Row(end: 30 - 1440, truly: 30, common: .clockBackward, energy: 3, present: 3),
        Row(end: 45 - 1440, truly: 45),
      ]),
  ]

  @Test(arguments: cases, [false, true]) func everyIntervalHasItsRegisters(_ test: Case, isAdvanced: Bool) async throws
  {
    let bench = try LoadProfileBench(.gen3, at: test.start, key: isAdvanced ? advancedKey : basicKey)
    var registers: [Int: [Int64]] = [:]
    for minute in Set([0, 20] + test.rows.compactMap(\.truly) + [test.lastMinute]).sorted() {
      bench.clock.go(bench.start.secondsSince2000 + Int64(minute * 60) - bench.clock.now())
      registers[minute] = try? await bench.energies()
      if minute == 20, let order = test.order { await bench.simulator.carryOut(order) }
    }
    let reading = try await bench.meter.readLoadProfile(since: bench.start.adding(days: -2))
    let rows = reading.intervals.suffix(test.rows.count)
    #expect(rows.map(\.end) == test.rows.map { bench.start.adding(seconds: Int64($0.end * 60)) })
    #expect(rows.map(\.status) == test.rows.map(\.common))
    for (interval, row) in zip(rows, test.rows) {
      #expect(
        interval.values.map(\.status.code) == [row.energy, row.energy, row.energy, row.energy]
          + [row.present, row.present, row.present], "\(row.end)")
      let energies = interval.values.prefix(4).map { LoadProfileBench.integer($0.raw) }
      #expect(energies == row.truly.map { registers[$0] } ?? [0, 0, 0, 0], "\(row.end)")
      let voltages = interval.values.suffix(3).map { LoadProfileBench.integer($0.raw) ?? 0 }
      #expect(voltages.allSatisfy { row.present == 4 ? $0 == 0 : (207_000...253_000).contains($0) }, "\(row.end)")
    }
    bench.meter.close()
  }

  /// The sums of what was used in the intervals are what the registers say, from the first one on.
  @Test func daysAddUp() async throws {
    let bench = try LoadProfileBench(.gen4, at: Moment(year: 2026, month: 3, day: 28, hour: 22, minute: 55))
    let before = try await bench.energies()
    bench.clock.go(300)
    let first = try await bench.energies()
    bench.clock.go(30 * 3600)
    let last = try await bench.energies()
    let reading = try await bench.meter.readLoadProfile(since: bench.start)
    #expect(reading.intervals.count == 121 && reading.failure == nil)
    for channel in 0..<4 {
      let values = reading.intervals.compactMap { LoadProfileBench.integer($0.values[channel].raw) }
      #expect(values.first == first[channel] && values.last == last[channel])
      let used = zip(values, values.dropFirst()).map { $1 - $0 }
      #expect(used.allSatisfy { $0 >= 0 } && used.reduce(0, +) == last[channel] - first[channel])
      #expect(before[channel] <= first[channel])
    }
    // Summer time begins at 01:00 UTC, and the hourly set agrees with the quarters.
    #expect(reading.intervals.filter { $0.status == .daylightSaving }.count == 112)
    let hourly = try await bench.meter.readLoadProfile(set: 1, since: bench.start)
    #expect(hourly.intervals.count == 31)
    for hour in hourly.intervals {
      let quarter = reading.intervals.first { $0.end == hour.end }
      #expect(hour.values.prefix(2).map(\.raw) == quarter?.values.prefix(2).map(\.raw))
      #expect(hour.values.allSatisfy { $0.status.code == 0 })
    }
    bench.meter.close()
  }

  /// What the devices answer to a read at the end of an interval, within the three seconds that it takes.
  @Test func mbusChannelsHaveWhatTheDevicesRead() async throws {
    let bench = try LoadProfileBench(.gen4, at: Moment(year: 2026, month: 3, day: 29, hour: 17, minute: 59))
    var told: [[Int]] = []
    for span: Int64 in [60, 3594, 3594] {
      bench.clock.go(span)
      for handle: UInt16 in [1, 2] {
        _ = try await bench.meter.call(PostOnDemandRequest(.billingRead, to: handle, transaction: 0x0400 + handle))
      }
      bench.clock.go(6)
      told.append(try await bench.meter.readDevices().devices.prefix(2).map { $0.records[0].integer ?? -1 })
    }
    let hourly = try await bench.meter.readLoadProfile(set: 1, since: bench.start)
    #expect(hourly.intervals.count == 3)
    for (interval, told) in zip(hourly.intervals, told) {
      #expect(zip(interval.values.suffix(2), told).allSatisfy { $0.status.code == 0 && (0...1).contains($1 - $0.bcd) })
    }
    // Every half hour, but devices are not read more often than once an hour.
    let present = try await bench.meter.readLoadProfile(set: 3, since: bench.start)
    #expect(present.intervals.map { $0.values[2].status.code } == [0, 4, 0, 4, 0])
    #expect(
      present.intervals.map { $0.values[2].raw }
        == (0..<5).map {
          $0 % 2 == 0 ? hourly.intervals[$0 / 2].values[2].raw : .octets([0, 0, 0, 0])
        })
    bench.meter.close()
  }

  /// Each day at 23:00 UTC, also on the day on which summer time begins; that is in it from its start on.
  @Test func daysAreRecorded() async throws {
    let bench = try LoadProfileBench(.gen4, at: Moment(year: 2026, month: 3, day: 27, hour: 22, minute: 59))
    var registers: [[Int64]] = []
    for span: Int64 in [60, 86_400, 86_400] {
      bench.clock.go(span)
      registers.append(try await bench.energies())
    }
    let daily = try await bench.meter.readLoadProfile(set: 2, since: bench.start)
    #expect(daily.profile.interval == 86_400)
    #expect(daily.intervals.map(\.end) == (27...29).map { Moment(year: 2026, month: 3, day: $0, hour: 23) })
    #expect(daily.intervals.map(\.status) == [[], [], .daylightSaving])
    #expect(
      daily.intervals.map { $0.values.prefix(4).map { LoadProfileBench.integer($0.raw) ?? -1 } } == registers)
    let past = try await bench.meter.readLoadProfile(set: 2, since: bench.start.adding(days: -62))
    #expect(past.intervals.count == 65)
    bench.meter.close()
  }

  /// The history that the meter brings along: no gap, nothing counted backward, and the live intervals go on from it.
  @Test(arguments: [Profile.gen3Old, .gen4]) func theRingIsFull(_ profile: Profile) async throws {
    let bench = try LoadProfileBench(profile, at: Moment(year: 2026, month: 7, day: 1, hour: 12, minute: 7))
    let set = profile.name == "gen4" ? 1 : 0
    let reading = try await bench.meter.readLoadProfile(set: set)
    // 39 whole days, and from 23:00 to 12:00.
    #expect(reading.intervals.count == 39 * 24 + 13)
    #expect(reading.through?.end == Moment(year: 2026, month: 7, day: 1, hour: 12))
    for (a, b) in zip(reading.intervals, reading.intervals.dropFirst()) {
      #expect(b.end.secondsSince2000 - a.end.secondsSince2000 == 3600)
      for channel in 0..<2 {
        let used = LoadProfileBench.integer(b.values[channel].raw)! - LoadProfileBench.integer(a.values[channel].raw)!
        #expect((0...22_000).contains(used))
      }
    }
    let newest = LoadProfileBench.integer(reading.intervals.last!.values[0].raw)!
    #expect(try await (0...2567).contains(bench.energies()[0] - newest))
    bench.meter.close()
  }

  @Test func setsThatAreNotInUse() async throws {
    let bench = try LoadProfileBench(.gen3Frozen, at: Moment(year: 2026, month: 7, day: 1))
    let unused = try await bench.meter.readLoadProfile()
    #expect(unused.profile.blocks == 0 && unused.intervals.isEmpty && unused.through == nil)
    let old = try LoadProfileBench(.gen3Old, at: Moment(year: 2026, month: 7, day: 1))
    #expect(
      await failure { () async throws(MeterError) in try await old.meter.readLoadProfile(set: 1) }
        == "load profile: BT61 does not tell of this data set.")
  }
}

extension MBusRecord {
  /// The digits of its value.
  fileprivate var integer: Int? { if case .number(let number) = value { Int(number.mantissa) } else { nil } }
}

extension LoadProfileRecordingTests.Case {
  /// So late that power is back and the last interval has ended.
  fileprivate var lastMinute: Int { max(21, rows.compactMap(\.truly).max() ?? 0) }
}
