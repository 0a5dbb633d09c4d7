// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// Watches the sources of ET71, about once a second while there are any. A power failure makes it forget them.
struct DeltaDataPart: Part {
  private var entries: [Entry] = []
  private var last: Int64 = 0

  private struct Entry {
    let index: Int
    let source: UInt8
    let delta: Int64
    /// What the source is compared with, and what it read last.
    var comparison: Int64
    var sample: Int64
  }

  func due(_ body: MeterBody) -> Int64? { entries.isEmpty ? nil : last + 1 }

  mutating func act(_ body: inout MeterBody) {
    last = body.utc
    var hasChanged = false
    for i in entries.indices {
      entries[i].sample = body.value(of: entries[i].source)
      guard abs(entries[i].sample - entries[i].comparison) >= entries[i].delta else { continue }
      entries[i].comparison = entries[i].sample
      body.tables.set(.et71, Self.path(entries[i].index, "comparison_value"), entries[i].comparison)
      hasChanged = true
    }
    guard hasChanged else { return }
    for port in 1...body.profile.ports where body.flag("delta_data_alerts", of: port) {
      body.alert(.deltaData, port: port)
    }
  }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    switch happening {
    case .powerFailed:
      guard let layout = body.tables.layout(of: .et71) else { return }
      body.tables.put(layout.factoryImage, at: 0, of: Table.et71.id)
      entries = []
      for port in 1...body.profile.ports { body.endAlert(.deltaData, port: port) }
    case .clockMoved(let span): last += span
    default: break
    }
  }

  mutating func written(_ table: TableID, _ range: Range<Int>, by access: PortAccess, _ body: inout MeterBody) {
    guard table == Table.et71.id else { return }
    entries = []
    last = body.utc
    for index in 0..<Int(body.tables.integer(.et11, "mep_data_alert_sources")) {
      func number(_ field: String) -> Int64 { body.tables.integer(.et71, Self.path(index, field)) }
      let (source, delta) = (number("delta_data_monitor_source"), number("configured_delta"))
      let known = UInt8(exactly: source).flatMap { body.measures($0) ? $0 : nil }
      body.tables.set(.et71, Self.path(index, "source_id_invalid"), source != 255 && known == nil ? 1 : 0)
      guard let known, delta > 0 else { continue }
      entries.append(
        Entry(
          index: index, source: known, delta: delta, comparison: number("comparison_value"),
          sample: number("sampled_data_value")))
    }
  }

  mutating func refresh(_ table: TableID, for access: PortAccess, _ body: inout MeterBody) {
    guard table == Table.et71.id else { return }
    for entry in entries {
      body.tables.set(.et71, Self.path(entry.index, "sampled_data_value"), entry.sample)
    }
  }

  private static func path(_ index: Int, _ field: String) -> String { "delta_data[\(index)].\(field)" }
}

extension MeterBody {
  fileprivate func measures(_ source: UInt8) -> Bool {
    profile.summations.contains(source) || profile.presentValues.contains(source)
  }

  fileprivate func value(of source: UInt8) -> Int64 {
    profile.frozen.map { $0[source] ?? 0 } ?? household.value(of: source, energy: household.energy)
  }
}
