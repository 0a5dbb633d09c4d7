// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient
import MEPTransport
import OSGPTables

/// A table's fields as they are shown and as they are printed in JSON.
struct Report {
  let id: TableID
  /// The declaration; nil for a table of which only the octets are known.
  let table: Table?
  let octets: [UInt8]
  let places: [Place]
  let tail: [UInt8]
  /// Which octets were fetched, as (offset, length); nil for all.
  var ranges: [Range<Int>]?
  /// What the meter's energy registers count.
  var energyUnit = EnergyRegisterUnit.one

  init(_ table: Table, _ decoded: Decoded) {
    id = table.id
    self.table = table
    octets = decoded.octets
    places = decoded.places.filter { !$0.isReserved }
    tail = Array(decoded.tail)
  }

  /// A part of a table: `octets` from its start, of which only `ranges` are known.
  init(_ table: Table, octets: [UInt8], places: [Place], ranges: [Range<Int>]) {
    id = table.id
    self.table = table
    self.octets = octets
    self.places = places
    self.ranges = ranges
    tail = []
  }

  init(_ table: Table, _ selection: Selection) {
    self.init(table, octets: selection.octets, places: selection.places, ranges: selection.ranges)
  }

  /// Octets of a table whose layout is not known.
  init(_ id: TableID, octets: [UInt8]) {
    self.id = id
    table = nil
    self.octets = octets
    places = []
    tail = octets
  }

  var knownOctets: [UInt8] {
    guard let ranges else { return octets }
    return ranges.flatMap { octets[$0.clamped(to: 0..<octets.count)] }
  }

  /// The guide's; empty where it gives none.
  private var name: String { (table ?? Catalogue.named(id))?.name.description ?? "" }

  /// Whether it has energies that count by the meter's unit.
  var hasEnergies: Bool { places.contains(where: EnergyRegisterUnit.isCounted) }

  /// Members of a JSON object.
  var members: [(String, JSON)] {
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

  var fields: JSON { .array(places.compactMap(field)) }

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

  /// Lines for a person: path, value with unit, name.
  var lines: [String] {
    var lines = ["\(id) \(name)".trimmed]
    let rows = places.compactMap { place in
      place.raw(in: octets).map { (place, Shown(place, $0, in: table, unit: energyUnit)) }
    }
    let pathWidth = rows.map { $0.0.pathText.count }.max() ?? 0
    let valueWidth = min(rows.map { $0.1.text.count }.max() ?? 0, 40)
    for (place, shown) in rows {
      let path = place.pathText.padded(to: pathWidth)
      let value = shown.isNumber ? shown.text.padded(to: valueWidth, right: true) : shown.text.padded(to: valueWidth)
      let unit = shown.unit.padded(to: 4)
      lines.append("  \(path)  \(value) \(unit) \(place.displayName)".trimmed)
    }
    if !tail.isEmpty {
      let what =
        "\(tail.count) octet\(tail.count == 1 ? "" : "s") that the guide does not describe"
      lines.append("  \(what): \(Hex.text(tail, separator: " "))")
    }
    return lines
  }
}
