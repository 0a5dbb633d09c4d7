// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import MEPSimulator

@Suite struct HouseholdEnergyTests {
  /// A Saturday in June, 00:00 UTC.
  private static let june = CivilTime(year: 2025, month: 6, day: 14).seconds
  private static let aDayLater = june + CivilTime.day

  @Test(arguments: [7] as [UInt64]) func energyIsTheIntegralOfThePowerSeen(seed: UInt64) {
    var house = Household(seed: seed, start: Self.june)
    house.energy.forwardActive = 54_321_000
    house.energy.apparent[0] = 4000
    let before = house.energy
    var (forward, reverse, imported, exported) = (0.0, 0.0, 0.0, 0.0)
    var (reactive, apparent) = ([0.0, 0, 0, 0], [0.0, 0, 0, 0])
    while house.now < Self.aDayLater {
      let (p, q) = (house.measurement.totalActivePower / 3600, house.measurement.totalReactivePower / 3600)
      let quadrant = p >= 0 ? (q >= 0 ? 1 : 4) : (q >= 0 ? 2 : 3)
      forward += max(p, 0)
      reverse += max(-p, 0)
      imported += max(q, 0)
      exported += max(-q, 0)
      reactive[quadrant - 1] += abs(q)
      apparent[quadrant - 1] += (p * p + q * q).squareRoot()
      house.advance(to: house.now + 1)
    }
    let after = house.energy
    #expect(near(after.forwardActive - before.forwardActive, forward))
    #expect(near(after.reverseActive - before.reverseActive, reverse))
    #expect(near(after.importReactive - before.importReactive, imported))
    #expect(near(after.exportReactive - before.exportReactive, exported))
    for index in 0..<4 {
      #expect(near(after.reactive[index] - before.reactive[index], reactive[index]), "Q\(index + 1)")
      #expect(near(after.apparent[index] - before.apparent[index], apparent[index]), "Q\(index + 1)")
    }
    #expect(near(reactive[0] + reactive[1], imported) && near(reactive[2] + reactive[3], exported))
    #expect(forward > 1000 && reverse > 1000 && imported > 100 && exported > 10)
  }

  @Test func aRegisterGrowsInOneDirectionASecond() {
    var house = Household(seed: 2, start: Self.june)
    for _ in 0..<86_400 {
      let before = house.energy
      house.advance(to: house.now + 1)
      let after = house.energy
      let active = [after.forwardActive > before.forwardActive, after.reverseActive > before.reverseActive]
      let reactive = [after.importReactive > before.importReactive, after.exportReactive > before.exportReactive]
      let quadrants = (0..<4).count { after.apparent[$0] > before.apparent[$0] }
      guard active[0] != active[1], reactive[0] != reactive[1], quadrants == 1 else {
        Issue.record("at \(house.now): \(before) to \(after)")
        return
      }
    }
  }

  @Test func everyQuadrantIsVisited() {
    var house = Household(seed: 1, start: Self.june)
    house.advance(to: Self.june + 5 * CivilTime.day)
    for index in 0..<4 { #expect(house.energy.reactive[index] > 1, "Q\(index + 1)") }
  }

  @Test func tiersAddUpToTheTotal() {
    var house = Household(seed: 3, start: Self.june)
    house.energy = Household.Energy(forwardActive: 1000, reverseActive: 2000)
    for tier in [0, 3, 7, 3] {
      house.tier = tier
      let before = house.tiers
      house.advance(to: house.now + 21_600)
      #expect(house.tiers.indices.filter { house.tiers[$0] != before[$0] } == [tier])
    }
    let tiers = house.tiers.map(values)
    let total = zip(values(house.energy), values(Household.Energy(forwardActive: 1000, reverseActive: 2000))).map(-)
    for (index, total) in total.enumerated() { #expect(near(tiers.reduce(0) { $0 + $1[index] }, total)) }
  }

  @Test func noTiersAreCountedWithoutTiers() {
    var house = Household(seed: 3, start: Self.june)
    house.advance(to: Self.june + 3600)
    #expect(house.tiers == [Household.Energy](repeating: Household.Energy(), count: 8))
    #expect(house.energy != Household.Energy())
  }

  @Test func theSameShareOfEverything() {
    var house = Household(seed: 3, start: Self.june)
    house.advance(to: Self.june + 3600)
    for (half, whole) in zip(values(house.energy.scaled(by: 0.5)), values(house.energy)) { #expect(half == whole / 2) }
  }

  private func near(_ value: Double, _ expected: Double) -> Bool {
    abs(value - expected) <= 1e-6 * abs(expected)
  }

  private func values(_ energy: Household.Energy) -> [Double] {
    [energy.forwardActive, energy.reverseActive, energy.importReactive, energy.exportReactive]
      + (0..<4).map { energy.reactive[$0] } + (0..<4).map { energy.apparent[$0] }
  }
}
