// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

@Suite(.timeLimit(.minutes(1))) struct CalendarTests {
  @Test(arguments: Profile.all) func calendarOfEveryProfile(_ profile: Profile) async throws {
    let meter = Meter(at: plug(try simulated(profile).port(1)), key: basicKey)
    let calendar = try await meter.readCalendar()
    // Friday, in summer.
    #expect(calendar.clock.time == Moment(year: 2026, month: 7, day: 3, hour: 15, minute: 20))
    #expect(calendar.clock.isDaylightSaving && calendar.clock.season == 1 && calendar.clock.drive == .calendar)
    #expect(calendar.clock.tier == calendar.tariffs.tier(at: calendar.clock.time))
    #expect(calendar.clock.tier == (profile.tiers == 0 ? 0 : profile.tiers == 8 ? 5 : 1))
    #expect(calendar.tariffs.isExtended == (profile.name != "gen3-old"))
    #expect(calendar.override?.tier == nil)
    let saving = calendar.tariffs.daylightSaving(in: 2027, calendar.offset)
    #expect(saving.begins == Moment(year: 2027, month: 3, day: 28, hour: 2))
    #expect(saving.ends == Moment(year: 2027, month: 10, day: 31, hour: 3))
    meter.close()
  }

  @Test func anOverrideIsSeen() async throws {
    let meter = Meter(at: plug(try simulated(.gen3).port(1)))
    try await meter.writeAndCompare(Table.et47.id, [3, 2, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0])
    let calendar = try await meter.readCalendar()
    #expect(calendar.override?.tier == 3 && calendar.override?.end == .after(seconds: 60))
    #expect(calendar.clock.tier == 3 && calendar.clock.drive == .override)
    meter.close()
  }

  @Test func aTimeZoneThatIsNone() async throws {
    let meter = Meter(at: plug(try simulated(.gen3).port(1)))
    try await meter.writeAndCompare(Table.bt53.id, [24, 0, 0])
    await #expect { _ = try await meter.readCalendar() } throws: { error in
      if case .notUnderstood(Table.bt53.id, _)? = error as? MeterError { true } else { false }
    }
    meter.close()
  }

  @Test(arguments: Profile.all) func relaysOfEveryProfile(_ profile: Profile) async throws {
    let meter = Meter(at: plug(try simulated(profile).port(1)), key: basicKey)
    let relays = try await meter.readRelays()
    let calendar = try #require(relays.calendar)
    #expect(calendar.relays.count == 2 && calendar.relays.allSatisfy { $0.count == 8 })
    // What stands still switches nothing.
    let isFrozen = profile.name == "gen3-frozen"
    #expect(calendar.relays[0][0].switches.map(\.minute) == (isFrozen ? [] : [0, 360, 1320]))
    #expect(calendar.relays[0][0].switches.map(\.state) == (isFrozen ? [] : [.closed, .open, .closed]))
    #expect(relays.status.limited == .power && relays.status.pending == [nil, nil])
    meter.close()
  }

  @Test func aMeterWithoutRelays() async throws {
    let handler = Altered(try simulated(.gen3).port(1)) { request, response in
      request.table.isExtended ? .refused(.tableOperationNotPossible) : response
    }
    let meter = Meter(at: plug(handler))
    let relays = try await meter.readRelays()
    #expect(relays.calendar == nil && relays.status.limited == nil)
    meter.close()
  }
}
