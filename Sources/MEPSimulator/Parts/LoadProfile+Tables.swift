// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension Profile {
  /// The data sets of its load profile; older firmware has one, and one that was never set up has no blocks.
  ///
  /// The sources 112 and 113 are the water's volume and the heat meter's energy.
  var loadProfile: [LoadProfileSet.Shape] {
    if frozen != nil { return [.init()] }
    let energies: [UInt8] = [0, 1, 2, 3]
    let hourly = LoadProfileSet.Shape(blocks: 40, intervals: 24, minutes: 60, sources: energies)
    if !isFrom(3, 50, module: FirmwareVersion(1, 20)) { return [hourly] }
    let quarterly = LoadProfileSet.Shape(blocks: 40, intervals: 96, minutes: 15, sources: energies + [15, 16, 17])
    if !isFrom(4, 0, module: nil) { return [quarterly] }
    let withMBus = LoadProfileSet.Shape(blocks: 40, intervals: 24, minutes: 60, sources: [0, 1, 112, 113])
    let daily = LoadProfileSet.Shape(
      blocks: 3, intervals: 31, minutes: LoadProfileSet.wholeDay, sources: energies + [112])
    let present = LoadProfileSet.Shape(blocks: 10, intervals: 48, minutes: 30, sources: [8, 9, 112])
    return [quarterly, withMBus, daily, present]
  }
}

extension LoadProfilePart {
  /// Type 4, devices 0 and 1, data types 1 and 2; and the record headers of these.
  private static let mbus: [(id: Int64, header: [UInt8])] = [(0x4001, [0x0C, 0x13, 0]), (0x4102, [0x0C, 0x06, 0])]

  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError) {
    let sets = profile.loadProfile
    switch sheet.id {
    case Table.bt60.id, Table.bt61.id:
      let isActual = sheet.id == Table.bt61.id
      // There are as many data sets as the table is long.
      try sheet.begin(as: [UInt8](repeating: 0, count: 7 + 6 * sets.count))
      sheet.set("memory_length", Int64(sets.reduce(0) { $0 + $1.octets }))
      for (i, set) in sets.enumerated() {
        let path = "data_set_configuration[\(i)]"
        sheet.set("\(path).number_of_blocks", Int64(set.blocks))
        guard isActual else { continue }
        sheet.set("\(path).number_of_intervals", Int64(set.intervals))
        sheet.set("\(path).number_of_channels", Int64(set.sources.count))
        sheet.set("\(path).maximum_interval_time", Int64(set.minutes))
      }
    case Table.bt62.id:
      for (i, set) in sets.enumerated() {
        for (channel, source) in set.sources.enumerated() {
          sheet.set("data_set_control[\(i)].channel_settings[\(channel)].interval_source", Int64(source))
        }
      }
    case Table.et66.id where sets.contains(where: \.hasMBus):
      for (i, source) in mbus.enumerated() { sheet.set("extended_source_ids[\(i)]", source.id) }
    case Table.et57.id where sets.contains(where: \.hasMBus):
      for (i, source) in mbus.enumerated() {
        let path = "mdt_entry_array[\(i)]."
        sheet.set(path + "entry_type", 1)
        sheet.set(path + "mdt", source.id & 0x1F)
        sheet.set(path + "drh", source.header)
      }
    default: break
    }
  }

  /// BT63.
  func tellStatus(_ set: LoadProfileSet, _ i: Int, _ body: inout MeterBody) {
    let isUsed = set.shape.blocks > 0
    let values: [(String, Int64)] = [
      ("overflow", set.hasOverflowed ? 1 : 0), ("list_type", isUsed ? 1 : 0), ("active_mode", isUsed ? 1 : 0),
      ("number_of_valid_blocks", Int64(set.shape.blocks)), ("last_block", Int64(set.lastBlock)),
      ("last_block_sequence_number", Int64(set.sequence)), ("number_of_unread_blocks", isUsed ? Int64(set.unread) : 0),
      ("number_of_valid_intervals", isUsed ? Int64(set.recorded) : 0),
    ]
    for (name, value) in values { body.tables.set(.bt63, "data_set_status[\(i)].\(name)", value) }
  }

  /// ET21. The order of what is in its memory is nobody's business.
  func tellState(_ set: LoadProfileSet, _ i: Int, _ body: inout MeterBody) {
    let (shape, path) = (set.shape, "data_set_internal_configuration[\(i)]")
    guard shape.blocks > 0 else { return }
    let block = set.lastBlock * shape.blockOctets
    let values: [(String, Int)] = [
      ("current_block_address", block),
      ("current_interval_address", block + shape.headerOctets + set.lastInterval * shape.intervalOctets),
      ("block_size", shape.blockOctets), ("block_header_size", shape.headerOctets),
      ("number_of_valid_blocks", shape.blocks), ("number_of_valid_intervals", set.recorded),
      ("last_block_index", set.lastBlock), ("last_interval_number", set.lastInterval),
      ("simple_status_offset_from_block", 5), ("simple_status_size", shape.statusOctets),
      ("interval_0_offset_from_block", shape.headerOctets), ("interval_size", shape.intervalOctets),
      ("channel_0_offset_from_interval", shape.channelOffset), ("extended_status_common", Int(set.common.rawValue)),
      ("number_of_channels", shape.sources.count), ("interval_time", shape.minutes),
      ("load_profile_configuration_id", 1), ("block_start_hour", Int(LoadProfileSet.startHour)),
      ("max_memory_length", shape.octets),
    ]
    for (name, value) in values { body.tables.set(.et21, "\(path).\(name)", Int64(value)) }
    for (channel, source) in shape.sources.prefix(8).enumerated() {
      body.tables.set(.et21, "\(path).sources[\(channel)]", Int64(source))
    }
    let times = [
      ("block_start_time", Moment(secondsSince2000: set.blockStart)),
      ("interval_end_time_utc", Moment(secondsSince2000: set.newest)),
      ("interval_end_time_local", body.calendar.local(utc: set.newest)),
    ]
    for (name, time) in times { body.tables.set(.et21, "\(path).\(name)", time.octets) }
  }
}
