// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension MeterCalendar {
  /// Where it is in it, and what there is, by published names; times are the meter's local ones.
  package var published: [(String, JSON)] {
    func number(_ value: Int?) -> JSON { value.map { .integer(Int64($0)) } ?? .null }
    func text(_ moment: Moment?) -> JSON { moment.map { .string("\($0)") } ?? .null }
    let now: [(String, JSON)] = [
      ("clock_local", text(clock.time)), ("daylight_saving", .bool(clock.isDaylightSaving)),
      ("season", number(clock.season)), ("special_schedule", number(special)), ("tier", number(clock.tier)),
      ("tier_drive", .string(clock.drive.words.description)), ("next_change_local", text(next?.moment)),
      ("next_tier", number(next?.tier)), ("override_tier", number(override?.tier)),
      ("override", override.map { .string($0.words) } ?? .null),
    ]
    let clocks: [(String, JSON)] = [
      ("zone_s", .integer(offset.zone)), ("daylight_saving_s", .integer(offset.adjustment)),
      ("daylight_saving_begins_local", text(savingBegins)), ("daylight_saving_ends_local", text(savingEnds)),
    ]
    let calendar: [(String, JSON)] = [
      ("calendar_id", .integer(Int64(tariffs.id))), ("seasons", .array(usedSeasons.map(json))),
      ("dates", .array(tariffs.dates.map(json))),
    ]
    return now + clocks + calendar
  }

  private func json(_ date: TariffCalendar.Date) -> JSON {
    .object([
      ("next", next(date).map { .string($0.date) } ?? .null), ("rule", .string(date.rule)),
      ("effects", .array(date.effects.map { .string($0) })),
    ])
  }

  private func json(_ season: Int) -> JSON {
    let days = days(season).map { day -> (String, JSON) in
      let switches = switches(day.schedule).map { change -> JSON in
        .object([("time", .string(clockTime(change.minute))), ("tier", .integer(Int64(change.state)))])
      }
      return (day.name.slug, .array(switches))
    }
    return .object([("season", .integer(Int64(season)))] + days)
  }
}

extension MeterRelays {
  /// What switches them, likewise.
  package var published: [(String, JSON)] {
    let relays = (calendar?.relays ?? []).enumerated().flatMap { relay, schedules in
      schedules.enumerated().filter { !$1.switches.isEmpty }.map { number, schedule -> JSON in
        let switches = schedule.switches.map {
          JSON.object([("time", .string(clockTime($0.minute))), ("state", .string($0.state.word))])
        }
        return .object([
          ("relay", .integer(Int64(relay + 1))), ("schedule", .integer(Int64(number))), ("switches", .array(switches)),
        ])
      }
    }
    return [("relays", .array(relays)), ("relay_status", .array(status.words.map { .string($0) }))]
  }
}
