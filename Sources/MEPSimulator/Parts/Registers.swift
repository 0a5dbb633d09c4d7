// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// The energy registers and the present values: which sources there are, and what they read.
struct RegistersPart: Part {
  static func factoryImage(
    of table: Table, _ profile: Profile, in dimensions: Dimensions
  ) throws(LayoutError) -> [UInt8]? {
    var sheet = Sheet(try table.layout(in: dimensions))
    switch table.id {
    case Table.bt20.id:
      if profile.firmware >= FirmwareVersion(4, 0) {
        sheet.set("number_of_summations", 19)
        sheet.set("number_of_present_values", 84)
      }
      sheet.set("number_of_tiers", Int64(max(4, profile.tiers)))
    case Table.bt21.id:
      sheet.set("number_of_summations", Int64(profile.summations.count))
      sheet.set("number_of_tiers", Int64(profile.tiers))
      sheet.set("number_of_present_values", Int64(profile.presentValues.count))
    case Table.bt22.id: sheet.set("summation_sources", each: profile.summations)
    case Table.bt27.id: sheet.set("present_value_sources", each: profile.presentValues)
    default: return nil
    }
    return sheet.octets
  }

  mutating func refresh(_ table: TableID, for access: PortAccess, _ body: inout MeterBody) {
    if table == Table.bt23.id { Self.measure(.bt23, &body) }
    if table == Table.bt28.id { Self.measure(.bt28, &body) }
  }

  /// Fills the registers of a table by the sources that name them.
  static func measure(_ table: Table, _ body: inout MeterBody) {
    guard let layout = body.tables.layout(of: table), var octets = body.tables[table.id] else { return }
    for place in layout.places {
      guard let source = place.source?.number else { continue }
      let tier = table.id == Table.bt23.id ? place.tier : nil
      let value =
        body.profile.frozen.map { tier == nil ? $0[source] ?? 0 : 0 }
        ?? body.household.value(
          of: source, energy: tier.map { body.household.tiers[$0] } ?? body.household.energy)
      _ = place.store(.integer(value), in: &octets)
    }
    body.tables.put(octets, at: 0, of: table.id)
  }
}

extension Place {
  /// The tier that a register of BT23 belongs to; nil for the totals.
  fileprivate var tier: Int? { path.count > 1 ? path[0].index : nil }
}
