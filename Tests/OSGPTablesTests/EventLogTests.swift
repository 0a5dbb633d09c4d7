// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

@Suite struct EventLogTests {
  private static func dimensions(entries: Int, alternate: Int = 0) throws -> Dimensions {
    var dimensions = Dimensions()
    try dimensions.learn(.bt71, [0x06, 8, 19, 2, 2] + Octets.u16(entries) + [0, 0])
    try dimensions.learn(.et11, Table.et11Image())
    try dimensions.learn(.et54, [UInt8](repeating: 0, count: 80) + Octets.u16(alternate))
    return dimensions
  }

  private static func header(valid: Int, last: Int, sequence: Int, unread: Int, flags: UInt8 = 0b0100) -> [UInt8] {
    [flags] + Octets.u16(valid) + Octets.u16(last) + Octets.u32(sequence) + Octets.u16(unread)
  }

  private static func entry(_ time: [UInt8], _ sequence: Int, user: Int, event: Int, argument: Int = 0) -> [UInt8] {
    time + Octets.u16(sequence) + Octets.u16(user) + Octets.u16(event) + Octets.u16(argument)
  }

  /// Four entries, wrapped: the oldest is at 2. The low half of the sequence number runs over between 3 and 0.
  private static let wrapped: [UInt8] =
    header(valid: 4, last: 1, sequence: 0x1_0005, unread: 2, flags: 0b0110)
    + entry(Octets.time(22, 10, 5), 0x0000, user: 0xFFFD, event: 10, argument: 0x0834)
    + entry(Octets.time(22, 11, 0, 7), 0x0005, user: 0x1234, event: 0x0822, argument: 749)
    + entry(Octets.time(21, 23, 59, 59), 0xFFF0, user: 0xFFFF, event: 1)
    + entry(Octets.noTime, 0xFFFE, user: 0xFFFE, event: 2, argument: 3)

  @Test func oldestFirst() throws {
    let layout = try Table.bt74.layout(in: Self.dimensions(entries: 4))
    #expect(layout.octets == Self.wrapped.count)
    let log = try #require(EventLog(Decoded(layout: layout, octets: Self.wrapped)))
    #expect(log.hasOverflowed && log.unreadEntries == 2 && log.lastSequence == 65_541)
    try #require(log.entries.map(\.index) == [2, 3, 0, 1])
    #expect(log.entries.map(\.sequence) == [65_520, 65_534, 65_536, 65_541])
    #expect(log.entries.map(\.isUnread) == [false, false, true, true])
    #expect(
      log.entries.map { $0.time?.description } == [
        "2026-11-21T23:59:59", nil, "2026-11-22T10:05:00", "2026-11-22T11:00:07",
      ])
    #expect(log.entries.map(\.user) == [.nobody, .network, .mepClient, .id(0x1234)])
    #expect(log.entries.map(\.user.words.description) == ["nobody", "network", "MEP client", "user"])
    #expect(log.entries.map(\.id) == [.standard(1), .standard(2), .standard(10), .manufacturer(34)])
    #expect(
      log.entries.map { $0.event?.name.description } == [
        "Primary Power Down", "Primary Power Up", "Table Written To", "Voltage Sag",
      ])
    #expect(log.entries[0].arguments.isEmpty && log.entries[0].argument == [0, 0])
    #expect(log.entries[1].arguments.map { $0.words?.description } == ["power failure"])
    #expect(log.entries[2].arguments.map(\.value) == [0x0834])
    #expect(log.entries[3].arguments.map(\.value) == [1, 187])
  }

  @Test func theNewestOnly() throws {
    let layout = try Table.bt74.layout(in: Self.dimensions(entries: 4))
    let log = try #require(EventLog(Decoded(layout: layout, octets: Self.wrapped), newest: 3))
    #expect(log.entries.map(\.sequence) == [65_534, 65_536, 65_541])
    #expect(log.entries.map(\.isUnread) == [false, true, true])
  }

  @Test func codesOfUsersAndEvents() {
    for code: UInt16 in [0xFFFF, 0xFFFE, 0xFFFD, 0x1234, 0] { #expect(EventLog.User(code: code).code == code) }
    #expect(EventID.standard(10).code == 10 && EventID.manufacturer(34).code == 0x822)
  }

  @Test func theAlternateLogHasItsOwnNumberOfEntries() throws {
    let octets =
      Self.header(valid: 1, last: 0, sequence: 7, unread: 0)
      + Self.entry(Octets.time(1, 0, 0), 7, user: 0, event: 0x83F)
      + [UInt8](repeating: 0xFF, count: 14)
    let layout = try Table.et79.layout(in: Self.dimensions(entries: 100, alternate: 2))
    #expect(layout.octets == octets.count)
    let log = try #require(EventLog(Decoded(layout: layout, octets: octets)))
    try #require(!log.hasOverflowed && log.entries.count == 1)
    // 127 is not in any list.
    #expect(log.entries[0].id.listed == 127 && log.entries[0].event == nil && log.entries[0].arguments.isEmpty)
    #expect(log.entries[0].user == .id(0))
  }

  @Test func aDisabledLogHasNoEntries() throws {
    let layout = try Table.et79.layout(in: Self.dimensions(entries: 100))
    #expect(layout.octets == 11)
    let log = try #require(EventLog(Decoded(layout: layout, octets: [UInt8](repeating: 0, count: 11))))
    #expect(log.entries.isEmpty)
  }

  @Test func entriesThatAreNotAtHandAreLeftOut() throws {
    let layout = try Table.bt74.layout(in: Self.dimensions(entries: 4))
    let log = try #require(EventLog(Decoded(layout: layout, octets: Array(Self.wrapped.prefix(11 + 14 + 13)))))
    #expect(log.entries.map(\.index) == [0] && log.entries.map(\.sequence) == [0x1_0000])
    #expect(EventLog(Decoded(layout: layout, octets: Array(Self.wrapped.prefix(10)))) == nil)
  }

  @Test func aNewestEntryOutsideTheLogIsRefused() throws {
    let layout = try Table.bt74.layout(in: Self.dimensions(entries: 4))
    var octets = Self.wrapped
    octets[3] = 4
    #expect(EventLog(Decoded(layout: layout, octets: octets)) == nil)
  }

  @Test func anotherTableIsNoLog() throws {
    let layout = try Table.bt71.layout(in: Dimensions())
    #expect(EventLog(Decoded(layout: layout, octets: layout.factoryImage)) == nil)
  }

  /// What was logged comes back, wherever in the array it begins and however many events went to the other log.
  @Test(arguments: 0..<100 as Range<UInt64>) func whatWasLoggedComesBack(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let (count, valid) = (Int.random(in: 1...40, using: &random), Int.random(in: 0...40, using: &random))
    let first = Int.random(in: 0..<count, using: &random)
    var sequence = Int.random(in: 0...0x20_0000, using: &random)
    var array = [UInt8](repeating: 0xEE, count: count * 14)
    var logged: [UInt32] = []
    for i in 0..<min(valid, count) {
      sequence += Int.random(in: 1...0xFFFF, using: &random)
      logged.append(UInt32(sequence))
      let at = (first + i) % count * 14
      array.replaceSubrange(at..<at + 14, with: Self.entry(Octets.time(1, 2, 3), sequence & 0xFFFF, user: i, event: i))
    }
    let last = (first + max(0, logged.count - 1)) % count
    let octets = Self.header(valid: valid, last: last, sequence: sequence, unread: 3) + array
    let layout = try Table.bt74.layout(in: Self.dimensions(entries: count))
    let log = try #require(EventLog(Decoded(layout: layout, octets: octets)))
    #expect(log.entries.map(\.sequence) == logged, "seed \(seed)")
    #expect(log.entries.map(\.user) == logged.indices.map { .id(UInt16($0)) }, "seed \(seed)")
    #expect(log.entries.filter(\.isUnread).count == min(3, logged.count), "seed \(seed)")
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func anyOctetsAreReadOrRefused(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let dimensions = try Self.dimensions(entries: .random(in: 0...20, using: &random), alternate: 5)
    for table in [Table.bt74, .et79] {
      let layout = try table.layout(in: dimensions)
      var octets = random.octets(.random(in: 0...layout.octets + 9, using: &random))
      // Mostly counts that may be right.
      for i in [2, 4] where i < octets.count && seed % 4 != 0 { octets[i] = 0 }
      for i in [1, 3] where i < octets.count && seed % 4 != 0 { octets[i] %= 24 }
      guard let log = EventLog(Decoded(layout: layout, octets: octets)) else { continue }
      for entry in log.entries {
        let at = 11 + entry.index * 14
        #expect(Array(octets[at + 6..<at + 8]) == Octets.u16(Int(entry.sequence) & 0xFFFF), "seed \(seed)")
        #expect(entry.argument == Array(octets[at + 12..<at + 14]), "seed \(seed)")
        _ = entry.arguments
      }
    }
  }
}
