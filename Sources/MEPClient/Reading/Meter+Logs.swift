// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

extension Meter {
  /// Reads the primary event log, BT74, oldest entry first.
  ///
  /// - Parameter progress: octets of entries read so far, and of all that are wanted.
  public func readEventLog(
    _ extent: LogExtent = .all, progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws(MeterError) -> EventLog {
    try eventLog(try await readList(.bt74, "History Record Array", extent, progress), extent)
  }

  /// Reads the alternate event log, ET79, likewise; nil where the meter has none, or has it disabled.
  public func readAlternateEventLog(
    _ extent: LogExtent = .all, progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws(MeterError) -> EventLog? {
    guard let list = try await readListIfKept(.et79, "History Record Array", extent, progress) else { return nil }
    return try eventLog(list, extent)
  }

  /// Reads the power outage log, ET81, oldest entry first, in the meter's local time; nil where the meter keeps none.
  /// ``readPowerQuality()`` has the last long outages of every meter.
  public func readOutages(
    _ extent: LogExtent = .all, progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws(MeterError) -> OutageLog? {
    guard let list = try await readListIfKept(.et81, "Log Entries", extent, progress) else { return nil }
    guard let log = OutageLog(list.table, newest: list.newest) else { throw .inconsistent(list.table.layout.table) }
    return log
  }

  /// Reads ET09, as it was at one moment though it takes several messages.
  public func readPowerQuality() async throws(MeterError) -> PowerQuality {
    var table = try await read(.et09)
    for _ in 0..<3 {
      let again = table.octets.count > room.read ? try await read(.et09) : table
      if again.octets == table.octets {
        guard let quality = PowerQuality(table) else {
          throw .short(table.layout.table, wanted: table.layout.octets, got: table.octets.count)
        }
        return quality
      }
      table = again
    }
    throw .unsettled(table.layout.table)
  }

  private nonisolated func eventLog(_ list: ReadList, _ extent: LogExtent) throws(MeterError) -> EventLog {
    var newest = list.newest
    // Both event logs share their numbers: fewer entries may be new than numbers went by.
    if case .since(let sequence) = extent, let distance = list.ring.distance(from: sequence) {
      let new = EventLog(list.table, newest: newest)?.entries.filter {
        list.ring.lastSequence &- $0.sequence < distance
      }
      newest = new?.count ?? 0
    }
    guard let log = EventLog(list.table, newest: newest) else { throw .inconsistent(list.table.layout.table) }
    return log
  }
}
