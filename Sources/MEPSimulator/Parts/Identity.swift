// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// What the meter says of itself.
struct IdentityPart: Part {
  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError) {
    switch sheet.id {
    case Table.bt00.id:
      sheet.set("manufacturer", profile.manufacturer)
      if profile.isFrom(4, 0, module: nil) { sheet.set("dim_extended_tables_used", 20) }
      try sheet.grow()
      inventory(&sheet, profile)
    case Table.bt01.id:
      sheet.set("manufacturer", profile.manufacturer)
      sheet.set("model", profile.model)
      sheet.set("hardware_version_number", Int64(profile.hardware.octets.main))
      sheet.set("hardware_revision_number", Int64(profile.hardware.octets.revision))
      sheet.set("main_firmware_version_number", Int64(profile.firmware.octets.main))
      sheet.set("firmware_revision_number", Int64(profile.firmware.octets.revision))
      sheet.set("manufacturer_serial_number", [0x00, 0x00, 0x00, 0x00, 0x12, 0x34, 0x56, 0x78])
    case Table.et03.id:
      sheet.set("utility_serial_number", "12345678")
      sheet.set("image_crc_read_only", Int64(profile.imageCRC))
    case Table.et04.id:
      let version = [profile.firmware.major, profile.firmware.minor, profile.firmware.build]
      sheet.set("program_id_firmware_version_id", [0x9F, 0xFF, 0x4D] + version + [4, 1])
      sheet.set("idt_version", 1)
      // Clocks are set back at 3 o'clock, advanced at 2.
      sheet.set("dst_off_time_delta", 60)
    case Table.et11.id:
      if profile.ports == 2 { sheet.set("number_of_devices", 6) }
      if profile.isFrom(4, 0, module: nil) { sheet.set("mep_channel_count", Int64(profile.ports)) }
      if !profile.isFrom(3, 50, module: FirmwareVersion(1, 20)) { sheet.set("transaction_request_length", 768) }
    case Table.et29.id: fit(&sheet, profile)
    default: break
    }
  }

  /// ET29: what the simulator makes use of.
  private static func fit(_ sheet: inout Sheet, _ profile: Profile) {
    sheet.set("mep_client_1_port", 1)
    sheet.set("m_bus_module", profile.devices.isEmpty ? 0 : 1)
    sheet.set("control_relay_1", 1)
    // Modules are built into somebody else's meter.
    sheet.set("no_metering", profile.firmware.isModule ? 1 : 0)
    sheet.set("external_ct", profile.energyUnit > 1 ? 1 : 0)
    sheet.set("polyphase", 1)
    guard profile.isFrom(4, 0, module: nil) else { return }
    sheet.set("mep_client_2_port", profile.ports > 1 ? 1 : 0)
    sheet.set("line_current_sensor", 1)
    // Board, port and number: as many as there are serial ports.
    let ports = (1...profile.ports).map { (2, 1, $0) } + [(2, 2, 0), (3, 3, 0)]
    for (i, port) in ports.prefix(3).enumerated() {
      let path = "comm_assignment_matrix_1[\(i)]."
      sheet.set(path + "board", Int64(port.0))
      sheet.set(path + "port", Int64(port.1))
      sheet.set(path + "sequence_number", Int64(port.2))
    }
  }

  /// The tables and procedures that the simulator answers.
  private static func inventory(_ sheet: inout Sheet, _ profile: Profile) {
    let tables = Catalogue.tables.filter(profile.has)
    let ids = tables.map(\.id)
    let writable = tables.filter { $0.write == .advanced || $0.write == .any }.map(\.id)
    sheet.mark("basic_tables_used", ids.filter { !$0.isExtended })
    sheet.mark("extended_tables_used", ids.filter(\.isExtended))
    let procedures: [Procedure] = [.ep16, .ep17, .ep19, .ep39] + (profile.ports == 2 ? [.ep61] : [])
    sheet.mark("extended_procedures_used", procedures.map { TableID(number: $0.id.number) })
    sheet.mark("basic_tables_writable", writable.filter { !$0.isExtended })
    sheet.mark("extended_tables_writable", writable.filter(\.isExtended))
  }
}
