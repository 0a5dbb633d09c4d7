// SPDX-License-Identifier: Apache-2.0

/// What is wrong with the mains: several things may be at once, and each ends by itself.
struct Mains: Sendable {
  private var disturbances: [(phases: Range<Int>, share: Double, end: Int64)] = []
  /// What the meter was last told of each phase.
  private var told = SIMD3<Double>(repeating: 1)
  private var failedAt: Int64 = 0

  /// - Parameter share: how much of the voltage is left.
  mutating func disturb(phases: Range<Int>, share: Double, until end: Int64) {
    disturbances.append((phases, share, end))
  }

  /// Gives the house what is left of the mains now, and tells the meter what has changed. It has power as long as one
  /// phase has.
  mutating func apply(to body: inout MeterBody) {
    let now = body.household.now
    disturbances.removeAll { $0.end <= now }
    var supply = SIMD3<Double>(repeating: 1)
    for disturbance in disturbances {
      for phase in disturbance.phases { supply[phase] = min(supply[phase] * disturbance.share, 2) }
    }
    body.household.supply = supply
    if supply == SIMD3(repeating: 0) {
      guard body.hasPower else { return }
      body.hasPower = false
      failedAt = now
      body.tell(.powerFailed)
      return
    }
    if !body.hasPower {
      body.hasPower = true
      body.tell(.powerReturned(since: failedAt))
    }
    for phase in 0..<3 where supply[phase] != told[phase] {
      if supply[phase] == 0 || told[phase] == 0 { body.tell(.phase(phase, isLost: supply[phase] == 0)) }
      if supply[phase] != 0 { body.tell(.voltage(phase, percent: Int((supply[phase] * 100).rounded()))) }
    }
    told = supply
  }
}
