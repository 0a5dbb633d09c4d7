// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

@Suite struct RelayTests {
  private func decoded(_ table: Table, _ octets: [UInt8], switches: UInt8 = 20) throws -> Decoded {
    var dimensions = Dimensions()
    var image = Table.et11Image()
    image[26] = switches
    try dimensions.learn(.et11, image)
    return Decoded(layout: try table.layout(in: dimensions), octets: octets)
  }

  private let unused = [UInt8](repeating: 0, count: 20)

  @Test func calendar() throws {
    // Closed at 22:00 and 5:30, open at 7:45, not in that order; open at 0:00, closed at 23:59.
    let octets: [UInt8] =
      [0x01, 0xB0, 0xC1, 0x2B, 0xA0, 0x3D] + unused.dropFirst(6) + [0x00, 0x00, 0x61, 0xBF] + unused.dropFirst(4)
      + unused + [0x01, 0x00] + unused.dropFirst(2)
    let relays = RelayCalendar(try decoded(.et61, octets)).relays
    try #require(relays.map(\.count) == [2, 2])
    #expect(relays[0][0].switches.map(\.minute) == [330, 465, 1320])
    #expect(relays[0][0].switches.map(\.state) == [.closed, .open, .closed])
    #expect(relays[0][1].switches.map(\.minute) == [0, 1439])
    #expect(relays[0][1].switches.map(\.state) == [.open, .closed])
    #expect(relays[1][0].switches.isEmpty)
    #expect(relays[1][1].switches.map(\.minute) == [0] && relays[1][1].state(at: 0) == .closed)

    let day = relays[0][0]
    #expect(day.state(at: 329) == nil && day.state(at: 330) == .closed && day.state(at: 1319) == .open)
    #expect(day.next(after: 329)?.minute == 330 && day.next(after: 330)?.minute == 465)
    #expect(day.next(after: 465)?.state == .closed && day.next(after: 1320) == nil)
  }

  /// A meter with one relay may have a table of half the size, or of none.
  @Test func oneRelay() throws {
    let relays = RelayCalendar(try decoded(.et61, unused + unused)).relays
    #expect(relays.map(\.count) == [2])
    #expect(RelayCalendar(try decoded(.et61, [])).relays.isEmpty)
    #expect(RelayCalendar(try decoded(.et61, [], switches: 0)).relays.isEmpty)
  }

  /// Of two at the same time the later record holds; times that no clock shows do not.
  @Test func oddSwitches() throws {
    let octets: [UInt8] = [0x01, 0x30, 0x00, 0x30, 0x81, 0x37, 0x01, 0xC0] + unused.dropFirst(8)
    let day = RelayCalendar(try decoded(.et61, octets, switches: 10)).relays[0][0]
    #expect(day.switches.map(\.minute) == [360, 360] && day.state(at: 360) == .open)
  }

  @Test(arguments: 0..<50 as Range<UInt64>) func nothingTraps(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let octets = random.octets(.random(in: 0...1100, using: &random))
    let table = try decoded(.et61, octets, switches: .random(in: 0...255, using: &random))
    for day in RelayCalendar(table).relays.joined() { #expect(day.switches.allSatisfy { $0.minute < 1440 }) }
    _ = TariffOverride(try decoded(.et47, Array(octets.prefix(16))))
    _ =
      RelayStatus(
        output: try decoded(.et46, Array(octets.prefix(23))), status: try decoded(.et54, Array(octets.prefix(200)))
      ).words
  }

  @Test func overrides() throws {
    let image: [UInt8] = [2, 3, 0x10, 0x0E, 0, 0, 26, 11, 22, 10, 5, 9, 0x78, 0x56, 0x34, 0x12]
    func override(_ tariff: UInt8, _ cancellation: UInt8) throws -> TariffOverride? {
      TariffOverride(try decoded(.et47, [tariff, cancellation] + image.dropFirst(2)))
    }
    let override2 = try #require(try override(2, 3))
    #expect(override2.tier == 2 && override2.calendarID == 0x1234_5678)
    #expect(override2.end == .at(Moment(year: 2026, month: 11, day: 22, hour: 10, minute: 5, second: 9)))
    #expect(try override(255, 0)?.tier == nil && override(255, 0)?.end == .nextSwitch)
    #expect(try override(0, 1)?.tier == 0 && override(0, 1)?.end == .never)
    #expect(try override(7, 2)?.end == .after(seconds: 3600) && override(7, 4)?.end == .other(4))
    #expect(TariffOverride(try decoded(.et47, [2, 3] + [UInt8](repeating: 0, count: 14)))?.end == .at(nil))
    #expect(TariffOverride(try decoded(.et47, Array(image.dropLast()))) == nil)
  }

  @Test func status() throws {
    let et46: [UInt8] =
      [UInt8](repeating: 9, count: 11) + [1, 9, 0x10, 0x27, 0, 0, 26, 1, 2, 3, 4, 5]
    var et54 = try decoded(.et54, []).layout.factoryImage
    // Over power; relay 1 in 35 of 60 s; button locked; relay 2 (from 103 + 6 * 7) in 256 of 257 s.
    (et54[44], et54[62], et54[63], et54[65], et54[71]) = (1, 1, 35, 60, 0x40)
    (et54[145], et54[147], et54[148], et54[149]) = (1, 1, 1, 1)
    let status = RelayStatus(output: try decoded(.et46, et46), status: try decoded(.et54, et54))
    #expect(status.limited == .current && status.negativeCredit == 10_000)
    #expect(status.openedByLimit == Moment(year: 2026, month: 1, day: 2, hour: 3, minute: 4, second: 5))
    #expect(status.isButtonLocked == true && status.isOverPower == true)
    #expect(status.pending.map { $0?.remaining } == [35, 256] && status.pending.map { $0?.total } == [60, 257])
    #expect(
      status.words == [
        "Too much current opens the load disconnect, where that is enabled.",
        "10000 Wh may be used behind the end of prepaid credit, where that is enabled.",
        "A limit opened the load disconnect at 2026-01-02T03:04:05.",
        "The push button does not close the load disconnect yet.",
        "The power threshold is exceeded, which sets the tier.", "Control relay 1 is switched in 35 of 60 s.",
        "Control relay 2 is switched in 256 of 257 s.",
      ])
  }

  @Test func whatIsNotThere() throws {
    let none = RelayStatus(output: nil, status: nil)
    #expect(none.limited == nil && none.negativeCredit == nil && none.openedByLimit == nil)
    #expect(none.isButtonLocked == nil && none.isOverPower == nil && none.pending == [nil, nil] && none.words.isEmpty)
    // Before 3.70; nothing pending.
    let old = RelayStatus(
      output: try decoded(.et46, [UInt8](repeating: 0, count: 13)),
      status: try decoded(.et54, [UInt8](repeating: 0, count: 69)))
    #expect(old.limited == .power && old.negativeCredit == nil && old.isButtonLocked == nil && old.isOverPower == false)
    #expect(old.pending == [nil, nil])
    #expect(old.words == ["Too much power opens the load disconnect, where that is enabled."])
  }
}
