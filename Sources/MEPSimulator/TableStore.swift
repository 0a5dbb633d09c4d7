// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// The octets of a meter's tables, laid out by the meter's own dimensions. Tables are made when first asked for.
struct TableStore: Sendable {
  private(set) var profile: Profile
  private(set) var dimensions: Dimensions
  private var entries: [TableID: Entry] = [:]

  private struct Entry {
    var layout: Layout
    var octets: [UInt8]
    /// What it had when it came from the factory.
    let factory: [UInt8]
  }

  init(_ profile: Profile) throws(LayoutError) {
    self.profile = profile
    dimensions = try profile.dimensions
  }

  /// All octets of a table; nil when this meter has no such table.
  subscript(id: TableID) -> [UInt8]? {
    mutating get { load(id) ? entries[id]?.octets : nil }
  }

  func table(_ id: TableID) -> Table? { Catalogue.table(id).flatMap { profile.has($0) ? $0 : nil } }

  mutating func layout(of table: Table) -> Layout? { load(table.id) ? entries[table.id]?.layout : nil }

  /// A table and what it says; nil when this meter has no such table.
  mutating func decoded(_ table: Table) -> Decoded? {
    load(table.id) ? entries[table.id].map { Decoded(layout: $0.layout, octets: $0.octets) } : nil
  }

  /// 0 where the meter has no such table or field.
  mutating func integer(_ table: Table, _ path: String) -> Int64 {
    place(table, path).flatMap { $0.integer(in: entries[table.id]?.octets ?? []) } ?? 0
  }

  mutating func octets(_ table: Table, _ path: String) -> [UInt8] {
    guard let place = place(table, path), case .octets(let octets)? = place.raw(in: entries[table.id]?.octets ?? [])
    else { return [] }
    return octets
  }

  mutating func set(_ table: Table, _ path: String, _ value: Int64) { set(table, path, .integer(value)) }
  mutating func set(_ table: Table, _ path: String, _ value: [UInt8]) { set(table, path, .octets(value)) }

  /// Where a field begins; nil where the meter has no such table or field.
  mutating func offset(_ table: Table, _ path: String) -> Int? { place(table, path)?.offset }

  private mutating func set(_ table: Table, _ path: String, _ value: Raw) {
    // An older meter's table may end before a field that newer ones have.
    guard let place = place(table, path) else { return }
    set(table, place, value)
  }

  /// Puts a value into a place of the table's layout.
  mutating func set(_ table: Table, _ place: Place, _ value: Raw) {
    guard load(table.id), place.store(value, in: &entries[table.id]!.octets) else {
      preconditionFailure("\(table.id) \(place.pathText) does not take \(value)")
    }
  }

  /// Puts octets anywhere into a table; those beyond its end are dropped.
  mutating func put(_ octets: some Collection<UInt8>, at offset: Int, of id: TableID) {
    guard load(id), let room = entries[id].map({ $0.octets.count - offset }), room > 0 else { return }
    let part = octets.prefix(room)
    // In place: a load profile is large, and changes a little at a time.
    entries[id]?.octets.replaceSubrange(offset..<offset + part.count, with: part)
  }

  /// Gives a table other octets, of another length where need be.
  mutating func replace(_ sheet: Sheet) {
    entries[sheet.id] = Entry(
      layout: sheet.layout, octets: sheet.octets, factory: entries[sheet.id]?.factory ?? sheet.octets)
  }

  /// Takes on other dimensions; all or nothing. Tables that look as before keep what they hold, unless the change is in
  /// what they came with from the factory.
  mutating func reconfigure(_ profile: Profile) throws(LayoutError) {
    var changed = try TableStore(profile)
    for table in Catalogue.tables where changed.profile.has(table) {
      // Every table must be one that a meter can have, whether it was asked for yet or not.
      guard let entry = entries[table.id] else {
        _ = try table.layout(in: changed.dimensions)
        continue
      }
      let new = try profile.sheet(of: table, in: changed.dimensions)
      // What a client wrote stays, but dimensions follow the change.
      if entry.factory != new.octets, entry.octets == entry.factory || Catalogue.shapesOthers(table.id) { continue }
      let layout = table.describesItself ? try table.layout(in: changed.dimensions, image: entry.octets) : new.layout
      if layout.octets == entry.octets.count {
        changed.entries[table.id] = Entry(layout: layout, octets: entry.octets, factory: new.octets)
      }
    }
    self = changed
  }

  private mutating func place(_ table: Table, _ path: String) -> Place? {
    load(table.id) ? entries[table.id]?.layout.place(at: path) : nil
  }

  private mutating func load(_ id: TableID) -> Bool {
    if entries[id] != nil { return true }
    guard let table = table(id) else { return false }
    do throws(LayoutError) {
      replace(try profile.sheet(of: table, in: dimensions))
      return true
    } catch {
      preconditionFailure("\(profile.name) cannot have \(id): \(error)")
    }
  }
}
