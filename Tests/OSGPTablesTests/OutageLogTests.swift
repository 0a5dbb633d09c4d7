// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

@Suite struct OutageLogTests {
  private static func layout(entries: UInt8, octets: UInt8 = 12) throws -> Layout {
    var dimensions = Dimensions()
    try dimensions.learn(.et36, Table.et36Image(outages: entries, octets: octets))
    return try Table.et81.layout(in: dimensions)
  }

  /// An hour east of UTC, without summer time.
  private static func zone() throws -> LocalZone {
    let bt53 = Decoded(layout: try Table.bt53.layout(in: Dimensions()), octets: [2, 0, 0, 0, 60, 0])
    return LocalZone(try #require(TimeOffset(bt53)), nil)
  }

  /// Three entries, wrapped: the oldest is at 1.
  private static let octets: [UInt8] =
    [0b0100, 3, 0] + Octets.u16(0x0101) + [1]
    + Octets.time(22, 23, 59, 30) + Octets.time(23, 0, 0, 15)
    + Octets.time(1, 12, 0) + Octets.time(3, 13, 0, 1)
    + Octets.time(4, 3, 30) + Octets.noTime

  @Test func oldestFirst() throws {
    let log = try #require(OutageLog(Decoded(layout: try Self.layout(entries: 3), octets: Self.octets)))
    #expect(!log.hasOverflowed && log.unreadEntries == 1)
    try #require(log.entries.map(\.index) == [1, 2, 0] && log.entries.map(\.sequence) == [255, 256, 257])
    #expect(log.entries.map(\.isUnread) == [false, false, true])
    #expect(log.entries[0].start?.description == "2026-11-01T12:00:00")
    #expect(log.entries[2].end?.description == "2026-11-23T00:00:15")
    // Two days, an hour and a second; unknown without an end; over midnight.
    let zone = try Self.zone()
    #expect(log.entries.map { $0.seconds(in: zone) } == [176_401, nil, 45])
  }

  @Test func timesOutOfOrderHaveNoDuration() throws {
    var octets = Self.octets
    octets.replaceSubrange(6..<18, with: Octets.time(2, 0, 0) + Octets.time(1, 0, 0))
    let log = try #require(OutageLog(Decoded(layout: try Self.layout(entries: 3), octets: octets)))
    try #require(log.entries.count == 3)
    #expect(log.entries[2].start != nil && log.entries[2].end != nil)
    #expect(log.entries[2].seconds(in: try Self.zone()) == nil)
  }

  /// Firmware newer than the guide may have more in an entry.
  @Test func longerEntriesAreReadToo() throws {
    let octets: [UInt8] =
      [0b0100, 2, 1, 9, 0, 0] + Octets.time(1, 0, 0) + Octets.time(1, 0, 1) + [0xAA, 0xBB] + Octets.time(2, 0, 0)
      + Octets.time(2, 1, 0) + [0xCC, 0xDD]
    let log = try #require(OutageLog(Decoded(layout: try Self.layout(entries: 2, octets: 14), octets: octets)))
    let zone = try Self.zone()
    #expect(log.entries.map { $0.seconds(in: zone) } == [60, 3600] && log.entries.map(\.sequence) == [8, 9])
  }

  @Test func whatIsNotThereIsLeftOut() throws {
    let layout = try Self.layout(entries: 3)
    #expect(OutageLog(Decoded(layout: layout, octets: Array(Self.octets.prefix(5)))) == nil)
    #expect(OutageLog(Decoded(layout: layout, octets: Array(Self.octets.prefix(20))))?.entries.map(\.index) == [0])
    let short = try Self.layout(entries: 3, octets: 11)
    #expect(OutageLog(Decoded(layout: short, octets: Self.octets))?.entries.isEmpty == true)
    let none = try Self.layout(entries: 0)
    #expect(OutageLog(Decoded(layout: none, octets: [0, 0, 0, 0, 0, 0]))?.entries.isEmpty == true)
    let other = try Table.bt71.layout(in: Dimensions())
    #expect(OutageLog(Decoded(layout: other, octets: other.factoryImage)) == nil)
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func anyOctetsAreReadOrRefused(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let layout = try Self.layout(
      entries: .random(in: 0...30, using: &random), octets: .random(in: 0...20, using: &random))
    var octets = random.octets(.random(in: 0...layout.octets + 9, using: &random))
    for i in 6..<max(6, octets.count) where seed % 2 == 0 { octets[i] %= 13 }
    guard let log = OutageLog(Decoded(layout: layout, octets: octets)) else { return }
    let zone = try Self.zone()
    for entry in log.entries { #expect((entry.seconds(in: zone) ?? 0) >= 0, "seed \(seed)") }
  }
}
