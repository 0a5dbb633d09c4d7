// SPDX-License-Identifier: Apache-2.0
import MEPTransport
import Testing

@testable import MEPGateway

@Suite struct GateTests {
  private func powers(_ total: (fwd: Int64, rev: Int64), _ phases: [(fwd: Int64, rev: Int64)]) -> Reading {
    var values = [Series("fwd_active_power_w"): total.fwd, Series("rev_active_power_w"): total.rev]
    for (n, phase) in phases.enumerated() {
      values[Series("fwd_active_power_l\(n + 1)_w")] = phase.fwd
      values[Series("rev_active_power_l\(n + 1)_w")] = phase.rev
    }
    return Reading(at: march, values)
  }

  /// As a real meter says just after the power has returned.
  @Test func phasesThatDoNotSumUpAreHeld() {
    var gate = Gate()
    let reading = powers((0, 0), [(200, 0), (300, 0), (74, 0)])
    #expect(gate.check(reading) == .held(.phases(total: 0, sum: 574)))
  }

  @Test func aHouseWithSunIsNoContradiction() {
    var gate = Gate()
    // L1 exports what L2 and L3 use: the meter's total is what is left, one way or the other.
    #expect(gate.check(powers((0, 1500), [(0, 2300), (500, 0), (300, 0)])) == .passed)
    #expect(gate.check(powers((801, 0), [(0, 0), (500, 0), (300, 0)])) == .passed)
    #expect(gate.check(powers((10_000, 0), [(3333, 0), (3333, 0), (3331, 0)])) == .passed)
    // A meter of one phase, and values without any.
    #expect(gate.check(powers((120, 0), [(120, 0)])) == .passed)
    #expect(gate.check(powers((120, 0), [])) == .passed)
    #expect(gate.check(Reading(at: march, [voltage: 230_000])) == .passed)
  }

  private func register(_ number: Int64, _ seconds: Int64) -> Reading {
    Reading(at: march + seconds * second, [energy: number])
  }

  @Test func aNumberThatFallsIsHeldAndTheNextOneIsNot() {
    var gate = Gate()
    #expect(gate.check(register(1000, 0)) == .passed)
    #expect(gate.check(register(990, 10)) == .held(.fell(energy, from: 1000, to: 990)))
    #expect(gate.check(register(1001, 20)) == .passed)
    #expect(gate.check(register(1_000_000, 30)) == .held(.leapt(energy, from: 1001, to: 1_000_000)))
    #expect(gate.check(register(1002, 40)) == .passed)
    // After a year away it may have risen by much.
    #expect(gate.check(register(1_000_000, 365 * 86_400)) == .passed)
  }

  @Test func anotherMeterIsBelievedInTheEnd() {
    var gate = Gate()
    #expect(gate.check(register(900_000, 0)) == .passed)
    var verdicts: [Gate.Verdict] = []
    for n in 1...5 as ClosedRange<Int64> { verdicts.append(gate.check(register(10 + n, 10 * n))) }
    #expect(
      verdicts == [11, 12, 13].map { .held(.fell(energy, from: 900_000, to: $0)) }
        + [.jumped([Jump(energy, at: march + 20 * second + 1, from: 900_000, to: 11)]), .passed])
  }

  @Test func garbageIsNotBelievedHoweverOften() {
    var gate = Gate()
    var random = SeededGenerator(seed: 5)
    #expect(gate.check(register(5_000_000, 0)) == .passed)
    for n in 1...200 as ClosedRange<Int64> {
      let verdict = gate.check(register(Int64.random(in: 0...4_000_000, using: &random) * 1000, 10 * n))
      if case .held = verdict { continue }
      Issue.record("\(n): \(verdict)")
    }
    #expect(gate.check(register(5_000_100, 3000)) == .passed)
  }

  @Test func aRegisterOf32BitsWraps() {
    var gate = Gate()
    #expect(gate.check(register(4_294_967_290, 0)) == .passed)
    #expect(
      gate.check(register(4, 10)) == .jumped([Jump(energy, at: march + 5001, from: 4_294_967_296, to: 0)]))
    #expect(gate.check(register(5, 20)) == .passed)
  }

  /// A number that a great register cannot have come to by wrapping is no wrap.
  @Test func aGreatRegisterThatSaysZeroIsHeld() {
    var gate = Gate()
    #expect(gate.check(register(3_000_000_000, 0)) == .passed)
    #expect(gate.check(register(0, 10)) == .held(.fell(energy, from: 3_000_000_000, to: 0)))
  }

  /// All registers of another meter prove themselves at once.
  @Test func registersProveThemselvesTogether() {
    var gate = Gate()
    let other = Series("rev_active_energy_wh", .counter)
    func both(_ a: Int64, _ b: Int64, _ seconds: Int64) -> Reading {
      Reading(at: march + seconds * second, [energy: a, other: b])
    }
    #expect(gate.check(both(900_000, 800_000, 0)) == .passed)
    for n in 1...3 as ClosedRange<Int64> {
      let verdict = gate.check(both(10 + n, 20 + n, 10 * n))
      if case .held = verdict { continue }
      Issue.record("\(n): \(verdict)")
    }
    let verdict = gate.check(both(14, 24, 40))
    if case .jumped(let jumps) = verdict {
      #expect(Set(jumps.map(\.series.name)) == ["fwd_active_energy_wh", "rev_active_energy_wh"])
    } else {
      Issue.record("\(verdict)")
    }
  }

  /// A meter that tells forward power only exports on every phase without a contradiction.
  @Test func oneDirectionProvesNothing() {
    var gate = Gate()
    let values = [
      Series("fwd_active_power_w"): Int64(0), Series("rev_active_power_w"): 900,
      Series("fwd_active_power_l1_w"): 0, Series("fwd_active_power_l2_w"): 0, Series("fwd_active_power_l3_w"): 0,
    ]
    #expect(gate.check(Reading(at: march, values)) == .passed)
  }

  /// What was let through before the gateway began anew still counts.
  @Test func itGoesOnWhereItWas() {
    var gate = Gate()
    gate.resume(energy, from: 1000, at: march)
    #expect(gate.check(register(999, 10)) == .held(.fell(energy, from: 1000, to: 999)))
  }
}
