// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

@Suite(.timeLimit(.minutes(1))) struct RegisterTests {
  private func values(_ registers: EnergyRegisters) -> [[Int64]] {
    ([registers.total] + registers.tiers).map { $0.summations.map(\.raw) }
  }

  @Test(arguments: Profile.all) func registersOfEveryProfile(_ profile: Profile) async throws {
    let simulator = try simulated(profile)
    for key in [basicKey, advancedKey] {
      let meter = Meter(at: plug(simulator.port(1)), key: key)
      let registers = try await meter.readRegisters()
      let stored = try await meter.read(.bt23)
      #expect(registers.tiers.count == profile.tiers)
      #expect(registers.total.summations.map { $0.source?.number } == profile.summations)
      #expect(registers.total.summation(of: 0)?.raw == stored.bySource[[-1, 0]])
      if profile.tiers > 0 { #expect(registers.tiers[1].summation(of: 1)?.raw == stored.bySource[[1, 1]]) }
      #expect(registers.total.demands.count == profile.demands.count)
      #expect(registers.demandResets == (profile.demands.isEmpty ? nil : 0))
      #expect(try await meter.readEnergyRegisterUnit().multiplier == Int64(profile.energyUnit))
      meter.close()
    }
  }

  /// ET42 tells what ET55 keeps to itself; where neither does, an energy is a count and no Wh.
  @Test func theUnitOfEnergiesIsNeverGuessed() async throws {
    for hidden in [[TableID.extended(55)], [.extended(55), .extended(42)]] {
      let handler = Altered(try simulated(.gen3CT).port(1)) { request, response in
        hidden.contains(request.table) ? .refused(.noPermission) : response
      }
      let meter = Meter(at: plug(handler))
      let isTold = hidden.count == 1
      #expect(try await meter.readEnergyRegisterUnit().multiplier == (isTold ? 10 : nil))
      let energy = try #require(try await meter.readRegisters().total.summation(of: 0))
      #expect(energy.quantity.unit == (isTold ? .wattHour : .none) && energy.source?.quantity == energy.quantity)
      #expect(energy.value == Decimal(energy.raw, exponent: isTold ? 1 : 0))
      let channel = try #require(
        try await meter.readLoadProfile(since: Moment(year: 2099, month: 1, day: 1)).profile.channels.first)
      #expect(channel.quantity == energy.quantity)
      let present = Measurements(try await meter.read(.bt23), unit: try await meter.readEnergyRegisterUnit())
      #expect(present[0] == (isTold ? energy.value : nil))
      meter.close()
    }
  }

  @Test func inTensOfWattHours() async throws {
    let ones = Meter(at: plug(try simulated(.gen3).port(1)))
    let tens = Meter(at: plug(try simulated(.gen3CT).port(1)))
    let (before, after) = (try await ones.readRegisters(), try await tens.readRegisters())
    #expect(
      after.total.summation(of: 0)?.value
        == Decimal(try #require(before.total.summation(of: 0)).raw / 10, exponent: 1))
    #expect(after.total.summation(of: 5)?.value == before.total.summation(of: 5)?.value)
    #expect(
      try await tens.readSelfReads(.last(1))?.entries[0].snapshot.registers.total.summations[0].value.exponent == 1)
    #expect(try await tens.readPreviousSeason()?.registers.total.summations[0].value.exponent == 1)
    ones.close()
    tens.close()
  }

  @Test func aUnitThatTheGuideDoesNotKnow() async throws {
    var profile = Profile.gen3
    profile.energyUnit = 7
    let meter = Meter(at: plug(try simulated(profile).port(1)))
    #expect(try await meter.readEnergyRegisterUnit() == .unknown)
    #expect(try await meter.readRegisters().total.summation(of: 0)?.quantity == .count)
    meter.close()
  }

  @Test func aMeterThatKeepsItsConfigurationToItself() async throws {
    let handler = Altered(try simulated(.gen3).port(1)) { request, response in
      request.table == Table.et55.id || request.table == Table.et54.id || request.table == Table.bt24.id
        ? .refused(.noPermission) : response
    }
    let meter = Meter(at: plug(handler))
    #expect(try await meter.readRegisters().total.summation(of: 0)?.value.exponent == 0)
    #expect(try await meter.readPreviousSeason() == nil)
    meter.close()
  }

  @Test(arguments: [Profile.gen3, .gen3Old, .gen3Demand, .gen4]) func selfReads(_ profile: Profile) async throws {
    let clock = SetClock(836_400_000)
    let simulator = try SimulatedMeter(profile, clock: { clock.now() })
    let meter = Meter(at: plug(simulator.port(1)), key: basicKey)
    let all = try #require(try await meter.readSelfReads())
    #expect(all.entries.map(\.position.sequence) == Array(1...12))
    #expect(all.entries.last?.snapshot.time == Moment(year: 2026, month: 7, day: 3))
    let last = try #require(try await meter.readSelfReads(.last(2)))
    #expect(last.entries.map(\.position.sequence) == [11, 12])
    #expect(
      last.entries.map { values($0.snapshot.registers) } == all.entries.suffix(2).map { values($0.snapshot.registers) })
    // The first second of the next local day.
    clock.go(Moment(year: 2026, month: 7, day: 3, hour: 22).secondsSince2000 - 836_400_000)
    let (new, now) = (try #require(try await meter.readSelfReads(.since(12))), try await meter.readRegisters())
    #expect(new.entries.count == 1 && new.entries[0].position.isUnread)
    #expect(values(new.entries[0].snapshot.registers) == values(now))
    meter.close()
  }

  @Test func whatAMeterHasNot() async throws {
    let meter = Meter(at: plug(try simulated(.gen3).port(1)))
    #expect(try await meter.readDemandResets() == nil)
    #expect(try await meter.readPreviousDemandReset() == nil)
    #expect(try await meter.readOneTimeReads()?.entries.isEmpty == true)
    meter.close()
  }

  @Test func oneTimeReadsAndDemandResets() async throws {
    let clock = SetClock(Moment(year: 2026, month: 7, day: 31, hour: 21).secondsSince2000)
    let simulator = try SimulatedMeter(.gen3Demand, clock: { clock.now() })
    let meter = Meter(at: plug(simulator.port(1)), key: basicKey)
    await simulator.carryOut(.oneTimeRead)
    #expect(
      try await meter.readOneTimeReads()?.entries.map(\.snapshot.time) == [
        Moment(year: 2026, month: 7, day: 31, hour: 23)
      ])
    #expect(try await meter.readDemandResets()?.entries.isEmpty == true)
    clock.go(3600)
    let resets = try #require(try await meter.readDemandResets())
    let last = try #require(try await meter.readPreviousDemandReset())
    #expect(resets.entries.map(\.snapshot.time) == [Moment(year: 2026, month: 8, day: 1)])
    #expect(values(last.registers) == values(resets.entries[0].snapshot.registers))
    #expect(try await meter.readRegisters().demandResets == 1)
    meter.close()
  }

  @Test func previousSeason() async throws {
    let meter = Meter(at: plug(try simulated(.gen4).port(1)), key: basicKey)
    let season = try #require(try await meter.readPreviousSeason())
    #expect(season.time == Moment(year: 2026, month: 4, day: 1) && season.season == 0)
    #expect(season.registers.tiers.count == 8)
    meter.close()
  }
}
