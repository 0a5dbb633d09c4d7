// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Access as the guide's Appendix C, Table C.1, has it.
@Suite struct AppendixCTests {
  static let rows = Section.all.flatMap(\.appendixC)

  @Test func everyTableIsThere() {
    let stated = Catalogue.tables.filter { $0.write != .unstated }
    #expect(Self.rows.map(\.table).sorted() == stated.map(\.id.description).sorted())
  }

  @Test(arguments: rows) func accessIsAsPrinted(row: AppendixC) throws {
    let table = try #require(Table.named(row.table))
    if let (access, why) = row.section {
      #expect(table.write == access && table.write != row.write, "\(why)")
    } else {
      #expect(table.write == row.write)
    }
    #expect(table.memory == row.memory)
    // "All tables can be read with either key". The section of ET03 wants none, but no request goes without a digest.
    #expect(table.read == .any)
  }
}
