// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// The calendar and what follows it: summer time, season, holidays, and the tier that counts.
struct CalendarPart: Part {
  /// The second (UTC) of the meter's clock at which something changes.
  private var next: Int64?
  private var isSummerTime = false
  /// The local date that has begun.
  private var today = Moment(year: 2000, month: 1, day: 1)
  private var season = 0
  /// The special schedule of a holiday.
  private var special: Int?
  private var hold: Hold?

  /// A tier set in spite of the calendar.
  private struct Hold {
    let tier: Int
    /// As BT55 has it.
    let drive: Int64
    /// Local.
    var untilSwitch: Moment?
    /// UTC.
    var until: Int64?
    /// What the calendar had when it began.
    let calendarTier: Int?
  }

  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError) {
    guard [Table.bt50, .bt53, .bt54, .et47].contains(where: { $0.id == sheet.id }) else { return }
    switch sheet.id {
    case Table.bt50.id where !profile.hasExtendedCalendar:
      sheet.set("number_of_seasons", 4)
      sheet.set("number_of_non_recurring_dates", 0)
      sheet.set("calendar_table_size", 693)
    case Table.bt53.id:
      sheet.set("daylight_saving_time_effective", [2, 0, 0])
      sheet.set("daylight_saving_time_adjustment", 60)
      sheet.set("time_zone_offset", 60)
    case Table.bt54.id: DanishCalendar.fill(&sheet, profile)
    case Table.et47.id: sheet.set("calendar_id", DanishCalendar.id)
    default: break
    }
  }

  mutating func start(_ body: inout MeterBody) {
    let local = body.local
    isSummerTime = body.calendar.isDaylightSaving(utc: body.utc)
    today = local.startOfDay
    (season, special) = (body.calendar.day(today)?.season ?? 0, body.calendar.day(today)?.special)
    body.household.tier = tier(at: local, body)
    follow(&body)
  }

  func due(_ body: MeterBody) -> Int64? { next }

  mutating func act(_ body: inout MeterBody) { follow(&body) }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    switch happening {
    case .powerReturned:
      // The guide lets such a hold survive only where the calendar has stayed where it was (ET47).
      if hold?.drive == 1, body.calendar.tier(at: body.local) != hold?.calendarTier { hold = nil }
      follow(&body)
    case .configurationChanged:
      body.calendar = LocalCalendar(&body.tables)
      follow(&body)
    case .clockMoved: follow(&body)
    case .order(.tariff(let tier)):
      body.tables.set(.et47, "tariff", tier.map { Int64($0) } ?? 255)
      body.tables.set(.et47, "cancellation", 1)
      override(&body)
    default: break
    }
  }

  mutating func refresh(_ table: TableID, for access: PortAccess, _ body: inout MeterBody) {
    guard table == Table.bt55.id else { return }
    body.tables.set(.bt55, "current_tier", Int64(body.household.tier ?? 0))
    body.tables.set(.bt55, "tier_drive", hold?.drive ?? 0)
    // 15 is ANSI's "none"; the guide does not say.
    body.tables.set(.bt55, "special_schedule_active", special.map { Int64($0) } ?? 15)
    body.tables.set(.bt55, "season", Int64(season))
  }

  mutating func written(_ table: TableID, _ range: Range<Int>, by access: PortAccess, _ body: inout MeterBody) {
    if LocalCalendar.tables.contains(table) {
      body.calendar = LocalCalendar(&body.tables)
      follow(&body)
    }
    if table == Table.et47.id { override(&body) }
  }
}

extension CalendarPart {
  /// Catches up with the clock, wherever it is now, and looks for what comes next.
  private mutating func follow(_ body: inout MeterBody) {
    let (utc, calendar) = (body.utc, body.calendar)
    let local = calendar.local(utc: utc)
    if calendar.isDaylightSaving(utc: utc) != isSummerTime {
      isSummerTime.toggle()
      body.tell(.event(.standard(isSummerTime ? 22 : 23)))
    }
    begin(local.startOfDay, &body)
    if let until = hold?.untilSwitch, until <= local { hold = nil }
    if let until = hold?.until, until <= utc { hold = nil }
    let tier = tier(at: local, body)
    if tier != body.household.tier {
      body.household.tier = tier
      if let tier { body.tell(.event(.standard(27), UInt16(tier))) }
    }
    let moments = [calendar.nextSwitch(after: local), today.adding(days: 1)].compactMap { $0 }
    next = (moments.map { calendar.utc(of: $0, after: utc) } + [hold?.until].compactMap { $0 }).min()
  }

  private mutating func begin(_ date: Moment, _ body: inout MeterBody) {
    let (yesterday, oldSeason, oldSpecial) = (today, season, special)
    let day = body.calendar.day(date)
    (today, season, special) = (date, day?.season ?? season, day?.special)
    if season != oldSeason {
      body.tell(.seasonChanged(from: oldSeason))
      body.tell(.event(.standard(24), UInt16(season)))
    }
    if let special, date != yesterday || special != oldSpecial { body.tell(.event(.standard(26), UInt16(special))) }
    if body.calendar.hasDate(since: yesterday, through: date, where: \.resetsDemand) {
      body.tell(.demandReset(reason: 0))
    }
  }

  /// A meter that knows no tier counts the first, one with fewer tiers than its calendar the last.
  private func tier(at local: Moment, _ body: MeterBody) -> Int? {
    guard body.profile.tiers > 0 else { return nil }
    return min(hold?.tier ?? body.calendar.tier(at: local) ?? 0, body.profile.tiers - 1)
  }

  /// Does what ET47 has just been told.
  private mutating func override(_ body: inout MeterBody) {
    let local = body.local
    guard let wanted = body.tables.decoded(.et47).flatMap({ TariffOverride($0) }) else { return }
    if let tier = wanted.tier {
      guard tier < body.profile.tiers else { return }
      let before = body.calendar.tier(at: local)
      switch wanted.end {
      case .nextSwitch:
        let until = body.calendar.nextSwitch(after: local)
        hold = Hold(tier: tier, drive: 1, untilSwitch: until, calendarTier: before)
      case .never: hold = Hold(tier: tier, drive: 2, calendarTier: before)
      case .after(let seconds):
        guard seconds > 0 else { return }
        hold = Hold(tier: tier, drive: 3, until: body.utc + Int64(seconds), calendarTier: before)
      case .at(let moment?) where moment.secondsSince2000 > body.utc:
        hold = Hold(tier: tier, drive: 3, until: moment.secondsSince2000, calendarTier: before)
      case .at, .other: return
      }
    } else {
      hold = nil
    }
    follow(&body)
  }
}
