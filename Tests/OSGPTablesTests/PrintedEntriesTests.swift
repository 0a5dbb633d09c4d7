// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Tables whose entries differ: each layout of an entry meets the rows that the guide prints for it.
@Suite struct PrintedEntriesTests {
  static let tables = ["ET13", "ET16", "ET45", "ET74"]

  struct Variant: Sendable, CustomStringConvertible {
    let description: String
    let table: String
    /// Of the fixture.
    let rows: [Int]
    /// Nil for what comes before the entries.
    let entry: Int?
    /// Whether the guide prints offsets in the entry, not in the table.
    var isWithin = false
    var image: [UInt8]?
    var symbols: [String: String] = [:]
    /// What is declared besides: bits that the guide is silent of, and where the rows of ET16 go on.
    var silent: [String] = []
  }

  /// Entry 0: L of the guide is 20, variable; entry 1: fixed; entry 4: 5 octets of a MEP client.
  static let deviceData: [UInt8] = {
    var image = [UInt8](repeating: 0, count: 5 * 517)
    image[7] = 20
    image[517 + 6] = 2
    image[4 * 517 + 9] = 5
    return image
  }()

  static let variants = [
    Variant(description: "ET13, M-Bus", table: "ET13", rows: Array(0...14), entry: 0, isWithin: true),
    Variant(description: "ET13, the last of M-Bus", table: "ET13", rows: Array(0...14), entry: 3, isWithin: true),
    Variant(
      description: "ET13, MEP client", table: "ET13", rows: Array(0...8) + Array(15...22), entry: 4, isWithin: true),
    Variant(
      description: "ET16, variable", table: "ET16", rows: Array(1...22), entry: 0, isWithin: true, image: deviceData,
      symbols: ["L": "20"], silent: ["Filler"]),
    Variant(
      description: "ET16, fixed", table: "ET16", rows: Array(1...7) + Array(23...36), entry: 1, isWithin: true,
      image: deviceData, silent: ["Filler"]),
    Variant(
      description: "ET16, MEP client", table: "ET16", rows: Array(1...7) + Array(37...39), entry: 4, isWithin: true,
      image: deviceData, symbols: ["L": "5"], silent: ["Filler"]),
    Variant(description: "ET45, header", table: "ET45", rows: Array(0...8), entry: nil),
    Variant(description: "ET45, entry", table: "ET45", rows: Array(9...16), entry: 0, silent: billingRead),
    Variant(description: "ET74, header", table: "ET74", rows: Array(0...8), entry: nil),
    Variant(description: "ET74, entry", table: "ET74", rows: Array(9...15), entry: 0, silent: billingRead),
  ]

  /// An empty one.
  static let billingRead = [
    "Timestamp", "DataOrder", "ResponseType", "KeyAvailability", "Authentication", "SecurityStatus", "Filler",
    "Length(L)", "SerialNbr", "MfgID", "Version", "Medium", "AccessNumber", "ApplicationStatus", "PowerLow",
    "PermanentError", "TemporaryError", "ManufacturerSpecific", "Signature", "Tel.DataRecords",
  ]

  @Test(arguments: variants) func placesAreThePrintedOnes(variant: Variant) throws {
    let table = try #require(Table.named(variant.table))
    let scenario = Scenario.all[0]
    let layout = try table.layout(in: scenario.dimensions(), image: variant.image)
    var left = layout.places.filter { $0.path.first?.index == variant.entry && $0.field.name.description != "Unlisted" }
    let base = variant.isWithin ? try #require(left.first).offset : 0
    var arithmetic = scenario.arithmetic(of: variant.table)
    arithmetic.symbols.merge(variant.symbols) { $1 }
    let rows = try PrintedRow.corrected(variant.table)
    for row in variant.rows.map({ rows[$0] }) where row.name != Erratum.dropped {
      let (start, _) = try #require(try row.extent(arithmetic), "\(row)")
      let i = try #require(left.firstIndex { $0.key == row.key && $0.offset - base == start }, "\(row)")
      let place = left.remove(at: i)
      switch try #require(try row.shape(arithmetic), "\(row)") {
      case .bits(let bits, let kinds):
        #expect(place.bits == (base + start) * 8 + bits.lowerBound..<(base + start) * 8 + bits.upperBound + 1, "\(row)")
        #expect(place.isReserved || kinds.contains(place.field.type), "\(row)")
      case .values(let count, let octets, let kinds):
        #expect(count == nil && place.octets == octets && place.field.bits == nil, "\(row)")
        #expect(place.isReserved || kinds.contains(place.field.type), "\(row)")
      case .copies: Issue.record("\(row)")
      }
      if let printed = row.vci, !place.isReserved {
        #expect(printed.contains(place.field.control.letter.description), "\(row)")
      }
    }
    #expect(left.map(\.key) == variant.silent, "declared, but not printed")
  }

  /// The entries of the logs hold what those of ET16 hold, whichever of the layouts it is.
  @Test(arguments: [("ET45", 6, 8), ("ET74", 9, 8)], [0, 1, 4])
  func logsHoldBillingReads(log: (table: String, start: Int, head: Int), entry: Int) throws {
    let dimensions = try Scenario.all[0].dimensions()
    let read = Self.deviceData[entry * 517..<(entry + 1) * 517]
    let expected = try Table.et16.layout(in: dimensions, image: Self.deviceData).places
      .filter { $0.path[0].index == entry }
    let handle: [UInt8] = entry == 4 ? [0xE8, 0x03] : [0xE7, 0x03]
    let image = [UInt8](repeating: 0, count: log.start) + [0, 2, 0, 0] + handle + [0, 4] + read
    let table = try #require(Table.named(log.table))
    let places = try table.layout(in: dimensions, image: image).places
      .filter { $0.path[0].index == 0 && $0.offset >= log.start + log.head }
    #expect(
      places.map { "\($0.key) \($0.offset - log.start - log.head) \($0.octets)" }
        == expected.map { "\($0.key) \($0.offset - entry * 517) \($0.octets)" })
  }
}
