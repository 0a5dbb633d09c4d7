// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// The meter's time zone and calendar as its tables have them (BT53, BT54, ET04).
struct LocalCalendar: Sendable {
  /// A client may have written what is none.
  private let tariffs: TariffCalendar?
  private let offset: TimeOffset?
  /// Minutes after midnight at which self-reads are made.
  let selfReadMinute: Int64

  static let tables: [TableID] = [Table.bt53.id, Table.bt54.id, Table.et04.id]

  init(_ store: inout TableStore) {
    let system = store.decoded(.et04)
    tariffs = store.decoded(.bt54).flatMap { TariffCalendar($0) }
    offset = store.decoded(.bt53).flatMap { TimeOffset($0, system: system) }
    selfReadMinute =
      (system?.integer(named: "Self-Read Hour") ?? 0) % 24 * 60 + (system?.integer(named: "Self-Read Minute") ?? 0) % 60
  }

  // MARK: Clock

  /// What the local clock shows at a second since 2000 UTC.
  func local(utc: Int64) -> Moment {
    let moment = Moment(secondsSince2000: utc)
    guard let tariffs, let offset else { return moment }
    return tariffs.localTime(utc: moment, offset)
  }

  /// Seconds by which it is ahead of UTC.
  func offset(utc: Int64) -> Int64 { local(utc: utc).secondsSince2000 - utc }

  /// The second (UTC) at which it shows a time; one that it skips is as much later.
  func utc(of moment: Moment) -> Int64 {
    let second = moment.secondsSince2000
    return second - offset(utc: second - offset(utc: second))
  }

  func isDaylightSaving(utc: Int64) -> Bool {
    offset(utc: utc) != offset?.zone ?? 0
  }

  /// The second (UTC) of the next change between standard and summer time.
  func nextClockChange(after utc: Int64) -> Int64? {
    guard let tariffs, let offset else { return nil }
    let year = local(utc: utc).year
    let changes = [year, year + 1].flatMap { year in
      let saving = tariffs.daylightSaving(in: year, offset)
      return [saving.begins, saving.ends?.adding(seconds: -offset.adjustment)].compactMap {
        $0.map { $0.secondsSince2000 - offset.zone }
      }
    }
    return changes.filter { $0 > utc }.min()
  }

  /// The second (UTC) at which the clock shows a local time to come; that of the next clock change where it is before
  /// that.
  func utc(of moment: Moment, after utc: Int64) -> Int64 {
    let second = utc + moment.secondsSince2000 - local(utc: utc).secondsSince2000
    return min(second, nextClockChange(after: utc) ?? second)
  }

  // MARK: Tariffs

  func day(_ date: Moment) -> TariffCalendar.Day? { tariffs?.day(date) }
  func tier(at moment: Moment) -> Int? { tariffs?.tier(at: moment) }
  func nextSwitch(after moment: Moment) -> Moment? { tariffs?.nextSwitch(after: moment)?.moment }

  /// Whether a date of this kind came after `since`, up to `day`.
  func hasDate(since: Moment, through day: Moment, where isWanted: (TariffCalendar.Date) -> Bool) -> Bool {
    tariffs?.dates.contains { isWanted($0) && $0.when.last(onOrBefore: day).map { $0 > since } ?? false } ?? false
  }

  /// The date on which the season of a day had begun.
  func seasonBegan(_ day: Moment) -> Moment? {
    tariffs?.dates.compactMap { date in
      if case .season = date.action { date.when.last(onOrBefore: day) } else { nil }
    }.max()
  }
}

/// How a meter's clock differs from true time, and what it shows.
struct MeterClock: Sendable {
  let calendar: LocalCalendar
  /// Seconds that it is ahead.
  let error: Int64
}
