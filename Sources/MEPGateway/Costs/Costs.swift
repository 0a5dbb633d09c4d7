// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import Logging

/// What electricity costs; of a configuration that says so. There is one of a gateway: all who ask know the same prices.
public struct Costs: Sendable {
  let tariff: Tariff
  let book: PriceBook

  /// - Parameter store: where prices are kept that do not come from files.
  public init(_ settings: CostSettings, _ store: Store, log: Logger = Logger(label: "mep.costs")) {
    (tariff, book) = (settings.tariff, PriceBook(settings.sources, store, log: log))
  }

  /// What was used from one time to another, hour by hour, or finer where it is known.
  static func metered(
    _ store: Store, _ meter: Store.MeterID, _ range: Range<Timestamp>, in zone: TimeZone
  ) async throws(StoreError) -> [Metered] {
    let names: Set = ["fwd_active_energy_wh", "rev_active_energy_wh"]
    let quarters = try await store.history(of: meter, range, series: names, by: .quarter, in: zone).map(Metered.init)
    var known = range.lowerBound
    for quarter in quarters {
      guard quarter.start == known, quarter.imported != nil else { break }
      known = quarter.end
    }
    // From the first quarter on that is missing, hours may tell more: a meter may record no quarters.
    let gap = Step.hour.range(around: known + 1, in: zone).lowerBound
    guard gap < range.upperBound else { return quarters }
    let hours = try await store.history(of: meter, gap..<range.upperBound, series: names, by: .hour, in: zone)
    var steps = Array(quarters.prefix { $0.end <= gap })
    var rest = quarters[steps.count...]
    for hour in hours.map(Metered.init) {
      let within = rest.prefix { $0.start < hour.end }
      rest = rest.dropFirst(within.count)
      let isFine = within.reduce(0) { $0 + ($1.imported == nil ? 0 : $1.end - $1.start) } == hour.end - hour.start
      steps += isFine || hour.imported == nil && !within.isEmpty ? Array(within) : [hour]
    }
    return steps
  }

  /// Step by step; what is not known of a step is not in its cost.
  func costs(
    _ store: Store, _ meter: Store.MeterID, _ range: Range<Timestamp>, by step: Step, in zone: TimeZone
  ) async throws(StoreError) -> (costs: [Cost], problems: [String]) {
    let first = step.range(around: range.lowerBound + 1, in: zone).lowerBound
    let end = step.range(around: range.upperBound, in: zone).upperBound
    // Which power was the highest is known from the month's beginning.
    var month = Step.month.range(around: first + 1, in: zone)
    var (costs, problems) = ([Cost](), Set<String>())
    while month.lowerBound < end {
      let from = tariff.hasEffect ? month.lowerBound : max(month.lowerBound, first)
      let part = from..<min(month.upperBound, end)
      let (series, found) = await book.known(in: part)
      problems.formUnion(found)
      var reckoner = Reckoner(tariff, series, in: zone)
      for metered in try await Self.metered(store, meter, part, in: zone) {
        let cost = reckoner.cost(of: metered)
        if cost.start >= first { costs.add(cost, by: step, in: zone) }
      }
      month = Step.month.range(around: month.upperBound + 1, in: zone)
    }
    return (costs, problems.sorted())
  }

  /// From one change of the price to the next, and no longer than an hour; what is not known is left out.
  func prices(_ range: Range<Timestamp>, in zone: TimeZone) async -> (prices: [Shown], problems: [String]) {
    var start = range.lowerBound.floored(to: PriceSeries.quarter)
    let (series, problems) = await book.known(in: start..<range.upperBound)
    var shown: [Shown] = []
    while start < range.upperBound {
      let (imported, exported) = tariff.prices(at: start, series, in: zone)
      let end = start + PriceSeries.quarter
      if let last = shown.last, last.end == start, last.imported == imported, last.exported == exported,
        start.floored(to: PriceSeries.hour) != start
      {
        shown[shown.count - 1].end = end
      } else if imported != nil || exported != nil {
        shown.append(Shown(start: start, end: end, imported: imported, exported: exported))
      }
      start = end
    }
    return (shown, problems)
  }

  /// What a kWh costs, and brings in.
  struct Shown: Equatable {
    let start: Timestamp
    var end: Timestamp
    let imported: Money?
    let exported: Money?
  }
}

extension Metered {
  fileprivate init(_ span: Span) {
    func energy(_ name: String) -> Int64? {
      span.amounts[name].flatMap { $0.isWhole ? $0.series.decimal($0.number).mantissa(at: 0) : nil }
    }
    self.init(
      span.start, span.end, imported: energy("fwd_active_energy_wh"), exported: energy("rev_active_energy_wh"))
  }
}
