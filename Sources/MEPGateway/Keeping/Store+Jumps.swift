// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Registers that went on from other numbers.
extension Store {
  func note(_ jumps: [Jump], of meter: MeterID, _ database: Database) throws {
    if jumps.isEmpty { return }
    let known = try known(of: meter, database)
    for jump in jumps {
      guard let id = known[jump.series.name]?.id else { continue }
      try database.execute(
        sql: "INSERT OR REPLACE INTO jump (series, time, before, after) VALUES (?, ?, ?, ?)",
        arguments: [id, jump.time.milliseconds, jump.before, jump.after])
    }
  }

  /// Those of some series in a range of times, by the number of the series.
  func jumps(
    of wanted: some Collection<Known>, _ range: Range<Timestamp>, _ database: Database
  ) throws -> [Int64: [Jump]] {
    let series = Dictionary(uniqueKeysWithValues: wanted.map { ($0.id, $0.series) })
    let rows = try Row.fetchAll(
      database, sql: "SELECT series, time, before, after FROM jump WHERE time >= ? AND time < ? ORDER BY time",
      arguments: [range.lowerBound.milliseconds, range.upperBound.milliseconds])
    var jumps: [Int64: [Jump]] = [:]
    for row in rows {
      guard let name = series[row["series"]] else { continue }
      jumps[row["series"], default: []].append(
        Jump(name, at: Timestamp(milliseconds: row["time"]), from: row["before"], to: row["after"]))
    }
    return jumps
  }

  /// Moves jumps to where they were, if they were. Who only sees what a register showed before and after a gap has to guess when
  /// it jumped within it, or whether it did; what the meter recorded meanwhile tells.
  func settleJumps(of meter: MeterID, _ times: ClosedRange<Timestamp>, _ database: Database) throws {
    let counters = try known(of: meter, database).values.filter(\.series.isCounter)
    let day: Int64 = 86_400_000
    let range = times.lowerBound + -day..<times.upperBound + day
    let columns = Set(counters.map { RowColumn.key($0.id, .value) })
    let rows = try rows(of: meter, .quarter, range, columns: columns, database)
    let noted = try jumps(of: counters, range, database)
    for known in counters {
      guard let column = rows.columns[RowColumn.key(known.id, .value)] else { continue }
      let shown = zip(column, rows.times).compactMap { number, time in number.map { Shown($0, at: time) } }
      for (last, next) in zip(shown, shown.dropFirst()) {
        let within = (noted[known.id] ?? []).filter { $0.time > last.time && $0.time <= next.time }
        let rise = within.reduce(next.number) { $0 + $1.before - $1.after }
        // Where it may simply have counted there was none.
        if last.mayBecome(next) ? within.isEmpty : last.mayBecome(Shown(rise, at: next.time)) { continue }
        for jump in within {
          try database.execute(
            sql: "DELETE FROM jump WHERE series = ? AND time = ?", arguments: [known.id, jump.time.milliseconds])
        }
        if let jump = Jump(known.series, from: last, to: next) { try note([jump], of: meter, database) }
      }
    }
  }
}
