// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

/// A meter that lives through ``YearScenario``, and what its client saw of it.
final class LivedYear {
  let profile: Profile
  let meter: Meter
  private let simulator: SimulatedMeter
  private let clock = SetClock(YearScenario.start)

  /// The registers of the sources 0 to 3, and some present values by source, by the second of true time.
  private(set) var energies: [Int64: [Int64]] = [:]
  private(set) var presentValues: [Int64: [UInt8: Int64]] = [:]
  /// All summations, those of the tiers too, likewise.
  private(set) var registers: [Int64: [[Int64]]] = [:]
  private(set) var intervals: [[LoadProfile.Interval]] = []
  private(set) var events: [EventLog.Entry] = []
  /// The newest number of each log.
  private var lastEvents: [UInt32] = [0, 0]
  private(set) var selfReads: [RegisterSnapshot] = []
  private(set) var demandResets: [RegisterSnapshot] = []

  init(_ profile: Profile, seed: UInt64) throws {
    let clock = clock
    self.profile = profile
    simulator = try SimulatedMeter(
      profile, seed: seed, scenario: try YearScenario.scenario, clock: { clock.now() })
    meter = Meter(at: plug(simulator.port(1)))
  }

  /// Lives through the year; nobody looks.
  func pass() async throws {
    try await go(to: YearScenario.reconfiguration)
    try await go(to: YearScenario.end)
  }

  /// Lives through the year, looked at whenever a quarter ends by the meter's clock, read every eight days.
  func passUnderWatch() async throws {
    intervals = profile.name.hasPrefix("gen4") ? [[], [], [], []] : [[]]
    let start = Moment(secondsSince2000: YearScenario.start)
    var marks = [LoadProfile.Mark?](repeating: nil, count: intervals.count)
    for second in moments {
      try await go(to: second)
      guard YearScenario.outage(at: second) == nil else { continue }
      try await look(second)
      let sinceStart = second - YearScenario.start
      guard sinceStart % (8 * 86_400) == 0 || second == YearScenario.end else { continue }
      for set in intervals.indices {
        let reading = try await meter.readLoadProfile(
          set: set, since: marks[set] == nil ? start : nil, behind: marks[set])
        #expect(reading.failure == nil)
        intervals[set] += reading.intervals
        marks[set] = reading.through ?? marks[set]
      }
      let logs = [
        try await meter.readEventLog(.since(lastEvents[0])),
        try await meter.readAlternateEventLog(.since(lastEvents[1])),
      ]
      for (i, log) in logs.enumerated() {
        events += log?.entries ?? []
        lastEvents[i] = log?.entries.last?.sequence ?? lastEvents[i]
      }
      selfReads += newEntries(of: try await meter.readSelfReads(), since: selfReads)
      demandResets += newEntries(of: try await meter.readDemandResets(), since: demandResets)
    }
  }

  /// Every table's octets, by its name.
  func tables() async throws -> [String: [UInt8]] {
    var tables: [String: [UInt8]] = [:]
    for table in Catalogue.tables where profile.has(table) {
      tables["\(table.id)"] = try await meter.read(table).octets
    }
    return tables
  }

  /// The registers at the end of an interval: what was before an outage, as nothing is counted in it.
  func energies(at second: Int64) -> [Int64]? {
    energies[YearScenario.outage(at: second)?.upperBound ?? second]
  }

  private func newEntries(of history: RegisterHistory?, since known: [RegisterSnapshot]) -> [RegisterSnapshot] {
    let last = known.last?.time ?? Moment(secondsSince2000: YearScenario.start)
    return (history?.entries.map(\.snapshot) ?? []).filter { $0.time.map { $0 > last } ?? false }
  }

  /// Whenever a quarter ends by the meter's clock, when power returns, and when something is to be looked at closely.
  private var moments: [Int64] {
    let quarters = YearScenario.rows(interval: 900).compactMap(\.truly)
    let others =
      YearScenario.settings.map(\.at) + YearScenario.outages.map(\.upperBound) + [
        YearScenario.tariff.lowerBound, YearScenario.tariff.upperBound, YearScenario.oneTimeRead,
        YearScenario.start, YearScenario.end, YearScenario.reconfiguration,
      ]
    let visits = stride(from: YearScenario.start, through: YearScenario.end, by: 8 * 86_400)
    return Set(quarters + others + visits).sorted()
  }

  private func look(_ second: Int64) async throws {
    let time = Moment(secondsSince2000: second + YearScenario.clockError(at: second))
    let isMidnight = [22, 23].contains(time.hour) && time.minute == 0
    let isOdd = second % 900 != 0 || [YearScenario.tariff.lowerBound, YearScenario.tariff.upperBound].contains(second)
    if isMidnight || isOdd || second == YearScenario.oneTimeRead {
      let all = try #require(EnergyRegisters(try await meter.read(.bt23)))
      registers[second] = ([all.total] + all.tiers).map { $0.summations.map(\.raw) }
      energies[second] = registers[second].map { Array($0[0].prefix(4)) }
    } else {
      let selection = try await meter.read(.bt23, paths: ["summations"])
      energies[second] = selection.places.prefix(4).map { $0.integer(in: selection.octets) ?? -1 }
    }
    guard time.minute % 30 == 0 else { return }
    let present = try await meter.read(.bt28)
    var values: [UInt8: Int64] = [:]
    for place in present.places {
      if let source = place.source?.number, [8, 9, 15, 16, 17].contains(source) {
        values[source] = place.integer(in: present.octets)
      }
    }
    presentValues[second] = values
  }

  private func go(to second: Int64) async throws {
    clock.go(second - clock.now())
    _ = await simulator.display
    if second == YearScenario.reconfiguration { try await simulator.reconfigure { $0.presentValues.reverse() } }
  }
}
