// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables

/// A table's fields as they are shown, and as they are told in JSON.
package struct Report: Sendable {
  package let id: TableID
  /// The declaration; nil for a table of which only the octets are known.
  package let table: Table?
  package let octets: [UInt8]
  package let places: [Place]
  package let tail: [UInt8]
  /// Which octets were fetched, as (offset, length); nil for all.
  package let ranges: [Range<Int>]?
  /// What the meter's energy registers count.
  package var energyUnit = EnergyRegisterUnit.one

  package init(_ table: Table, _ decoded: Decoded) {
    id = table.id
    self.table = table
    octets = decoded.octets
    places = decoded.places.filter { !$0.isReserved }
    tail = Array(decoded.tail)
    ranges = nil
  }

  /// A part of a table: `octets` from its start, of which only `ranges` are known.
  package init(_ table: Table, octets: [UInt8], places: [Place], ranges: [Range<Int>]) {
    id = table.id
    self.table = table
    self.octets = octets
    self.places = places
    self.ranges = ranges
    tail = []
  }

  package init(_ table: Table, _ selection: Selection) {
    self.init(table, octets: selection.octets, places: selection.places, ranges: selection.ranges)
  }

  /// A table as the meter has it now, or fields of it; its octets only where the guide does not describe it.
  package init(_ id: TableID, _ paths: [String]? = nil, of meter: Meter) async throws(MeterError) {
    guard let table = Catalogue.table(id) else {
      self.init(id, octets: try await meter.octets(of: id))
      return
    }
    if let paths {
      self.init(table, try await meter.read(table, paths: paths))
    } else {
      self.init(table, try await meter.read(table))
    }
  }

  /// Octets of a table whose layout is not known.
  package init(_ id: TableID, octets: [UInt8]) {
    self.id = id
    table = nil
    self.octets = octets
    places = []
    tail = octets
    ranges = nil
  }

  package var knownOctets: [UInt8] {
    guard let ranges else { return octets }
    return ranges.flatMap { octets[$0.clamped(to: 0..<octets.count)] }
  }

  /// The guide's; empty where it gives none.
  package var name: String { (table ?? Catalogue.named(id))?.name.description ?? "" }

  /// Whether it has energies that count by the meter's unit.
  package var hasEnergies: Bool { places.contains(where: EnergyRegisterUnit.isCounted) }

  /// Members of a JSON object.
  package var members: [(String, JSON)] {
    var members: [(String, JSON)] = [
      ("table", .string("\(id)")), ("id", .integer(Int64(id.number))),
      ("name", name.isEmpty ? .null : .string(name)), ("octets", .string(Hex.text(knownOctets))),
    ]
    if let ranges {
      let list = ranges.map {
        JSON.object([("offset", .integer(Int64($0.lowerBound))), ("length", .integer(Int64($0.count)))])
      }
      members.append(("ranges", .array(list)))
    }
    members.append(("fields", fields))
    if table != nil, !tail.isEmpty { members.append(("unknown_tail", .string(Hex.text(tail)))) }
    return members
  }

  package var fields: JSON { .array(places.compactMap(field)) }

  private func field(_ place: Place) -> JSON? {
    guard let raw = place.raw(in: octets) else { return nil }
    let shown = Shown(place, raw, in: table, unit: energyUnit)
    let stored: JSON =
      switch raw {
      case .integer(let value): .integer(value)
      case .octets(let octets): .string(Hex.text(octets))
      }
    var members: [(String, JSON)] = [
      ("path", .string(place.pathText)), ("name", .string(place.displayName)), ("raw", stored), ("value", shown.json),
      ("unit", shown.unit.isEmpty ? .null : .string(shown.unit)),
    ]
    if let meaning = shown.meaning { members.append(("meaning", .string(meaning))) }
    return .object(members)
  }
}
