// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// The clocks, UTC and local, and how far they drift.
struct ClockPart: Part {
  /// The second of true time at which the clock will be off by one second more.
  private var nextSlip: Int64?

  mutating func start(_ body: inout MeterBody) {
    let drift = body.profile.clockDrift
    if drift != 0 { nextSlip = body.household.now + 1_000_000 / abs(Int64(drift)) }
  }

  func due(_ body: MeterBody) -> Int64? { nextSlip.map { $0 + body.clockError } }

  mutating func act(_ body: inout MeterBody) {
    let drift = Int64(body.profile.clockDrift)
    while drift != 0, let slip = nextSlip, slip <= body.household.now {
      body.clockError += drift.signum()
      nextSlip = slip + 1_000_000 / abs(drift)
    }
  }

  /// The crystal does not stop in a power failure.
  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    if case .powerReturned = happening { act(&body) }
  }

  mutating func refresh(_ table: TableID, for access: PortAccess, _ body: inout MeterBody) {
    switch table {
    case Table.bt52.id: tell(.bt52, Moment(secondsSince2000: body.utc), summer: "daylight_saving_time", &body)
    case Table.bt55.id: tell(.bt55, body.local, summer: "daylight_savings_time", &body)
    default: break
    }
  }

  /// EP16 as we suppose it to be. A meter does it minute by minute, this one at once.
  mutating func call(_ call: ProcedureCall, by access: PortAccess, _ body: inout MeterBody) -> ProcedureOutcome? {
    guard call.number == Procedure.ep16.id.number else { return nil }
    guard let change = ChangeSystemClockByDelta(octets: call.parameters) else { return .invalidParameter }
    body.moveClock(by: Int64(change.seconds))
    return ProcedureOutcome(result: 0)
  }

  private func tell(_ table: Table, _ time: Moment, summer: String, _ body: inout MeterBody) {
    body.tables.set(table, "clock_calendar", time.octets)
    body.tables.set(table, "day_of_week", Int64(time.weekday))
    body.tables.set(table, summer, body.calendar.isDaylightSaving(utc: body.utc) ? 1 : 0)
  }
}
