// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Access as the guide's Appendix C, Table C.1, has it.
@Suite struct AppendixCTests {
  struct Row: Sendable {
    let table: String
    let write: Table.Access
    var memory: Table.NonVolatileMemory = []
  }

  static let rows = [
    Row(table: "BT00", write: .none), Row(table: "BT01", write: .none, memory: .write),
    Row(table: "BT15", write: .advanced, memory: .write), Row(table: "BT21", write: .none, memory: .write),
    Row(table: "BT22", write: .none, memory: [.write, .read]), Row(table: "BT23", write: .advanced),
    Row(table: "BT27", write: .none, memory: [.write, .read]), Row(table: "BT28", write: .none),
    Row(table: "BT52", write: .none), Row(table: "BT55", write: .none),
    Row(table: "ET03", write: .advanced, memory: .write), Row(table: "ET04", write: .advanced),
    Row(table: "ET11", write: .none), Row(table: "ET50", write: .any), Row(table: "ET54", write: .none),
    Row(table: "ET70", write: .none),
  ]

  /// Where the section of a table says otherwise, and is followed.
  static let contradictions: [(table: String, section: Table.Access, why: String)] = [
    ("ET70", .advanced, "the section has MAK for writing, the appendix has it read-only")
  ]

  @Test func everyTableIsThere() {
    #expect(Self.rows.map(\.table) == Catalogue.tables.map(\.id.description))
  }

  @Test(arguments: rows) func accessIsAsPrinted(row: Row) throws {
    let table = try #require(Table.named(row.table))
    if let other = Self.contradictions.first(where: { $0.table == row.table }) {
      #expect(table.write == other.section && table.write != row.write, "\(other.why)")
    } else {
      #expect(table.write == row.write)
    }
    #expect(table.memory == row.memory)
    // "All tables can be read with either key". The section of ET03 wants none, but no request goes without a digest.
    #expect(table.read == .any)
  }
}
