// SPDX-License-Identifier: Apache-2.0
import C1219

/// A table of a new meter, filled in by the names of its fields.
struct Sheet {
  private let table: Table
  let dimensions: Dimensions
  private(set) var layout: Layout
  private(set) var octets: [UInt8]

  init(_ table: Table, in dimensions: Dimensions) throws(LayoutError) {
    (self.table, self.dimensions) = (table, dimensions)
    layout = try table.layout(in: dimensions)
    octets = layout.factoryImage
  }

  var id: TableID { layout.table }
  var decoded: Decoded { Decoded(layout: layout, octets: octets) }

  /// Begins anew with a table that describes itself: laid out as if it held these octets.
  mutating func begin(as image: [UInt8]) throws(LayoutError) {
    layout = try table.layout(in: dimensions, image: image)
    octets = layout.factoryImage
  }

  /// Lays a table that describes itself out by what it says now.
  mutating func grow() throws(LayoutError) {
    layout = try table.layout(in: dimensions, image: octets)
    octets += layout.factoryImage.dropFirst(octets.count)
  }

  /// Fills in a table that describes itself, laid out anew with each field that shapes what follows it. Fields that it does
  /// not have are left out.
  mutating func fill(inOrder fields: [(path: String, value: Raw)]) throws(LayoutError) {
    var shaping: [StaticString] = []
    table.visitReferences { if $0.table == nil { shaping.append($0.field) } }
    for (path, value) in fields {
      guard let place = layout.place(at: path) else { continue }
      store(path) { _ in value }
      guard let name = place.path.last, shaping.contains(where: name.isCalled) else { continue }
      octets.removeSubrange(place.end...)
      try grow()
    }
  }

  mutating func set(_ path: String, _ value: Int64) { store(path) { _ in .integer(value) } }
  mutating func set(_ path: String, _ value: [UInt8]) { store(path) { _ in .octets(value) } }

  /// Text, zeros behind it.
  mutating func set(_ path: String, _ value: String) {
    store(path) { place in
      .octets(Array((Array(value.utf8) + [UInt8](repeating: 0, count: place.octets)).prefix(place.octets)))
    }
  }

  /// The entries of an array from its first on.
  mutating func set(_ path: String, each values: [UInt8]) {
    for (i, value) in values.enumerated() { set("\(path)[\(i)]", Int64(value)) }
  }

  /// The entries of an array from its first on, each by the values of its fields, reserved ones left out.
  mutating func fill(_ array: StaticString, _ records: [[Int64]]) {
    for (entry, record) in zip(layout.entries(of: array), records) {
      for (place, value) in zip(entry.filter { !$0.isReserved }, record) {
        guard place.store(.integer(value), in: &octets) else {
          preconditionFailure("\(layout.table) \(place.pathText) does not take \(value)")
        }
      }
    }
  }

  /// Puts the numbers of tables into a set.
  mutating func mark(_ path: String, _ ids: [TableID]) {
    store(path) { place in
      var set = [UInt8](repeating: 0, count: place.octets)
      for id in ids where Int(id.index) / 8 < set.count { set[Int(id.index) / 8] |= 1 << UInt8(id.index % 8) }
      return .octets(set)
    }
  }

  private mutating func store(_ path: String, _ value: (Place) -> Raw) {
    guard let place = layout.place(at: path), place.store(value(place), in: &octets) else {
      preconditionFailure("\(layout.table) has no \(path) that takes this value")
    }
  }
}
