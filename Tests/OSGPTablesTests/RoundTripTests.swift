// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

@Suite(.timeLimit(.minutes(10))) struct RoundTripTests {
  static let tables = Catalogue.tables.map(\.id)

  /// Some layouts and images of a table, whole ones.
  private func images(
    of id: TableID, _ count: Int, _ body: (Layout, [UInt8], inout SeededGenerator, _ seed: UInt64) throws -> Void
  ) throws {
    let table = try #require(Catalogue.table(id))
    for seed in 0..<UInt64(count) {
      var random = SeededGenerator(seed: seed)
      let dimensions = try Scenario.plausible(using: &random).dimensions()
      let (layout, image) = try table.plausible(in: dimensions, using: &random)
      try body(layout, image, &random, seed)
    }
  }

  @Test(arguments: tables) func placesTileTheTable(id: TableID) throws {
    try images(of: id, 60) { layout, image, _, seed in
      #expect(layout.flaw == nil, "seed \(seed)")
      #expect(layout.octets == image.count, "seed \(seed)")
    }
  }

  @Test(arguments: tables) func encodingWhatWasDecodedGivesTheSameOctets(id: TableID) throws {
    try images(of: id, 60) { layout, image, random, seed in
      let decoded = Decoded(layout: layout, octets: image)
      #expect(decoded.places.count == layout.places.count && decoded.tail.isEmpty, "seed \(seed)")
      #expect(layout.encode(decoded.values) == image, "seed \(seed)")

      let more = random.octets(.random(in: 1...9, using: &random))
      let longer = Decoded(layout: layout, octets: image + more)
      #expect(longer.values == decoded.values && Array(longer.tail) == more, "seed \(seed)")
      #expect(layout.encode(longer.values, tail: Array(longer.tail)) == image + more, "seed \(seed)")
    }
  }

  @Test(arguments: tables) func aShorterImageHasItsWholeFieldsOnly(id: TableID) throws {
    try images(of: id, 4) { layout, image, _, seed in
      for count in 0..<min(image.count, 200) {
        let cut = Decoded(layout: layout, octets: Array(image.prefix(count)))
        #expect(cut.places.allSatisfy { $0.end <= count }, "seed \(seed), \(count) octets")
        #expect(cut.places.count == layout.places.filter { $0.end <= count }.count, "seed \(seed), \(count) octets")
        #expect(
          layout.encode(cut.values, tail: Array(cut.tail)) == Array(image.prefix(count)),
          "seed \(seed), \(count) octets")
        for place in layout.places where place.end > count { #expect(cut[place] == nil) }
      }
    }
  }

  @Test(arguments: tables) func aNewMetersTableHasTheFactoryValues(id: TableID) throws {
    let table = try #require(Catalogue.table(id))
    for scenario in Scenario.all {
      let layout = try table.layout(in: scenario.dimensions())
      let decoded = Decoded(layout: layout, octets: layout.factoryImage)
      #expect(decoded.octets.count == layout.octets && decoded.places.count == layout.places.count)
      for place in layout.places {
        let expected: Raw =
          place.field.isInteger
          ? .integer(place.field.factory) : .octets([UInt8](repeating: 0, count: place.octets))
        #expect(decoded[place] == expected, "\(place.pathText)")
      }
    }
  }
}
