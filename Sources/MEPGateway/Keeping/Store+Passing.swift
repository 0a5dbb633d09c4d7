// SPDX-License-Identifier: Apache-2.0
import GRDB

/// What a meter measured at one time, for those who pass on every reading.
struct Point: Sendable, Equatable {
  let meter: Store.MeterID
  let name: String
  let time: Timestamp
  let values: [Series: Int64]
}

/// The store is the queue of those who pass on every reading as well: each remembers, meter by meter, up to which time it
/// has passed on what there is. What is filled in behind that time is told of by ``changes(for:limit:)``.
extension Store {
  /// What a sink has not passed on yet, in the order of time.
  struct Waiting: Sendable {
    var points: [Point] = []
    /// Up to where it had passed on before, of each meter that has any.
    var before: [MeterID: Timestamp] = [:]
    /// Times of which readings are no longer there, and quarters are told instead, by the meters' names.
    var thinned: [String: ClosedRange<Timestamp>] = [:]
  }

  /// A sink that is new begins now, or with the oldest there is. One that wants the history later gets all of it.
  func begin(_ sink: String, wantsHistory: Bool, now: Timestamp) async throws(StoreError) {
    try await write { database in
      try self.add(sink, since: wantsHistory ? 0 : now.milliseconds, database)
      guard wantsHistory else { return }
      try database.execute(
        sql: "DELETE FROM passing WHERE sink IN (SELECT name FROM sink WHERE name = ? AND since > 0)",
        arguments: [sink])
      try database.execute(sql: "UPDATE sink SET since = 0 WHERE name = ?", arguments: [sink])
    }
  }

  /// About so many points that a sink has not passed on, of the meters first that wait longest.
  func waiting(for sink: String, room: Int, now: Timestamp) async throws(StoreError) -> Waiting {
    try await read { database in
      var waiting = Waiting()
      let meters = try Row.fetchAll(
        database,
        sql: """
          SELECT meter.id, meter.name, coalesce(passing.time, sink.since) AS time FROM sink CROSS JOIN meter
          LEFT JOIN passing ON passing.meter = meter.id AND passing.sink = sink.name
          WHERE sink.name = ? ORDER BY time
          """, arguments: [sink])
      for row in meters where waiting.points.count < room {
        let (meter, name) = (MeterID(number: row["id"]), row["name"] as String)
        let before = Timestamp(milliseconds: row["time"])
        let (rows, isThinned) = try self.rows(
          of: meter, behind: before, through: now, limit: room - waiting.points.count, database)
        guard let first = rows.times.first, let last = rows.times.last else { continue }
        waiting.before[meter] = before
        if isThinned { waiting.thinned[name] = first...last }
        waiting.points += try self.points(rows, of: meter, name, database)
      }
      waiting.points.sort { $0.time < $1.time }
      return waiting
    }
  }

  /// A sink has passed on what there is of some meters up to a time each, unless it was put back meanwhile.
  func passedOn(
    through times: [MeterID: Timestamp], after before: [MeterID: Timestamp], by sink: String
  ) async throws(StoreError) {
    try await write { database in
      for (meter, time) in times {
        try database.execute(
          sql: """
            INSERT INTO passing (meter, sink, time) SELECT :meter, :sink, :time
            WHERE EXISTS (SELECT 1 FROM passing WHERE meter = :meter AND sink = :sink)
            OR (SELECT since FROM sink WHERE name = :sink) = :before
            ON CONFLICT DO UPDATE SET time = excluded.time WHERE time = :before
            """,
          arguments: [
            "meter": meter.number, "sink": sink, "time": time.milliseconds, "before": before[meter]?.milliseconds,
          ])
      }
    }
  }

  /// A clock that was set back gives readings earlier times than those that are there, and may have been passed on or be on
  /// their way: these are passed on again.
  func putBack(_ meter: MeterID, to time: Timestamp, _ database: Database) throws {
    let newest = try Int64.fetchOne(
      database, sql: "SELECT max(time) FROM recent WHERE meter = ? AND grain = 0", arguments: [meter.number])
    let time = time.milliseconds - 1
    try database.execute(sql: "UPDATE sink SET since = ? WHERE since > ?", arguments: [time, time])
    guard let newest, time < newest else { return }
    try passAgain(meter, after: Timestamp(milliseconds: time), database)
  }

  /// Has all sinks pass on again what there is of a meter after a time. Also one that is behind that, or has passed on nothing
  /// yet: whoever is passing on finds that it has changed.
  func passAgain(_ meter: MeterID, after time: Timestamp, _ database: Database) throws {
    try database.execute(
      sql: "INSERT OR IGNORE INTO passing (meter, sink, time) SELECT ?, name, since FROM sink",
      arguments: [meter.number])
    try database.execute(
      sql: "UPDATE passing SET time = min(time - 1, ?) WHERE meter = ?",
      arguments: [time.milliseconds, meter.number])
  }

  /// What was filled in by a change, of the time since which the sink is told.
  func filled(by change: Change, for sink: String) async throws(StoreError) -> [Point] {
    try await read { database in
      let since = try Int64.fetchOne(database, sql: "SELECT since FROM sink WHERE name = ?", arguments: [sink]) ?? 0
      let start = max(change.times.lowerBound.milliseconds - Grain.quarter.span, since) + 1
      let (from, to) = (Timestamp(milliseconds: start), change.times.upperBound + 1)
      guard from < to else { return [] }
      let name = try String.fetchOne(
        database, sql: "SELECT name FROM meter WHERE id = ?", arguments: [change.meter.number])
      return try self.points(
        self.filled(of: change.meter, from..<to, database), of: change.meter, name ?? "", database)
    }
  }

  /// The last that was read of a meter.
  func newestPoint(of meter: MeterID, _ name: String) async throws(StoreError) -> Point? {
    let newest = try await newest(of: meter)
    guard let time = newest.map(\.2).max() else { return nil }
    let values = newest.filter { $0.2 == time }.map { ($0.0, $0.1) }
    return Point(meter: meter, name: name, time: time, values: Dictionary(values) { $1 })
  }

  // MARK: Rows

  /// Where readings are no longer there, quarters are; they are what is kept for ever.
  private func rows(
    of meter: MeterID, behind before: Timestamp, through now: Timestamp, limit: Int, _ database: Database
  ) throws -> (Rows, isThinned: Bool) {
    let oldest = try first(of: meter, .reading, database) ?? now
    var isThinned = false
    var found = Rows()
    if before < oldest {
      // What was read at that very time is itself there.
      let readings = try rows(of: meter, .reading, oldest..<oldest + Grain.reading.packing, columns: [], database)
      let last = min((readings.times.first ?? oldest + 1) + -1, now)
      found = try rows(of: meter, .quarter, behind: before, through: last, limit: limit, database)
      isThinned = found.columns[RowColumn.origin]?.contains(Origin.live.rawValue) == true
    }
    if found.isEmpty {
      found = try rows(of: meter, .reading, behind: before, through: now, limit: limit, database)
    }
    if let last = found.times.last { found.put(try filled(of: meter, before + 1..<last + 1, database)) }
    return (found, isThinned)
  }

  /// So many rows at the most, of one packing.
  private func rows(
    of meter: MeterID, _ grain: Grain, behind before: Timestamp, through last: Timestamp, limit: Int,
    _ database: Database
  ) throws -> Rows {
    var start = before + 1
    while let next = try first(of: meter, grain, from: start, database) {
      // What is packed has the time of its beginning.
      start = max(start, next)
      if start > last { break }
      let end = min(start.floored(to: grain.packing) + grain.packing, last + 1)
      let rows = try rows(of: meter, grain, start..<end, database)
      if let first = rows.times.first {
        return rows.part(first..<rows.times[min(limit, rows.count) - 1] + 1)
      }
      start = end
    }
    return Rows()
  }

  /// The time of the first row from a time on, or where the packing begins that it may be in.
  func first(
    of meter: MeterID, _ grain: Grain, from start: Timestamp = Timestamp(milliseconds: 0), _ database: Database
  ) throws -> Timestamp? {
    func least(_ table: String, _ condition: String, _ time: Int64) throws -> Int64? {
      try Int64.fetchOne(
        database.cachedStatement(
          sql: "SELECT min(time) FROM \(table) WHERE meter = ? AND grain = ? AND time \(condition) ?"),
        arguments: [meter.number, grain.rawValue, time])
    }
    let times = [
      try least("recent", ">=", start.milliseconds), try least("packed", ">", start.milliseconds - grain.packing),
    ]
    return times.compactMap { $0 }.min().map { Timestamp(milliseconds: $0) }
  }

  /// What nobody has read at its time, at the meter's interval: it may be finer than quarters.
  private func filled(of meter: MeterID, _ range: Range<Timestamp>, _ database: Database) throws -> Rows {
    var filled = Rows()
    for grain in [Grain.quarter, .minute] {
      let marks = try rows(of: meter, grain, range, columns: [RowColumn.origin, RowColumn.recorded], database)
      let found = marks.times.indices.filter { !marks.isLive($0) || marks.columns[RowColumn.recorded]?[$0] != nil }
      guard let first = found.first, let last = found.last else { continue }
      let rows = try rows(of: meter, grain, marks.times[first]..<marks.times[last] + 1, database)
      for row in found {
        let time = marks.times[row]
        var values = rows.values(at: rows.lowerBound(time))
        // A minute's registers may be those that were read nearest to its end; a quarter's are the meter's own.
        let quarter = filled.indices(after: time + -1, through: time).first.map(filled.values) ?? [:]
        values = values.filter { RowColumn.statistic($0.key) != .value || quarter[$0.key] == nil }
        // What came and went was read: only its registers are the meter's.
        if marks.isLive(row) { values = values.filter { RowColumn.statistic($0.key) == .value } }
        filled.put(values, at: time)
      }
    }
    return filled
  }

  private func points(_ rows: Rows, of meter: MeterID, _ name: String, _ database: Database) throws -> [Point] {
    let known = Dictionary(uniqueKeysWithValues: try known(of: meter, database).values.map { ($0.id, $0.series) })
    return rows.times.indices.map { row in
      let there = rows.values(at: row)
      var values: [Series: Int64] = [:]
      for (key, number) in there {
        guard let series = known[RowColumn.series(key)] else { continue }
        switch RowColumn.statistic(key) {
        case .value: values[series] = number
        // Of a quarter, what the value was on the average.
        case .mean where there[RowColumn.key(RowColumn.series(key), .value)] == nil: values[series] = number
        default: break
        }
      }
      return Point(meter: meter, name: name, time: rows.times[row], values: values)
    }
  }
}
