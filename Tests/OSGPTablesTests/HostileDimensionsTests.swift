// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables
import Testing

/// Whatever a meter, or who plays one, says of its dimensions: a layout or an error, soon, and of a size that can be.
@Suite(.timeLimit(.minutes(10))) struct HostileDimensionsTests {
  private static let shaping: [Table] = Catalogue.tables.filter { $0.describesItself || Catalogue.shapesOthers($0.id) }

  @Test(arguments: 0..<60 as Range<UInt64>) func nothingTraps(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var dimensions = Dimensions(
      firmware: Bool.random(using: &random) ? nil : FirmwareVersion(main: random.octets(1)[0], revision: 0))
    for table in Self.shaping {
      var image = random.octets(.random(in: 0...80, using: &random))
      // Mostly small numbers, so that some get past the limits of single dimensions.
      if seed % 4 != 0 { image = image.map { $0 % 9 == 0 ? $0 : $0 % 9 } }
      // An error is an answer.
      try? dimensions.learn(table, image)
    }
    let image = random.octets(.random(in: 0...2000, using: &random))
    for table in Catalogue.tables {
      guard let layout = try? table.layout(in: dimensions, image: image) else { continue }
      #expect(layout.octets <= 262_144 && layout.places.count <= 262_144, "seed \(seed) \(table.id)")
      #expect(layout.flaw == nil, "seed \(seed) \(table.id)")
      let decoded = Decoded(layout: layout, octets: image)
      #expect(layout.encode(decoded.values, tail: Array(decoded.tail)) == image, "seed \(seed) \(table.id)")
    }
  }

  @Test func everyDimensionAtItsUtmost() throws {
    var dimensions = Dimensions()
    try dimensions.learn(.bt00, [UInt8](repeating: 255, count: 19))
    // All 255 but for those with a limit.
    var manufacturer = [UInt8](repeating: 255, count: 39)
    for (octet, value) in [(0, 8), (3, 16), (5, 0), (6, 16), (34, 8)] { manufacturer[octet] = UInt8(value) }
    try dimensions.learn(.et11, manufacturer)
    try dimensions.learn(.bt21, [0xFF, 0xFF, 255, 64, 8, 16, 8, 8, 16, 200])
    try dimensions.learn(.bt22, [UInt8](repeating: 255, count: 200))
    try dimensions.learn(.bt27, [UInt8](repeating: 255, count: 300))
    try dimensions.learn(.bt20, [0xFF, 0xFF, 255, 64, 8, 16, 8, 8, 16, 200])
    try dimensions.learn(.et90, [UInt8](repeating: 255, count: 16) + [32, 255, 255, 255])
    try dimensions.learn(.bt71, [0, 255, 255, 4, 255, 0xA0, 0x0F, 255, 255])
    try dimensions.learn(.et04, [UInt8](repeating: 100, count: 140))
    let logs: [(Table, [UInt8])] = [
      (.et54, [UInt8](repeating: 0, count: 80) + [0xA0, 0x0F]), (.et54, Section.extendedReads(16)),
      (.et36, Table.et36Image(outages: 255, octets: 255, registers: (65_535, 255))),
      (.et36, Section.recurringReads(entries: 16, octets: 4000)),
    ]
    for (table, octets) in Section.combined(logs) { try dimensions.learn(table, octets) }
    let sets = [(17_000, 1, 1), (1, 1440, 16), (35, 1440, 1), (1700, 1, 16)] as [(UInt16, UInt16, UInt8)]
    try dimensions.learn(.bt60, Table.loadProfileImage(sets.map { _ in .init(.max, .max, 16) }))
    try dimensions.learn(.bt61, Table.loadProfileImage(flags: 0xFFFF, sets.map { .init($0.0, $0.1, $0.2) }))
    try dimensions.learn(.bt62, Table.loadProfileControlImage(flags: 0xFFFF, sets.map { .init($0.0, $0.1, $0.2) }))
    try dimensions.learn(.bt30, [0, 0, 0, 0, 255, 0, 16, 0, 0, 0])
    try dimensions.learn(.bt50, [255, 255, 255, 255, 255, 0, 10, 255, 255])
    // Logs of whole registers; a meter has fewer entries of so many registers.
    for table in [Table.bt26, .et31, .et41] {
      let error = #expect(throws: LayoutError.self) { try table.layout(in: dimensions) }
      guard case .tooLarge(table.id)? = error else {
        Issue.record("\(table.id) \(String(describing: error))")
        continue
      }
    }
    for table in Catalogue.tables where ![.basic(26), .extended(31), .extended(41)].contains(table.id) {
      let isProfile = (Table.bt64.id...Table.bt67.id).contains(table.id)
      for dimension in table.dimensionTables where !dimensions.knows(dimension.id) {
        try dimensions.learn(dimension, dimension.layout(in: dimensions).factoryImage)
      }
      let layout = try table.layout(in: dimensions)
      #expect(layout.octets < (isProfile ? 262_144 : 70_000) && layout.flaw == nil, "\(table.id)")
    }
  }

  static let impossible: [(table: Table, octet: Int, value: UInt8, field: String, shaped: Table)] = [
    (.bt21, 3, 255, "Number of Summations", .bt22), (.bt21, 4, 9, "Number of Demands", .bt22),
    (.bt21, 5, 17, "Number of Coincident Values", .bt22), (.bt21, 6, 255, "Number of Occurrences", .bt23),
    (.bt21, 7, 255, "Number of Tiers", .bt23), (.bt21, 8, 255, "Number of Present Demands", .bt27),
    (.bt21, 9, 255, "Number of Present Values", .bt27), (.et11, 34, 255, "MEP Channel Count", .et50),
    (.et11, 0, 9, "Number of Devices", .et14), (.et11, 3, 17, "On-demand Request Queue Size", .et15),
  ]

  @Test(arguments: impossible.indices) func theImpossibleDimensionIsNamed(i: Int) throws {
    let (table, octet, value, field, shaped) = Self.impossible[i]
    var scenario = Scenario.all[1]
    let dimensions = try scenario.dimensions()
    if table.id == .basic(21) { scenario.register[octet] = value } else { scenario.manufacturer[octet] = value }
    var hostile = dimensions
    try hostile.learn(table, table.id == .basic(21) ? scenario.register : scenario.manufacturer)
    let error = #expect(throws: LayoutError.self) { try shaped.layout(in: hostile) }
    guard case .impossible(let id, let name, let told)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(id == table.id && name.description == field && told == Int(value))
    #expect(error?.description.contains("\(table.id) says that \"\(field)\" is \(value)") == true)
  }
}
