// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

@Suite struct CatalogueTests {
  @Test func numbersAscend() {
    let numbers = Catalogue.tables.map(\.id.number)
    #expect(numbers == Set(numbers).sorted())
    for table in Catalogue.tables { #expect(Catalogue.table(table.id)?.id == table.id) }
    #expect(Catalogue.table(.extended(2047)) == nil)
  }

  @Test(arguments: Catalogue.tables.map(\.id)) func pagesAreOfTheGuide(id: TableID) throws {
    let table = try #require(Catalogue.table(id))
    #expect((1...271).contains(table.page))
    #expect(!table.name.description.isEmpty)
  }

  @Test(arguments: Catalogue.tables.map(\.id)) func dimensionsAreFieldsOfTheirTable(id: TableID) throws {
    let table = try #require(Catalogue.table(id))
    table.visitReferences { reference in
      let owner = reference.table ?? table
      let found = owner.fieldNames.contains(reference.field.description)
      #expect(found, "\(id) refers to \(reference.description)")
      if let other = reference.table {
        #expect(other.id != id && table.dimensionTables.contains { $0.id == other.id })
        #expect(Catalogue.table(other.id) != nil)
      }
    }
  }

  @Test func dimensionTablesComeBeforeWhatTheyShape() {
    #expect(Table.bt23.dimensionTables.map(\.id) == [.basic(21), .basic(22)])
    #expect(Table.bt28.dimensionTables.map(\.id) == [.basic(21), .basic(27)])
    #expect(Table.bt22.dimensionTables.map(\.id) == [.basic(21)])
    #expect(Table.et50.dimensionTables.map(\.id) == [.extended(11)])
    #expect(Table.et54.dimensionTables.map(\.id) == [.extended(11)])
    #expect(Table.bt00.dimensionTables.isEmpty && Table.et11.dimensionTables.isEmpty)
  }

  @Test func whoNeedsTheFirmwareSaysSo() {
    let names = Catalogue.tables.filter(\.dependsOnFirmware).map(\.id.description)
    #expect(
      names == [
        "ET04", "ET09", "ET11", "ET21", "ET23", "ET29", "ET42", "ET46", "ET51", "ET54", "ET55", "ET62", "ET70", "ET75",
        "ET89",
        "ET90", "ET97",
      ])
  }

  /// Bits of a group fit it, and every value that has a meaning fits its field.
  @Test(arguments: Catalogue.tables.map(\.id)) func fieldsAreConsistent(id: TableID) throws {
    let table = try #require(Catalogue.table(id))
    for (name, groups) in table.groups {
      for (octets, fields) in groups {
        let bits = fields.compactMap(\.bits)
        #expect(bits.count == fields.count && bits.first?.lowerBound == 0, "\(id) \(name)")
        #expect(bits.last?.upperBound == octets * 8 - 1, "\(id) \(name)")
        for field in fields {
          let most = field.bits.map { 1 << $0.count } ?? 0
          for meaning in field.meanings { #expect((0..<most).contains(meaning.value), "\(id) \(field.name)") }
        }
      }
    }
  }
}

extension Table {
  fileprivate var fieldNames: Set<String> {
    var names: Set<String> = []
    for element in elements { element.visitNames { names.insert($0) } }
    return names
  }
}

extension Element {
  fileprivate func visitNames(_ body: (String) -> Void) {
    switch self {
    case .field(let field): body(field.name.description)
    case .bits(_, _, let fields): for field in fields { body(field.name.description) }
    case .array(let array):
      // An array of plain values is asked for by its own name.
      if case .field(let field)? = array.entry.first, field.name.description.isEmpty { body(array.name.description) }
      for element in array.entry { element.visitNames(body) }
    case .section(_, _, let elements): for element in elements { element.visitNames(body) }
    case .when(_, let then, let otherwise): for element in then + otherwise { element.visitNames(body) }
    }
  }
}
