// SPDX-License-Identifier: Apache-2.0
import C1219
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

  /// Octets of a table that nobody declared.
  init(_ id: TableID, octets: [UInt8]) {
    self.id = id
    table = nil
    self.octets = octets
    places = []
    tail = octets
  }

  var name: String { table?.name.description ?? "layout not public" }

  var knownOctets: [UInt8] {
    guard let ranges else { return octets }
    return ranges.flatMap { octets[$0.clamped(to: 0..<octets.count)] }
  }

  func json(_ extra: [(String, JSON)] = []) -> JSON {
    var members: [(String, JSON)] = [
      ("table", .string("\(id)")), ("id", .integer(Int64(id.number))), ("name", .string(name)),
      ("octets", .string(Hex.text(knownOctets))),
    ]
    if let ranges {
      let list = ranges.map {
        JSON.object([("offset", .integer(Int64($0.lowerBound))), ("length", .integer(Int64($0.count)))])
      }
      members.append(("ranges", .array(list)))
    }
    members.append(("fields", .array(places.compactMap(field))))
    if table != nil, !tail.isEmpty { members.append(("unknown_tail", .string(Hex.text(tail)))) }
    return .object(members + extra)
  }

  private func field(_ place: Place) -> JSON? {
    guard let raw = place.raw(in: octets) else { return nil }
    let shown = Shown(place, raw)
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
    var lines = ["\(id) \(name)"]
    let rows = places.compactMap { place in place.raw(in: octets).map { (place, Shown(place, $0)) } }
    let pathWidth = rows.map { $0.0.pathText.count }.max() ?? 0
    let valueWidth = min(rows.map { $0.1.text.count }.max() ?? 0, 40)
    for (place, shown) in rows {
      let path = place.pathText.padded(to: pathWidth)
      let value = shown.isNumber ? shown.text.padded(to: valueWidth, right: true) : shown.text.padded(to: valueWidth)
      let unit = shown.unit.padded(to: 4)
      lines.append("  \(path)  \(value) \(unit) \(place.displayName)".trimmed)
    }
    if !tail.isEmpty {
      let what = table == nil ? "octets" : "octets that the guide does not describe"
      lines.append("  \(tail.count) \(what): \(Hex.text(tail, separator: " "))")
    }
    return lines
  }
}

/// A field's value for a person and for JSON.
struct Shown {
  var text: String
  var json: JSON
  var unit = ""
  var meaning: String?
  var isNumber = false

  init(_ place: Place, _ raw: Raw) {
    switch raw {
    case .integer(let integer):
      meaning = place.field.meanings.first { Int64($0.value) == integer }?.words.description
      if place.field.type == .flag {
        text = meaning ?? (integer == 0 ? "no" : "yes")
        json = .bool(integer != 0)
        return
      }
      let value = place.quantity.value(of: integer)
      unit = place.quantity.unit.symbol.description
      json = .number(value.description)
      text = meaning.map { "\(value) (\($0))" } ?? value.description
      isNumber = meaning == nil
    case .octets(let octets):
      switch place.field.type {
      case .text:
        text = String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self).printable
        json = .string(text)
      case .longTime, .shortTime, .date:
        let moment = Moment(octets)?.description
        let shown = moment.map { place.field.type == .date ? String($0.prefix(10)) : $0 }
        text = shown ?? (octets.allSatisfy { $0 == 0 } ? "not set" : "no valid date: \(Hex.text(octets, separator: " "))")
        json = shown.map { .string($0) } ?? .null
      case .time:
        text = octets.map { ($0 < 10 ? "0" : "") + "\($0)" }.joined(separator: ":")
        json = .string(text)
      case .set:
        let members = (0..<octets.count * 8).filter { octets[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
        text = members.isEmpty ? "none" : members.map(String.init).joined(separator: " ")
        json = .array(members.map { .integer(Int64($0)) })
      default:
        text = Hex.text(octets, separator: " ")
        json = .string(Hex.text(octets))
      }
    }
  }
}

extension String {
  func padded(to width: Int, right: Bool = false) -> String {
    let blank = String(repeating: " ", count: Swift.max(0, width - count))
    return right ? blank + self : self + blank
  }

  var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }

  /// Without what could steer a terminal.
  var printable: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
  }
}
