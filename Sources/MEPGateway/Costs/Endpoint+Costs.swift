// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEPClient

extension Endpoint {
  static func costs(_ costs: Costs) -> Endpoint {
    Endpoint(
      path: "/api/v1/meters/{meter}/costs",
      summary: """
        What was used cost, and what was given brought in, step by step. What is not known is in no cost: whole tells \
        whether all of the step is known, and without a cost nothing is.
        """,
      parameters: [Parameter("by", "The step: day where it is not said.", .choice(steps.map(\.rawValue)))] + period,
      content: frame(
        "spans",
        [
          .init("start", .time), .init("end", .time), .init("cost", .number, isRequired: false),
          .init("income", .number, isRequired: false), .init("parts", .map(.number)), .init("whole", .flag),
        ])
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
        return costs.answer("spans", spans.map(\.json), problems)
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
      content: frame(
        "prices",
        [
          .init("start", .time), .init("end", .time), .init("import", .number, isRequired: false),
          .init("export", .number, isRequired: false),
        ])
    ) { call throws(Refusal) in
      let zone = call.gateway.zone
      let today = Step.day.range(around: call.gateway.clock.now() + 1, in: zone)
      let from = call.time("from") ?? today.lowerBound
      let to = call.time("to") ?? Step.day.range(around: from + day + 1, in: zone).upperBound
      guard from < to else { throw Refusal(.badRequest, "from (\(from)) is not before to (\(to)).") }
      guard to - from <= 366 * day else { throw Refusal(.badRequest, "This is more than a year: ask for less.") }
      let (prices, problems) = await costs.prices(from..<to, in: zone)
      return costs.answer("prices", prices.map(\.json), problems)
    }
  }

  private static let steps: [Step] = [.hour, .day, .month, .year]
  private static let day: Int64 = 86_400_000

  /// What both answer: a list, and why there is less in it than one expects.
  private static func frame(_ name: String, _ members: [Schema.Member]) -> Content {
    .json(
      .object([
        .init("currency", .text), .init(name, .array(.object(members))),
        .init("problems", .array(.text), isRequired: false),
      ]))
  }
}

extension Costs {
  fileprivate func answer(_ name: String, _ list: [JSON], _ problems: [String]) -> Answer {
    let why: [(String, JSON)] = problems.isEmpty ? [] : [("problems", .array(problems.map { .string($0) }))]
    return .json(.object([("currency", .string(tariff.currency)), (name, .array(list))] + why))
  }
}

extension Money {
  /// Finer than any coin: an hour may cost less than one.
  fileprivate func json(_ places: Int) -> JSON { .number("\(rounded(to: places))") }
}

extension Cost {
  var json: JSON {
    let known: [(String, JSON)] =
      (isKnown ? [("cost", total.json(4))] : []) + (isIncomeKnown ? [("income", income.json(4))] : [])
    return .object(
      [("start", .string("\(start)")), ("end", .string("\(end)"))] + known + [
        ("parts", .object(parts.map { ($0.name, $0.money.json(4)) })), ("whole", .bool(isWhole)),
      ])
  }
}

extension Costs.Shown {
  var json: JSON {
    .object(
      [("start", .string("\(start)")), ("end", .string("\(end)"))]
        + [("import", imported), ("export", exported)].compactMap { name, money in
          money.map { (name, .number("\($0.rounded(to: 6))")) }
        })
  }
}
