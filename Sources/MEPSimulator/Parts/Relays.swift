// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// The control relays, switched by their calendar (ET61).
struct RelayPart: Part {
  private var states = [RelayState](repeating: .open, count: 2)
  /// The second (UTC) of the meter's clock at which one of them is switched.
  private var next: Int64?

  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError) {
    // What a meter that stands still shows does not change by itself.
    guard sheet.id == Table.et61.id, profile.frozen == nil else { return }
    // Water is heated at night.
    sheet.set("relay_control[0].relay_switches[0].relay_state", 1)
    sheet.set("relay_control[0].relay_switches[1].hour", 6)
    sheet.set("relay_control[0].relay_switches[2].relay_state", 1)
    sheet.set("relay_control[0].relay_switches[2].hour", 22)
  }

  mutating func start(_ body: inout MeterBody) { states = follow(&body) }

  func due(_ body: MeterBody) -> Int64? { next }

  mutating func act(_ body: inout MeterBody) { change(&body) }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    switch happening {
    case .powerReturned, .clockMoved, .configurationChanged: change(&body)
    default: break
    }
  }

  mutating func written(_ table: TableID, _ range: Range<Int>, by access: PortAccess, _ body: inout MeterBody) {
    if table == Table.et61.id || LocalCalendar.tables.contains(table) { change(&body) }
  }

  private mutating func change(_ body: inout MeterBody) {
    let old = states
    states = follow(&body)
    // State, and why: by time. The event does not tell which relay.
    for (old, new) in zip(old, states) where old != new {
      body.tell(.event(.manufacturer(3), 3 << 8 | (new == .closed ? 1 : 2)))
    }
  }

  /// What the calendar has now. The first schedule holds on all days: what the mode of ET05 makes of the others is not
  /// published.
  private mutating func follow(_ body: inout MeterBody) -> [RelayState] {
    let local = body.local
    let minute = local.hour * 60 + local.minute
    let days = body.tables.decoded(.et61).map { RelayCalendar($0).relays.compactMap(\.first) } ?? []
    let today = days.compactMap { $0.next(after: minute)?.minute }
    let tomorrow = days.compactMap { $0.switches.first.map { $0.minute + 1440 } }
    next = (today + tomorrow).min().map {
      body.calendar.utc(of: local.startOfDay.adding(seconds: Int64($0) * 60), after: body.utc)
    }
    return days.map { $0.state(at: minute) ?? $0.switches.last?.state ?? .open }
  }
}
