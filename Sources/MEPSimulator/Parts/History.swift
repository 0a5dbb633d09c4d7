// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// Copies of the energy registers: self-reads, one-time reads, those at demand resets and at the end of a season.
struct HistoryPart: Part {
  /// The second (UTC) of the meter's clock at which the next day's self-read is due.
  private var next: Int64?
  /// The last local date whose time of self-reads has passed.
  private var lastDay = Moment(year: 2000, month: 1, day: 1)

  mutating func start(_ body: inout MeterBody) {
    let now = body.local
    lastDay = Self.day(of: now, body)
    // The meter was there before it was looked at, and the utility has read it.
    for age in (0..<Int(body.tables.integer(.bt21, "number_of_self_reads"))).reversed() {
      let day = lastDay.adding(days: -age)
      guard body.calendar.hasDate(since: day.adding(days: -1), through: day, where: \.readsItself) else { continue }
      readItself(day.adding(seconds: body.calendar.selfReadMinute * 60), &body)
    }
    body.tables.set(.bt26, "number_of_unread_entries", 0)
    if let began = body.calendar.seasonBegan(now), let before = body.calendar.day(began.adding(days: -1)) {
      copy(to: .bt24, at: began, season: before.season, &body)
    }
    look(&body)
  }

  func due(_ body: MeterBody) -> Int64? { next }

  mutating func act(_ body: inout MeterBody) {
    let day = Self.day(of: body.local, body)
    // One for all that were missed without power, or when the clock was moved.
    if body.calendar.hasDate(since: lastDay, through: day, where: \.readsItself) { body.tell(.selfRead) }
    lastDay = day
    look(&body)
  }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    switch happening {
    case .selfRead:
      readItself(body.local, &body)
      body.tell(.event(.standard(21)))
    case .seasonChanged(let from): copy(to: .bt24, at: body.local, season: from, &body)
    case .demandReset(let reason):
      enter([reason], at: body.local, to: .et41, "Demand Reset Entries", &body)
      copy(to: .bt25, at: body.local, season: season(body.local, body), &body)
    case .order(.oneTimeRead): enter([], at: body.local, to: .et31, "One-time Read Entries", &body)
    case .clockMoved, .configurationChanged:
      // A clock that was set back comes by the same times again.
      lastDay = min(lastDay, Self.day(of: body.local, body))
      look(&body)
    default: break
    }
  }

  mutating func written(_ table: TableID, _ range: Range<Int>, by access: PortAccess, _ body: inout MeterBody) {
    guard LocalCalendar.tables.contains(table) else { return }
    // By another time of day, today's may still be to come.
    lastDay = Self.day(of: body.local, body)
    look(&body)
  }
}

extension HistoryPart {
  private mutating func look(_ body: inout MeterBody) {
    let moment = lastDay.adding(days: 1).adding(seconds: body.calendar.selfReadMinute * 60)
    next = body.calendar.utc(of: moment, after: body.utc)
  }

  /// The last date whose time of self-reads has passed.
  private static func day(of local: Moment, _ body: MeterBody) -> Moment {
    let hasPassed = Int64(local.hour * 60 + local.minute) >= body.calendar.selfReadMinute
    return local.startOfDay.adding(days: hasPassed ? 0 : -1)
  }

  private func season(_ time: Moment, _ body: MeterBody) -> Int { body.calendar.day(time)?.season ?? 0 }

  private func readItself(_ time: Moment, _ body: inout MeterBody) {
    enter([], at: time, to: .bt26, "Self-read Entries", &body)
  }

  /// Enters a copy of the registers into a ring.
  ///
  /// - Parameter head: what stands before it, without length and BIDN.
  private func enter(
    _ head: [UInt8], at time: Moment, to table: Table, _ array: StaticString, _ body: inout MeterBody
  ) {
    guard let entry = body.tables.layout(of: table)?.entries(of: array).first else { return }
    var record = head
    // No utility has given the configuration a number (BIDN).
    if entry.contains(where: \.isBillingInterface) { record += [0, 0] }
    record += snapshot(at: time, season: season(time, body), &body)
    if entry.first?.isLength == true { record = UInt16(record.count + 2).leastFirst + record }
    body.tables.append(record, to: table, array: array)
  }

  private func copy(to table: Table, at time: Moment, season: Int, _ body: inout MeterBody) {
    body.tables.put(snapshot(at: time, season: season, &body), at: 0, of: table.id)
  }

  /// Time, season and registers (BT23); of a time before the meter was looked at, as if all days had been alike.
  private func snapshot(at time: Moment, season: Int, _ body: inout MeterBody) -> [UInt8] {
    let age = Double(body.local.secondsSince2000 - time.secondsSince2000) / 86_400
    RegistersPart.measure(share: max(0, 1 - age / Double(Household.daysBefore)), &body)
    return time.shortOctets + [UInt8(season)] + (body.tables[Table.bt23.id] ?? [])
  }
}

extension Place {
  fileprivate var isLength: Bool { path.last?.isCalled("Length") == true }

  fileprivate var isBillingInterface: Bool {
    path.last.map { $0.isCalled("Blg Iface Def Nbr (BIDN)") || $0.isCalled("BIDN") } ?? false
  }
}
