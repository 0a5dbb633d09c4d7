// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// When power was out, in local time (ET81), how often and how long in all (BT23).
struct OutagePart: Part {
  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError) {
    guard sheet.id == Table.et81.id else { return }
    if sheet.layout.entries(of: "Log Entries").isEmpty { sheet.set("list_type", 0) }
  }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    guard case .powerReturned(let since) = happening else { return }
    body.household.energy.outages += 1
    body.household.energy.secondsOff += body.household.now - since
    let times = [since + body.clockError, body.utc].flatMap { body.calendar.local(utc: $0).octets }
    body.tables.append(times, to: .et81, array: "Log Entries")
  }
}
