// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB

extension Store {
  /// The rows of a grain in a range of times.
  func rows(
    of meter: MeterID, _ grain: Grain, _ range: Range<Timestamp>, columns: Set<Int64>? = nil, _ database: Database
  ) throws -> Rows {
    var rows = Rows()
    let packed = try SQLRequest<Data>(
      sql: "SELECT octets FROM packed WHERE meter = ? AND grain = ? AND time > ? AND time < ? ORDER BY time",
      arguments: [
        meter.number, grain.rawValue, range.lowerBound.milliseconds - grain.packing, range.upperBound.milliseconds,
      ]
    ).fetchCursor(database)
    while let octets = try packed.next() {
      rows.append(try Rows(packed: octets, columns: columns).part(range))
    }
    let recent = try SQLRequest<Data>(
      sql: "SELECT octets FROM recent WHERE meter = ? AND grain = ? AND time >= ? AND time < ? ORDER BY time",
      arguments: [meter.number, grain.rawValue, range.lowerBound.milliseconds, range.upperBound.milliseconds]
    ).fetchCursor(database)
    var beside = Rows()
    while let octets = try recent.next() { beside.put(try Rows(packed: octets, columns: columns)) }
    rows.append(beside)
    return rows
  }

  // MARK: Coarser grains

  /// Makes the rows of spans that have ended.
  func roll(_ meter: MeterID, through now: Timestamp, _ database: Database) throws {
    for grain in Grain.allCases {
      guard let finer = grain.finer else { continue }
      // A register may be read a little later than the span's end.
      let end = (now + -Rollup.nearness).floored(to: grain.span)
      let done = try Int64.fetchOne(
        database, sql: "SELECT through FROM rolled WHERE meter = ? AND grain = ?",
        arguments: [meter.number, grain.rawValue]
      ).map { Timestamp(milliseconds: $0) }
      guard let start = try done ?? begin(meter, grain, finer, database), start < end else { continue }
      try roll(meter, grain, start..<end, database)
      try database.execute(
        sql: "INSERT OR REPLACE INTO rolled (meter, grain, through) VALUES (?, ?, ?)",
        arguments: [meter.number, grain.rawValue, end.milliseconds])
    }
  }

  /// Makes the rows whose times lie after a range's start, through its end, a packing's worth of finer ones at a time.
  private func roll(_ meter: MeterID, _ grain: Grain, _ range: Range<Timestamp>, _ database: Database) throws {
    guard let finer = grain.finer else { return }
    let registers = Set(try known(of: meter, database).values.filter { !$0.series.isLive }.map(\.id))
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(range.upperBound, (start + 1).ceiled(to: max(finer.packing, grain.span)))
      let rows = try rows(of: meter, finer, start + -Rollup.nearness..<end + (Rollup.nearness + 1), database)
      if rows.isEmpty {
        start = end
        continue
      }
      let recorded = grain == .quarter ? try self.rows(of: meter, grain, start..<end + 1, database) : Rows()
      var made: ClosedRange<Timestamp>?
      func tell() throws {
        if grain == .quarter, let made { try note(meter, made, database) }
        made = nil
      }
      for time in stride(from: start.milliseconds + grain.span, through: end.milliseconds, by: Int64.Stride(grain.span))
      {
        let time = Timestamp(milliseconds: time)
        let around = rows.indices(after: time + -grain.span, through: time + Rollup.nearness)
        if around.isEmpty { continue }
        let isRead = around.contains(where: rows.isLive)
        var row = Rollup.row(of: grain, at: time, from: rows) { registers.contains($0) }
        row = Self.row(row, isRead: isRead, beside: recorded, at: time)
        if row.isEmpty {
          try tell()
          continue
        }
        try put(row, at: time, of: meter, grain, database)
        made = (made?.lowerBound ?? time)...time
      }
      try tell()
      start = end
    }
  }

  /// What the meter's own record of a quarter leaves to say, where that came first: the registers that it lacks and, if anything
  /// was read, what came and went.
  private static func row(
    _ row: [Int64: Int64], isRead: Bool, beside recorded: Rows, at time: Timestamp
  ) -> [Int64: Int64] {
    guard let index = recorded.indices(after: time + -1, through: time).first else { return row }
    let kept = recorded.values(at: index)
    guard kept[RowColumn.origin] == Origin.loadProfile.rawValue else { return row }
    var row = row.filter { RowColumn.statistic($0.key) == .value ? kept[$0.key] == nil : isRead }
    if isRead { row[RowColumn.recorded] = 1 }
    return row
  }

  /// Where the first span begins: what was read at its very end, or a little later, belongs to it.
  private func begin(
    _ meter: MeterID, _ grain: Grain, _ finer: Grain, _ database: Database
  ) throws -> Timestamp? {
    try first(of: meter, finer, database).map { ($0 + (-Rollup.nearness - 1)).floored(to: grain.span) }
  }

  // MARK: Packing

  /// Packs what is over, and drops what is too old.
  ///
  /// - Parameter forgets: whether the time is known well enough to drop anything.
  public func tidy(now: Timestamp, forgets: Bool = true) async throws(StoreError) {
    let work = try await read { database in
      try Row.fetchAll(database, sql: "SELECT DISTINCT meter, grain FROM recent").map {
        (MeterID(number: $0["meter"]), Grain(rawValue: $0["grain"]) ?? .reading)
      }
    }
    for (meter, grain) in work {
      // Each in a transaction of its own: who reads and who keeps need not wait for all of them.
      while try await write({ try self.pack(meter, grain, now, $0) }) {}
    }
    try await write { database in
      // What all sinks have passed on.
      try database.execute(
        sql: "DELETE FROM change WHERE id <= coalesce((SELECT min(change) FROM sink), (SELECT max(id) FROM change))")
      guard forgets else { return }
      for (grain, kept) in [(Grain.reading, self.retention.readings), (.minute, self.retention.minutes)] {
        let last = now.milliseconds - kept
        try database.execute(
          sql: "DELETE FROM packed WHERE grain = ? AND time < ?", arguments: [grain.rawValue, last - grain.packing])
        try database.execute(
          sql: "DELETE FROM recent WHERE grain = ? AND time < ?", arguments: [grain.rawValue, last])
      }
    }
  }

  /// Packs the oldest rows that are not; whether there were any.
  private func pack(_ meter: MeterID, _ grain: Grain, _ now: Timestamp, _ database: Database) throws -> Bool {
    let key: StatementArguments = [meter.number, grain.rawValue]
    guard
      let oldest = try Int64.fetchOne(
        database, sql: "SELECT min(time) FROM recent WHERE meter = ? AND grain = ?", arguments: key)
    else { return false }
    let start = Timestamp(milliseconds: oldest).floored(to: grain.packing)
    // What coarser rows are made of at the turn of a span is still at hand.
    guard start + grain.packing + 3_600_000 / 4 <= now else { return false }
    let range = start..<start + grain.packing
    let rows = try rows(of: meter, grain, range, database)
    try database.execute(
      sql: "INSERT OR REPLACE INTO packed (meter, grain, time, octets) VALUES (?, ?, ?, ?)",
      arguments: key + [start.milliseconds, Data(rows.packed)])
    try database.execute(
      sql: "DELETE FROM recent WHERE meter = ? AND grain = ? AND time >= ? AND time < ?",
      arguments: key + [range.lowerBound.milliseconds, range.upperBound.milliseconds])
    return true
  }
}
