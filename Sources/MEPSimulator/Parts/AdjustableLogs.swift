// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// How the logs are dimensioned whose size can be configured, and which of them have unread entries (ET36).
struct AdjustableLogsPart: Part {
  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError) {
    guard sheet.id == Table.et36.id else { return }
    let logs = logs(of: profile)
    try sheet.begin(as: [UInt8(logs.count)])
    sheet.set("count", Int64(logs.count))
    for (i, log) in logs.enumerated() {
      let entry = "actual_dimension_list[\(i)]."
      sheet.set(entry + "tbl_proc_nbr", Int64(log.table.index))
      sheet.set(entry + "entry_size", Int64(try log.size(in: sheet.dimensions)))
      sheet.set(entry + "max_entries", Int64(log.maxEntries))
      sheet.set(entry + "current_entries", Int64(log.entries))
      sheet.set(entry + "length_included", log.lengthIncluded ? 1 : 0)
    }
  }

  mutating func refresh(_ table: TableID, for access: PortAccess, _ body: inout MeterBody) {
    guard table == Table.et36.id else { return }
    let logs = Self.logs(of: body.profile)
    var unread = [UInt8](repeating: 0, count: (logs.count - 1) / 8 + 1)
    for (i, log) in logs.enumerated() {
      guard let table = body.tables.table(log.table), let layout = body.tables.layout(of: table),
        let octets = body.tables[log.table], let ring = Ring(Decoded(layout: layout, octets: octets)),
        ring.unreadEntries > 0
      else { continue }
      unread[i / 8] |= 1 << UInt8(i % 8)
    }
    body.tables.set(.et36, "unread_entries_bitmap", unread)
  }

  private static func logs(of profile: Profile) -> [AdjustableLog] {
    profile.adjustableLogs.filter { Catalogue.named($0.table)?.isThere(in: profile.firmware) == true }
  }
}
