// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import Testing

/// Tables whose own fields say how they go on.
@Suite struct SelfDescribingTests {
  private static func own(_ field: StaticString, absent: Int? = nil) -> Count {
    .field(Reference(nil, field, absent: absent))
  }

  /// Records of a length that each of them states, and what is left behind them.
  private static let records = Table.of([
    .uint8("Number of Records", factory: 2, limit: 10),
    .array("Records", own("Number of Records"), of: [.uint8("Length", factory: 1), .octets("Data", own("Length"))]),
    .octets("Rest", .rest),
  ])

  @Test func eachRecordIsAsLongAsItSays() throws {
    let image: [UInt8] = [3, 2, 9, 9, 0, 1, 8, 7, 7]
    #expect(
      try Self.records.map(image: image) == [
        "0+1 number_of_records", "1+1 records[0].length", "2+2 records[0].data", "4+1 records[1].length",
        "5+0 records[1].data", "5+1 records[2].length", "6+1 records[2].data", "7+2 rest",
      ])
    let layout = try Self.records.layout(in: Dimensions(), image: image)
    #expect(layout.encode(Decoded(layout: layout, octets: image).values) == image)
  }

  @Test func withoutAnImageItIsAsANewMeterHasIt() throws {
    #expect(
      try Self.records.map() == [
        "0+1 number_of_records", "1+1 records[0].length", "2+1 records[0].data", "3+1 records[1].length",
        "4+1 records[1].data", "5+0 rest",
      ])
  }

  /// Its length alone may tell where its fields lie.
  @Test func whoDescribesItself() {
    #expect(Self.records.describesItself)
    let rest = Table.of([.array("Sets", .plus(.exactly(0), .dividedDown(.rest, 2)), of: [.uint16("")])])
    #expect(rest.describesItself && !rest.dependsOnFirmware)
    let shaped = Table.of([.array("Things", .field(.shaping("Number of Things")), of: [.when(.index(1...1), [])])])
    #expect(!shaped.describesItself && !shaped.dependsOnFirmware)
    #expect(Table.of([.array("X", .exactly(1), of: [.when(.not(.firmware(4, 0)), [])])]).dependsOnFirmware)
  }

  @Test func theOwnTableIsNamedInErrors() throws {
    let impossible = #expect(throws: LayoutError.self) { try Self.records.layout(in: Dimensions(), image: [11]) }
    guard case .impossible(let id, let field, 11)? = impossible else {
      Issue.record("\(String(describing: impossible))")
      return
    }
    #expect(id == Self.records.id && field.description == "Number of Records")
    let absent = #expect(throws: LayoutError.self) { try Self.records.layout(in: Dimensions(), image: []) }
    guard case .absent(let missing, _)? = absent else {
      Issue.record("\(String(describing: absent))")
      return
    }
    #expect(missing == Self.records.id)
  }

  @Test func anAbsentOwnFieldHasItsDefault() throws {
    let table = Table.of([.uint8("Count"), .set("Set", octets: Self.own("Count", absent: 4))])
    #expect(try table.octets(image: [2, 0, 0]) == 3)
    #expect(try table.octets(image: []) == 5)
  }

  /// A dimension table may describe itself as well.
  @Test func aSelfDescribingTableShapesOthers() throws {
    var dimensions = Dimensions()
    try dimensions.learn(Self.records, [2, 1, 9, 3, 5, 6, 7])
    let lengths = Table(.extended(1997), "Other", page: 1, [.octets("X", .field(Reference(Self.records, "Length")))])
    // Of a repeated field, the last one counts.
    #expect(try lengths.octets(dimensions) == 3)
  }

  @Test(arguments: 0..<100 as Range<UInt64>) func nothingTraps(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let image = random.octets(.random(in: 0...60, using: &random)).map { seed % 2 == 0 ? $0 : $0 % 5 }
    guard let layout = try? Self.records.layout(in: Dimensions(), image: image) else { return }
    let decoded = Decoded(layout: layout, octets: image)
    #expect(layout.encode(decoded.values, tail: Array(decoded.tail)) == image, "seed \(seed)")
  }

  /// What is left is nothing when the table ended before.
  @Test func restIsNeverNegative() throws {
    let table = Table.of([.uint32("A"), .octets("Rest", .rest)])
    #expect(try table.octets(image: [1]) == 4 && table.octets(image: [1, 2, 3, 4, 5]) == 5 && table.octets() == 4)
  }

  @Test func aFieldCanReachUpToAnOffset() throws {
    let table = Table.of([
      .uint8("Size"), .uint8("Kind"), .octets("Content", .upTo(.minus(.field(Reference(nil, "Size")), 1))),
      .uint8("End"), .reserved(.upTo(.exactly(10))),
    ])
    #expect(try table.map(image: [6, 1]) == ["0+1 size", "1+1 kind", "2+3 content", "5+1 end", "6+4 reserved"])
    // Behind the offset nothing is left.
    #expect(try table.map(image: [2, 1]) == ["0+1 size", "1+1 kind", "2+0 content", "2+1 end", "3+7 reserved"])
    #expect(try table.map(image: [20, 1]) == ["0+1 size", "1+1 kind", "2+17 content", "19+1 end", "20+0 reserved"])
    #expect(table.describesItself)
    #expect(Count.upTo(.exactly(10)).description == "up to octet 10")
  }

  /// Searching all records for each length would take work of the square of their number, and a test run's patience.
  @Test(.timeLimit(.minutes(10))) func manyRecordsAreNoTrouble() throws {
    let table = Table.of([
      .array("Records", .exactly(16_000), of: [.uint8("Length"), .octets("Data", Self.own("Length"))])
    ])
    #expect(try table.octets(image: [UInt8](repeating: 1, count: 32_000)) == 32_000)
  }
}
