// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import MEPSimulator

/// Whole years, seen three times an hour: the step has no common divisor with an hour.
@Suite struct HouseholdYearTests {
  private static let start = CivilTime(year: 2025, month: 1, day: 1).seconds
  private static let end = CivilTime(year: 2026, month: 1, day: 1).seconds
  private static let step: Int64 = 1201
  /// kWh of 1 W during a step.
  private static let perWatt = Double(step) / 3_600_000
  private static let seconds = stride(from: start, to: end, by: Int(step))

  @Test(arguments: [1, 2, 3] as [UInt64], [false, true]) func consumptionIsThatOfAHome(seed: UInt64, car: Bool) {
    var load = Household.Load(seed: seed, sun: false, car: car)
    let powers = Self.seconds.map { load.measurement(at: $0).totalActivePower }
    #expect((3000...12_000).contains(powers.reduce(0, +) * Self.perWatt), "kWh")
    #expect(powers.allSatisfy { $0 > 0 && $0 < 22_000 })
    #expect(powers.contains { $0 > 10_500 } == car)
  }

  @Test(arguments: [1, 2] as [UInt64]) func theSunFollowsSeasonAndHour(seed: UInt64) {
    var sunny = Household.Load(seed: seed, sun: true, car: true)
    var plain = Household.Load(seed: seed, sun: false, car: true)
    var months = [Double](repeating: 0, count: 13)
    for second in Self.seconds {
      let power = plain.measurement(at: second).totalActivePower - sunny.measurement(at: second).totalActivePower
      let time = CivilTime(seconds: second)
      // In Denmark it is dark from 21 to 02 UTC all year, and from 16 to 07 UTC in December.
      let isNight = time.hour >= 21 || time.hour < 2 || (time.month == 12 && (time.hour >= 16 || time.hour < 7))
      if isNight ? power != 0 : !(-1e-9...5700).contains(power) { Issue.record("\(power) W at \(time)") }
      months[time.month] += power * Self.perWatt
    }
    #expect((4500...7000).contains(months.reduce(0, +)), "kWh")
    #expect((500...1000).contains(months[6]), "kWh")
    #expect((50...250).contains(months[12]), "kWh")
  }

  @Test(arguments: [1, 2] as [UInt64]) func theVoltageIsLegalAndRisesWithExport(seed: UInt64) {
    var load = Household.Load(seed: seed, sun: true, car: true)
    var (exporting, charging): ([Double], [Double]) = ([], [])
    for second in Self.seconds {
      let seen = load.measurement(at: second)
      let legal = seen.voltage.min() > 207 && seen.voltage.max() < 253
      if !legal { Issue.record("\(seen.voltage) V at \(second)") }
      if seen.totalActivePower < -4000 { exporting.append(seen.voltage.sum() / 3) }
      if seen.totalActivePower > 10_000 { charging.append(seen.voltage.sum() / 3) }
    }
    #expect((231.5...234).contains(exporting.reduce(0, +) / Double(exporting.count)))
    #expect((223...226.5).contains(charging.reduce(0, +) / Double(charging.count)))
  }

  @Test func theCarIsChargedOnSomeNights() {
    var with = Household.Load(seed: 3, sun: true, car: true)
    var without = Household.Load(seed: 3, sun: true, car: false)
    var (nights, samples) = (Set<Int64>(), 0)
    for second in Self.seconds {
      let (charging, idle) = (with.measurement(at: second), without.measurement(at: second))
      guard charging.activePower != idle.activePower else { continue }
      let power = charging.totalActivePower - idle.totalActivePower
      let time = CivilTime.local(utc: second)
      #expect((10_800...11_200).contains(power) && (time.hour >= 22 || time.hour < 6))
      #expect(charging.totalReactivePower < idle.totalReactivePower)
      nights.insert((second + CivilTime.day / 2) / CivilTime.day)
      samples += 1
    }
    #expect((80...140).contains(nights.count))
    #expect((1.5...4).contains(Double(samples) * Double(Self.step) / 3600 / Double(nights.count)), "hours a night")
  }

  @Test func peopleFollowTheWeekAndTheLight() {
    var load = Household.Load(seed: 4, sun: false, car: false)
    var sums: [String: (power: Double, count: Double)] = [:]
    func add(_ name: String, _ power: Double) {
      let (sum, count) = sums[name, default: (0, 0)]
      sums[name] = (sum + power, count + 1)
    }
    func mean(_ name: String) -> Double { sums[name].map { $0.power / $0.count } ?? .nan }
    for second in Self.seconds {
      let power = load.measurement(at: second).totalActivePower
      let time = CivilTime.local(utc: second)
      if (9..<15).contains(time.hour) { add([0, 6].contains(time.weekday) ? "weekend" : "weekday", power) }
      if (2..<5).contains(time.hour) { add("night", power) }
      if (17..<20).contains(time.hour) { add("evening", power) }
    }
    #expect(mean("weekend") > 1.2 * mean("weekday"))
    #expect(mean("evening") > 2 * mean("night"))
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func lampsBurnWhenItIsDarkAndSomebodyIsAwake(seed: UInt64) {
    func background(month: Int, hour: Int) -> Double {
      let seconds = (1...30).map { CivilTime(year: 2025, month: month, day: $0, hour: hour).seconds }
      return seconds.map { Scene(at: $0, noise: Noise(seed: seed), sun: false).background.sum() / 30 }.reduce(0, +)
    }
    #expect(background(month: 12, hour: 18) > background(month: 6, hour: 18) + 50)
    #expect(background(month: 12, hour: 18) > background(month: 12, hour: 2) + 50)
    #expect(abs(background(month: 12, hour: 2) - background(month: 6, hour: 2)) < 50)
  }

  @Test(arguments: [0.0, 0.05, 0.125, 0.25, 0.3, 0.5, 0.75, -0.25, 1234.125, -1234.375])
  func sineIsThatOfTheTurn(turns: Double) {
    let table = [
      0.0: 0, 0.05: 0.309_017, 0.125: 0.707_107, 0.25: 1, 0.3: 0.951_057, 0.5: 0, 0.625: -0.707_107, 0.75: -1,
    ]
    let turn = turns - turns.rounded(.down)
    #expect(table[turn] != nil && abs(Sun.sine(turns: turns) - table[turn, default: .nan]) < 5e-6)
  }
}
