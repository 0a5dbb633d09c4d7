// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables
import Testing

/// ET52 and ET53 as far as they are declared; what is in their records is MEP's `Transaction`.
@Suite struct TransactionTableTests {
  private func decoded(_ table: Table, _ octets: [UInt8]) throws -> Decoded {
    var dimensions = Dimensions()
    try dimensions.learn(.et11, Table.et11.layout(in: dimensions).factoryImage)
    return Decoded(layout: try table.layout(in: dimensions, image: octets), octets: octets)
  }

  private let unused = [UInt8](repeating: 0, count: 900)

  /// The guide's example of one read, page 43.
  @Test(arguments: [(Table.et52.id, 896), (Table.et53.id, 1785)]) func oneRecord(id: TableID, octets: Int) throws {
    let table = try #require(Catalogue.table(id))
    let image: [UInt8] = [
      0x11, 0, 0, 2, 0, 8, 0, 0x3F, 0, 0x17, 0, 0, 0, 0, 0x2C, 2, 0,
    ]
    let decoded = try decoded(table, image)
    #expect(decoded.layout.octets == octets)
    #expect(decoded.integer("transaction_size_b") == 17)
    #expect(decoded.integer("transaction_type") == 0)
    #expect(decoded.integer("transaction_number") == 2)
    #expect(decoded.integer("closing_transaction_number") == 2)
    let records = try #require(decoded.places.first { $0.pathText == "record_list" })
    #expect(decoded[records] == .octets([8, 0, 0x3F, 0, 0x17, 0, 0, 0, 0, 0x2C]))
  }

  /// Printed: the list of groups at 6, the records at GL + 5 with GL = 2 × groups + 1, the closing number at B − 2.
  @Test func groups() throws {
    let image = Transaction(.groupRequests, number: 0x0302, groups: [0x12FF, 0x0105], records: [[7, 8, 9]]).octets
    let decoded = try decoded(.et52, image)
    #expect(decoded.integer("group_id_count") == 2)
    #expect(decoded.integer("group_id_list[0]") == 0x12FF && decoded.integer("group_id_list[1]") == 0x0105)
    let offsets = decoded.places.map { "\($0.offset) \($0.pathText)" }
    #expect(
      offsets == [
        "0 transaction_size_b", "2 transaction_type", "3 transaction_number", "5 group_id_count", "6 group_id_list[0]",
        "8 group_id_list[1]", "10 record_list", "15 closing_transaction_number",
      ])
    #expect(image.count == 17)
  }

  @Test func withoutATransactionAllIsUnused() throws {
    for size in [0, 1, 6] as [UInt8] {
      let decoded = try decoded(.et52, [size, 0, 0, 0, 0] + unused.prefix(891))
      #expect(decoded.places.map(\.pathText).last == "unused" && decoded.places.count == 4)
    }
  }

  /// A size beyond the table: what does not fit is not there, and nothing traps.
  @Test func aSizeBeyondTheTable() throws {
    let decoded = try decoded(.et52, [UInt8](repeating: 0xFF, count: 896))
    #expect(decoded.places.map(\.pathText) == ["transaction_size_b", "transaction_type", "transaction_number"])
    #expect(decoded.tail.count == 891)
  }

  /// Both rooms take the same octets for a transaction.
  @Test func whatTheCodecMakesIsWhatTheTableHolds() throws {
    let made = try Transaction(
      number: 0x1234, [.read(.basic(1), length: 24), .writePart(.extended(50), offset: 30, [3])],
      limits: TransactionLimits(requests: 896, responses: 1785))
    let decoded = try decoded(.et52, made.octets + unused.prefix(896 - made.size))
    #expect(decoded.integer("transaction_size_b") == Int64(made.size))
    #expect(decoded.integer("transaction_number") == 0x1234 && decoded.integer("closing_transaction_number") == 0x1234)
  }
}
