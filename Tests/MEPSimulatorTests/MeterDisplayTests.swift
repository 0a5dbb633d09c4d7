// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables
import Testing

@testable import MEPSimulator

/// What the simulated meter's display shows.
@Suite(.timeLimit(.minutes(1))) struct MeterDisplayTests {
  private static let start = Moment(year: 2026, month: 7, day: 3, hour: 13, minute: 20)

  /// Schedules a message from so many seconds after the start to so many.
  private func schedule(_ bench: Bench, from: Int64, to: Int64, _ text: String = "PRICE UP") async throws {
    let present = try await bench.read(.et55)
    var message = ScheduledMessage(
      id: [], text: Array(text.utf8), start: Self.start.adding(seconds: from), end: Self.start.adding(seconds: to))
    try message.setID(
      pointed: Array("1.8".utf8), width: try #require(present.octets(named: "Scheduled LCD Message ID")).count)
    for part in try message.parts(over: present) {
      #expect(try await bench.ask(.writePart(.extended(55), offset: UInt32(part.offset), part.octets)) == .done)
    }
  }

  private func bench(_ profile: Profile, scenario: String = "") throws -> Bench {
    try Bench(profile, scenario: scenario, clock: SetClock(Self.start.secondsSince2000))
  }

  @Test(arguments: [(Profile.gen3, "1.8  "), (.gen4, "1.8   "), (.gen4Compatible, "1.8   "), (.gen3Old, "1.8  ")])
  func aMessageComesAndGoes(_ profile: Profile, id: String) async throws {
    let bench = try bench(profile)
    #expect(await bench.meter.display == DisplayContent())
    try await schedule(bench, from: 60, to: 120)
    for (span, isShown) in [(59, false), (1, true), (60, true), (1, false)] as [(Int64, Bool)] {
      bench.clock.go(span)
      let shown = await bench.meter.display?.message
      #expect(shown == (isShown ? DisplayContent.Message(id: id, text: "PRICE UP") : nil), "after \(span) s more")
    }
  }

  @Test func aMessageIsTakenOff() async throws {
    let bench = try bench(.gen3)
    try await schedule(bench, from: -60, to: 3600)
    #expect(await bench.meter.display?.message?.text == "PRICE UP")
    try await schedule(bench, from: 0, to: 3600, "LESS")
    #expect(await bench.meter.display?.message?.text == "LESS    ")
    let parts = try #require(ScheduledMessage.cancellation(over: try await bench.read(.et55)))
    for part in parts {
      #expect(try await bench.ask(.writePart(.extended(55), offset: UInt32(part.offset), part.octets)) == .done)
    }
    #expect(await bench.meter.display?.message == nil)
  }

  /// By the meter's clock, whatever moves it.
  @Test func theClockDecides() async throws {
    let bench = try bench(.gen3)
    try await schedule(bench, from: 3600, to: 7200)
    await bench.meter.carryOut(.clock(seconds: 3600))
    #expect(await bench.meter.display?.message != nil)
    await bench.meter.carryOut(.clock(seconds: -3600))
    #expect(await bench.meter.display?.message == nil)
    bench.clock.go(3600)
    #expect(await bench.meter.display?.message != nil)
  }

  @Test func withoutPowerItIsDark() async throws {
    let bench = try bench(.gen3)
    try await schedule(bench, from: 30, to: 90)
    await bench.meter.carryOut(.powerOutage(seconds: 60))
    #expect(await bench.meter.display == nil)
    bench.clock.go(60)
    #expect(await bench.meter.display?.message != nil)
    bench.clock.go(31)
    #expect(await bench.meter.display?.message == nil)
  }

  // MARK: ET50

  @Test func valuesAreThere() async throws {
    let bench = try bench(.gen4)
    let second = try Bench(.gen4, port: 2, key: basicKey, meter: bench.meter)
    // kWh, and 1234, of the second port's third source.
    #expect(try await second.ask(.writePart(.extended(50), offset: 71 + 35, [32, 0])) == .done)
    #expect(try await second.ask(.writePart(.extended(50), offset: 71 + 51, [0xD2, 4, 0, 0])) == .done)
    let display = try #require(await bench.meter.display)
    #expect(display.sources == [.init(port: 2, index: 2, value: DisplaySource(value: 1234, icons: .kWh))])
    #expect(display.description == "its list, client 2 source 2: 1234 kWh")
  }

  /// 67 is the house icon of the first port, 138 that of the second one.
  @Test func theHouseIconIsOneClients() async throws {
    let bench = try bench(.gen4)
    for (offset, icon) in [(67, 1), (138, 2)] as [(UInt32, UInt8)] {
      #expect(try await bench.ask(.writePart(.extended(50), offset: offset, [icon])) == .done)
    }
    let place = try #require(try await bench.read(.et55).layout.place(named: "House Icon Control"))
    for (control, icon) in [(0, .off), (1, .on), (2, .flashing)] as [(UInt8, IconState)] {
      #expect(try await bench.ask(.writePart(.extended(55), offset: UInt32(place.offset), [control])) == .done)
      #expect(await bench.meter.display?.house == icon)
    }
  }

  @Test(arguments: [Profile.gen3, .gen4Compatible]) func withOneClientItIsThatClients(_ profile: Profile) async throws {
    let bench = try bench(profile)
    #expect(try await bench.ask(.writePart(.extended(50), offset: 67, [2])) == .done)
    #expect(await bench.meter.display?.house == .flashing)
    // A removal ends it.
    #expect(try await bench.ask(.writePart(.extended(50), offset: 30, [1])) == .done)
    await bench.meter.carryOut(.removeClient(port: 1))
    #expect(await bench.meter.display?.house == .off)
  }
}
