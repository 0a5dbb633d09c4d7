// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB

extension Store {
  /// The last number of each series that a reading had, and when: what was measured long ago is old, and not unknown.
  func newest(of meter: MeterID) async throws(StoreError) -> [(Series, Int64, Timestamp)] {
    try await read { database in
      let known = try self.known(of: meter, database)
      let last = try ["recent", "packed"].compactMap {
        try Int64.fetchOne(
          database, sql: "SELECT max(time) FROM \($0) WHERE meter = ? AND grain = 0", arguments: [meter.number])
      }
      guard let last = last.max().map({ Timestamp(milliseconds: $0) }) else { return [] }
      // Of what is packed the time is that of its beginning.
      let rows = try self.rows(
        of: meter, .reading, last + -Grain.reading.packing..<last + Grain.reading.packing, database)
      return known.values.compactMap { known in
        guard let column = rows.columns[RowColumn.key(known.id, .value)],
          let row = column.lastIndex(where: { $0 != nil }), let number = column[row]
        else { return nil }
        return (known.series, number, rows.times[row])
      }
    }
  }

  /// Readings as they were, the oldest first, and no more than a limit of them.
  ///
  /// - Parameter names: of series; all where none are given.
  public func readings(
    of meter: MeterID, _ range: Range<Timestamp>, series names: Set<String>? = nil, limit: Int
  ) async throws(StoreError) -> [Reading] {
    try await read { database in
      let wanted = try self.known(of: meter, database).values.filter { names?.contains($0.series.name) != false }
      let columns = Set(wanted.map { RowColumn.key($0.id, .value) } + [RowColumn.origin])
      var readings: [Reading] = []
      var start = max(range.lowerBound, try self.first(of: meter, .reading, database) ?? range.upperBound)
      let last = min(range.upperBound, (try self.newestTime(of: meter, database) ?? start) + 1)
      while start < last, readings.count < limit {
        let end = min(last, start + Grain.reading.packing)
        let rows = try self.rows(of: meter, .reading, start..<end, columns: columns, database)
        for row in rows.times.indices {
          let origin = rows.columns[RowColumn.origin]?[row].flatMap { Origin(rawValue: $0) }
          var reading = Reading(at: rows.times[row], origin: origin ?? .live, [:])
          for known in wanted {
            if let number = rows.columns[RowColumn.key(known.id, .value)]?[row] {
              reading.values[known.series] = number
            }
          }
          if !reading.values.isEmpty { readings.append(reading) }
        }
        start = end
      }
      return Array(readings.prefix(limit))
    }
  }

  /// From when until when anything is kept of a meter.
  public func extent(of meter: MeterID) async throws(StoreError) -> Range<Timestamp>? {
    let last = try await newestTime(of: meter)
    return try await read { database in
      let first = try Grain.allCases.compactMap { try self.first(of: meter, $0, database) }.min()
      guard let first, let last, first <= last else { return nil }
      return first + -Grain.quarter.span..<last + 1
    }
  }
}
