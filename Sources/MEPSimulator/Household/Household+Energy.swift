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

    /// Counts one second of a measurement.
    mutating func add(_ measurement: Measurement) {
      let (active, reactive) = (measurement.totalActivePower / 3600, measurement.totalReactivePower / 3600)
      if active < 0 { reverseActive -= active } else { forwardActive += active }
      if reactive < 0 { exportReactive -= reactive } else { importReactive += reactive }
      let quadrant = reactive < 0 ? (active < 0 ? 2 : 3) : (active < 0 ? 1 : 0)
      self.reactive[quadrant] += abs(reactive)
      apparent[quadrant] += measurement.totalApparentPower / 3600
    }
  }
}
