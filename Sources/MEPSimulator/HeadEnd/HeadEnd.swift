// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP

/// Carries out a scenario: what concerns the mains, the clock and the ports itself, the rest by telling the parts.
///
/// It counts true time; the meter's own clock may be moved meanwhile.
struct HeadEnd: Sendable {
  /// What is to be done, the next one last.
  private var pending: [(at: Int64, order: Pending)] = []

  private enum Pending: Sendable {
    case order(Order)
    case again(Order, every: Int64)
    case powerReturns(since: Int64)
    case supplyReturns(phase: Int, isLost: Bool)
  }

  init(_ scenario: Scenario, start: Int64) {
    for step in scenario.steps {
      switch step.when {
      case .after(let span): plan(.order(step.order), at: start + span)
      case .at(let second) where second >= start: plan(.order(step.order), at: second)
      case .at: break
      case .every(let span): plan(.again(step.order, every: span), at: start + span)
      }
    }
  }

  /// The next second of true time at which there is something to do.
  var due: Int64? { pending.last?.at }

  mutating func act(_ body: inout MeterBody) {
    while let next = pending.last, next.at <= body.household.now {
      pending.removeLast()
      switch next.order {
      case .order(let order): carryOut(order, &body)
      case .again(let order, let span):
        plan(next.order, at: next.at + span)
        carryOut(order, &body)
      case .powerReturns(let since):
        body.household.supply = SIMD3(repeating: 1)
        body.hasPower = true
        body.tell(.powerReturned(since: since))
      case .supplyReturns(let phase, let isLost):
        guard body.hasPower else { break }
        body.household.supply[phase] = 1
        if isLost { body.tell(.phase(phase, isLost: false)) }
      }
    }
  }

  mutating func carryOut(_ order: Order, _ body: inout MeterBody) {
    let now = body.household.now
    switch order {
    case .powerOutage(let seconds):
      guard body.hasPower else { return }
      body.tell(.powerFailed)
      body.hasPower = false
      body.household.supply = SIMD3(repeating: 0)
      plan(.powerReturns(since: now), at: now + seconds)
    case .phaseLoss(let phase, let seconds):
      guard body.hasPower else { return }
      body.household.supply[phase - 1] = 0
      body.tell(.phase(phase - 1, isLost: true))
      plan(.supplyReturns(phase: phase - 1, isLost: true), at: now + seconds)
    case .voltage(let phase, let percent, let seconds):
      guard body.hasPower else { return }
      body.household.supply[phase - 1] = Double(percent) / 100
      body.tell(.voltage(phase - 1, percent: percent, seconds: seconds))
      plan(.supplyReturns(phase: phase - 1, isLost: false), at: now + seconds)
    case .clock(let seconds): body.moveClock(by: seconds)
    case .configurationChange: body.changeConfiguration()
    case .advancedKey(let octet): body.advancedKey = AccessKey(dummy: octet)
    case .port(let port, let isOpen):
      if isOpen { body.closedPorts.remove(port) } else { body.closedPorts.insert(port) }
    case .onDemandRequest, .scheduledRead, .downlink, .tariff, .tls: break
    }
    body.tell(.order(order))
  }

  private mutating func plan(_ order: Pending, at second: Int64) {
    let i = pending.firstIndex { $0.at <= second } ?? pending.endIndex
    pending.insert((second, order), at: i)
  }
}
