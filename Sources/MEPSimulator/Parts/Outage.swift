// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// When power was out, in local time (ET81).
struct OutagePart: Part {
  static func factoryImage(
    of table: Table, _ profile: Profile, in dimensions: Dimensions
  ) throws(LayoutError) -> [UInt8]? {
    guard table.id == Table.et81.id else { return nil }
    let layout = try table.layout(in: dimensions)
    var sheet = Sheet(layout)
    if layout.entries(of: "Log Entries").isEmpty { sheet.set("list_type", 0) }
    return sheet.octets
  }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    guard case .powerReturned(let since) = happening else { return }
    let times = [since + body.clockError, body.utc].map { Raw.octets(body.calendar.local(utc: $0).octets) }
    body.tables.append(times, to: .et81, array: "Log Entries")
  }
}
