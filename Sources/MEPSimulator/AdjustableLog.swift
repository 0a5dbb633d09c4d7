// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// How a log is dimensioned whose size can be configured: an entry of ET36.
public struct AdjustableLog: Sendable {
  let table: TableID
  /// Octets of an entry.
  var entrySize: Int
  let maxEntries: Int
  var entries: Int
  /// Whether two octets with its length stand before each entry.
  var lengthIncluded = false

  /// As they come from the factory, in the order of ET36.
  public static let factory: [AdjustableLog] = [
    log(31, size: 232, most: 255, 2),
    log(32, size: 525, most: 255, 8),
    log(38, size: 35, most: 255, 10),
    log(41, size: 0, most: 255, 0),
    log(45, size: 525, most: 253, 0),
    log(75, size: 143, most: 253, 0),
    log(81, size: 12, most: 253, 0),
  ]

  private static func log(_ table: UInt16, size: Int, most: Int, _ entries: Int) -> AdjustableLog {
    AdjustableLog(table: .extended(table), entrySize: size, maxEntries: most, entries: entries)
  }
}

extension AdjustableLog {
  /// Octets of an entry, where registers are copied into it by their dimensions.
  func size(in dimensions: Dimensions) throws(LayoutError) -> Int {
    // Time, season and registers; ET31 has 6 octets more than its record.
    let snapshot = try Table.bt25.layout(in: dimensions).octets
    switch table {
    case Table.et31.id: return snapshot + 6
    // Length, reason and BIDN.
    case Table.et41.id where entries > 0: return snapshot + 5
    default: return entrySize
    }
  }
}

extension [AdjustableLog] {
  /// The same with other dimensions of one of them.
  ///
  /// - Parameter size: octets of an entry, where they change as well.
  public func dimensioned(_ table: Table, entries: Int, size: Int? = nil) -> [AdjustableLog] {
    map { log in
      guard log.table == table.id else { return log }
      var log = log
      (log.entries, log.entrySize) = (entries, size ?? log.entrySize)
      return log
    }
  }
}
