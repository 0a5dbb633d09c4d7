// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// The MEP ports: which one am I, and who is registered there.
struct PortsPart: Part {
  /// EP17, Remove MEP Device.
  static let removeDevice: UInt16 = 0x0811

  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError) {
    guard sheet.id == Table.et54.id else { return }
    if profile.isFrom(4, 0, module: nil), profile.ports < 2 { sheet.set("multiple_mep_clients", 0) }
    if profile.alternateEvents > 0 { sheet.set("et79_entry_count", Int64(profile.alternateEvents)) }
    if profile.extendedReads > 0 { sheet.set("et74_entry_count", Int64(profile.extendedReads)) }
  }

  mutating func refresh(_ table: TableID, for access: PortAccess, _ body: inout MeterBody) {
    switch table {
    case Table.et04.id:
      let path =
        body.profile.isFrom(4, 0, module: nil) ? "mep_sequence_numbers[\(access.port - 1)]" : "mep_seq_nbr"
      body.tables.set(.et04, path, Int64(access.sequence))
    case Table.et70.id: body.tables.set(.et70, "current_comm_channel_index", Int64(access.port))
    default: break
    }
  }

  /// Result codes of EP17: 2 wrong action, 3 wrong handle.
  mutating func call(_ call: ProcedureCall, by access: PortAccess, _ body: inout MeterBody) -> ProcedureOutcome? {
    guard call.number == Self.removeDevice else { return nil }
    guard call.parameters.count >= 3, call.parameters[0] <= 1 else { return ProcedureOutcome(result: 2) }
    let handle = UInt16(call.parameters[1]) | UInt16(call.parameters[2]) << 8
    guard handle == access.handle || handle == 0xFFFF else { return ProcedureOutcome(result: 3) }
    let isRegistered = body.isRegistered(access.port)
    body.tables.set(.et50, "mep_inbound_configuration[\(access.port - 1)].mep_device_registered", 0)
    if isRegistered { body.tell(.clientRemoved(port: access.port)) }
    return ProcedureOutcome(result: 0)
  }
}
