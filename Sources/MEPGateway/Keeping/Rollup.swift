// SPDX-License-Identifier: Apache-2.0

/// Makes a coarser grain's row from a finer one's.
enum Rollup {
  /// A register counts for the end of a span if it was read so few milliseconds before or after it, the nearest first: a
  /// line that a load profile comes over as well takes its time.
  static let nearness: Int64 = 15_000

  /// - Parameters:
  ///   - end: of the span; the row's time.
  ///   - rows: of the finer grain, at least all those of the span and those around its end.
  ///   - isRegister: whether a series is a register.
  /// - Returns: nothing for a span in which nothing was measured.
  static func row(of grain: Grain, at end: Timestamp, from rows: Rows, isRegister: (Int64) -> Bool) -> [Int64: Int64] {
    let within = rows.indices(after: end + -grain.span, through: end)
    let isOfReadings = grain.finer == .reading
    var row = isOfReadings ? self.row(ofReadings: rows, within, isRegister: isRegister) : self.row(of: rows, within)
    for (key, values) in rows.columns where RowColumn.statistic(key) == .value && isRegister(RowColumn.series(key)) {
      if let value = nearest(to: end, in: rows, values, within: isOfReadings ? nearness : 0) { row[key] = value }
    }
    if let origin = within.compactMap({ rows.columns[RowColumn.origin]?[$0] }).max(), !row.isEmpty {
      row[RowColumn.origin] = origin
    }
    return row
  }

  /// The extents of some rows that hold extents.
  static func row(of rows: Rows, _ within: Range<Int>) -> [Int64: Int64] {
    let counts = rows.columns[RowColumn.count]
    var row: [Int64: Int64] = [:]
    for (key, values) in rows.columns {
      let there = within.filter { values[$0] != nil }
      if there.isEmpty { continue }
      switch RowColumn.statistic(key) {
      case .least: row[key] = there.compactMap { values[$0] }.min()
      case .greatest: row[key] = there.compactMap { values[$0] }.max()
      case .mean: row[key] = mean(there.map { (values[$0] ?? 0, max(1, counts?[$0] ?? 1)) })
      case .value, nil: break
      }
    }
    if let counts, !row.isEmpty { row[RowColumn.count] = within.reduce(0) { $0 + (counts[$1] ?? 0) } }
    return row
  }

  private static func row(ofReadings rows: Rows, _ within: Range<Int>, isRegister: (Int64) -> Bool) -> [Int64: Int64] {
    var row: [Int64: Int64] = [:]
    for (key, values) in rows.columns where RowColumn.statistic(key) == .value {
      let series = RowColumn.series(key)
      let numbers = within.compactMap { values[$0] }
      guard !isRegister(series), let least = numbers.min(), let greatest = numbers.max() else { continue }
      row[RowColumn.key(series, .least)] = least
      row[RowColumn.key(series, .greatest)] = greatest
      row[RowColumn.key(series, .mean)] = mean(numbers.map { ($0, 1) })
      row[RowColumn.count] = max(row[RowColumn.count] ?? 0, Int64(numbers.count))
    }
    return row
  }

  /// What a register held when a span ended.
  private static func nearest(to end: Timestamp, in rows: Rows, _ values: [Int64?], within: Int64) -> Int64? {
    let near = rows.indices(after: end + (-within - 1), through: end + within)
    let best = near.filter { values[$0] != nil }.min {
      abs(rows.times[$0] - end) < abs(rows.times[$1] - end)
    }
    return best.flatMap { values[$0] }
  }

  static func mean(_ numbers: [(value: Int64, count: Int64)]) -> Int64 {
    let (sum, count) = numbers.reduce((Int64(0), Int64(0))) { ($0.0 + $1.value * $1.count, $0.1 + $1.count) }
    return sum >= 0 ? (sum + count / 2) / count : -((-sum + count / 2) / count)
  }
}

extension Rows {
  /// The rows of a time that is after one and not after another.
  func indices(after start: Timestamp, through end: Timestamp) -> Range<Int> {
    lowerBound(start + 1)..<lowerBound(end + 1)
  }

  /// Whether anything of a row was read as it was.
  func isLive(_ row: Int) -> Bool {
    (columns[RowColumn.origin]?[row] ?? Origin.live.rawValue) == Origin.live.rawValue
  }
}
