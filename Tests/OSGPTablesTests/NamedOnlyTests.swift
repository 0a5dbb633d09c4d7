// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Tables that the guide names and does not describe.
@Suite struct NamedOnlyTests {
  static let tables = Catalogue.namedOnly

  @Test func numbersAscendAndAreNoneOfTheDescribed() {
    let numbers = Self.tables.map(\.id.number)
    #expect(numbers == Set(numbers).sorted())
    #expect(Self.tables.allSatisfy { Catalogue.table($0.id) == nil && Catalogue.named($0.id)?.id == $0.id })
    #expect(Catalogue.named(.basic(23))?.name.description == "Current Register Data")
    #expect(Catalogue.named(.basic(99)) == nil)
  }

  @Test func onlyTheOthersAreDescribed() {
    #expect(Self.tables.allSatisfy { !$0.isDescribed && !$0.remark.description.isEmpty })
    #expect(Catalogue.tables.allSatisfy { $0.isDescribed })
    #expect(Self.tables.allSatisfy { (1...271).contains($0.page) && $0.guide == .mep })
  }

  /// Those of Tables C.1 and C.4 as printed; of the others nothing is said of access.
  @Test func accessIsThatOfAppendixC() {
    let listed = [
      ("ET01", "Pulse Output Options", Table.Access.advanced, false), ("ET02", "RTC Calibration", .advanced, false),
      ("ET05", "Control Output Settings", .advanced, false), ("ET06", "Pulse Inputs", .advanced, false),
      ("ET07", "LCD Display Configuration Table", .advanced, true),
      ("ET30", "Maximum Power or Current Level Control", .none, false),
      ("ET40", "Demand Configuration", .advanced, true), ("ET67", "Display Source ID Mapping Table", .advanced, false),
      ("ET76", "Externally Configurable Hardware Options", .advanced, false),
      ("ET77", "Secondary Display List", .advanced, true),
    ]
    let stated = Self.tables.filter { $0.read != .unstated }
    #expect(stated.map(\.id.description) == listed.map(\.0))
    for (table, (_, name, write, wears)) in zip(stated, listed) {
      #expect(table.name.description == name && table.read == .any && table.write == write, "\(table.id)")
      #expect(table.memory == (wears ? .write : []), "\(table.id)")
    }
    let others = Self.tables.filter { $0.read == .unstated }
    #expect(others.allSatisfy { $0.write == .unstated && $0.memory.isEmpty })
    #expect(
      others.map(\.id.description) == [
        "BT05", "BT06", "BT13", "BT16", "BT29", "BT51", "ET10", "ET12", "ET20", "ET22", "ET28", "ET32", "ET38", "ET48",
        "ET92", "ET93", "ET94", "ET95", "ET96", "ET98",
      ])
  }
}
