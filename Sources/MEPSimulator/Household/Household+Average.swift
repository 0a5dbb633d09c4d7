// SPDX-License-Identifier: Apache-2.0

extension Household {
  /// The mean of the measurements over a window of time. A vector holds the phases L1, L2 and L3.
  struct Average: Sendable, Hashable {
    /// V.
    var voltage = SIMD3<Double>()
    /// A.
    var current = SIMD3<Double>()
    /// W from the grid; a second that flows the other way counts as 0.
    var forwardActivePower = SIMD3<Double>()
    /// W to the grid, not negative.
    var reverseActivePower = SIMD3<Double>()
    /// W from the grid by the sign of the total over all phases, so that it may be less than the sum of the phases.
    var totalForwardActivePower = 0.0
    /// W to the grid, not negative, by the sign of the total over all phases.
    var totalReverseActivePower = 0.0
  }

  /// An average in the making.
  struct Window: Sendable {
    private var sum = Average()
    private var count: Int64 = 0

    mutating func add(_ measurement: Measurement) {
      let (active, total) = (measurement.activePower, measurement.totalActivePower)
      let forward = active.replacing(with: 0, where: active .< 0)
      sum.voltage += measurement.voltage
      sum.current += measurement.current
      sum.forwardActivePower += forward
      sum.reverseActivePower += forward - active
      if total < 0 { sum.totalReverseActivePower -= total } else { sum.totalForwardActivePower += total }
      count += 1
    }

    /// Ends the window: the average, if it holds exactly so many seconds.
    mutating func close(_ seconds: Int64) -> Average? {
      defer { self = Window() }
      guard count == seconds else { return nil }
      let part = 1 / Double(seconds)
      sum.voltage *= part
      sum.current *= part
      sum.forwardActivePower *= part
      sum.reverseActivePower *= part
      sum.totalForwardActivePower *= part
      sum.totalReverseActivePower *= part
      return sum
    }
  }
}
