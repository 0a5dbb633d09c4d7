// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import Testing

@Suite struct ArrayTests {
  private static let entry: [Element] = [
    .uint8("A", factory: 7), .uint16("B"), .bits("C", octets: 1, [.uint(0...7, "D")]),
  ]

  private static func things(stride: Count? = nil) -> Table {
    Table.of([.array("Things", .field(.shaping("Number of Things")), stride: stride, of: entry), .uint8("End")])
  }

  @Test func entriesFollowEachOther() throws {
    #expect(
      try Self.things().map(.of(things: 2)) == [
        "0+1 things[0].a", "1+2 things[0].b", "3+1 things[0].d", "4+1 things[1].a", "5+2 things[1].b",
        "7+1 things[1].d", "8+1 end",
      ])
    #expect(try Self.things().map(.of(things: 0)) == ["0+1 end"])
  }

  /// Newer firmware has longer entries: what is not declared is kept.
  @Test func aLongerEntryHasUnlistedOctets() throws {
    let table = Self.things(stride: .field(.shaping("Entry Size")))
    #expect(
      try table.map(.of(things: 2, size: 7)) == [
        "0+1 things[0].a", "1+2 things[0].b", "3+1 things[0].d", "4+3 things[0].unlisted", "7+1 things[1].a",
        "8+2 things[1].b", "10+1 things[1].d", "11+3 things[1].unlisted", "14+1 end",
      ])
    let layout = try table.layout(in: .of(things: 2, size: 7))
    #expect(layout.places.filter(\.isReserved).map(\.octets) == [3, 3])
    let octets = (0..<15).map { UInt8($0) }
    #expect(layout.encode(Decoded(layout: layout, octets: octets).values) == octets)
  }

  /// Older firmware has shorter ones: what does not fit is not there, the rest of a field that would is kept.
  @Test(
    arguments: [
      (4, ["0+1 things[0].a", "1+2 things[0].b", "3+1 things[0].d"]), (3, ["0+1 things[0].a", "1+2 things[0].b"]),
      (2, ["0+1 things[0].a", "1+1 things[0].unlisted"]), (1, ["0+1 things[0].a"]), (0, []),
    ] as [(UInt16, [String])])
  func aShorterEntryHasFewerFields(size: UInt16, first: [String]) throws {
    let table = Self.things(stride: .field(.shaping("Entry Size")))
    let map = try table.map(.of(things: 3, size: size))
    #expect(Array(map.prefix(first.count)) == first)
    #expect(map.count == 3 * first.count + 1 && map.last == "\(3 * Int(size))+1 end")
  }

  @Test func countsAreWorkedOut() throws {
    let (things, parts) = (Count.field(.shaping("Number of Things")), Count.field(.shaping("Number of Parts")))
    let counts: [(Count, Int)] = [
      (.exactly(3), 3), (things, 9), (.plus(things, parts), 14), (.times(things, parts), 45),
      (.dividedDown(things, 8), 1), (.dividedUp(things, 8), 2), (.dividedUp(.exactly(8), 8), 1),
      (.dividedUp(.exactly(0), 8), 0), (.plus(.dividedDown(parts, 2), .times(.exactly(2), things)), 20),
    ]
    for (count, expected) in counts {
      #expect(try Table.of([.octets("X", count)]).octets(.of(things: 9, parts: 5)) == expected, "\(count.description)")
      #expect(try Table.of([.array("X", count, of: [.uint16("")])]).octets(.of(things: 9, parts: 5)) == 2 * expected)
    }
  }

  @Test func arraysNest() throws {
    let table = Table.of([
      .array(
        "Blocks", .exactly(2),
        of: [
          .uint8("Head"),
          .array("Rows", .field(.shaping("Number of Parts")), of: [.array("", .exactly(2), of: [.uint16("")])]),
        ])
    ])
    #expect(
      try table.map(.of(parts: 2)) == [
        "0+1 blocks[0].head", "1+2 blocks[0].rows[0][0]", "3+2 blocks[0].rows[0][1]", "5+2 blocks[0].rows[1][0]",
        "7+2 blocks[0].rows[1][1]", "9+1 blocks[1].head", "10+2 blocks[1].rows[0][0]", "12+2 blocks[1].rows[0][1]",
        "14+2 blocks[1].rows[1][0]", "16+2 blocks[1].rows[1][1]",
      ])
  }

  /// Equal entries are kept once; a condition on their index makes them be laid out one by one.
  @Test(arguments: [nil, 33, 30, 14, 6, 0, 40]) func copiesAreWhatLayingOutWouldGive(stride: Int?) throws {
    func table(_ condition: [Element]) -> Table {
      let row = Element.array("Rows", .exactly(3), of: Self.entry + [.octets("E", .exactly(5))] + condition)
      return Table.of([
        .uint16("Start"),
        .array(
          "Blocks", .exactly(4), stride: stride.map { .exactly($0) },
          of: [.longTime("Time"), row, .when(.isSet(.shaping("Has Time")), [.octets("Empty", .exactly(0))])]),
        .section("Part", octets: .exactly(11), [row]),
        .uint8("End"),
      ])
    }
    let one = table([.when(.index(9...9), [.uint8("Never")])])
    let layout = try table([]).layout(in: .of(flags: 1))
    let map = try one.map(.of(flags: 1))
    if stride == nil { #expect(map.count == 1 + 4 * (1 + 3 * 4 + 1) + 6 + 1 && map.last == "145+1 end") }
    #expect(try table([]).map(.of(flags: 1)) == map)
    // In any order, and by its path.
    var random = SeededGenerator(seed: 1)
    for i in layout.places.indices.shuffled(using: &random) {
      #expect("\(layout.places[i].offset)+\(layout.places[i].octets) \(layout.places[i].pathText)" == map[i])
      let found = layout.place(at: layout.places[i].pathText)
      #expect(found?.offset == layout.places[i].offset && found?.pathText == layout.places[i].pathText)
    }
    for path in ["blocks[4].time", "blocks[0].rows[3].a", "blocks", "blocks[0]", "rows[0]", "end[0]", "", "[0]"] {
      #expect(layout.place(at: path) == nil)
    }
    #expect(try layout.factoryImage == one.layout(in: .of(flags: 1)).factoryImage)
  }

  /// Sources name the entries; one that is not there names none, least of all the one before.
  @Test func labelsNameTheEntries() throws {
    let labels = ArrayElement.Labels(.shaping("Sources")) { Source($0, "Source", Quantity(.volt, exponent: -3)) }
    let table = Table.of([
      .array("Values", .exactly(6), labels: labels, of: [.int32("", .meter, nil), .uint8("Quality")]), .uint8("End"),
    ])
    let layout = try table.layout(in: .of(sources: [9, 8, 7, 255]))
    #expect(
      (0..<6).map { layout["values[\($0)]"]?.source?.number } == [9, 8, 7, 255, nil, nil])
    #expect(layout["values[0]"]?.quantity == Quantity(.volt, exponent: -3))
    #expect(layout["values[0].quality"]?.quantity == .count && layout["values[5]"]?.quantity == .count)
    #expect(
      layout["values[0]"]?.displayName == "Source" && layout["values[0].quality"]?.displayName == "Source Quality")
    #expect(layout["values[5]"]?.displayName == "Values" && layout["end"]?.source == nil)
  }
}
