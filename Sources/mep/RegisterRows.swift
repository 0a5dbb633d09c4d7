// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient
import OSGPTables

/// One value of a block of registers, by its published name.
struct RegisterCell {
  let column: Listing.Column
  let value: JSON

  fileprivate init(_ key: String, _ label: String, _ value: JSON) {
    column = Listing.Column(key, label)
    self.value = value
  }

  fileprivate init(_ key: String, _ label: String, _ value: RegisterValue) {
    self.init(key, label, .number(value.value.description))
  }

  /// "Fwd Wh".
  var shortLabel: String { column.label.replacing(" Active", with: "").replacing(" Reactive", with: "") }

  /// Forward and reverse energy, added or subtracted.
  var isSum: Bool { column.key.hasPrefix("fwd_plus_rev") || column.key.hasPrefix("fwd_minus_rev") }

  var isZero: Bool {
    switch value {
    case .number(let digits): digits.allSatisfy { "0.-".contains($0) }
    default: false
    }
  }
}

extension RegisterBlock {
  /// Summations, then demands with what is kept of them, then coincident values.
  var cells: [RegisterCell] {
    summations.enumerated().map { i, value in
      RegisterCell(
        value.source?.publishedName ?? "summation_\(i)", value.source?.label ?? "Summation \(i)", value)
    } + demands.enumerated().flatMap { $1.cells($0) } + coincidents.enumerated().flatMap { cells(of: $1, $0) }
  }

  private func cells(of coincident: Coincident, _ i: Int) -> [RegisterCell] {
    let demand = coincident.demand.flatMap { $0 < demands.count ? $0 : nil }
    let (stem, label) = demand.map { demands[$0].names($0) } ?? ("demand", "demand")
    let source = coincident.source
    return coincident.values.enumerated().map { n, value in
      let which = n == 0 ? "" : "_\(n + 1)"
      return RegisterCell(
        "\(source?.publishedName ?? "coincident_\(i)")_at_\(stem)\(which)",
        "\(source?.label ?? "Coincident \(i)") at \(label)" + (n == 0 ? "" : " \(n + 1)"), value)
    }
  }
}

extension RegisterBlock.Demand {
  /// "max_fwd_active_power", "max. Fwd Active W".
  fileprivate func names(_ i: Int) -> (stem: String, label: String) {
    let (kind, short) =
      switch isMinimum {
      case true?: ("min", "min.")
      case false?: ("max", "max.")
      case nil: ("extreme", "extreme")
      }
    return ("\(kind)_\(source?.publishedStem ?? "demand_\(i)")", "\(short) \(source?.label ?? "Demand \(i)")")
  }

  fileprivate func cells(_ i: Int) -> [RegisterCell] {
    let (stem, label) = names(i)
    let unit = source?.publishedUnit ?? ""
    var cells: [RegisterCell] = []
    for (n, occurrence) in occurrences.enumerated() {
      let which = n == 0 ? "" : "_\(n + 1)"
      let shown = label + (n == 0 ? "" : " \(n + 1)")
      cells.append(RegisterCell(stem + which + unit, shown, occurrence.value))
      let time: JSON = occurrence.time.map { .string($0.description) } ?? .null
      cells.append(RegisterCell(stem + which + "_at_local", "  at (local)", time))
    }
    if let cumulative { cells.append(RegisterCell("cumulative_" + stem + unit, "  cumulative", cumulative)) }
    if let continuousCumulative {
      cells.append(
        RegisterCell("continuous_cumulative_" + stem + unit, "  continuous cumulative", continuousCumulative))
    }
    return cells
  }
}

extension EnergyRegisters {
  /// All tiers together, then each of them; null where the meter's answer ends before a register.
  var blocks: [(tier: Int?, values: [JSON])] {
    let all = total.cells.map(\.value)
    return [(nil, all)]
      + tiers.enumerated().map { tier, block in
        let values = block.cells.map(\.value).prefix(all.count)
        return (tier, values + [JSON](repeating: .null, count: all.count - values.count))
      }
  }

  /// Says it where energies are shown as counts.
  func tellIfUnscaled() {
    if total.summations.contains(where: { $0.source?.isEnergyCount == true }) { EnergyRegisterUnit.tellUnknown() }
  }
}
