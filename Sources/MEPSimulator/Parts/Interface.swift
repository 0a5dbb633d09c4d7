// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// ET42, which repeats whatever shapes the meter's tables and can be changed: when it changes, the IDT version counts up.
struct InterfacePart: Part {
  /// Of what it repeats, clients can write these.
  private static let writable = [Table.et04.id, Table.et57.id]
  /// What it repeats of them.
  private var written: [Raw] = []
  /// It is long, and seldom asked for: it is filled in when it is.
  private var isOutdated = true

  mutating func start(_ body: inout MeterBody) { written = Self.written(&body) }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    guard case .configurationChanged = happening else { return }
    (written, isOutdated) = (Self.written(&body), true)
  }

  mutating func written(_ table: TableID, _ range: Range<Int>, by access: PortAccess, _ body: inout MeterBody) {
    if Self.writable.contains(table), Self.written(&body) != written { body.changeConfiguration(.tableWrite) }
  }

  mutating func refresh(_ table: TableID, for access: PortAccess, _ body: inout MeterBody) {
    guard table == Table.et42.id, isOutdated else { return }
    isOutdated = false
    do throws(LayoutError) {
      var sheet = try Sheet(.et42, in: body.tables.dimensions)
      try sheet.fill(inOrder: Self.fields(&body))
      sheet.set("table_length", Int64(sheet.octets.count))
      body.tables.replace(sheet)
    } catch {
      preconditionFailure("\(body.profile.name) cannot have ET42: \(error)")
    }
  }

  private static func written(_ body: inout MeterBody) -> [Raw] { (compliance(&body) + dataTypes(&body)).map(\.value) }
}

extension InterfacePart {
  private typealias Fields = [(path: String, value: Raw)]

  private static func fields(_ body: inout MeterBody) -> Fields {
    let sets = dataSets(&body)
    return registers(&body) + dataSet(sets.first, "load_profile_") + history(&body) + logs(&body)
      + list("demand_sources", of: .bt22, "demand_select", &body)
      + list("coincident_sources", of: .bt22, "coincident_select", &body)
      + sources(sets.first, "load_profile_extended_sources") + dataTypes(&body) + otherSets(sets) + required(&body)
  }

  /// What other tables have under the same name, or another one.
  private static func copies(_ table: Table, _ paths: [(String, String)], _ body: inout MeterBody) -> Fields {
    paths.map { ($0, .integer(body.tables.integer(table, $1))) }
  }

  private static func compliance(_ body: inout MeterBody) -> Fields {
    copies(.et04, [("c12_19_compliance", "c12_19_compliance")], &body)
  }

  private static func registers(_ body: inout MeterBody) -> Fields {
    let (hasDemands, hasTiers) = (!body.profile.demands.isEmpty, body.profile.tiers > 0)
    let tier = hasTiers ? body.tables.layout(of: .bt23)?.entries(of: "Tiers").first : nil
    let counts = [
      "number_of_self_reads", "number_of_summations", "number_of_demands", "number_of_coincident_values",
      "number_of_occurrences", "number_of_tiers", "number_of_present_demands", "number_of_present_values",
    ]
    return [("log_list_size", .integer(body.tables.integer(.et36, "count")))]
      + compliance(&body)
      + copies(
        .bt21, ["demand_reset_counter", "cumulative_demand", "continuous_cumulative_demand"].map { ($0, $0) }, &body)
      + [("demand_configured", .integer(hasDemands ? 1 : 0)), ("unread_log_entries_bitmap_enabled", .integer(1))]
      + copies(.bt21, counts.map { ($0, $0) }, &body)
      + [
        ("demand_sub_interval", .integer(hasDemands ? DemandPart.interval / 60 : 0)),
        ("demand_multiplier", .integer(hasDemands ? 1 : 0)),
        ("tier_size", .integer(Int64(tier?.reduce(0) { $0 + $1.octets } ?? 0))),
      ]
  }

  private static func history(_ body: inout MeterBody) -> Fields {
    copies(
      .bt71,
      [
        ("event_number", "event_number"), ("date_time", "history_date_time"),
        ("sequence_nbr", "history_sequence_number"), ("inhibit_overflow", "history_inhibit_overflow"),
        ("event_log_inhibit_overflow", "event_inhibit_overflow"), ("history_log_count", "number_of_history_entries"),
        ("history_log_entry_size", "history_data_length"),
      ], &body)
  }

  /// In the order of ET36.
  private static func logs(_ body: inout MeterBody) -> Fields {
    let names = [
      ("otr_log", "otr"), ("m_bus_otr_log", "m_bus_otr"), ("config_id_log", "config_id"),
      ("demand_reset_log", "demand_reset"), ("m_bus_recurring_log", "m_bus_recurring"),
      ("lp_change_log", "lp_change_log"), ("power_outage_log", "power_outage_log"),
    ]
    return names.prefix(Int(body.tables.integer(.et36, "count"))).enumerated().flatMap { i, name in
      let entry = "actual_dimension_list[\(i)]."
      return copies(
        .et36, [(name.0 + "_count", entry + "current_entries"), (name.1 + "_entry_size", entry + "entry_size")], &body)
    }
  }

  private static func list(_ path: String, of table: Table, _ other: String, _ body: inout MeterBody) -> Fields {
    let count = body.tables.layout(of: table)?.places.count { $0.pathText.hasPrefix("\(other)[") } ?? 0
    return copies(table, (0..<count).map { ("\(path)[\($0)]", "\(other)[\($0)]") }, &body)
  }

  /// The entries of ET57 that are not empty, as they are.
  private static func dataTypes(_ body: inout MeterBody) -> Fields {
    let used = (0..<body.tables.integer(.et11, "et57_entry_count")).map { "mdt_entry_array[\($0)]." }
      .filter { body.tables.integer(.et57, $0 + "entry_type") != 0 }
    let entries = used.enumerated().flatMap { i, path in
      let entry = "mdtt_entries[\(i)]."
      return copies(.et57, ["entry_type", "mdt", "special"].map { (entry + $0, path + $0) }, &body)
        + [(entry + "drh", .octets(body.tables.octets(.et57, path + "drh")))]
    }
    return [("mdtt_current_entries", .integer(Int64(used.count)))] + entries
  }

  private static func required(_ body: inout MeterBody) -> Fields {
    [("length", .integer(body.profile.hasEnergyUnit ? 8 : 3))]
      + copies(.et54, ["et74_entry_count", "et77_entry_count", "et79_entry_count"].map { ($0, $0) }, &body)
      + copies(.et55, [("energy_register_unit", "energy_register_unit")], &body)
      + [("accumulator_rollover_digit", .integer(Int64(Household.registerDigits)))]
  }
}

// MARK: - Load profile

extension InterfacePart {
  private typealias DataSet = (shape: LoadProfileSet.Shape, sources: [Int64])

  /// Each with the extended sources of its channels; meters with one data set do not tell these (guide, ET42).
  private static func dataSets(_ body: inout MeterBody) -> [DataSet] {
    let isMapped = body.tables.integer(.et54, "multiple_load_profile_data_set_support") == 1
    return body.profile.loadProfile.map { shape in
      let sources = shape.sources.map { source in
        isMapped && ExtendedSource.mapped.contains(source)
          ? body.tables.integer(.et66, "extended_source_ids[\(source - ExtendedSource.mapped.lowerBound)]")
          : Int64(source)
      }
      return (shape, sources)
    }
  }

  private static func otherSets(_ sets: [DataSet]) -> Fields {
    let active = sets.enumerated().dropFirst().filter { $1.shape.blocks > 0 }
    return active.map { ("data_set_\($0.offset + 1)_active", .integer(1)) }
      + active.enumerated().flatMap { i, set in
        let path = "data_set_configuration[\(i)]."
        return dataSet(set.element, path) + sources(set.element, path + "extended_sources")
      }
  }

  private static func dataSet(_ set: DataSet?, _ path: String) -> Fields {
    guard let shape = set?.shape, shape.blocks > 0 else { return [] }
    return [
      ("block_size", shape.blockOctets), ("number_of_blocks", shape.blocks),
      ("number_of_channels", shape.sources.count), ("interval_duration", shape.minutes),
      ("interval_size", shape.intervalOctets), ("intervals_per_block", shape.intervals),
      ("block_start_hour", Int(LoadProfileSet.startHour)),
    ].map { (path + $0, .integer(Int64($1))) }
  }

  private static func sources(_ set: DataSet?, _ path: String) -> Fields {
    set.map { $0.sources.enumerated().map { ("\(path)[\($0)]", .integer($1)) } } ?? []
  }
}
