// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import MEPSimulator

@Suite struct HouseholdTests {
  /// A Saturday in June, 00:00 UTC.
  private static let june = CivilTime(year: 2025, month: 6, day: 14).seconds

  @Test(arguments: [1, 13, 899, 86_400] as [Int64]) func theStepsOfTheCallerDoNotMatter(step: Int64) {
    let start = Self.june + 12_345
    var (one, other) = (Household(seed: 5, start: start), Household(seed: 5, start: start))
    one.advance(to: start + 50_000)
    while other.now < start + 50_000 { other.advance(to: min(other.now + step, start + 50_000)) }
    #expect(one.measurement == other.measurement)
    #expect(one.average == other.average)
    #expect(one.energy == other.energy)
    #expect(one.tiers == other.tiers)
  }

  @Test func theStartDoesNotMatterToThePower() {
    var early = Household(seed: 5, start: Self.june)
    for hour in 0..<30 {
      early.advance(to: Self.june + Int64(hour) * 3517)
      #expect(early.measurement == Household(seed: 5, start: early.now).measurement)
    }
  }

  @Test func thePastIsIgnored() {
    var house = Household(seed: 5, start: Self.june)
    house.advance(to: Self.june + 600)
    let (measurement, energy) = (house.measurement, house.energy)
    house.advance(to: Self.june + 599)
    #expect(house.now == Self.june + 600 && house.measurement == measurement && house.energy == energy)
  }

  @Test func seedsDiffer() {
    let houses = (0..<20 as Range<UInt64>).map { seed in
      var house = Household(seed: seed, start: Self.june)
      house.advance(to: Self.june + 60)
      return house
    }
    #expect(Set(houses.map(\.energy)).count == 20)
    #expect(Set(houses.map(\.measurement.voltage)).count == 20)
  }

  @Test(arguments: [-3_000_000_000, -1, 0, 3_155_759_999] as [Int64]) func anySecondCanBeTheStart(start: Int64) {
    var house = Household(seed: 1, start: start)
    house.advance(to: start + 100)
    #expect(house.now == start + 100 && (207...253).contains(house.measurement.voltage.x))
  }

  @Test func theQuantitiesOfASecondAgree() {
    var load = Household.Load(seed: 4, sun: true, car: true)
    for second in stride(from: Self.june, to: Self.june + 7 * CivilTime.day, by: 607) {
      let seen = load.measurement(at: second)
      var (active, reactive) = (0.0, 0.0)
      for phase in 0..<3 {
        let (p, q) = (seen.activePower[phase], seen.reactivePower[phase])
        let apparent = (p * p + q * q).squareRoot()
        (active, reactive) = (active + p, reactive + q)
        #expect(seen.current[phase] >= 0)
        #expect(abs(seen.current[phase] * seen.voltage[phase] - apparent) < 1e-9 * apparent)
        #expect(abs(seen.powerFactor[phase] * apparent - p) < 1e-9 * apparent)
        #expect(abs(seen.sinPhi[phase] * apparent - q) < 1e-9 * apparent)
        #expect((-1...1).contains(seen.powerFactor[phase]) && (-1...1).contains(seen.sinPhi[phase]))
        #expect(abs(seen.voltageAngle[phase] - Double(phase) * 120) < 1)
      }
      #expect(abs(seen.totalActivePower - active) < 1e-9 * abs(active) + 1e-9)
      #expect(abs(seen.totalReactivePower - reactive) < 1e-9 * abs(reactive) + 1e-9)
      #expect(abs(seen.totalApparentPower - (active * active + reactive * reactive).squareRoot()) < 1e-6)
      #expect((49.97...50.03).contains(seen.frequency))
    }
  }

  @Test func withoutCurrentTheFactorsAreDefined() {
    let idle = Household.Measurement(voltage: SIMD3(repeating: 230))
    #expect(idle.powerFactor == SIMD3(1, 1, 1) && idle.sinPhi == SIMD3(0, 0, 0) && idle.current == SIMD3(0, 0, 0))
  }

  @Test(arguments: [300, 900] as [Int64]) func theAverageIsThatOfTheLastCompleteWindow(seconds: Int64) {
    let noon = Self.june + 43_200
    var house = Household(seed: 6, start: noon - 100, averageSeconds: seconds)
    house.advance(to: noon + seconds - 1)
    #expect(house.average == Household.Average())
    house = Household(seed: 6, start: noon, averageSeconds: seconds)
    var sum = Household.Average()
    while house.now < noon + seconds {
      let seen = house.measurement
      for phase in 0..<3 {
        sum.voltage[phase] += seen.voltage[phase]
        sum.current[phase] += seen.current[phase]
        sum.forwardActivePower[phase] += max(seen.activePower[phase], 0)
        sum.reverseActivePower[phase] += max(-seen.activePower[phase], 0)
      }
      sum.totalForwardActivePower += max(seen.totalActivePower, 0)
      sum.totalReverseActivePower += max(-seen.totalActivePower, 0)
      house.advance(to: house.now + 1)
    }
    // The next window changes nothing until it is complete.
    house.advance(to: noon + 2 * seconds - 1)
    let (average, count) = (house.average, Double(seconds))
    #expect(near(average.voltage, sum.voltage / count) && near(average.current, sum.current / count))
    #expect(near(average.forwardActivePower, sum.forwardActivePower / count))
    #expect(near(average.reverseActivePower, sum.reverseActivePower / count))
    #expect(abs(average.totalForwardActivePower - sum.totalForwardActivePower / count) < 1e-6)
    #expect(abs(average.totalReverseActivePower - sum.totalReverseActivePower / count) < 1e-6)
    #expect(average.totalReverseActivePower > 100)
    house.advance(to: noon + 2 * seconds)
    #expect(house.average != average)
  }

  private func near(_ one: SIMD3<Double>, _ other: SIMD3<Double>) -> Bool {
    (0..<3).allSatisfy { abs(one[$0] - other[$0]) < 1e-6 }
  }
}
