// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables
import Testing

@testable import MEPSimulator

extension Bench {
  func devices() async throws -> MBusDevices {
    MBusDevices(
      status: try await read(.et14), configuration: try await read(.et13),
      control: try await read(.et58), data: try await read(.et16))
  }

  /// The numbers of a device's records, by quantity; those of the month's first day are left out.
  func numbers(_ slot: Int) async throws -> [String: Double] {
    var numbers: [String: Double] = [:]
    for record in try await devices().devices[slot].records where record.storage == 0 {
      if case .number(let number) = record.value { numbers[record.quantity.description] = Double(number.description) }
    }
    return numbers
  }
}

/// What is at the simulated meter's M-Bus.
@Suite(.timeLimit(.minutes(1))) struct MeterDevicesTests {
  @Test(arguments: [Profile.gen3, .gen4]) func twoMetersAreThere(_ profile: Profile) async throws {
    let devices = try await Bench(profile).devices().devices
    #expect(devices.map(\.isOccupied) == [true, true, false, false] + [Bool](repeating: false, count: profile.ports))
    #expect(devices.prefix(2).map(\.medium?.words.description) == ["water", "heat"])
    #expect(devices.prefix(2).map(\.handle) == [1, 2] && devices.prefix(2).allSatisfy { $0.state == .up })
    for device in devices.prefix(2) {
      #expect(device.telegrams.count == 1 && device.records.count >= 6)
      #expect(device.records.allSatisfy { $0.error == nil && $0.value != .invalid })
      guard case .variable(let header, .records(let records))? = device.telegrams.first else {
        Issue.record("no records")
        continue
      }
      #expect(records.undecoded.isEmpty && header.manufacturer == Array("SIM".utf8))
    }
  }

  @Test(arguments: [Profile.gen3Old, .gen3Frozen]) func othersHaveNone(_ profile: Profile) async throws {
    let devices = try await Bench(profile).devices().devices
    #expect(devices.allSatisfy { !$0.isOccupied && $0.read == nil && $0.schedule?.frequency == .never })
  }

  /// The water meter is read a minute after each hour, and says so in local time.
  @Test(arguments: [(7, "2026-07-01T14:01:00"), (1, "2026-01-01T13:01:00")])
  func hourlyReads(month: Int, stamp: String) async throws {
    let bench = try Bench(.gen3, clock: SetClock(CivilTime(year: 2026, month: month, day: 1, hour: 12, minute: 0)))
    let before = try await bench.devices().devices[0]
    bench.clock.go(59)
    #expect(try await bench.devices().devices[0].lastRead == before.lastRead)
    bench.clock.go(1)
    let device = try await bench.devices().devices[0]
    #expect(device.lastRead?.description == stamp && device.lastReadAttempt?.description == stamp)
    #expect(
      device.readAttempts == before.readAttempts.map { $0 + 1 }
        && device.readAnswers == before.readAnswers.map { $0 + 1 })
    let time = device.records.compactMap { if case .time(let time) = $0.value { time } else { nil } }.last
    #expect(
      time?.moment
        == Moment(
          stamp.utf8.split { $0 < 0x30 || $0 > 0x39 }.map { digits in
            UInt8(digits.suffix(2).reduce(0) { $0 * 10 + Int($1) - 0x30 })
          }))
    #expect(device.alarms?.map(\.description) == ["scheduled read collected"])
  }

  /// A house uses 0.31 m³ of water a day, and most of its heat in winter.
  @Test func countersGrowPlausibly() {
    let start = CivilTime(year: 2026, month: 1, day: 1).seconds
    for seed in 0..<20 as Range<UInt64> {
      func used(_ kind: MBusDevice.Kind) -> [Double] {
        let device = MBusDevice(kind, seed: seed)
        let totals = (0..<13).map { device.total(at: start + $0 * 30 * CivilTime.day) }
        return zip(totals, totals.dropFirst()).map { $1 - $0 }
      }
      #expect(used(.water).allSatisfy { (9000...9600).contains($0) })
      let heat = used(.heat)
      #expect(heat[0] > 2400 && heat[6] < 250 && heat.allSatisfy { $0 > 100 }, "\(heat)")
    }
  }

  /// Before they were fitted they stand still, and the meter is none the worse.
  @Test func longAgoThereIsNothingToCount() async throws {
    let bench = try Bench(.gen3, clock: SetClock(300_000_000))
    for _ in 0..<200 {
      bench.clock.go(3600)
      _ = try await bench.read(.et16)
    }
    #expect(MBusDevice(.water, seed: 1).total(at: 300_000_000) == 0)
  }

  /// A meter's clock that is moved moves the device's clock, and not what it has counted.
  @Test func countersGoByTrueTime() async throws {
    let body = MeterBody(
      .gen3, tables: try TableStore(.gen3), household: Household(seed: 1, start: 836_400_000), seed: 1)
    let device = MBusDevice(.water, seed: 1)
    let (now, moved) = (body.clock, MeterClock(calendar: body.calendar, error: 86_400))
    let records = device.records(at: 836_400_000, now, valve: 1)
    let later = device.records(at: 836_400_000, moved, valve: 1)
    #expect(records[0] == later[0] && records.last != later.last)
  }

  @Test func countersNeverGoBack() {
    for seed in 0..<20 as Range<UInt64> {
      for kind in [MBusDevice.Kind.water, .heat] {
        let device = MBusDevice(kind, seed: seed)
        let totals = stride(from: 820_000_000 as Int64, to: 820_000_000 + 400 * 86_400, by: 7000).map(device.total)
        #expect(zip(totals, totals.dropFirst()).allSatisfy { $0 < $1 })
      }
    }
  }

  @Test func sameSeedSameDevices() async throws {
    var tables: [[UInt8]] = []
    for (seed, step) in [(7, 7200), (7, 450), (8, 7200)] as [(UInt64, Int64)] {
      let bench = try Bench(.gen4, seed: seed)
      for _ in 0..<(7200 / step) {
        bench.clock.go(step)
        _ = try await bench.ask(.read(.extended(14), length: 1))
      }
      tables.append(try await bench.read(.et16).octets)
    }
    #expect(tables[0] == tables[1] && tables[0] != tables[2])
  }

  // MARK: The log

  @Test func readsWaitForRoomInTheLog() async throws {
    // The head-end collects at 03:30 UTC; the water meter is read hourly, the heat meter at 00:02 local time.
    let bench = try Bench(.gen3, clock: SetClock(CivilTime(year: 2026, month: 1, day: 10, hour: 3, minute: 31)))
    bench.clock.go(16 * 3600)
    func header(_ table: Table) async throws -> [Int64] {
      let ring = try #require(Ring(try await bench.read(table)))
      return [ring.validEntries, ring.lastEntry, Int(ring.lastSequence), ring.unreadEntries].map { Int64($0) }
    }
    #expect(try await header(.et45) == [16, 15, 16, 16])
    #expect(try await header(.et74) == [12, 3, 16, 0])
    bench.clock.go(3 * 3600)
    #expect(try await header(.et45) == [16, 15, 16, 16])
    #expect(try await header(.et74) == [12, 6, 19, 3])
    // Five more of the water meter and one of the heat meter, then all that waits moves.
    bench.clock.go(5 * 3600)
    #expect(try await header(.et74) == [12, 0, 25, 0])
    #expect(try await header(.et45) == [16, 8, 25, 9])
    let log = try await bench.read(.et45)
    let handles = log.integers(named: "Handle")
    #expect(handles.filter { $0 == 2 }.count == 1 && handles.filter { $0 == 1 }.count == 15)
    let newest = try #require(BillingRead(log, entry: 8))
    #expect(newest.timestamp?.description == "2026-01-11T04:01:00")
    guard case .telegrams(let telegrams) = newest.data else {
      Issue.record("no telegrams")
      return
    }
    #expect(telegrams.count == 1 && telegrams[0].medium?.words.description == "water")
    let entries = log.layout.entries(of: "Log Entries")
    let length = try #require(log.integers(named: "Length", entry: 8).first)
    // Behind the length itself: 6 octets before the read, 8 before its telegram, and what L counts.
    #expect(length == 6 + 8 + Int64(log.octets[entries[8].first!.offset + 15]))
  }

  @Test func whatAPowerFailurePreventedIsReadAfterIt() async throws {
    let bench = try Bench(.gen3, clock: SetClock(CivilTime(year: 2026, month: 1, day: 10, hour: 3, minute: 40)))
    await bench.meter.carryOut(.powerOutage(seconds: 3 * 3600))
    bench.clock.go(3 * 3600 + 60)
    let log = try await bench.read(.et45)
    #expect(try #require(Ring(log)).validEntries == 1)
    #expect(log.integers(named: "Execution Status", entry: 0) == [2])
    #expect(BillingRead(log, entry: 0)?.timestamp?.description == "2026-01-10T07:40:00")
    bench.clock.go(3600)
    #expect(try await bench.read(.et45).integers(named: "Execution Status", entry: 1) == [0])
  }

  @Test func aScheduleThatIsWrittenHolds() async throws {
    let start = CivilTime(year: 2026, month: 1, day: 12, hour: 9, minute: 25)
    let bench = try Bench(.gen3, clock: SetClock(start))
    // Weekly, on Mondays at 10:30.
    #expect(try await bench.ask(.writePart(.extended(13), offset: 0, [33, 10, 30, 2])) == .done)
    bench.clock.go(300)
    #expect(try await bench.devices().devices[0].lastRead?.description == "2026-01-12T10:30:00")
  }
}

@Suite struct ReadTimesTests {
  /// A schedule as ET13 has it: day, hour, minute, frequency.
  private func next(_ octets: [UInt8], after time: CivilTime) throws -> CivilTime? {
    let layout = try Table.et13.layout(in: try Profile.gen3.dimensions)
    let table = Decoded(layout: layout, octets: octets + [UInt8](repeating: 0, count: layout.octets - octets.count))
    var tables = try TableStore(.gen3)
    return try #require(ReadSchedule(table, slot: 0)).next(after: time.seconds, LocalCalendar(&tables)).map {
      CivilTime(seconds: $0)
    }
  }

  private func utc(_ month: Int, _ day: Int, _ hour: Int, _ minute: Int = 0, year: Int = 2026) -> CivilTime {
    CivilTime(year: year, month: month, day: day, hour: hour, minute: minute)
  }

  @Test func schedulesAreInLocalTime() throws {
    // Hourly: day and hour do not count.
    #expect(try next([5, 9, 20, 0], after: utc(7, 1, 12, 20)) == utc(7, 1, 13, 20))
    #expect(try next([5, 9, 20, 0], after: utc(7, 1, 12, 19)) == utc(7, 1, 12, 20))
    // Daily at 00:30: 22:30 UTC in summer, 23:30 in winter.
    #expect(try next([5, 0, 30, 1], after: utc(7, 1, 12)) == utc(7, 1, 22, 30))
    #expect(try next([5, 0, 30, 1], after: utc(7, 1, 22, 30)) == utc(7, 2, 22, 30))
    #expect(try next([5, 0, 30, 1], after: utc(10, 24, 22, 30)) == utc(10, 25, 23, 30))
    // Weekly on Sundays at 12:00; 2026-01-11 was one.
    #expect(try next([32, 12, 0, 2], after: utc(1, 10, 12)) == utc(1, 11, 11))
    #expect(try next([32, 12, 0, 2], after: utc(1, 11, 11)) == utc(1, 18, 11))
    // Monthly on the 15th, and on the first where the day is 0.
    #expect(try next([15, 6, 0, 3], after: utc(1, 15, 5)) == utc(2, 15, 5))
    #expect(try next([0, 0, 0, 3], after: utc(1, 31, 22, 59)) == utc(1, 31, 23))
    // Never: so called, or on a day that no week has.
    #expect(try next([0, 0, 0, 4], after: utc(1, 1, 0)) == nil)
    #expect(try next([39, 0, 0, 2], after: utc(1, 1, 0)) == nil)
    #expect(try next([0, 24, 0, 1], after: utc(1, 1, 0)) == nil)
  }
}
