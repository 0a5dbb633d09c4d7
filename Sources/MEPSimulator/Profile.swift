// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// A kind of meter: what it is called, how it is dimensioned and which tables it has.
public struct Profile: Sendable {
  public let name: String
  /// One line for a list of profiles.
  public let summary: String
  public let manufacturer: String
  public let model: String
  public let firmware: FirmwareVersion
  public let hardware: FirmwareVersion
  /// MEP ports.
  public let ports: Int
  public var tiers: Int
  /// The sources of BT22 and BT27, in the order of BT23 and BT28.
  public var summations: [UInt8]
  public var presentValues: [UInt8]
  public let imageCRC: UInt16
  /// Values that never change, by source; nil for a meter that lives.
  public let frozen: [UInt8: Int64]?

  /// Every profile by its name.
  public static let all = [gen3, gen3Old, gen4, gen3Frozen]

  public static func named(_ name: String) -> Profile? { all.first { $0.name == name } }

  public static let gen3 = Profile(
    name: "gen3", summary: "83331-3I, firmware 3.84.6: 11 summations, 4 tiers, 55 present values",
    manufacturer: "ELON", model: "83331-3I", firmware: FirmwareVersion(3, 84, 6), hardware: FirmwareVersion(3, 0, 0),
    ports: 1, tiers: 4, summations: Sources.summations, presentValues: Array(Sources.presentValues.prefix(55)),
    imageCRC: 55331, frozen: nil)

  public static let gen3Old = Profile(
    name: "gen3-old", summary: "83331-3I, firmware 3.30: 11 summations, 4 tiers, 26 present values",
    manufacturer: "ELON", model: "83331-3I", firmware: FirmwareVersion(3, 30, 0), hardware: FirmwareVersion(3, 0, 0),
    ports: 1, tiers: 4, summations: Sources.summations, presentValues: Array(Sources.presentValues.prefix(26)),
    imageCRC: 21930, frozen: nil)

  public static let gen4 = Profile(
    name: "gen4", summary: "83334, firmware 4.30, two MEP ports: 19 summations, 8 tiers, 84 present values",
    manufacturer: "NES", model: "83334", firmware: FirmwareVersion(4, 30, 0), hardware: FirmwareVersion(4, 0, 0),
    ports: 2, tiers: 8, summations: Sources.summations + Sources.quadrants, presentValues: Sources.presentValues,
    imageCRC: 17185, frozen: nil)

  /// A reading that the owner of a real meter published; without tiers.
  public static let gen3Frozen = Profile(
    name: "gen3-frozen", summary: "gen3 without tiers, its registers those of one reading of a real meter",
    manufacturer: "ELON", model: "83331-3I", firmware: FirmwareVersion(3, 84, 6), hardware: FirmwareVersion(3, 0, 0),
    ports: 1, tiers: 0, summations: Sources.summations, presentValues: Array(Sources.presentValues.prefix(55)),
    imageCRC: 55331, frozen: Sources.realReading)

  /// What a client learns from this meter's dimension tables.
  public var dimensions: Dimensions {
    get throws(LayoutError) {
      var dimensions = Dimensions(firmware: firmware)
      for table in [Table.bt21, .bt22, .bt27, .et11] {
        try dimensions.learn(table, try image(of: table, in: dimensions))
      }
      return dimensions
    }
  }

  /// Whether the meter has a table at all.
  func has(_ table: Table) -> Bool { table.id != Table.et70.id || firmware >= FirmwareVersion(4, 0) }

  /// A table as this meter comes from the factory.
  func image(of table: Table, in dimensions: Dimensions) throws(LayoutError) -> [UInt8] {
    var sheet = Sheet(try table.layout(in: dimensions))
    switch table.id {
    case Table.bt00.id:
      sheet.set("manufacturer", manufacturer)
      if firmware >= FirmwareVersion(4, 0) { sheet.set("dim_extended_tables_used", 20) }
      return try inventory(sheet.octets, in: dimensions)
    case Table.bt01.id:
      sheet.set("manufacturer", manufacturer)
      sheet.set("model", model)
      sheet.set("hardware_version_number", Int64(hardware.octets.main))
      sheet.set("hardware_revision_number", Int64(hardware.octets.revision))
      sheet.set("main_firmware_version_number", Int64(firmware.octets.main))
      sheet.set("firmware_revision_number", Int64(firmware.octets.revision))
      sheet.set("manufacturer_serial_number", [0x00, 0x00, 0x00, 0x00, 0x12, 0x34, 0x56, 0x78])
    case Table.bt21.id:
      sheet.set("number_of_summations", Int64(summations.count))
      sheet.set("number_of_tiers", Int64(tiers))
      sheet.set("number_of_present_values", Int64(presentValues.count))
    case Table.bt22.id: sheet.set("summation_sources", each: summations)
    case Table.bt27.id: sheet.set("present_value_sources", each: presentValues)
    case Table.et03.id:
      sheet.set("utility_serial_number", "12345678")
      sheet.set("image_crc_read_only", Int64(imageCRC))
    case Table.et04.id:
      let version = [firmware.major, firmware.minor, firmware.build]
      sheet.set("program_id_firmware_version_id", [0x9F, 0xFF, 0x4D] + version + [4, 1])
      sheet.set("idt_version", 1)
    case Table.et11.id:
      if ports == 2 { sheet.set("number_of_devices", 6) }
      if firmware < FirmwareVersion(3, 50) { sheet.set("transaction_request_length", 768) }
    case Table.et54.id where ports < 2: sheet.set("multiple_mep_clients", 0)
    default: break
    }
    return sheet.octets
  }

  /// BT00 with the sets of tables and procedures that the simulator answers.
  private func inventory(_ head: [UInt8], in dimensions: Dimensions) throws(LayoutError) -> [UInt8] {
    let layout = try Table.bt00.layout(in: dimensions, image: head)
    var sheet = Sheet(layout, octets: head + [UInt8](repeating: 0, count: max(0, layout.octets - head.count)))
    let tables = Catalogue.tables.filter(has)
    let procedureTables: [TableID] = [.basic(7), .basic(8), .extended(59)] + (ports == 2 ? [.extended(85)] : [])
    let ids = tables.map(\.id) + procedureTables
    let writable = tables.filter { $0.write != .none }.map(\.id) + [.basic(7)]
    sheet.mark("basic_tables_used", ids.filter { !$0.isExtended })
    sheet.mark("extended_tables_used", ids.filter(\.isExtended))
    sheet.mark("extended_procedures_used", [.extended(Procedures.removeDevice & ~TableID.extendedFlag)])
    sheet.mark("basic_tables_writable", writable.filter { !$0.isExtended })
    sheet.mark("extended_tables_writable", writable.filter(\.isExtended))
    return sheet.octets
  }
}

/// A table image that is filled in by the names of its fields.
struct Sheet {
  let layout: Layout
  private(set) var octets: [UInt8]

  init(_ layout: Layout, octets: [UInt8]? = nil) {
    self.layout = layout
    self.octets = octets ?? layout.factoryImage
  }

  mutating func set(_ path: String, _ value: Int64) { store(path) { _ in .integer(value) } }
  mutating func set(_ path: String, _ value: [UInt8]) { store(path) { _ in .octets(value) } }

  /// Text, zeros behind it.
  mutating func set(_ path: String, _ value: String) {
    store(path) { place in
      .octets(Array((Array(value.utf8) + [UInt8](repeating: 0, count: place.octets)).prefix(place.octets)))
    }
  }

  /// The entries of an array from its first on.
  mutating func set(_ path: String, each values: [UInt8]) {
    guard let first = layout.places.firstIndex(where: { $0.pathText == path + "[0]" }) else { return }
    for (place, value) in zip(layout.places[first...], values) {
      guard place.path.last?.index != nil, place.store(.integer(Int64(value)), in: &octets) else {
        preconditionFailure("\(layout.table) has no room for the entry at \(place.offset)")
      }
    }
  }

  /// Puts the numbers of tables into a set.
  mutating func mark(_ path: String, _ ids: [TableID]) {
    store(path) { place in
      var set = [UInt8](repeating: 0, count: place.octets)
      for id in ids where Int(id.index) / 8 < set.count { set[Int(id.index) / 8] |= 1 << UInt8(id.index % 8) }
      return .octets(set)
    }
  }

  private mutating func store(_ path: String, _ value: (Place) -> Raw) {
    guard let place = layout.places.first(where: { $0.pathText == path }), place.store(value(place), in: &octets) else {
      preconditionFailure("\(layout.table) has no \(path) that takes this value")
    }
  }
}
