// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEPTransport
import Testing

@testable import MEPGateway

/// A year of a house in Denmark, quarter by quarter, and its cost by another way of reckoning.
struct CostYear {
  static let zone = TimeZone(identifier: "Europe/Copenhagen")!
  let quarters: [Metered]
  /// What the house's clock shows at the beginning of each.
  let clock: [DateComponents]

  init(seed: UInt64 = 8331) {
    var generator = SeededGenerator(seed: seed)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = Self.zone
    let dates = [2026, 2027].map { calendar.date(from: DateComponents(year: $0, month: 1, day: 1))! }
    let seconds = stride(
      from: Int64(dates[0].timeIntervalSince1970), to: Int64(dates[1].timeIntervalSince1970), by: 900)
    quarters = seconds.map { second in
      Metered(
        Timestamp(seconds: second), Timestamp(seconds: second + 900),
        imported: .random(in: 0...2500, using: &generator),
        exported: .random(in: 0...900, using: &generator))
    }
    clock = seconds.map {
      calendar.dateComponents(
        [.year, .month, .day, .weekday, .hour, .minute], from: Date(timeIntervalSince1970: Double($0)))
    }
  }

  /// kWh times a price, all of them together.
  func sum(
    exported: Bool = false, _ price: (DateComponents, _ index: Int) -> Foundation.Decimal
  ) -> Foundation.Decimal {
    var sum = Foundation.Decimal(0)
    for (index, quarter) in quarters.enumerated() {
      sum += Foundation.Decimal(exported ? quarter.exported! : quarter.imported!) * price(clock[index], index)
    }
    return sum / 1000
  }

  /// kW of each hour that fits, by month and then by day.
  func powers(_ fits: (DateComponents) -> Bool) -> [Int: [Int: [Foundation.Decimal]]] {
    var powers: [Int: [Int: [Foundation.Decimal]]] = [:]
    for index in stride(from: 0, to: quarters.count, by: 4) where fits(clock[index]) {
      let energy = quarters[index..<index + 4].reduce(0) { $0 + $1.imported! }
      powers[clock[index].month!, default: [:]][clock[index].day!, default: []].append(
        Foundation.Decimal(energy) / 1000)
    }
    return powers
  }

  /// The whole year's cost.
  func cost(
    _ imported: [Tariff.Part], _ exported: [Tariff.Part] = [], _ series: [String: PriceSeries] = [:]
  ) -> Cost {
    cost(
      Tariff(
        currency: "DKK", versions: [.init(from: quarters[0].start, imported: imported, exported: exported)]), series)
  }

  func cost(_ tariff: Tariff, _ series: [String: PriceSeries] = [:]) -> Cost {
    spans(tariff, series, by: .year)[0]
  }

  func spans(_ tariff: Tariff, _ series: [String: PriceSeries] = [:], by step: Step) -> [Cost] {
    var spans: [Cost] = []
    for cost in tariff.costs(of: quarters, series, in: Self.zone) { spans.add(cost, by: step, in: Self.zone) }
    return spans
  }
}

extension Money {
  /// With twelve decimals.
  var decimal: Foundation.Decimal { Foundation.Decimal(string: "\(rounded(to: 12))")! }

  func isNear(_ other: Foundation.Decimal) -> Bool { abs(decimal - other) < Foundation.Decimal(string: "0.000001")! }
}

extension Price {
  init(_ text: String) { self = Price(text, point: ".")! }
}

extension PriceSeries {
  init(_ step: Step, _ prices: [(start: Timestamp, price: Price)]) {
    self.init(step: step)
    for (start, price) in prices where !add(price, at: start) { Issue.record("\(start) cannot have a price") }
  }
}

func decimal(_ text: String) -> Foundation.Decimal { Foundation.Decimal(string: text)! }
