// SPDX-License-Identifier: Apache-2.0
import C1219

/// What BT22 tells of demands besides their sources.
struct DemandSelection {
  private let table: Decoded?

  /// - Parameter table: BT22; nil where it is not at hand.
  init(_ table: Decoded?) { self.table = table?.layout.table == Table.bt22.id ? table : nil }

  func isMinimum(_ demand: Int) -> Bool? {
    guard let maxima = table?.octets(named: "Min Max Flags"), demand / 8 < maxima.count else { return nil }
    return maxima[demand / 8] >> UInt8(demand % 8) & 1 == 0
  }

  func demand(ofCoincident i: Int) -> Int? {
    table?.integer(named: "Coincident Demand Associated", i).map { Int($0) }
  }
}
