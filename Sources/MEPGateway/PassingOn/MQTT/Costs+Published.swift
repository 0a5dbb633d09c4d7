// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEPClient

/// What is told of costs by MQTT; what is not known is not in it.
extension Costs {
  /// What today and this month have cost until now, and until when that is known.
  func published(
    _ store: Store, _ meter: Store.MeterID, at now: Timestamp, in zone: TimeZone
  ) async throws(StoreError) -> (message: JSON, through: Timestamp?) {
    let (today, month) = (Step.day.range(around: now + 1, in: zone), Step.month.range(around: now + 1, in: zone))
    let days = try await costs(store, meter, month.lowerBound..<now + 1, by: .day, in: zone).costs
    var months: [Cost] = []
    for day in days { months.add(day, by: .month, in: zone) }
    let spans = [("day", days.last { $0.end == today.upperBound }), ("month", months.last)]
    let known: [(String, JSON)] = spans.compactMap { name, cost in
      cost.flatMap { $0.isKnown || $0.isIncomeKnown ? (name, $0.soFar.json) : nil }
    }
    let through = months.last?.through
    let measured: [(String, JSON)] = through.map { [("measured_at", JSON.string("\($0)"))] } ?? []
    return (.object([("currency", .string(tariff.currency))] + known + measured), through)
  }

  /// The price of now, and those of today and tomorrow.
  func publishedPrices(at now: Timestamp, in zone: TimeZone) async -> JSON {
    let today = Step.day.range(around: now + 1, in: zone)
    let tomorrow = Step.day.range(around: today.upperBound + 1, in: zone)
    let prices = await prices(today.lowerBound..<tomorrow.upperBound, in: zone).prices
    let current: [(String, JSON)] = prices.first { $0.start <= now && now < $0.end }.map { [("now", $0.json)] } ?? []
    return .object(
      [("currency", .string(tariff.currency))] + current + [("prices", .array(prices.map(\.json)))])
  }
}
