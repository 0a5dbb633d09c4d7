// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEPClient

/// What electricity costs; of a configuration that says so.
public struct Costs: Sendable {
  let tariff: Tariff
  let book: PriceBook

  public init(_ settings: CostSettings) { (tariff, book) = (settings.tariff, PriceBook(settings.sources)) }

  /// What was used from one time to another, hour by hour, or finer where it is known.
  static func metered(
    _ store: Store, _ meter: Store.MeterID, _ range: Range<Timestamp>, in zone: TimeZone
  ) async throws(StoreError) -> [Metered] {
    let names: Set = ["fwd_active_energy_wh", "rev_active_energy_wh"]
    let quarters = try await store.history(of: meter, range, series: names, by: .quarter, in: zone)
    let hours = try await store.history(of: meter, range, series: names, by: .hour, in: zone)
    var (steps, rest) = ([Metered](), quarters[...])
    for hour in hours.map(Metered.init) {
      let within = rest.prefix { $0.start < hour.end }.map(Metered.init)
      rest = rest.dropFirst(within.count)
      // A meter may record no quarters.
      let isFine = within.reduce(0) { $0 + ($1.imported == nil ? 0 : $1.end - $1.start) } == hour.end - hour.start
      steps += isFine || hour.imported == nil && !within.isEmpty ? within : [hour]
    }
    return steps
  }

  /// Step by step; what is not known of a step is not in its cost.
  func costs(
    _ store: Store, _ meter: Store.MeterID, _ range: Range<Timestamp>, by step: Step, in zone: TimeZone
  ) async throws(StoreError) -> (costs: [Cost], problems: [String]) {
    let (series, problems) = await book.known()
    let first = step.range(around: range.lowerBound + 1, in: zone).lowerBound
    let end = step.range(around: range.upperBound, in: zone).upperBound
    // Which power was the highest is known from the month's beginning.
    var month = Step.month.range(around: first + 1, in: zone)
    var reckoner = Reckoner(tariff, series, in: zone)
    var costs: [Cost] = []
    while month.lowerBound < end {
      let from = tariff.hasEffect ? month.lowerBound : max(month.lowerBound, first)
      for metered in try await Self.metered(store, meter, from..<min(month.upperBound, end), in: zone) {
        let cost = reckoner.cost(of: metered)
        if cost.start >= first { costs.add(cost, by: step, in: zone) }
      }
      month = Step.month.range(around: month.upperBound + 1, in: zone)
    }
    return (costs, problems)
  }

  /// From one change of the price to the next, and no longer than an hour; what is not known is left out.
  func prices(_ range: Range<Timestamp>, in zone: TimeZone) async -> (prices: [Shown], problems: [String]) {
    let (series, problems) = await book.known()
    var shown: [Shown] = []
    var start = range.lowerBound.floored(to: PriceSeries.quarter)
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

extension Endpoint {
  static func costs(_ costs: Costs) -> Endpoint {
    Endpoint(
      path: "/api/v1/meters/{meter}/costs",
      summary: """
        What was used cost, and what was given brought in, step by step. What is not known is in no cost: whole tells \
        whether all of the step is known, and without a cost nothing is.
        """,
      parameters: [Parameter("by", "The step: day where it is not said.", .choice(steps.map(\.rawValue)))] + period,
      content: .json(
        .object([
          .init("currency", .text),
          .init(
            "spans",
            .array(
              .object([
                .init("start", .time), .init("end", .time), .init("cost", .number, isRequired: false),
                .init("income", .number, isRequired: false), .init("parts", .map(.number)), .init("whole", .flag),
              ]))), problemsMember,
        ]))
    ) { call throws(Refusal) in
      let (_, id, _) = try await call.meter()
      let (step, zone): (Step, _) = (call.choice("by") ?? .day, call.gateway.zone)
      let asked = try call.range(
        step == .hour ? day : step == .day ? 31 * day : step == .month ? 366 * day : 3660 * day)
      guard asked.upperBound - asked.lowerBound <= (step == .hour ? 2 : 40) * 366 * day else {
        throw Refusal(.badRequest, "This is too long: at most 2 years by hour, and 40 else.")
      }
      do throws(StoreError) {
        // What has not begun has no cost.
        let range = asked.lowerBound..<max(asked.lowerBound + 1, min(asked.upperBound, call.gateway.clock.now()))
        let (spans, problems) = try await costs.costs(call.gateway.store, id, range, by: step, in: zone)
        return .json(
          .object(
            [("currency", .string(costs.tariff.currency)), ("spans", .array(spans.map(\.json)))] + members(problems)))
      } catch { throw Refusal(error) }
    }
  }

  static func prices(_ costs: Costs) -> Endpoint {
    Endpoint(
      path: "/api/v1/prices",
      summary: "What a kWh costs and brings in: without what does not depend on it. What is not known is left out.",
      parameters: [
        Parameter("from", "From when on; else from the beginning of today.", .time),
        Parameter("to", "Until when; else two days after that.", .time),
      ],
      content: .json(
        .object([
          .init("currency", .text),
          .init(
            "prices",
            .array(
              .object([
                .init("start", .time), .init("end", .time), .init("import", .number, isRequired: false),
                .init("export", .number, isRequired: false),
              ]))), problemsMember,
        ]))
    ) { call throws(Refusal) in
      let zone = call.gateway.zone
      let today = Step.day.range(around: call.gateway.clock.now() + 1, in: zone)
      let from = call.time("from") ?? today.lowerBound
      let to = call.time("to") ?? Step.day.range(around: from + day + 1, in: zone).upperBound
      guard from < to else { throw Refusal(.badRequest, "from (\(from)) is not before to (\(to)).") }
      guard to - from <= 366 * day else { throw Refusal(.badRequest, "This is more than a year: ask for less.") }
      let (prices, problems) = await costs.prices(from..<to, in: zone)
      return .json(
        .object(
          [("currency", .string(costs.tariff.currency)), ("prices", .array(prices.map(\.json)))] + members(problems)))
    }
  }

  private static let steps: [Step] = [.hour, .day, .month, .year]
  private static let day: Int64 = 86_400_000

  /// Why there is less than one expects.
  private static let problemsMember = Schema.Member("problems", .array(.text), isRequired: false)

  private static func members(_ problems: [String]) -> [(String, JSON)] {
    problems.isEmpty ? [] : [("problems", .array(problems.map { .string($0) }))]
  }
}

extension Money {
  /// Finer than any coin: an hour may cost less than one.
  fileprivate func json(_ places: Int) -> JSON { .number("\(rounded(to: places))") }
}

extension Cost {
  fileprivate var json: JSON {
    let known: [(String, JSON)] = isKnown ? [("cost", total.json(4)), ("income", income.json(4))] : []
    return .object(
      [("start", .string("\(start)")), ("end", .string("\(end)"))] + known + [
        ("parts", .object(parts.map { ($0.name, $0.money.json(4)) })), ("whole", .bool(isWhole)),
      ])
  }
}

extension Costs.Shown {
  fileprivate var json: JSON {
    .object(
      [("start", .string("\(start)")), ("end", .string("\(end)"))]
        + [("import", imported), ("export", exported)].compactMap { name, money in
          money.map { (name, .number("\($0.rounded(to: 6))")) }
        })
  }
}
