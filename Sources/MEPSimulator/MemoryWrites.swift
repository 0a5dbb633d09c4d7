// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// Writes that wear non-volatile memory; the steps of a transaction are not among them.
public struct MemoryWrites: Sendable, Equatable {
  /// To tables that are kept in it, procedure calls included.
  public internal(set) var tables = 0
  /// To ET52.
  public internal(set) var transactionTable = 0

  public init(tables: Int = 0, transactionTable: Int = 0) {
    self.tables = tables
    self.transactionTable = transactionTable
  }

  mutating func note(_ id: TableID) {
    if id == Table.et52.id {
      transactionTable += 1
    } else if id == Table.bt07.id || Catalogue.table(id)?.memory.contains(.write) == true {
      tables += 1
    }
  }
}
