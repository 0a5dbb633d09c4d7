// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// The energy registers and the present values: which sources there are, and what they read.
struct RegistersPart: Part {
  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError) {
    switch sheet.id {
    case Table.bt20.id:
      if profile.isFrom(4, 0, module: nil) {
        sheet.set("number_of_summations", 19)
        sheet.set("number_of_present_values", 84)
      }
      sheet.set("number_of_tiers", Int64(max(4, profile.tiers)))
    case Table.bt21.id:
      sheet.set("number_of_summations", Int64(profile.summations.count))
      sheet.set("number_of_tiers", Int64(profile.tiers))
      sheet.set("number_of_present_values", Int64(profile.presentValues.count))
      DemandPart.dimension(&sheet, profile)
    case Table.bt22.id:
      sheet.set("summation_sources", each: profile.summations)
      DemandPart.select(&sheet, profile)
    case Table.et55.id where profile.hasEnergyUnit: sheet.set("energy_register_unit", Int64(profile.energyUnit))
    case Table.bt27.id: sheet.set("present_value_sources", each: profile.presentValues)
    default: break
    }
  }

  mutating func refresh(_ table: TableID, for access: PortAccess, _ body: inout MeterBody) {
    if table == Table.bt23.id { Self.measure(&body) }
    if table == Table.bt28.id { Self.fill(.bt28, share: 1, &body) }
  }

  mutating func written(_ table: TableID, _ range: Range<Int>, by access: PortAccess, _ body: inout MeterBody) {
    // It cannot be changed in the field (guide, ET55).
    if table == Table.et55.id { body.tables.set(.et55, "energy_register_unit", Int64(body.profile.energyUnit)) }
  }

  /// Fills the summations of BT23.
  ///
  /// - Parameter share: of what the house has counted; less than 1 for a time before the meter was looked at.
  static func measure(share: Double = 1, _ body: inout MeterBody) { fill(.bt23, share: share, &body) }

  /// Fills the registers of a table by the sources that name them.
  private static func fill(_ table: Table, share: Double, _ body: inout MeterBody) {
    guard let layout = body.tables.layout(of: table), var octets = body.tables[table.id] else { return }
    let energy = body.household.energy.scaled(by: share)
    let tiers = body.household.tiers.map { $0.scaled(by: share) }
    for place in layout.places where place.isRegister {
      guard let source = place.source?.number else { continue }
      let value =
        body.profile.frozen.map { place.tier == nil ? $0[source] ?? 0 : 0 }
        ?? body.household.value(of: source, energy: place.tier.map { tiers[$0] } ?? energy)
      _ = place.store(.integer(value), in: &octets)
    }
    body.tables.put(octets, at: 0, of: table.id)
  }
}

extension Place {
  /// Whether it is a summation or a present value; demands keep what they had.
  fileprivate var isRegister: Bool {
    guard let list = path.count > 1 ? path[1] : path.first else { return false }
    return list.isCalled("Summations") || list.isCalled("Present Values")
  }

  /// The tier that a register of BT23 belongs to; nil for the totals.
  fileprivate var tier: Int? { path.count > 1 ? path[0].index : nil }
}
