// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import MEPGateway

/// Each form of a tariff, over a year with both changes of the clock.
@Suite struct CostTests {
  private static let year = CostYear()
  private var year: CostYear { Self.year }

  private func window(months: Set<Int> = Set(1...12), weekdays: Set<Int> = Set(0...6), _ hours: Range<Int>...) -> Window
  {
    var window = Window()
    (window.months, window.weekdays) = (months, weekdays)
    if !hours.isEmpty { window.minutes = hours.map { $0.lowerBound * 60..<$0.upperBound * 60 } }
    return window
  }

  /// An exact price of each of some spans of UTC, that no two neighbours share.
  private func series(_ step: Step) -> (series: PriceSeries, at: (Timestamp) -> Foundation.Decimal) {
    let span: Int64 = step == .quarter ? 900_000 : 3_600_000
    func billionths(_ time: Timestamp) -> Int64 { (time.milliseconds / span * 7919 % 4001 - 500) * 1_000_003 }
    let starts = year.quarters.map(\.start).filter { $0.milliseconds % span == 0 }
    let series = PriceSeries(step, starts.map { ($0, Price(billionths: billionths($0))) })
    return (series, { Foundation.Decimal(billionths($0)) / 1_000_000_000 })
  }

  @Test func oneHasDaysOf23And25Hours() {
    #expect(year.quarters.count == 365 * 96)
    let tariff = Tariff(
      currency: "DKK", versions: [.init(from: year.quarters[0].start, imported: [.init("energy", .energy(Price("1")))])]
    )
    let days = year.spans(tariff, by: .day)
    #expect(days.count == 365 && days.allSatisfy(\.isWhole))
    let hours = Dictionary(grouping: days) { ($0.end - $0.start) / 3_600_000 }.mapValues(\.count)
    #expect(hours == [23: 1, 24: 363, 25: 1])
    #expect(year.spans(tariff, by: .hour).count == 8760)
  }

  @Test func fixed() {
    let cost = year.cost([.init("energy", .energy(Price("0.912345678")))], [.init("sold", .energy(Price("-0.07")))])
    #expect(cost.isWhole && cost.total.decimal == year.sum { _, _ in decimal("0.912345678") })
    #expect(cost.income.decimal == year.sum(exported: true) { _, _ in decimal("-0.07") })
  }

  @Test func byTimeOfDayWeekdayAndSeason() {
    let winter: Set = [10, 11, 12, 1, 2, 3]
    let cost = year.cost([
      .init(
        "network",
        .energy(
          Price("0.23"),
          times: [
            .init(window(months: winter, 17..<21), Price("0.91")), .init(window(0..<6), Price("0.11")),
            .init(window(weekdays: [0, 6], 22..<24, 6..<7), Price("0.05")),
          ]))
    ])
    let expected = year.sum { clock, _ in
      let (hour, isWinter) = (clock.hour!, clock.month! <= 3 || clock.month! >= 10)
      if isWinter && hour >= 17 && hour <= 20 { return decimal("0.91") }
      if hour < 6 { return decimal("0.11") }
      let isWeekend = clock.weekday == 1 || clock.weekday == 7
      return isWeekend && (hour >= 22 || hour == 6) ? decimal("0.05") : decimal("0.23")
    }
    #expect(cost.isWhole && cost.total.decimal == expected)
  }

  @Test(arguments: [Step.hour, .quarter]) func bySeries(_ step: Step) {
    let (series, price) = series(step)
    let cost = year.cost(
      [.init("spot", .series("spot"))],
      [.init("spot", .series("spot")), .init("fee", .energy(Price("-0.02")))], ["spot": series])
    #expect(cost.isWhole)
    let span: Int64 = step == .quarter ? 900_000 : 3_600_000
    func at(_ index: Int) -> Foundation.Decimal { price(year.quarters[index].start.floored(to: span)) }
    #expect(cost.total.decimal == year.sum { at($1) })
    #expect(cost.income.decimal == year.sum(exported: true) { at($1) - decimal("0.02") })
  }

  /// 02:00 is there twice in October, and has two prices.
  @Test func theDoubledHourHasTwoPrices() {
    let first = Timestamp(seconds: 1_792_886_400)  // 2026-10-25T00:00:00Z
    let second = first + 3_600_000
    #expect(first.local(in: CostYear.zone) == second.local(in: CostYear.zone))
    let series = PriceSeries(.hour, [(first, Price("1")), (second, Price("3"))])
    let tariff = Tariff(
      currency: "DKK", versions: [.init(from: year.quarters[0].start, imported: [.init("spot", .series("spot"))])])
    let costs = tariff.costs(
      of: [first, second].map { Metered($0, $0 + 3_600_000, imported: 1000) }, ["spot": series], in: CostYear.zone)
    #expect(costs.map { "\($0.total.rounded(to: 2))" } == ["1", "3"])
  }

  @Test(arguments: [Step.day, .month, .year]) func standing(_ period: Step) {
    let tariff = Tariff(
      currency: "DKK",
      versions: [
        .init(from: year.quarters[0].start, imported: [.init("subscription", .standing(Price("49.99"), per: period))])
      ])
    let count = period == .day ? 365 : period == .month ? 12 : 1
    // Hours that are no whole part of a month add up to it all the same.
    #expect(year.cost(tariff).total.decimal == decimal("49.99") * Foundation.Decimal(count))
    let spans = year.spans(tariff, by: period)
    #expect(spans.count == count && spans.allSatisfy { $0.total.decimal == decimal("49.99") })
    let noon = year.spans(tariff, by: .hour)[12]
    let hours = period == .day ? 24 : period == .month ? 31 * 24 : 8760
    #expect(noon.total.isNear(decimal("49.99") / Foundation.Decimal(hours)))
  }

  @Test func highestPower() {
    var top = Effect(Price("81.25"))
    top.window = window(weekdays: Set(1...5), 7..<19)
    let cost = year.cost([.init("effect", .effect(top))])
    let expected = year.powers { 2...6 ~= $0.weekday! && 7..<19 ~= $0.hour! }.values.reduce(Foundation.Decimal(0)) {
      $0 + $1.values.joined().max()! * decimal("81.25")
    }
    #expect(cost.isWhole && cost.total.isNear(expected))
  }

  @Test func highestPowerOfThreeDays() {
    var three = Effect(Price("45"))
    three.rule = .topThreeDays
    three.half = window(22..<24, 0..<6)
    let tariff = Tariff(
      currency: "SEK", versions: [.init(from: year.quarters[0].start, imported: [.init("effect", .effect(three))])])
    let day = year.powers { 6..<22 ~= $0.hour! }
    let night = year.powers { !(6..<22 ~= $0.hour!) }
    let months = (1...12).map { month in
      let days = (1...31).compactMap { date -> Foundation.Decimal? in
        guard let powers = day[month]?[date] else { return nil }
        return max(powers.max()!, night[month]![date]!.max()! / 2)
      }
      return days.sorted(by: >).prefix(3).reduce(0, +) / 3 * 45
    }
    let spans = year.spans(tariff, by: .month)
    #expect(spans.count == 12 && spans.allSatisfy(\.isWhole))
    for (span, expected) in zip(spans, months) { #expect(span.total.isNear(expected)) }
    // What hours cost adds up to it, and no hour costs less than nothing.
    let hours = year.spans(tariff, by: .hour)
    #expect(hours.allSatisfy { $0.total >= .zero })
    #expect(hours.reduce(Money.zero) { $0 + $1.total } == year.cost(tariff).total)
  }

  @Test func highestQuarter() {
    var quarter = Effect(Price("10"))
    quarter.step = .quarter
    let expected = Dictionary(grouping: year.quarters.indices) { year.clock[$0].month! }.values
      .reduce(Foundation.Decimal(0)) { sum, indices in
        sum + Foundation.Decimal(indices.map { year.quarters[$0].imported! }.max()! * 4) / 100
      }
    #expect(year.cost([.init("effect", .effect(quarter))]).total.isNear(expected))
  }

  /// A percentage on all before it, and one on some.
  @Test func percentages() {
    let cost = year.cost(
      [
        .init("network", .energy(Price("0.0731"))), .init("energy", .energy(Price("0.19"))),
        .init("levy", .percent(6_25, of: [0])), .init("subscription", .standing(Price("3.7"), per: .month)),
        .init("VAT", .percent(20_00, of: [0, 1, 2, 3])),
      ], [.init("sold", .energy(Price("0.08"))), .init("VAT", .percent(20_00, of: [0]))])
    let network = year.sum { _, _ in decimal("0.0731") }
    let energy = year.sum { _, _ in decimal("0.19") }
    let levy = network * decimal("0.0625")
    let subscription = decimal("44.4")
    let expected = [network, energy, levy, subscription, (network + energy + levy + subscription) * decimal("0.2")]
    #expect(cost.parts.map(\.name) == ["network", "energy", "levy", "subscription", "VAT"])
    for (part, expected) in zip(cost.parts, expected) { #expect(part.money.isNear(expected), "\(part.name)") }
    #expect(cost.income.isNear(year.sum(exported: true) { _, _ in decimal("0.096") }))
  }

  /// History keeps its price.
  @Test func versions() {
    let july = Timestamp(seconds: 1_782_856_800)  // 2026-06-30T22:00:00Z, midnight in the house
    let tariff = Tariff(
      currency: "DKK",
      versions: [
        .init(from: july, imported: [.init("energy", .energy(Price("2"))), .init("tax", .energy(Price("0.5")))]),
        .init(from: year.quarters[0].start, imported: [.init("energy", .energy(Price("1")))]),
      ])
    let cost = year.cost(tariff)
    #expect(cost.isWhole && cost.total.decimal == year.sum { clock, _ in clock.month! < 7 ? 1 : decimal("2.5") })
    #expect(cost.parts.map(\.name) == ["energy", "tax"])
    #expect(cost.parts[1].money.decimal == year.sum { clock, _ in clock.month! < 7 ? 0 : decimal("0.5") })
  }

  // MARK: What is not known

  @Test func whatIsNotKnownHasNoCost() {
    let start = year.quarters[0].start
    let series = PriceSeries(.hour, [(start, Price("1")), (start + 7_200_000, Price("2"))])
    let tariff = Tariff(currency: "DKK", versions: [.init(from: start, imported: [.init("spot", .series("spot"))])])
    let steps = [(-1, 100), (0, 100), (1, 100), (2, nil), (3, 100)].map { hour, energy in
      Metered(start + Int64(hour) * 3_600_000, start + Int64(hour + 1) * 3_600_000, imported: energy)
    }
    let costs = tariff.costs(of: steps, ["spot": series], in: CostYear.zone)
    #expect(costs.map(\.isKnown) == [false, true, false, false, false])
    #expect(costs.map(\.isWhole) == [false, true, false, false, false] && costs[2].parts.isEmpty)
    var days: [Cost] = []
    for cost in costs { days.add(cost, by: .day, in: CostYear.zone) }
    #expect(days.map(\.isKnown) == [false, true] && !days[1].isWhole && days[1].total.decimal == decimal("0.1"))
  }

  /// Where only an hour's energy is known, nobody knows at which of its quarters' prices.
  @Test func anHourOfTwoPricesIsNotKnown() {
    let start = year.quarters[0].start
    let prices = zip((0 as Int64)..., ["1", "1", "1", "1", "1", "2", "3", "4"])
    let quarters = PriceSeries(.quarter, prices.map { (start + $0 * 900_000, Price($1)) })
    let tariff = Tariff(currency: "DKK", versions: [.init(from: start, imported: [.init("spot", .series("spot"))])])
    let hours = [0, 1].map { Metered(start + $0 * 3_600_000, start + ($0 + 1) * 3_600_000, imported: 1000) }
    #expect(tariff.costs(of: hours, ["spot": quarters], in: CostYear.zone).map(\.isKnown) == [true, false])
    let settled = tariff.costs(of: hours, ["spot": quarters.hourly()], in: CostYear.zone)
    #expect(settled.map { "\($0.total.rounded(to: 3))" } == ["1", "2.5"])
  }

  /// Behind a gap the highest power may have been in it, until the month is over.
  @Test func aGapLeavesTheHighestPowerOpen() {
    let tariff = Tariff(
      currency: "DKK",
      versions: [.init(from: year.quarters[0].start, imported: [.init("effect", .effect(Effect(Price("10"))))])])
    var days: [Cost] = []
    let gap = 9 * 96 + 40
    let steps = year.quarters.enumerated().filter { $0.offset != gap }.map(\.element)
    for cost in tariff.costs(of: steps, in: CostYear.zone) { days.add(cost, by: .day, in: CostYear.zone) }
    #expect(days[..<9].allSatisfy(\.isWhole) && !days[9..<31].contains(where: \.isWhole))
    #expect(days[31...].allSatisfy { $0.isWhole })
  }

  /// Which power was the highest does not depend on prices.
  @Test func aMissingPriceLeavesTheHighestPowerKnown() {
    let start = year.quarters[0].start
    let parts: [Tariff.Part] = [.init("spot", .series("spot")), .init("effect", .effect(Effect(Price("10"))))]
    let tariff = Tariff(currency: "DKK", versions: [.init(from: start, imported: parts)])
    let steps = Array(year.quarters.prefix(31 * 96))
    let prices = steps.filter { ($0.start - start) % 3_600_000 == 0 }.map { ($0.start, Price("1")) }
    func effects(_ prices: [(Timestamp, Price)]) -> (whole: [Bool], effect: Money) {
      let costs = tariff.costs(of: steps, ["spot": PriceSeries(.hour, prices)], in: CostYear.zone)
      return (costs.map(\.isWhole), costs.reduce(.zero) { $0 + ($1.parts.last?.money ?? .zero) })
    }
    let all = effects(prices)
    // Without the price of each hour in turn that is dearer than those before it.
    let dear = tariff.costs(of: steps, ["spot": PriceSeries(.hour, prices)], in: CostYear.zone)
      .filter { $0.parts[1].money > .zero && $0.end < start + 30 * 86_400_000 }
    #expect(dear.count > 3)
    for one in dear {
      let some = effects(prices.filter { $0.0 != one.end + -3_600_000 })
      #expect(some.effect == all.effect && some.whole.filter { !$0 }.count == 4)
    }
  }

  /// What is bought and what is sold are known each by itself.
  @Test func whatIsSoldHidesNoCost() {
    let start = year.quarters[0].start
    let tariff = Tariff(
      currency: "EUR",
      versions: [
        .init(
          from: start, imported: [.init("energy", .energy(Price("0.3")))],
          exported: [.init("market", .series("market"))])
      ])
    func cost(_ imported: Int64?, _ exported: Int64?, _ prices: [(Timestamp, Price)]) -> Cost {
      tariff.costs(
        of: [Metered(start, start + 3_600_000, imported: imported, exported: exported)],
        ["market": PriceSeries(.hour, prices)], in: CostYear.zone)[0]
    }
    for (imported, exported, prices) in [
      (1000, 500, []), (1000, nil, [(start, Price("0.1"))]), (nil, 500, [(start, Price("0.1"))]),
      (1000, 500, [(start, Price("0.1"))]),
    ] as [(Int64?, Int64?, [(Timestamp, Price)])] {
      let cost = cost(imported, exported, prices)
      #expect(cost.isKnown == (imported != nil) && cost.isIncomeKnown == (exported != nil && !prices.isEmpty))
      #expect(cost.isWhole == (cost.isKnown && cost.isIncomeKnown))
      #expect(cost.total.decimal == (cost.isKnown ? decimal("0.3") : 0))
      #expect(cost.income.decimal == (cost.isIncomeKnown ? decimal("0.05") : 0))
    }
  }

  @Test func pricesAreOfAKilowattHour() {
    let tariff = Tariff(
      currency: "DKK",
      versions: [
        .init(
          from: year.quarters[0].start,
          imported: [
            .init("energy", .energy(Price("0.8"))), .init("subscription", .standing(Price("49"), per: .month)),
            .init("VAT", .percent(25_00, of: [0, 1])),
          ])
      ])
    let now = tariff.prices(at: year.quarters[5].start, [:], in: CostYear.zone)
    #expect(now.imported.map { "\($0.rounded(to: 6))" } == "1" && now.exported == nil)
    #expect(tariff.prices(at: year.quarters[0].start + -1, [:], in: CostYear.zone).imported == nil)
  }

  @Test func moneyIsRoundedOnlyWhenShown() {
    #expect("\(Money(Price("0.005"), thousandths: 1000).rounded(to: 2))" == "0.01")
    #expect("\(Money(Price("-0.005"), thousandths: 1000).rounded(to: 2))" == "-0.01")
    #expect("\(Money(Price("0.0049"), thousandths: 1000).rounded(to: 2))" == "0")
    #expect("\(Money(Price("12.5"), thousandths: 1000).rounded(to: 4))" == "12.5")
    #expect(Price("1234.560059", ofThousand: true)?.billionths == 1_234_560_059)
    #expect(Price("0,1", point: ",")?.billionths == 100_000_000 && Price("0.0000000005", point: ".")?.billionths == 1)
    for wrong in ["", "-", ".5", "1.", "1e-5", "1.2.3", "0,1", "+1", "1234567890"] {
      #expect(Price(wrong, point: ".") == nil, "\(wrong)")
    }
  }
}
