// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite struct ErratumTests {
  /// Applying them all in their order also proves that none is stale: each names what the fixture still prints.
  @Test(arguments: Set(Section.errata.map(\.table)).sorted())
  func everyErratumStillApplies(table: String) throws {
    let printed = try PrintedRow.printed(table)
    let corrected = try PrintedRow.rows(of: table)
    let dropped = Section.errata.filter { $0.table == table && $0.name == Erratum.dropped }.count
    #expect(corrected.count + dropped == printed.count)
    #expect(corrected != printed)
  }

  @Test func everyErratumSaysWhy() {
    for erratum in Section.errata {
      #expect(
        !erratum.why.isEmpty
          && (erratum.name != nil || erratum.type != nil || erratum.offset != nil || erratum.vci != nil))
    }
  }
}
