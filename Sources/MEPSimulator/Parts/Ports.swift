// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// The MEP ports: which one am I, and which number is next there.
struct PortsPart: Part {
  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError) {
    guard sheet.id == Table.et54.id else { return }
    sheet.set("multiple_load_profile_data_set_support", profile.loadProfile.count > 1 ? 1 : 0)
    sheet.set("energy_unit_change", profile.hasEnergyUnit ? 1 : 0)
    sheet.set("lcd_value_id_code_5_digit_support", profile.isFrom(4, 0, module: nil) ? 1 : 0)
    sheet.set("multiple_mep_clients", profile.ports > 1 ? 1 : 0)
    if profile.alternateEvents > 0 { sheet.set("et79_entry_count", Int64(profile.alternateEvents)) }
    if profile.extendedReads > 0 { sheet.set("et74_entry_count", Int64(profile.extendedReads)) }
  }

  mutating func refresh(_ table: TableID, for access: PortAccess, _ body: inout MeterBody) {
    switch table {
    case Table.et04.id:
      guard let sequence = access.sequence else { return }
      let path =
        body.profile.isFrom(4, 0, module: nil) ? "mep_sequence_numbers[\(access.port - 1)]" : "mep_seq_nbr"
      body.tables.set(.et04, path, Int64(sequence))
    case Table.et70.id: body.tables.set(.et70, "current_comm_channel_index", Int64(access.port))
    default: break
    }
  }
}
