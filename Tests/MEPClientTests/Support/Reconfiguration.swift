// SPDX-License-Identifier: Apache-2.0
import MEPSimulator
import Testing

/// What a grid company changes in a meter.
enum Reconfiguration: CaseIterable {
  /// 55 present values to 26.
  case fewerValues
  /// The same number of summations and of present values from other sources' places: no length gives it away.
  case otherOrder
  /// BT23 grows by a block of registers a tier.
  case moreTiers

  func apply(to meter: SimulatedMeter) async {
    do {
      try await meter.reconfigure { profile in
        switch self {
        case .fewerValues: profile.presentValues = Array(profile.presentValues.prefix(26))
        case .otherOrder:
          profile.presentValues.reverse()
          profile.summations.reverse()
        case .moreTiers: profile.tiers = profile.tiers == 8 ? 7 : profile.tiers + 1
        }
      }
    } catch {
      Issue.record("the simulated meter refused a change: \(error)")
    }
  }
}
