// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEPClient

/// All that was kept of a meter, as a text of any length: a part at a time.
public struct Export: Sendable {
  /// A line for each of these.
  public enum Detail: String, CaseIterable, Sendable {
    case reading, minute, quarter, hour, day, month, year

    fileprivate var step: Step? { Step(rawValue: rawValue) }

    /// Milliseconds that are read at a time.
    fileprivate var part: Int64 {
      switch self {
      case .reading: 3_600_000
      case .minute: 86_400_000
      case .quarter, .hour: 30 * 86_400_000
      case .day, .month, .year: 366 * 86_400_000
      }
    }
  }

  public enum Format: String, CaseIterable, Sendable {
    case csv, json

    public var mediaType: String { self == .csv ? "text/csv" : "application/jsonl" }
  }

  private let store: Store
  private let meter: Store.MeterID
  private let names: Set<String>?
  private let detail: Detail
  private let format: Format
  private let zone: TimeZone
  private let columns: [String]
  private var next: Timestamp
  private let end: Timestamp
  private var isBegun = false

  /// - Parameters:
  ///   - from: no further than there is anything, and all of it where nothing is said.
  ///   - names: of series; all where none are given.
  public init(
    _ store: Store, _ meter: Store.MeterID, from: Timestamp?, to: Timestamp?, series names: Set<String>? = nil,
    by detail: Detail, _ format: Format, in zone: TimeZone
  ) async throws(StoreError) {
    (self.store, self.meter, self.names, self.detail, self.format) = (store, meter, names, detail, format)
    self.zone = zone
    let nothing = Timestamp(milliseconds: 0)
    let all = try await store.extent(of: meter) ?? nothing..<nothing
    (next, end) = (max(from ?? all.lowerBound, all.lowerBound), min(to ?? all.upperBound, all.upperBound))
    let series = try await store.series(of: meter).filter { names?.contains($0.name) != false }
    if detail == .reading {
      columns = ["measured_at", "origin"] + series.map(\.name)
    } else {
      let (live, registers) = (series.filter(\.isLive), series.filter { !$0.isLive })
      columns =
        ["start", "end", "whole", "origins"] + registers.map(\.name) + live.flatMap { Span.Extent.names($0.name) }
    }
  }

  /// The next lines, of CSV first the names; nil behind the last.
  public mutating func lines() async throws(StoreError) -> String? {
    var lines: [String] = []
    if !isBegun, format == .csv { lines.append(CSV.line(columns)) }
    isBegun = true
    while lines.isEmpty, next < end { lines += try await part().map(line) }
    return lines.isEmpty ? nil : lines.joined(separator: "\n") + "\n"
  }

  private mutating func part() async throws(StoreError) -> [[(String, JSON)]] {
    let start = next
    guard let step = detail.step else {
      next = min(start + detail.part, end)
      return try await store.readings(of: meter, start..<next, series: names, limit: .max).map(\.fields)
    }
    // No step is torn in two.
    next = min(step.range(around: start + detail.part, in: zone).upperBound, end)
    return try await store.history(of: meter, start..<next, series: names, by: step, in: zone).map(\.fields)
  }

  private func line(_ fields: [(String, JSON)]) -> String {
    if format == .json { return JSON.object(fields).description }
    let texts = Dictionary(uniqueKeysWithValues: fields.map { ($0, $1.plain) })
    return CSV.line(columns.map { texts[$0] ?? "" })
  }
}
