// SPDX-License-Identifier: Apache-2.0

extension Household {
  /// What the meter sees during one second. A vector holds the phases L1, L2 and L3.
  struct Measurement: Sendable, Hashable {
    /// W, positive when forward (import from the grid).
    var activePower = SIMD3<Double>()
    /// var, positive when imported (inductive).
    var reactivePower = SIMD3<Double>()
    /// V from phase to neutral.
    var voltage = SIMD3<Double>()
    /// Degrees by which each voltage lags that of L1: 0, about 120 and about 240.
    var voltageAngle = SIMD3<Double>()
    /// Hz.
    var frequency = 0.0
  }
}

extension Household.Measurement {
  /// VA, never negative.
  var apparentPower: SIMD3<Double> { (activePower * activePower + reactivePower * reactivePower).squareRoot() }
  /// A, never negative.
  var current: SIMD3<Double> { (apparentPower / voltage).replacing(with: 0, where: voltage .== 0) }
  /// P/S, −1…1, with the sign of the active power; 1 without current.
  var powerFactor: SIMD3<Double> { ratio(activePower, without: 1) }
  /// Q/S, −1…1, with the sign of the reactive power; 0 without current.
  var sinPhi: SIMD3<Double> { ratio(reactivePower, without: 0) }

  /// W over all phases, positive when forward.
  var totalActivePower: Double { activePower.sum() }
  /// var over all phases, positive when imported.
  var totalReactivePower: Double { reactivePower.sum() }
  /// VA of the vector sum of the phases.
  var totalApparentPower: Double {
    let (active, reactive) = (totalActivePower, totalReactivePower)
    return (active * active + reactive * reactive).squareRoot()
  }

  private func ratio(_ power: SIMD3<Double>, without: Double) -> SIMD3<Double> {
    let apparent = apparentPower
    return (power / apparent).replacing(with: without, where: apparent .== 0)
  }
}
