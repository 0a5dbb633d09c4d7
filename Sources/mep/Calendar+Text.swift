// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient
import OSGPTables

extension MeterCalendar {
  var lines: [String] {
    let facts: [(String, String)] = [
      ("Clock (meter's local)", "\(clock.time)" + (clock.isDaylightSaving ? ", summer time" : "")),
      ("Season", "\(clock.season)"),
      ("Special schedule", special.map { "\($0)" } ?? "none"),
      ("Tier", "\(clock.tier), by: \(clock.drive.words)"),
      ("Next change", next.map { "\($0.moment), to tier \($0.tier)" } ?? "none within a year"),
      ("Override asked for", override?.words ?? "not told"),
      ("Zone", "\(offset.zone / 60) min from UTC, \(offset.adjustment / 60) min more in summer"),
      ("Summer time begins", savingBegins?.description ?? "never"),
      ("Summer time ends", savingEnds?.description ?? "never"),
      ("Calendar ID", "\(tariffs.id)"),
    ]
    let dates = tariffs.dates.compactMap { date in next(date).map { (day: $0, date: date) } }.sorted { $0.day < $1.day }
    let toCome = dates.map { "  \($0.day.date)  \($0.date.rule): \($0.date.effects.joined(separator: ", "))" }
    return facts.map { $0.padded(to: 24) + $1 } + usedSeasons.flatMap(season) + ["Dates to come"] + toCome
  }

  private func season(_ season: Int) -> [String] {
    var groups: [(names: [String], schedule: Int)] = []
    for day in days(season) {
      if let i = groups.firstIndex(where: { $0.schedule == day.schedule }) {
        groups[i].names.append(day.name)
      } else {
        groups.append(([day.name], day.schedule))
      }
    }
    return ["Season \(season)"]
      + groups.flatMap { group in
        let switches = switches(group.schedule).map { "\(clockTime($0.minute)) tier \($0.state)" }
        return [
          "  " + group.names.joined(separator: ", "),
          "    " + (switches.isEmpty ? "no switches" : switches.joined(separator: ", ")),
        ]
      }
  }
}

extension MeterRelays {
  var lines: [String] {
    let used = (calendar?.relays ?? []).enumerated().flatMap { relay, schedules in
      schedules.enumerated().filter { !$1.switches.isEmpty }.map { number, schedule in
        "  Relay \(relay + 1), schedule \(number): "
          + schedule.switches.map { "\(clockTime($0.minute)) \($0.state.word)" }.joined(separator: ", ")
      }
    }
    let lines = used + status.words.map { "  " + $0 }
    return lines.isEmpty ? [] : ["Relays"] + lines
  }
}
