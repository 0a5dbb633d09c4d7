// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Nobody writes an offset by hand; here the derived ones meet the ones that the guide prints.
@Suite struct PrintedOffsetsTests {
  /// Tables whose rows stand for fields; those of the registers stand for sources and are tested apart.
  static let tables = Section.all.flatMap(\.tables)

  @Test func everyDeclaredTableIsCompared() {
    #expect(
      (Self.tables + ["BT23", "BT28"] + PrintedEntriesTests.tables).sorted()
        == Catalogue.tables.map(\.id.description).sorted())
  }

  @Test(arguments: tables, Scenario.all)
  func derivedPlacesAreThePrintedOnes(name: String, scenario: Scenario) throws {
    try compare(name, scenario, PrintedRow.fields(of: name))
  }

  /// Tables with a second column of offsets.
  static let twoColumns = tables.filter { table in
    (try? PrintedRow.printed(table))?.contains { $0.offset3 != nil } ?? false
  }

  @Test(arguments: twoColumns, Scenario.all)
  func derivedPlacesOfOlderFirmwareAreThePrintedOnes(name: String, scenario: Scenario) throws {
    var older = scenario
    older.firmware = FirmwareVersion(3, 84, 6)
    try compare(name, older, PrintedRow.olderRows(of: name))
  }

  private func compare(_ name: String, _ scenario: Scenario, _ rows: [PrintedRow]) throws {
    let table = try #require(Table.named(name))
    let layout = try scenario.layout(of: table)
    var unmatched = layout.places.indices.filter {
      !layout.places[$0].isReserved && layout.places[$0].isInFirstRecord
    }
    for row in rows where !row.isReserved {
      let (start, _) = try #require(try row.extent(scenario.arithmetic(of: name)), "\(row)")
      var shape = try #require(try row.shape(scenario.arithmetic(of: name)), "\(row)")
      // So many octets, but declared as numbers.
      if case .values(nil, let octets, [.octets]) = shape,
        layout.places.contains(where: { $0.key == row.key && $0.field.type == .unsigned })
      {
        shape = .values(count: octets, octets: 1, [.unsigned])
      }
      if case .copies(let count, let other) = shape {
        let copied = try #require(Table.named(other)).layout(in: scenario.dimensions())
        if count > 0 { expect(copied, in: layout, at: start, row) }
        unmatched.removeAll { (start..<start + count * copied.octets).contains(layout.places[$0].offset) }
        continue
      }
      let candidates = candidates(for: row, at: start, shape, among: unmatched, in: layout)
      if candidates.isEmpty, try isGroup(row, of: table, at: start, shape, in: layout) { continue }
      let places = candidates.map { layout.places[$0] }
      expect(places, at: start, shape, row)
      for place in places { expectControl(of: place, row) }
      unmatched.removeAll(where: candidates.contains)
    }
    let known = Section.fromElsewhere(name).map(\.key)
    #expect(unmatched.map { layout.places[$0].key } == known, "declared, but not printed")
  }

  @Test(arguments: tables, Scenario.all)
  func reservedOctetsAreThePrintedOnes(name: String, scenario: Scenario) throws {
    let table = try #require(Table.named(name))
    let layout = try scenario.layout(of: table)
    var printed = RangeSet<Int>()
    for row in try PrintedRow.fields(of: name) where row.isReserved {
      let (start, octets) = try #require(try row.extent(scenario.arithmetic(of: name)), "\(row)")
      switch try row.shape(scenario.arithmetic(of: name)) {
      case .bits(let bits, _): printed.insert(contentsOf: start * 8 + bits.lowerBound..<start * 8 + bits.upperBound + 1)
      case .values(let count, let size, _): printed.insert(contentsOf: start * 8..<(start + (count ?? 1) * size) * 8)
      case .copies: break
      case nil: printed.insert(contentsOf: start * 8..<(start + (octets ?? 1)) * 8)
      }
    }
    let known = Set(Section.fromElsewhere(name).map(\.key))
    var declared = RangeSet<Int>()
    for place in layout.places where place.isInFirstRecord && (place.isReserved || known.contains(place.key)) {
      // What a meter's entries are longer than the guide has them is nowhere printed.
      if place.key == "Unlisted" { continue }
      // The guide does not say where the sets of BT00 are: it says that the rest is reserved.
      if name != "BT00" || place.isReserved { declared.insert(contentsOf: place.bits) }
    }
    for (offset, bits) in Section.unprintedBits(name) {
      let octet = try scenario.arithmetic(of: name).value(offset.text)
      printed.insert(contentsOf: octet * 8 + bits.lowerBound..<octet * 8 + bits.upperBound + 1)
    }
    #expect(Array(declared.symmetricDifference(printed).ranges) == [])
  }

  /// A row that names several bits as a whole.
  private func isGroup(
    _ row: PrintedRow, of table: Table, at start: Int, _ shape: PrintedRow.Shape, in layout: Layout
  ) throws -> Bool {
    guard case .values(nil, let octets, _) = shape, let groups = table.groups[row.key] else { return false }
    return groups.contains { group in
      guard group.octets == octets, let first = group.fields.first else { return false }
      return layout.places.contains { $0.offset == start && $0.field.bits == first.bits && $0.octets == octets }
    } || row.key == "C12.19Compliance"
  }

  /// The other table's fields, all of them, from `start` on.
  private func expect(_ copied: Layout, in layout: Layout, at start: Int, _ row: PrintedRow) {
    let places = layout.places.filter { (start..<start + copied.octets).contains($0.offset) }
    #expect(places.count == copied.places.count, "\(row)")
    for (place, original) in zip(places, copied.places) {
      #expect(place.offset == start + original.offset && place.octets == original.octets, "\(row)")
      #expect(place.displayName == original.displayName && place.pathText.hasSuffix(original.pathText), "\(row)")
    }
  }

  /// The places of the row's name; where other records have fields of the same name, the one in its place.
  private func candidates(
    for row: PrintedRow, at start: Int, _ shape: PrintedRow.Shape, among unmatched: [Int], in layout: Layout
  ) -> [Int] {
    let named = unmatched.filter { layout.places[$0].key == row.key }
    if case .values(.some, _, _) = shape { return named }
    let there = named.filter { layout.places[$0].offset == start }
    return there.isEmpty ? named : there
  }

  private func expect(_ places: [Place], at start: Int, _ shape: PrintedRow.Shape, _ row: PrintedRow) {
    switch shape {
    case .bits(let bits, let kinds):
      #expect(places.count == 1, "\(row)")
      for place in places {
        #expect(place.bits == start * 8 + bits.lowerBound..<start * 8 + bits.upperBound + 1, "\(row)")
        // One bit is a UINT of one bit or a BOOL.
        #expect(kinds.contains(place.field.type), "\(row)")
      }
    case .values(let count, let octets, let kinds):
      #expect(places.count == count ?? 1, "\(row)")
      for (i, place) in places.enumerated() {
        #expect(place.offset == start + i * octets, "\(row) \(i)")
        #expect(place.octets == octets && place.field.bits == nil, "\(row) \(i)")
        #expect(kinds.contains(place.field.type), "\(row) \(i)")
      }
    case .copies: Issue.record("\(row)")
    }
  }

  private func expectControl(of place: Place, _ row: PrintedRow) {
    guard let printed = row.vci else { return }
    let letter = place.field.control.letter.description
    #expect(!letter.isEmpty && printed.contains(letter), "\(row), declared \(letter)")
  }
}
