// SPDX-License-Identifier: Apache-2.0

extension Household {
  /// Energy registers of the vector sum: each second counts by the sign of its total over all phases.
  struct Energy: Sendable, Hashable {
    /// Wh from the grid.
    var forwardActive = 0.0
    /// Wh to the grid.
    var reverseActive = 0.0
    /// varh while the total is inductive (quadrants 1 and 2).
    var importReactive = 0.0
    /// varh while the total is capacitive (quadrants 3 and 4).
    var exportReactive = 0.0
    /// varh by quadrant, 1 to 4 at the indices 0 to 3: +P+Q, −P+Q, −P−Q, +P−Q.
    var reactive = SIMD4<Double>()
    /// VAh by quadrant, like `reactive`.
    var apparent = SIMD4<Double>()
    /// Seconds that the meter was without power, and how often; of the totals only (guide, BT23).
    var secondsOff: Int64 = 0
    var outages: Int64 = 0

    /// Counts one second of a measurement, or so many; less than none takes them back.
    mutating func add(_ measurement: Measurement, seconds: Double = 1) {
      let hours = seconds / 3600
      let (active, reactive) = (measurement.totalActivePower, measurement.totalReactivePower)
      if active < 0 { reverseActive -= active * hours } else { forwardActive += active * hours }
      if reactive < 0 { exportReactive -= reactive * hours } else { importReactive += reactive * hours }
      let quadrant = reactive < 0 ? (active < 0 ? 2 : 3) : (active < 0 ? 1 : 0)
      self.reactive[quadrant] += abs(reactive) * hours
      apparent[quadrant] += measurement.totalApparentPower * hours
    }

    /// What was counted when it was this share of what it is now.
    func scaled(by share: Double) -> Energy {
      var energy = self
      energy.forwardActive *= share
      energy.reverseActive *= share
      energy.importReactive *= share
      energy.exportReactive *= share
      energy.reactive *= share
      energy.apparent *= share
      return energy
    }
  }
}
