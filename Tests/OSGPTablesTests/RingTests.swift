// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

@Suite struct RingTests {
  /// A list as short as can be: a header and one octet an entry.
  private static func list(counts: Int, sequence: Int) -> Table {
    func uint(_ name: StaticString, _ octets: Int) -> Element {
      .field(Field(name, .unsigned, size: .exactly(octets)))
    }
    return Table(
      .extended(2000), "List", page: 1,
      [
        .bits(
          "Flags", octets: 1,
          [
            .flag(0, "Order"), .flag(1, "Overflow"), .flag(2, "List Type"), .flag(3, "Inhibit Overflow"),
            .fill(4...7),
          ]),
        uint("Valid", counts), uint("Last", counts), uint("Sequence", sequence), uint("Unread", counts),
        .array("Entries", .exactly(5), of: [.uint8("")]),
      ])
  }

  private func ring(_ octets: [UInt8], counts: Int = 1, sequence: Int = 2) throws -> Ring? {
    Ring(Decoded(layout: try Self.list(counts: counts, sequence: sequence).layout(in: Dimensions()), octets: octets))
  }

  private func indices(_ octets: [UInt8], of count: Int = 5) throws -> [Int]? {
    try #require(try ring(octets)).entries(of: count)?.map(\.index)
  }

  @Test func headerIsRead() throws {
    let ring = try #require(try ring([0b0110, 3, 2, 0x34, 0x12, 1]))
    #expect(!ring.isDescending && ring.hasOverflowed && ring.isCircular && !ring.inhibitsOverflow)
    #expect(ring.validEntries == 3 && ring.lastEntry == 2 && ring.lastSequence == 0x1234 && ring.unreadEntries == 1)
    let other = try #require(try self.ring([0b1001, 0, 0, 0, 0, 0]))
    #expect(other.isDescending && !other.hasOverflowed && !other.isCircular && other.inhibitsOverflow)
  }

  @Test func wideCountsAndSequenceNumbers() throws {
    let octets: [UInt8] = [4, 0x02, 0x01, 0x01, 0x00, 0, 0, 1, 0, 0x03, 0x00]
    let ring = try #require(try ring(octets, counts: 2, sequence: 4))
    #expect(ring.validEntries == 258 && ring.lastEntry == 1 && ring.lastSequence == 65_536 && ring.unreadEntries == 3)
    let entries = try #require(ring.entries(of: 300))
    #expect(entries.count == 258 && entries[0].index == 44 && entries[0].sequence == 65_536 - 257)
    #expect(entries[257].index == 1 && entries[257].sequence == 65_536 && entries[257].isUnread)
    #expect(entries.filter(\.isUnread).count == 3)
  }

  @Test func notYetFull() throws {
    let entries = try #require(try ring([4, 3, 2, 9, 0, 2])?.entries(of: 5))
    #expect(entries.map(\.index) == [0, 1, 2])
    #expect(entries.map(\.sequence) == [7, 8, 9])
    #expect(entries.map(\.isUnread) == [false, true, true])
  }

  @Test func wrapped() throws {
    #expect(try indices([6, 5, 1, 0, 0, 0]) == [2, 3, 4, 0, 1])
    #expect(try indices([6, 5, 4, 0, 0, 0]) == [0, 1, 2, 3, 4])
    // Some taken out at the old end.
    #expect(try indices([6, 3, 1, 0, 0, 0]) == [4, 0, 1])
  }

  @Test func descending() throws {
    #expect(try indices([7, 5, 1, 0, 0, 0]) == [0, 4, 3, 2, 1])
    #expect(try indices([1, 3, 0, 0, 0, 0]) == [2, 1, 0])
  }

  @Test func firstInFirstOut() throws {
    #expect(try indices([0, 3, 2, 0, 0, 0]) == [0, 1, 2])
  }

  @Test func sequenceNumbersWrapAtTheirWidth() throws {
    let short = try #require(try ring([4, 3, 2, 1, 0, 0])?.entries(of: 5))
    #expect(short.map(\.sequence) == [0xFFFF, 0, 1])
    let long = try #require(
      try ring([4, 3, 0, 2, 0, 0, 0, 0, 0, 0, 0], counts: 2, sequence: 4)?.entries(of: 5))
    #expect(long.map(\.sequence) == [0xFFFF_FFFE, 0xFFFF_FFFF, 0])
  }

  @Test func nothingThere() throws {
    #expect(try indices([4, 0, 0, 0, 0, 0]) == [])
    // Without an entry the element means nothing.
    #expect(try indices([4, 0, 200, 0, 0, 0]) == [])
    #expect(try indices([4, 1, 0, 0, 0, 0], of: 0) == [])
  }

  @Test func whatCannotBe() throws {
    #expect(try indices([4, 3, 5, 0, 0, 0]) == nil, "the newest entry outside the array")
    #expect(try indices([4, 200, 4, 0, 0, 200]) == [0, 1, 2, 3, 4], "more valid entries than entries")
    #expect(try indices([4, 3, 2, 0, 0, 0], of: -1) == [])
    #expect(try ring([4, 3, 2, 0, 0]) == nil, "ends within the header")
    #expect(try ring([]) == nil)
    let table = try Table.bt22.layout(in: Scenario.household.dimensions())
    #expect(Ring(Decoded(layout: table, octets: [4, 5])) == nil, "no list")
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func entriesAreOfTheArrayAndEachIsThereOnce(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let (counts, sequence) = (Int.random(in: 1...2, using: &random), Bool.random(using: &random) ? 2 : 4)
    var octets = random.octets(1 + 3 * counts + sequence)
    if Bool.random(using: &random) { octets = octets.map { $0 % 8 } }
    let ring = try #require(try ring(octets, counts: counts, sequence: sequence))
    for count in [-1, 0, 1, 2, 7, 255, Int.max] {
      guard let entries = ring.entries(of: count) else {
        #expect(ring.lastEntry >= count, "seed \(seed)")
        continue
      }
      #expect(entries.count == max(0, min(ring.validEntries, count)), "seed \(seed)")
      #expect(entries.allSatisfy { (0..<max(0, count)).contains($0.index) }, "seed \(seed)")
      #expect(Set(entries.map(\.index)).count == entries.count, "seed \(seed)")
      #expect(entries.filter(\.isUnread).count == min(ring.unreadEntries, entries.count), "seed \(seed)")
      if let newest = entries.last { #expect(newest.index == ring.lastEntry && newest.sequence == ring.lastSequence) }
      let pairs = zip(entries, entries.dropFirst())
      #expect(pairs.allSatisfy { ($1.sequence &- $0.sequence) & (sequence == 2 ? 0xFFFF : .max) == 1 }, "seed \(seed)")
      #expect(pairs.allSatisfy { $1.isUnread || !$0.isUnread }, "seed \(seed)")
    }
  }

  @Test func theNewestOnly() throws {
    let ring = try #require(try ring([4, 5, 1, 9, 0, 2]))
    #expect(ring.entries(of: 5, newest: 3)?.map(\.index) == [4, 0, 1])
    #expect(ring.entries(of: 5, newest: 3)?.map(\.sequence) == [7, 8, 9])
    #expect(ring.entries(of: 5, newest: 9)?.count == 5 && ring.entries(of: 5, newest: 0)?.isEmpty == true)
  }

  @Test func howFarItHasCome() throws {
    let narrow = try #require(try ring([4, 3, 2, 3, 0, 0]))
    #expect(narrow.distance(from: 3) == 0 && narrow.distance(from: 1) == 2 && narrow.distance(from: 0xFFFE) == 5)
    // It was at 4 before: it counts anew.
    #expect(narrow.distance(from: 4) == nil)
    let wide = try #require(try ring([4, 3, 0, 2, 0, 1, 0, 0, 0, 0, 0], counts: 2, sequence: 4))
    #expect(wide.distance(from: 0xFFFF_FFFF) == 2 && wide.distance(from: 0xFFFE) == nil)
  }

  /// Three of five entries, the newest at 2; then later headers, and how many of the three are gone.
  @Test func whatIsGoneMeanwhile() throws {
    func gone(_ later: [UInt8], from earlier: [UInt8] = [4, 3, 2, 9, 0, 0]) throws -> Int? {
      try #require(try ring(earlier)).overwritten(until: try #require(try ring(later)), of: 5)
    }
    #expect(try gone([4, 3, 2, 9, 0, 0]) == 0)
    #expect(try gone([4, 3, 2, 9, 0, 3]) == 0)
    #expect(try gone([4, 5, 4, 11, 0, 0]) == 0)
    #expect(try gone([6, 5, 0, 12, 0, 0]) == 1)
    #expect(try gone([6, 5, 1, 13, 0, 0]) == 2)
    // Numbers are skipped: four went by, two entries came.
    #expect(try gone([4, 5, 4, 13, 0, 0]) == 0)
    // As many as there are places, or more: it may have gone round. Cleared. Begun anew.
    #expect(try gone([6, 5, 2, 14, 0, 0]) == nil)
    #expect(try gone([4, 1, 0, 10, 0, 0]) == nil)
    #expect(try gone([4, 3, 2, 3, 0, 0]) == nil)
    #expect(try gone([5, 3, 2, 9, 0, 0]) == nil)
    // Descending: the newest at 1, then at 4 by way of 0.
    #expect(try gone([7, 5, 4, 11, 0, 0], from: [5, 5, 1, 9, 0, 0]) == 2)
  }
}
