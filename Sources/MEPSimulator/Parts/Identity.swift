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
    default: break
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
