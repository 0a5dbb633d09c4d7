// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// The clocks: UTC and local.
struct ClockPart: Part {
  mutating func refresh(_ table: TableID, for access: PortAccess, _ body: inout MeterBody) {
    switch table {
    case Table.bt52.id: tell(.bt52, CivilTime(seconds: body.utc), summer: "daylight_saving_time", &body)
    case Table.bt55.id:
      tell(.bt55, CivilTime.local(utc: body.utc), summer: "daylight_savings_time", &body)
      let tier = body.profile.tiers == 0 ? 0 : body.household.tier(at: body.household.now)
      body.tables.set(.bt55, "current_tier", Int64(tier))
    default: break
    }
  }

  private func tell(_ table: Table, _ time: CivilTime, summer: String, _ body: inout MeterBody) {
    let moment = Moment(
      year: time.year, month: time.month, day: time.day, hour: time.hour, minute: time.minute, second: time.second)
    body.tables.set(table, "clock_calendar", moment.octets)
    body.tables.set(table, "day_of_week", Int64(time.weekday))
    body.tables.set(table, summer, CivilTime.isDaylightSaving(utc: body.utc) ? 1 : 0)
  }
}
