// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation

/// A row of a table structure as the guide prints it.
struct PrintedRow: Decodable, Equatable {
  var name: String
  var type: String?
  var offset: String?
  /// The offset in Control Points, OSGP Modules and meters before 4.0, where it is another one; "N/A" where these do not
  /// have the field.
  var offset3: String?
  var vci: String?

  static func printed(_ table: String) throws -> [PrintedRow] {
    try JSONDecoder().decode([PrintedRow].self, from: Fixtures.data("printed/\(table).json"))
  }

  /// The rows of a table with the guide's errors put right.
  static func rows(of table: String) throws -> [PrintedRow] {
    try corrected(table).filter { $0.name != Erratum.dropped } + Section.inWords(table)
  }

  /// The same, those that describe no octets of their own included, so that a row keeps its place.
  static func corrected(_ table: String) throws -> [PrintedRow] {
    var rows = try printed(table)
    for erratum in Section.errata where erratum.table == table {
      if let i = try erratum.index(in: rows) { erratum.correct(&rows[i]) }
    }
    return rows
  }

  /// The rows with the offsets of Control Points, OSGP Modules and meters before 4.0.
  static func olderRows(of table: String) throws -> [PrintedRow] {
    try rows(of: table).compactMap { row in
      var row = row
      row.offset = row.offset3 ?? row.offset
      return row.offset == "N/A" ? nil : row
    }
  }

  /// Types that the guide describes elsewhere as bits of a few octets ("Data Types", and BT54 for its actions).
  private static let structures: [String: [(name: String, type: String)]] = [
    "ANSI_DATE": [("Year", "UINT(0..6)"), ("Month", "UINT(7..10)"), ("Day", "UINT(11..15)")],
    "RDATE": [
      ("Month", "UINT(0..3)"), ("Offset", "UINT(4..7)"), ("Weekday", "UINT(8..10)"), ("Day", "UINT(11..15)"),
    ],
    "Calendar Action Bitfield": [
      ("Action", "UINT(0..4)"), ("Demand Reset", "BOOL(5)"), ("Self read", "BOOL(6)"), ("Filler", "FILL(7..7)"),
    ],
  ]

  /// The corrected rows of a table, such a type replaced by its parts.
  static func fields(of table: String) throws -> [PrintedRow] { try rows(of: table).flatMap(\.parts) }

  private var parts: [PrintedRow] {
    guard let parts = type.flatMap({ Self.structures[$0] }) else { return [self] }
    return parts.map { PrintedRow(name: $0.name, type: $0.type, offset: offset, vci: vci) }
  }

  /// Letters and digits of the name: a cell breaks its lines where it likes.
  var key: String { name.key }

  /// Reserved, filler or unused.
  var isReserved: Bool { ["Reserved", "Filler", "Unused", "ModuleRecords"].contains(key) }

  /// What the type says: bits of an octet, so many values of so many octets, or so many copies of a whole table.
  enum Shape: Equatable {
    case bits(ClosedRange<Int>, [FieldType])
    case values(count: Int?, octets: Int, [FieldType])
    case copies(count: Int, of: String)
  }

  func shape(_ arithmetic: Arithmetic) throws -> Shape? {
    guard let type = type?.filter({ !$0.isWhitespace && $0 != "’" }).uppercased() else { return nil }
    let (head, inside, tail) = Self.parts(of: type)
    switch head {
    case "UINT" where inside != nil, "UINT8" where type.contains("("), "UINT32" where type.contains("("), "BOOL",
      "FILL":
      let ends = inside!.split(whereSeparator: { $0 == "." || $0 == "," }).compactMap { Int($0) }
      guard let low = ends.first, let high = ends.last else { throw Arithmetic.Unreadable(text: type) }
      let kinds: [FieldType] =
        switch head {
        case "FILL": [.reserved]
        case "BOOL" where low == high: [.flag]
        // One bit of a number may be a number or a flag.
        case "UINT" where low == high: [.unsigned, .flag]
        case "UINT8", "UINT32": [.unsigned, .flag]
        default: [.unsigned]
        }
      return .bits(low...high, kinds)
    case "SET": return .values(count: nil, octets: try arithmetic.value(inside!), [.set])
    case "ARRAY":
      let count = try arithmetic.value(inside!)
      switch tail {
      case "CHAR": return .values(count: nil, octets: count, [.text])
      case "HEX": return .values(count: nil, octets: count, [.octets])
      // Octets that are no numbers are declared as one field.
      case "UINT8" where Int(inside!) != nil: return .values(count: nil, octets: count, [.octets])
      case "BT23": return .copies(count: count, of: tail)
      default:
        let (octets, kind) = try Self.simple(tail)
        return .values(count: count, octets: octets, [kind])
      }
    case "BT23": return .copies(count: 1, of: type)
    default:
      let (octets, kind) = try Self.simple(type)
      return .values(count: nil, octets: octets, [kind])
    }
  }

  /// The first octet, and the octets where the guide prints a range.
  func extent(_ arithmetic: Arithmetic) throws -> (start: Int, octets: Int?)? {
    guard let offset else { return nil }
    let ends = offset.replacing("…", with: "..").replacing("...", with: "..").split(separator: "..").map(String.init)
    guard ends.count == 2, let low = Int(ends[0]), let high = Int(ends[1]) else {
      return (try arithmetic.value(offset), nil)
    }
    return (low, high - low + 1)
  }

  private static func simple(_ type: String) throws -> (Int, FieldType) {
    switch type {
    case "UINT8": (1, .unsigned)
    case "UINT16": (2, .unsigned)
    case "UINT32": (4, .unsigned)
    case "INT16": (2, .signed)
    case "INT32", "NI_FMAT1", "NI_FMAT2": (4, .signed)
    case "4-BYTEPACKEDBCD": (4, .bcd)
    case "TIME": (3, .time)
    case "DATE": (3, .date)
    case "STIME_DATE": (5, .shortTime)
    case "LTIME_DATE": (6, .longTime)
    case "ARRAY[8]OFCHAR": (8, .text)
    default: throw Arithmetic.Unreadable(text: type)
    }
  }

  /// "ARRAY[BT21.3]OFUINT8" is ("ARRAY", "BT21.3", "UINT8").
  private static func parts(of type: String) -> (head: String, inside: String?, tail: String) {
    guard let open = type.firstIndex(where: { $0 == "(" || $0 == "[" }),
      let close = type[open] == "[" ? type.firstIndex(of: "]") : type.lastIndex(of: ")")
    else { return (type, nil, "") }
    let tail = type[type.index(after: close)...]
    return (
      String(type[..<open]), String(type[type.index(after: open)..<close]),
      String(tail.hasPrefix("OF") ? tail.dropFirst(2) : tail)
    )
  }
}

extension String {
  var key: String {
    String(unicodeScalars.filter { $0.value > 0x20 && $0 != "-" }.map(Character.init))
  }
}
