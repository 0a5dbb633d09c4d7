// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables

/// Tables that belong together, and what the tests know of them besides the declarations and the printed rows.
struct Section: Sendable {
  /// Those whose printed rows stand for fields.
  var tables: [String]
  /// Corrections of names come last: they are looked up by the printed one, so a later `nth` counts what is left.
  var errata: [Erratum] = []
  /// Access as the guide's Appendix C has it; a table that is not there has its section's.
  var appendixC: [AppendixC] = []
  /// Fields that are declared though the table's own section does not describe them, and who does.
  var fromElsewhere: [String: [(field: String, source: String)]] = [:]
  /// Bits behind the last printed one of their octet.
  var unprintedBits: [String: [(octet: PrintedOffset, bits: ClosedRange<Int>)]] = [:]
  /// Rows that the guide has in the words of other rows only, or leaves out.
  var inWords: [String: [PrintedRow]] = [:]
  /// What the symbols of printed offsets stand for, by table.
  var symbols: [String: [String: String]] = [:]
  /// How a plausible image of a table that describes itself begins.
  var beginning: [String: @Sendable (inout SeededGenerator) -> [UInt8]] = [:]
  /// Images of tables that shape others, in the order in which they are learned: the i-th for the i-th scenario.
  var shaping: [[(table: Table, octets: [UInt8])]] = [[]]
  /// The same, such as a meter with this firmware might have them.
  var plausible: @Sendable (inout SeededGenerator, FirmwareVersion?) -> [(table: Table, octets: [UInt8])] = { _, _ in []
  }

  /// Those that shape others come first.
  static let all: [Section] = [core, ports, interface, registers, time, configuration, loadProfile, logs, mbus]

  static let errata = all.flatMap(\.errata)
  static func fromElsewhere(_ table: String) -> [String] {
    all.flatMap { $0.fromElsewhere[table, default: []].map(\.field) }
  }
  static func beginning(of table: String, using random: inout SeededGenerator) -> [UInt8] {
    all.lazy.compactMap { $0.beginning[table] }.first?(&random) ?? []
  }
  static func inWords(_ table: String) -> [PrintedRow] { all.flatMap { $0.inWords[table, default: []] } }
  static func unprintedBits(_ table: String) -> [(octet: PrintedOffset, bits: ClosedRange<Int>)] {
    all.flatMap { $0.unprintedBits[table, default: []] }
  }
}

extension Section {
  /// One image a table: where several sections shape it, each gives the octets of its own fields and zeros elsewhere.
  static func combined(_ images: [(table: Table, octets: [UInt8])]) -> [(table: Table, octets: [UInt8])] {
    var combined: [(table: Table, octets: [UInt8])] = []
    for (table, octets) in images {
      if let i = combined.firstIndex(where: { $0.table.id == table.id }) {
        let others = combined[i].octets
        combined[i].octets = (0..<max(others.count, octets.count)).map { j in
          (j < others.count ? others[j] : 0) | (j < octets.count ? octets[j] : 0)
        }
      } else {
        combined.append((table, octets))
      }
    }
    return combined
  }
}

/// A row of Table C.1.
struct AppendixC: Sendable {
  let table: String
  let write: Table.Access
  var memory: Table.NonVolatileMemory = []
  /// Where the section of the table says otherwise, and is followed.
  var section: (write: Table.Access, why: String)?
}

/// An offset as the guide writes it, or would.
struct PrintedOffset: Sendable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  let text: String

  init(integerLiteral value: Int) { text = "\(value)" }
  init(stringLiteral value: String) { text = value }
}
