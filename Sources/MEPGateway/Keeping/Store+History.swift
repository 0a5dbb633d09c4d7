// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB

/// One step of a history.
public struct Span: Sendable, Equatable {
  public let start: Timestamp
  public let end: Timestamp
  public fileprivate(set) var amounts: [String: Amount] = [:]
  public fileprivate(set) var ranges: [String: Extent] = [:]
  /// Whether any of it was filled from what the meter had recorded.
  public fileprivate(set) var origins: Set<Origin> = []

  /// How far a register rose: a difference of what it showed at two times.
  public struct Amount: Sendable, Equatable {
    public let series: Series
    public let number: Int64
    /// Whether the register is known at both ends: else it is of the part that is known.
    public let isWhole: Bool
  }

  /// Between what a value moved.
  public struct Extent: Sendable, Equatable {
    public let series: Series
    public let least: Int64?
    public let mean: Int64?
    public let greatest: Int64?
  }
}

extension Store {
  /// What was used, and between what values moved, step by step; steps of which nothing is known are left out.
  ///
  /// - Parameters:
  ///   - range: the steps that touch it.
  ///   - names: of series; all where none are given.
  public func history(
    of meter: MeterID, _ range: Range<Timestamp>, series names: Set<String>? = nil, by step: Step, in zone: TimeZone
  ) async throws(StoreError) -> [Span] {
    try await read { try self.history(of: meter, names, range, by: step, in: zone, $0) }
  }

  private func history(
    of meter: MeterID, _ names: Set<String>?, _ range: Range<Timestamp>, by step: Step, in zone: TimeZone,
    _ database: Database
  ) throws -> [Span] {
    let wanted = try known(of: meter, database).filter { names?.contains($0.key) != false }.values
    var columns = Set(wanted.flatMap { known in Statistic.allCases.map { RowColumn.key(known.id, $0) } })
    columns.formUnion([RowColumn.origin, RowColumn.count])
    var around = step.range(around: range.lowerBound + 1, in: zone)
    var spans: [Span] = []
    while around.lowerBound < range.upperBound {
      // Some steps at a time: ten years of quarters would need more memory than a small computer has.
      var steps: [Range<Timestamp>] = []
      let start = around.lowerBound
      repeat {
        steps.append(around)
        around = step.range(around: around.upperBound + 1, in: zone)
      } while around.lowerBound < range.upperBound && around.upperBound - start <= Grain.quarter.packing
      let end = steps[steps.count - 1].upperBound + 1
      var rows = try rows(of: meter, step.grain, start..<end, columns: columns, database)
      if step.grain == .quarter {
        // The quarter that is not over yet is known as far as its minutes are.
        let last = (rows.times.last ?? start) + 1
        rows.append(try self.rows(of: meter, .minute, last..<end, columns: columns, database))
      }
      let jumps = try jumps(of: wanted, start..<end, database)
      spans += steps.compactMap { span($0, rows, wanted, jumps) }
    }
    return spans
  }

  private func span(
    _ range: Range<Timestamp>, _ rows: Rows, _ wanted: some Collection<Known>, _ jumps: [Int64: [Jump]]
  ) -> Span? {
    let within = rows.indices(after: range.lowerBound, through: range.upperBound)
    if within.isEmpty { return nil }
    let withStart = rows.indices(after: range.lowerBound + -1, through: range.upperBound)
    var span = Span(start: range.lowerBound, end: range.upperBound)
    if let origins = rows.columns[RowColumn.origin] {
      span.origins = Set(within.compactMap { origins[$0].flatMap { Origin(rawValue: $0) } })
    }
    let row = Rollup.row(of: rows, within)
    // What was recorded for a quarter of an hour, say, is not that of the minute at its end.
    let isOfLonger = range.upperBound - range.lowerBound < Grain.quarter.span && !span.origins.contains(.live)
    for known in wanted {
      if !known.series.isLive {
        guard let column = rows.columns[RowColumn.key(known.id, .value)] else { continue }
        let there = withStart.filter { column[$0] != nil }
        guard let first = there.first, let last = there.last, first < last,
          let before = column[first], let after = column[last]
        else { continue }
        let (start, end) = (rows.times[first], rows.times[last])
        let leaps = (jumps[known.id] ?? []).filter { $0.time > start && $0.time <= end }
        span.amounts[known.series.name] = Span.Amount(
          series: known.series, number: after - before + leaps.reduce(0) { $0 + $1.before - $1.after },
          isWhole: start == range.lowerBound && end == range.upperBound)
      } else if !isOfLonger {
        let (least, mean, greatest) = (
          row[RowColumn.key(known.id, .least)], row[RowColumn.key(known.id, .mean)],
          row[RowColumn.key(known.id, .greatest)]
        )
        guard least ?? mean ?? greatest != nil else { continue }
        span.ranges[known.series.name] = Span.Extent(
          series: known.series, least: least, mean: mean, greatest: greatest)
      }
    }
    return span.amounts.isEmpty && span.ranges.isEmpty ? nil : span
  }
}
