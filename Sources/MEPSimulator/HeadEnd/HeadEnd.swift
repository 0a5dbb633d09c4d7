// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP

/// Carries out a scenario: what concerns the mains, the clock and the ports itself, the rest by telling the parts.
///
/// It counts true time; the meter's own clock may be moved meanwhile.
struct HeadEnd: Sendable {
  /// What is to be done, the next one last.
  private var pending: [(at: Int64, step: Pending)] = []
  private var mains = Mains()
  /// Orders to a meter without power reach it when it has power again.
  private var waiting: [Order] = []

  private enum Pending: Sendable {
    case order(Order)
    case again(Order, every: Int64)
    /// Something that was wrong with the mains is over.
    case relief
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

  /// Does the next thing that is due; false when there is none. Parts are to be told before the one after it.
  mutating func act(_ body: inout MeterBody) -> Bool {
    if body.hasPower, !waiting.isEmpty {
      deliver(waiting.removeFirst(), &body)
      return true
    }
    guard let next = pending.last, next.at <= body.household.now else { return false }
    pending.removeLast()
    switch next.step {
    case .order(let order): carryOut(order, &body)
    case .again(let order, let span):
      plan(next.step, at: next.at + span)
      carryOut(order, &body)
    case .relief: mains.apply(to: &body)
    }
    return true
  }

  mutating func carryOut(_ order: Order, _ body: inout MeterBody) {
    switch order {
    case .powerOutage(let seconds): disturb(phases: 0..<3, share: 0, seconds, &body)
    case .phaseLoss(let phase, let seconds): disturb(phases: phase - 1..<phase, share: 0, seconds, &body)
    case .voltage(let phase, let percent, let seconds):
      disturb(phases: phase - 1..<phase, share: Double(percent) / 100, seconds, &body)
    default:
      if body.hasPower { deliver(order, &body) } else { waiting.append(order) }
      return
    }
    body.tell(.order(order))
  }

  private mutating func disturb(phases: Range<Int>, share: Double, _ seconds: Int64, _ body: inout MeterBody) {
    let end = body.household.now + seconds
    mains.disturb(phases: phases, share: share, until: end)
    mains.apply(to: &body)
    plan(.relief, at: end)
  }

  private func deliver(_ order: Order, _ body: inout MeterBody) {
    body.user = .network
    switch order {
    case .clock(let seconds): body.moveClock(by: seconds)
    case .configurationChange: body.changeConfiguration(.procedure)
    case .advancedKey(let octet): body.advancedKey = AccessKey(dummy: octet)
    case .port(let port, let isOpen):
      if isOpen {
        body.closedPorts.remove(port)
        body.tables.set(.et51, MeterBody.settingPath("disable_mep", port), 0)
      } else {
        body.closedPorts.insert(port)
      }
    case .opticalSession(let seconds): body.opticalSessionEnd = body.household.now + seconds
    case .tls(let port, let refusal):
      body.tables.set(.et97, MeterBody.requiresTLS(port), refusal == nil ? 0 : 1)
      body.digestRefusals[port] = refusal
    default: break
    }
    body.tell(.order(order))
    body.user = .nobody
  }

  /// Behind what is planned for the same second.
  private mutating func plan(_ step: Pending, at second: Int64) {
    let i = pending.firstIndex { $0.at <= second } ?? pending.endIndex
    pending.insert((second, step), at: i)
  }
}
