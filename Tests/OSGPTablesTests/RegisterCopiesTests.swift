// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

/// Views of registers of any meter, on any octets.
@Suite(.timeLimit(.minutes(10))) struct RegisterCopiesTests {
  /// As many registers as BT21 says, with the values that the layout has.
  @Test(arguments: 0..<100 as Range<UInt64>) func nothingIsLost(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let scenario = Scenario.plausible(using: &random)
    let dimensions = try scenario.dimensions()
    let layout = try Table.bt23.layout(in: dimensions)
    let decoded = Decoded(layout: layout, octets: random.octets(layout.octets))
    let selection = Decoded(layout: try Table.bt22.layout(in: dimensions), octets: scenario.selection)
    let registers = try #require(EnergyRegisters(decoded, selection: selection))

    let occurrences = Int(scenario.register[6])
    for block in [registers.total] + registers.tiers {
      #expect(block.summations.count == scenario.summations, "seed \(seed)")
      #expect(block.demands.allSatisfy { $0.occurrences.count == occurrences && $0.isMinimum == false }, "seed \(seed)")
      #expect(block.demands.enumerated().allSatisfy { $1.source?.number == UInt8(8 + $0) }, "seed \(seed)")
      #expect(block.coincidents.enumerated().allSatisfy { $1.demand == $0 / 2 && $1.values.count == occurrences })
    }
    let expected = decoded.places.filter { $0.field.type == .signed }.compactMap { $0.integer(in: decoded.octets) }
    #expect(([registers.total] + registers.tiers).flatMap(\.raws).sorted() == expected.sorted(), "seed \(seed)")
  }

  /// An entry of a ring says what BT24 says with the same octets.
  @Test(arguments: 0..<60 as Range<UInt64>) func aSelfReadIsACopy(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var scenario = Scenario.plausible(using: &random)
    scenario.register[2] = .random(in: 1...5, using: &random)
    let dimensions = try scenario.dimensions()
    let count = Int(scenario.register[2])
    let (single, all) = (try Table.bt24.layout(in: dimensions), try Table.bt26.layout(in: dimensions))
    let stride = single.octets + (scenario.demands > 0 ? 2 : 0)
    #expect(all.octets == 6 + count * stride)
    let newest = UInt8.random(in: 0..<UInt8(count), using: &random)
    let image: [UInt8] =
      [UInt8.random(in: 0...1, using: &random), UInt8(count), newest, 9, 9, 0]
      + random.octets(count * stride)
    let history = try #require(RegisterHistory(Decoded(layout: all, octets: image)))
    #expect(history.entries.count == (stride > 0 ? count : 0), "seed \(seed)")
    for entry in history.entries {
      let octets = Array(image[(6 + entry.position.index * stride)...].prefix(stride).suffix(single.octets))
      let copy = try #require(RegisterSnapshot(Decoded(layout: single, octets: octets)))
      #expect(copy.time == entry.snapshot.time && copy.season == entry.snapshot.season, "seed \(seed)")
      #expect(copy.registers.total.raws == entry.snapshot.registers.total.raws, "seed \(seed)")
      #expect(copy.registers.tiers.map(\.raws) == entry.snapshot.registers.tiers.map(\.raws), "seed \(seed)")
    }
  }

  /// Whatever the octets are, whatever shapes the tables: a view or none.
  @Test(arguments: 0..<80 as Range<UInt64>) func nothingTraps(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var dimensions = Dimensions()
    for (table, octets) in [(Table.bt21, 10), (.bt22, 60), (.et36, 121)] {
      // Mostly small numbers, so that some get past the limits of single dimensions.
      let image = random.octets(.random(in: 0...octets, using: &random)).map { $0 % 9 == 0 ? $0 : $0 % 7 }
      try? dimensions.learn(table, image)
    }
    let selection = (try? Table.bt22.layout(in: dimensions)).map { Decoded(layout: $0, octets: random.octets(20)) }
    for table in [Table.bt23, .bt24, .bt25, .bt26, .et31, .et41] {
      guard let layout = try? table.layout(in: dimensions), layout.places.count < 5000 else { continue }
      for size in [0, 5, 6, 40, layout.octets, layout.octets + 3] {
        let decoded = Decoded(layout: layout, octets: random.octets(size))
        let registers = EnergyRegisters(decoded, selection: selection)
        let snapshot = RegisterSnapshot(decoded, selection: selection)
        let history = RegisterHistory(decoded, selection: selection)
        for raw in [registers, snapshot?.registers].compactMap({ $0?.total }).flatMap(\.values) {
          #expect(!raw.value.description.isEmpty)
        }
        #expect((history?.entries.count ?? 0) <= layout.places.count)
      }
    }
  }
}

extension RegisterBlock {
  var values: [RegisterValue] {
    summations
      + demands.flatMap { demand in
        [demand.cumulative, demand.continuousCumulative].compactMap { $0 } + demand.occurrences.map(\.value)
      } + coincidents.flatMap(\.values)
  }
  var raws: [Int64] { values.map(\.raw) }
}
