// SPDX-License-Identifier: Apache-2.0
import C1219
import Glibc
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

/// A year of a meter with all that can befall it, read by the client: what it recorded is what its registers had, and what
/// it logged is what the scenario did.
@Suite(.serialized, .enabled(if: getenv("MEP_ACCEPTANCE") != nil), .timeLimit(.minutes(30)))
struct YearAcceptanceTests {
  @Test(arguments: [Profile.gen4, .gen3Demand]) func isRecorded(_ profile: Profile) async throws {
    let year = try LivedYear(profile, seed: 1)
    try await year.passUnderWatch()
    try await expectLoadProfile(of: year)
    try await expectWholeRings(of: year)
    expectEvents(of: year)
    try await expectOutagesAndQuality(of: year)
    try await expectCopies(of: year)
    year.meter.close()
  }

  /// However often one looks, a seed gives one year.
  @Test func isTheSameForTheSameSeed() async throws {
    let years = try [1, 1, 2].map { try LivedYear(.gen4, seed: $0) }
    let began = ContinuousClock.now
    try await years[0].pass()
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    print(
      "a year of gen4 in \(Int(seconds)) s: \(Int(Double(YearScenario.end - YearScenario.start) / seconds)) seconds a second"
    )
    try await years[1].passUnderWatch()
    try await years[2].pass()
    var tables: [[String: [UInt8]]] = []
    for year in years {
      tables.append(try await year.tables())
      year.meter.close()
    }
    // ET04 has the ports' sequence numbers, which whoever asks moves on.
    let differing = tables[0].keys.filter { tables[0][$0] != tables[1][$0] }
    #expect(differing.sorted() == ["ET04"])
    // Another house, but the same grid.
    for table in ["BT23", "BT26", "BT28", "BT64", "BT65", "BT66", "BT67"] {
      #expect(tables[0][table] != tables[2][table], "\(table)")
    }
    for table in ["BT55", "BT63", "ET21", "ET81"] { #expect(tables[0][table] == tables[2][table], "\(table)") }
  }

  // MARK: The load profile

  private func intervalLengths(_ profile: Profile) -> [Int64] {
    profile.name == "gen4" ? [900, 3600, 86_400, 1800] : [900]
  }

  private func expectLoadProfile(of year: LivedYear) async throws {
    for (set, interval) in intervalLengths(year.profile).enumerated() {
      let (rows, recorded) = (YearScenario.rows(interval: interval), year.intervals[set])
      #expect(recorded.map(\.end.secondsSince2000) == rows.map(\.end), "data set \(set + 1)")
      guard recorded.count == rows.count else { continue }
      for (interval, row) in zip(recorded, rows) { expect(interval, row, set, year) }
      // What was used in the intervals is what the registers say, from the first one on.
      guard set != 3 else { continue }
      let counted = zip(recorded, rows).filter { $1.energy != 4 }.map(\.0)
      for channel in 0..<2 {
        let values = counted.compactMap { LoadProfileBench.integer($0.values[channel].raw) }
        let used = zip(values, values.dropFirst()).map { $1 - $0 }
        #expect(used.allSatisfy { $0 >= 0 } && used.contains { $0 > 0 })
        let ends = [rows.first, rows.last].map { $0?.truly.flatMap { year.energies(at: $0) }?[channel] ?? -1 }
        #expect(used.reduce(0, +) == ends[1] - ends[0] && used.count > 360, "data set \(set + 1)")
      }
    }
    if year.profile.name == "gen4" { expectDevices(of: year) }
  }

  private func expect(_ interval: LoadProfile.Interval, _ row: YearScenario.Row, _ set: Int, _ year: LivedYear) {
    let what = "\(interval.end), data set \(set + 1)"
    #expect(interval.status == row.common, "\(what)")
    let raw = interval.values.map { LoadProfileBench.integer($0.raw) ?? 0 }
    let codes = interval.values.map(\.status.code)
    let energies = [4, 2, 4, 0][set]
    let expected = row.energy == 4 ? [0, 0, 0, 0] : row.truly.flatMap { year.energies(at: $0) } ?? []
    #expect(raw.prefix(energies) == expected.prefix(energies)[...], "\(what)")
    #expect(codes.prefix(energies).allSatisfy { $0 == row.energy }, "\(what)")
    let sources: [UInt8] = [[15, 16, 17], [], [], [8, 9]][set]
    #expect(codes.dropFirst(energies).prefix(sources.count).allSatisfy { $0 == row.present }, "\(what)")
    let present = row.present == 4 ? [:] : row.truly.flatMap { year.presentValues[$0] }
    for (i, source) in sources.enumerated() {
      if let present { #expect(raw[energies + i] == present[source] ?? 0, "\(what)") }
    }
    for (i, code) in codes.enumerated().dropFirst(energies + sources.count) where code != 0 {
      #expect(raw[i] == 0 || code == row.present, "\(what)")
    }
  }

  /// Water and heat run one way, and all data sets have the same of them.
  private func expectDevices(of year: LivedYear) {
    let hourly = year.intervals[1]
    let rows = YearScenario.rows(interval: 3600)
    for channel in 2..<4 {
      let read = zip(hourly, rows).filter { $1.present != 4 }
      #expect(read.allSatisfy { $0.values[channel].status.code == $1.present })
      let values = read.map { $0.0.values[channel].bcd }
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 } && values[0] < values[values.count - 1])
    }
    for (set, channel) in [(2, 4), (3, 2)] {
      var compared = 0
      for interval in year.intervals[set] where interval.values[channel].status.code == 0 {
        let hour = hourly.first { $0.end == interval.end }
        #expect(hour?.values[2].raw == interval.values[channel].raw, "\(interval.end), data set \(set + 1)")
        compared += 1
      }
      #expect(compared > 360)
    }
  }

  /// At the end of the year the rings have wrapped many times: all that is in them, at once.
  private func expectWholeRings(of year: LivedYear) async throws {
    let rings: [(blocks: Int, intervals: Int)] = [(40, 96), (40, 24), (3, 31), (10, 48)]
    for (set, ring) in rings.prefix(year.intervals.count).enumerated() {
      let reading = try await year.meter.readLoadProfile(set: set)
      #expect(reading.profile.blocks == ring.blocks)
      #expect(reading.intervals.count > (ring.blocks - 2) * ring.intervals, "data set \(set + 1)")
      #expect(reading.intervals == year.intervals[set].suffix(reading.intervals.count), "data set \(set + 1)")
    }
  }

  // MARK: Logs

  private func text(_ time: Moment?) -> String { time.map { String($0.description.dropFirst(5)) } ?? "unknown" }

  private func expectEvents(of year: LivedYear) {
    let entries = year.events.sorted { $0.sequence < $1.sequence }
    #expect(entries.map(\.sequence) == Array(1...UInt32(entries.count)), "none was lost")
    let told = entries.withoutDaily.filter { $0.id != .standard(20) }.map { entry in
      let id = "\(entry.id.isManufacturer ? "m" : "s")\(entry.id.number)"
      let first = entry.argument.first ?? 0
      let argument = ["m34", "m35"].contains(id) ? " \(first & 3)" : first == 0 ? "" : " \(first)"
      return "\(text(entry.time)) \(id)\(argument)"
    }
    #expect(told == YearScenario.events)
    // Self-reads at every local midnight, demand resets on the first of the month.
    #expect(entries.count { $0.id == .standard(21) } == 365)
    let resets = entries.filter { $0.id == .standard(20) }.map { text($0.time) }
    let firsts = ["01-31T23", "02-28T23", "03-31T22", "04-30T22", "05-31T22", "06-30T22", "07-31T22", "08-31T22"]
    let others = ["09-30T22", "10-31T23", "11-30T23", "12-31T23"]
    #expect(resets == (year.profile.name == "gen3-demand" ? (firsts + others).map { $0 + ":00:00" } : []))
  }

  private func expectOutagesAndQuality(of year: LivedYear) async throws {
    let log = try #require(try await year.meter.readOutages())
    #expect(log.entries.map { "\(text($0.start)) \(text($0.end))" } == YearScenario.outageLog)
    let quality = try await year.meter.readPowerQuality()
    #expect(quality.shortOutages == 1)
    #expect(
      quality.outages.map(\.seconds).sorted()
        == YearScenario.outages.map { UInt32($0.count) }.filter { $0 > 120 }.sorted())
    #expect(quality.phases.map(\.sag1.count) == [2, 2, 1] && quality.phases.map(\.surge.count) == [0, 0, 1])
    #expect(
      quality.phases.map(\.losses) == [0, 1, 0] && quality.phases.allSatisfy { !$0.isLost && $0.overCurrents == 0 })
    let total = try await year.meter.readRegisters().total
    #expect(total.summation(of: 4)?.raw == YearScenario.outages.reduce(0) { $0 + Int64($1.count) })
    #expect(total.summation(of: 5)?.raw == Int64(YearScenario.outages.count))
  }

  // MARK: Copies of the registers

  private func rows(_ snapshot: RegisterSnapshot) -> [[Int64]] {
    ([snapshot.registers.total] + snapshot.registers.tiers).map { $0.summations.map(\.raw) }
  }

  /// The second of true time at which a local clock shows a time, in a year without doubt about midnights.
  private func second(local: Moment) -> Int64 {
    let summer = YearScenario.second("2026-03-29T01:00Z")..<YearScenario.second("2026-10-25T01:00Z")
    let shown = local.secondsSince2000 - 3600
    return YearScenario.truth(of: summer.contains(shown - 3600) ? shown - 3600 : shown) ?? -1
  }

  private func expectCopies(of year: LivedYear) async throws {
    #expect(year.selfReads.count == 365)
    for snapshot in year.selfReads + year.demandResets {
      let time = try #require(snapshot.time)
      #expect(year.registers[second(local: time)] == rows(snapshot), "\(time)")
    }
    #expect(year.demandResets.count == (year.profile.name == "gen3-demand" ? 12 : 0))
    let once = try #require(try await year.meter.readOneTimeReads()?.entries.last)
    #expect(rows(once.snapshot) == year.registers[YearScenario.oneTimeRead])
    // While the tariff is held, no other tier counts.
    let held = try #require(year.registers[YearScenario.tariff.lowerBound])
    let released = try #require(year.registers[YearScenario.tariff.upperBound])
    let counting = (1..<held.count).filter { held[$0][0] != released[$0][0] }
    #expect(counting == [YearScenario.tier + 1])
  }
}
