// SPDX-License-Identifier: Apache-2.0
import C1219
import Testing

@Suite(.timeLimit(.minutes(10))) struct DimensionTests {
  private func error(_ table: Table, _ dimensions: Dimensions, image: [UInt8]? = nil) -> LayoutError? {
    #expect(throws: LayoutError.self) { try table.layout(in: dimensions, image: image) }
  }

  private static let things = Table.of([.array("Things", .field(.shaping("Number of Things")), of: [.uint8("")])])

  @Test func aTableThatIsNotKnownIsNeeded() throws {
    guard case .needs(let id)? = error(Self.things, Dimensions()) else {
      Issue.record("not needed")
      return
    }
    #expect(id == shaping.id && !Dimensions().knows(id))
    #expect(try Dimensions.of().knows(id))
  }

  /// Who reads them in this order can lay each of them out when it comes.
  @Test func tablesThatShapeOthersComeFirst() {
    let shaped = Table(.extended(1996), "Shaped", page: 1, [.array("X", .field(.shaping("Kind")), of: [.uint8("Y")])])
    let last = Table.of([.octets("Z", .field(Reference(shaped, "Y"))), .octets("W", .field(.shaping("Kind")))])
    #expect(last.dimensionTables.map(\.id) == [shaping.id, shaped.id])
  }

  @Test func aLaterImageReplacesAnEarlierOne() throws {
    var dimensions = try Dimensions.of(things: 2)
    #expect(try Self.things.octets(dimensions) == 2)
    try dimensions.learn(shaping, [7])
    #expect(try Self.things.octets(dimensions) == 7)
  }

  @Test func aFieldThatIsNotThereHasItsDefaultOrIsAnError() throws {
    let (with, without) = (Reference.shaping("Number of Parts", absent: 3), Reference.shaping("Number of Parts"))
    #expect(try Table.of([.octets("X", .field(with))]).octets(.of(parts: 9, octets: 1)) == 3)
    #expect(try Table.of([.octets("X", .field(with))]).octets(.of(parts: 9, octets: 2)) == 9)
    guard case .absent(let id, let field)? = error(Table.of([.octets("X", .field(without))]), try .of(octets: 1)) else {
      Issue.record("not absent")
      return
    }
    #expect(id == shaping.id && field.description == "Number of Parts")
    // A default does not stand for a table that was not read.
    guard case .needs? = error(Table.of([.octets("X", .field(with))]), Dimensions()) else {
      Issue.record("not needed")
      return
    }
  }

  @Test func impossibleDimensionsAreNamed() throws {
    #expect(try Self.things.octets(.of(things: 100)) == 100)
    guard case .impossible(let id, let field, let value)? = error(Self.things, try .of(things: 101)) else {
      Issue.record("possible")
      return
    }
    #expect(id == shaping.id && field.description == "Number of Things" && value == 101)
  }

  @Test func aTableIsNeverLargerThanAnyCanBe() throws {
    let huge = Count.field(.shaping("Huge"))
    #expect(try Table.of([.octets("X", huge)]).octets(.of(huge: 262_144)) == 262_144)
    let tables = [
      Table.of([.octets("X", huge)]), Table.of([.array("X", huge, of: [.uint8("")])]),
      Table.of([.array("X", .exactly(2), of: [.octets("Y", .dividedDown(huge, 2)), .uint8("Z")])]),
      Table.of([.octets("X", .times(.exactly(262_144), huge))]), Table.of([.octets("X", .plus(huge, huge))]),
      Table.of([.array("X", .exactly(1), stride: huge, of: [])]), Table.of([.uint8("X"), .octets("Y", huge)]),
    ]
    for table in tables {
      for value in [262_145, 0x7FFF_FFFF, 0xFFFF_FFFF] as [UInt32] {
        guard case .tooLarge(let id)? = error(table, try .of(huge: value)) else {
          Issue.record("\(value)")
          continue
        }
        #expect(id == table.id)
      }
    }
  }

  /// Arrays in arrays whose entries take no octets cost time only; there is an end to it.
  @Test func emptyEntriesDoNotGoOnForever() throws {
    let huge = Count.field(.shaping("Huge"))
    let first: [Element] = [.when(.index(0...0), [])]
    let empty = Table.of([.array("X", huge, of: [.array("Y", huge, of: [.array("Z", huge, of: first)])])])
    let cut = Table.of([.array("X", huge, stride: .exactly(0), of: [.array("Y", huge, of: first + [.uint8("")])])])
    for table in [empty, cut] {
      guard case .tooLarge? = error(table, try .of(huge: 262_144)) else {
        Issue.record("laid out")
        continue
      }
    }
  }

  /// What is too large is known from the first of equal entries, and nothing at all is no trouble.
  @Test func equalEntriesAreNotGoneThrough() throws {
    let huge = Count.field(.shaping("Huge"))
    let nothing = Table.of([.array("X", huge, of: [.array("Y", huge, of: [])])])
    let large = Table.of([.array("X", huge, of: [.array("Y", .exactly(100), of: [.uint8("")])])])
    let many = Table.of([.array("X", huge, of: [.octets("Y", .exactly(0)), .octets("Z", .exactly(0))])])
    for _ in 0..<500 {
      #expect(try nothing.octets(.of(huge: 262_144)) == 0)
      for table in [large, many] {
        guard case .tooLarge? = error(table, try .of(huge: 262_144)) else {
          Issue.record("laid out")
          return
        }
      }
    }
  }

  /// A signed field below zero is no count.
  @Test func aNegativeCountIsRefused() throws {
    let signed = Table(.extended(1998), "Signed", page: 1, [.int16("Count")])
    var dimensions = Dimensions()
    try dimensions.learn(signed, [0xFF, 0xFF])
    guard case .tooLarge? = error(Table.of([.octets("X", .field(Reference(signed, "Count")))]), dimensions) else {
      Issue.record("laid out")
      return
    }
  }

  @Test func errorsReadWell() {
    let texts: [(LayoutError, String)] = [
      (.needs(.basic(21)), "BT21 must be read first: it says how this table is laid out."),
      (.absent(.extended(11), "Count"), "ET11 of this meter is too short to have \"Count\"."),
      (
        .impossible(.basic(21), "Number of Tiers", 99),
        "BT21 says that \"Number of Tiers\" is 99, which no meter can have; its configuration cannot be trusted."
      ),
      (.tooLarge(.basic(64)), "By the meter's dimensions BT64 would be larger than any table can be."),
    ]
    for (error, text) in texts { #expect(error.description == text) }
  }
}

/// Repeated fields of another table, entry by entry.
@Suite struct EntryTests {
  static let sets = Table(
    .extended(1990), "Sets", page: 1,
    [.array("Sets", .dividedDown(.rest, 2), of: [.uint8("Kind"), .uint8("Length")])])

  private func layout(_ elements: [Element], sets: [UInt8]) throws -> Layout {
    var dimensions = Dimensions()
    try dimensions.learn(Self.sets, sets)
    return try Table(.extended(1991), "Data", page: 1, elements).layout(in: dimensions)
  }

  @Test func theSameEntryShapesTheSameEntry() throws {
    let reference = Reference(Self.sets, "Length", entry: .same)
    let elements = [Element.array("Data", .entries(reference), of: [.octets("Octets", .field(reference))])]
    let layout = try layout(elements, sets: [9, 3, 9, 1, 9, 2])
    #expect(layout.places.map(\.octets) == [3, 1, 2] && layout.places.map(\.offset) == [0, 3, 4])
    #expect(try self.layout(elements, sets: []).octets == 0)
  }

  @Test(arguments: [(0, 3), (1, 1), (2, 2)]) func oneEntryByItsIndex(index: Int, octets: Int) throws {
    let elements = [Element.octets("X", .field(Reference(Self.sets, "Length", entry: .at(index))))]
    #expect(try layout(elements, sets: [9, 3, 9, 1, 9, 2]).octets == octets)
  }

  /// Of a list in each entry, as of every list of numbers: those of one entry.
  @Test(arguments: [(0, [7, 8]), (1, []), (2, [9]), (3, [])] as [(Int, [UInt8])])
  func theListOfOneEntry(index: Int, numbers: [UInt8]) throws {
    let same = Count.field(Reference(Self.sets, "Length", entry: .same))
    let lists = Table(
      .extended(1992), "Lists", page: 1,
      [
        .array(
          "Lists", .entries(Reference(Self.sets, "Length")),
          of: [.array("Numbers", same, of: [.uint8("")]), .uint8("Check")])
      ])
    let reference = Reference(lists, "Numbers", entry: .at(index))
    let labels = ArrayElement.Labels(reference) { Source($0, "", .count) }
    var dimensions = Dimensions()
    try dimensions.learn(Self.sets, [0, 2, 0, 0, 0, 1])
    let octets: [UInt8] = [7, 8, 1, 2, 9, 3]
    try dimensions.learn(lists, octets)

    let data = Table.of([.array("Data", .entries(reference), labels: labels, of: [.uint8("")])])
    #expect(try data.layout(in: dimensions).places.map { $0.source?.number } == numbers)
    let decoded = Decoded(layout: try lists.layout(in: dimensions), octets: octets)
    #expect(decoded.integers(named: "Numbers", entry: index) == numbers.map { Int64($0) })
  }

  @Test func anEntryThatIsNotThereIsAbsent() throws {
    let there = Reference(Self.sets, "Length", entry: .at(3), absent: 7)
    #expect(try layout([.octets("X", .field(there))], sets: [9, 3]).octets == 7)
    #expect(throws: LayoutError.self) {
      try layout([.octets("X", .field(Reference(Self.sets, "Length", entry: .at(3))))], sets: [9, 3])
    }
  }

  @Test(arguments: [(3, 1), (4, 1), (5, 0)]) func atLeast(least: Int, octets: Int) throws {
    let condition = Condition.atLeast(Reference(Self.sets, "Length"), least)
    #expect(try layout([.when(condition, [.uint8("X")])], sets: [0, 4]).octets == octets)
  }

  @Test func aDifferenceIsNotBelowZero() throws {
    let length = Count.field(Reference(Self.sets, "Length"))
    #expect(try layout([.octets("X", .minus(length, 3))], sets: [0, 5]).octets == 2)
    #expect(try layout([.octets("X", .minus(length, 9))], sets: [0, 5]).octets == 0)
  }
}
