// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// The dimensions of a meter that a test invents: whole images of the tables that shape others.
struct Scenario: Sendable, CustomStringConvertible {
  var name: String
  var firmware: FirmwareVersion?
  /// BT21: the octets from "Register Functions 1" to "Number of Present Values".
  var register: [UInt8]
  var summationSources: [UInt8] = Array(0..<64)
  var presentSources: [UInt8] = Array(8..<208)
  /// ET11, whole or as short as old firmware has it.
  var manufacturer: [UInt8] = Table.et11Image()

  /// The tables of ``Section/shaping``.
  var more: [(table: Table, octets: [UInt8])] = []

  var description: String { name }

  var summations: Int { Int(register[3]) }
  var demands: Int { Int(register[4]) }
  var coincidents: Int { Int(register[5]) }
  var presentDemands: Int { Int(register[8]) }
  var presentValues: Int { Int(register[9]) }

  /// BT22: sources in the order that BT21 gives them room for.
  var selection: [UInt8] {
    Array(summationSources.prefix(summations)) + (0..<demands).map { UInt8(8 + $0) }
      + [UInt8](repeating: 0xFF, count: (demands + 7) / 8) + (0..<coincidents).map { UInt8(12 + $0) }
      + (0..<coincidents).map { UInt8($0 / 2) }
  }

  /// BT27.
  var presentSelection: [UInt8] {
    (0..<presentDemands).map { UInt8(88 + $0) } + presentSources.prefix(presentValues)
  }

  func dimensions() throws(LayoutError) -> Dimensions {
    var dimensions = Dimensions(firmware: firmware)
    try dimensions.learn(.bt21, register)
    try dimensions.learn(.bt22, selection)
    try dimensions.learn(.bt27, presentSelection)
    try dimensions.learn(.et11, manufacturer)
    for (table, octets) in more { try dimensions.learn(table, octets) }
    return dimensions
  }

  /// A table that describes itself is laid out as its image here says.
  func layout(of table: Table) throws(LayoutError) -> Layout {
    try table.layout(in: dimensions(), image: more.last { $0.table.id == table.id }?.octets)
  }

  /// The arithmetic of a table's printed offsets.
  func arithmetic(of table: String) -> Arithmetic {
    var arithmetic = Arithmetic(images: ["BT21": register, "ET11": manufacturer])
    for (table, octets) in more { arithmetic.images[table.id.description] = octets }
    // Characters that the display of meters from 4.0 on has more.
    arithmetic.symbols["X"] = firmware.map { $0 >= FirmwareVersion(4, 0) } ?? true ? "1" : "0"
    for section in Section.all { arithmetic.symbols.merge(section.symbols[table] ?? [:]) { $1 } }
    return arithmetic
  }
}

extension Table {
  /// ET11 of a new meter with the newest firmware, but for these octets.
  static func et11Image(sources: UInt8 = 6, records: UInt8 = 6, recordSize: UInt8 = 7, channels: UInt8 = 2) -> [UInt8] {
    guard var image = try? Table.et11.layout(in: Dimensions()).factoryImage else { return [] }
    image[22] = sources
    image[32] = records
    image[33] = recordSize
    image[34] = channels
    return image
  }
}

extension Scenario {
  /// A Danish third generation meter, as the capture in Fixtures has it.
  static let household = Scenario(name: "11 summations, no demands", register: [0x03, 0x0C, 12, 11, 0, 0, 0, 4, 0, 55])

  /// Meters that use what a household's does not: demands, coincident values, several occurrences, every flag.
  static let all: [Scenario] = meters.enumerated().map { i, meter in
    var meter = meter
    meter.more = Section.combined(Section.all.flatMap { $0.shaping[i % $0.shaping.count] })
    return meter
  }

  private static let meters: [Scenario] = [
    household,
    Scenario(
      name: "15 summations, 3 demands, all flags", register: [0x7F, 0x0E, 12, 15, 3, 6, 1, 4, 3, 41],
      manufacturer: Table.et11Image(sources: 20, records: 5, recordSize: 9, channels: 1)),
    Scenario(
      name: "19 summations, 8 demands, 2 occurrences", register: [0x17, 0x0E, 12, 19, 8, 16, 2, 8, 8, 84],
      manufacturer: Table.et11Image(sources: 1, records: 1, recordSize: 7, channels: 2)),
    Scenario(
      name: "continuous cumulative demand alone", register: [0x22, 0x0C, 0, 11, 1, 2, 3, 0, 1, 26],
      manufacturer: Table.et11Image(sources: 255, records: 255, recordSize: 255, channels: 8)),
    Scenario(
      name: "demands without times", register: [0x14, 0x0C, 3, 19, 2, 4, 1, 2, 2, 84],
      manufacturer: Table.et11Image(sources: 0, records: 2, recordSize: 8, channels: 3)),
    Scenario(name: "nothing at all", register: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  ]
}
