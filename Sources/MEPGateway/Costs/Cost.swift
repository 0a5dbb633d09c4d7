// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation

/// What went through a meter in a time; nil where it is not known.
public struct Metered: Sendable, Equatable {
  public let start: Timestamp
  public let end: Timestamp
  /// Wh.
  public let imported: Int64?
  public let exported: Int64?

  public init(_ start: Timestamp, _ end: Timestamp, imported: Int64?, exported: Int64? = nil) {
    (self.start, self.end, self.imported, self.exported) = (start, end, imported, exported)
  }
}

/// What a time cost, and brought in.
public struct Cost: Sendable, Equatable {
  public let start: Timestamp
  public fileprivate(set) var end: Timestamp
  /// Of how much of it the cost is known, and of how much the income, in milliseconds.
  fileprivate var known: Int64 = 0
  fileprivate var sold: Int64 = 0
  /// By the names of the tariff's parts, in its order.
  public fileprivate(set) var parts: [Amount] = []
  public fileprivate(set) var income = Money.zero
  /// Whether the highest power of the month is known, where it is charged.
  fileprivate var isSure = true
  /// Until when anything of it is known.
  public fileprivate(set) var through: Timestamp?

  public struct Amount: Sendable, Equatable {
    public let name: String
    public fileprivate(set) var money: Money
  }

  public var total: Money { parts.reduce(.zero) { $0 + $1.money } }
  /// Whether anything of its cost is known. Where not, it has none, and not one of 0.
  public var isKnown: Bool { known > 0 }
  /// Likewise of its income.
  public var isIncomeKnown: Bool { sold > 0 }
  /// Whether all of both is known: else they are of the part that is known.
  public var isWhole: Bool { isSure && known == end - start && sold == known }

  /// It, and no more of its time than until the last that is known.
  var soFar: Cost {
    var cost = self
    cost.end = through ?? end
    return cost
  }

  fileprivate mutating func add(_ other: Cost) {
    known += other.known
    sold += other.sold
    through = other.through ?? through
    income += other.income
    isSure = isSure && other.isSure
    for part in other.parts {
      if let index = parts.firstIndex(where: { $0.name == part.name }) {
        parts[index].money += part.money
      } else {
        parts.append(part)
      }
    }
  }
}

extension [Cost] {
  /// Puts the cost of a step, in its order, into its hour, day, month or year.
  mutating func add(_ cost: Cost, by step: Step, in zone: TimeZone) {
    // A step never crosses the end of an hour.
    if last.map({ cost.end > $0.end }) ?? true {
      let range = step.range(around: cost.end, in: zone)
      append(Cost(start: range.lowerBound, end: range.upperBound))
    }
    self[count - 1].add(cost)
  }
}

extension Tariff {
  /// The cost of each of some steps, the earliest first. Where an effect is charged they begin with the month.
  public func costs(of steps: [Metered], _ series: [String: PriceSeries] = [:], in zone: TimeZone) -> [Cost] {
    var reckoner = Reckoner(self, series, in: zone)
    return steps.map { reckoner.cost(of: $0) }
  }

  /// What a kWh costs, and brings in, at a time: without what does not depend on it. Nil where it is not known.
  func prices(
    at time: Timestamp, _ series: [String: PriceSeries], in zone: TimeZone
  ) -> (imported: Money?, exported: Money?) {
    let reckoner = Reckoner(self, series, in: zone)
    guard let version = version(at: time) else { return (nil, nil) }
    func price(_ parts: [Part]) -> Money? {
      guard let prices = reckoner.prices(of: parts, at: time), !parts.isEmpty else { return nil }
      return Reckoner.amounts(parts) { index in Money(prices[index], thousandths: 1000) }.reduce(.zero, +)
    }
    return (price(versions[version].imported), price(versions[version].exported))
  }
}

/// Goes from step to step, and knows the month's highest powers.
struct Reckoner {
  private let tariff: Tariff
  private let series: [String: PriceSeries]
  private let zone: TimeZone
  private var month: Range<Timestamp>?
  /// By the index of their part.
  private var peaks: [Int: Peaks] = [:]
  /// Up to when all of the month is known.
  private var through: Timestamp?

  init(_ tariff: Tariff, _ series: [String: PriceSeries], in zone: TimeZone) {
    (self.tariff, self.series, self.zone) = (tariff, series, zone)
  }

  mutating func cost(of step: Metered) -> Cost {
    var cost = Cost(start: step.start, end: step.end)
    guard let version = version(of: step) else { return cost }
    if let energy = step.imported {
      // Which power was the highest does not depend on prices.
      cost.isSure = take(energy, step, by: version)
      if let prices = prices(of: version.imported, throughout: step) {
        let paid = Self.amounts(version.imported) { index in
          switch version.imported[index].kind {
          case .standing(let price, let period): share(of: price, per: period, step)
          case .effect: peaks[index]?.charge() ?? .zero
          default: Money(prices[index], thousandths: energy)
          }
        }
        cost.parts = zip(version.imported, paid).map { Cost.Amount(name: $0.name, money: $1) }
        (cost.known, cost.through) = (step.end - step.start, step.end)
      }
    }
    if version.exported.isEmpty {
      cost.sold = cost.known
    } else if let energy = step.exported, let prices = prices(of: version.exported, throughout: step) {
      cost.income = Self.amounts(version.exported) { index in
        if case .standing(let price, let period) = version.exported[index].kind {
          return share(of: price, per: period, step)
        }
        return Money(prices[index], thousandths: energy)
      }.reduce(.zero, +)
      (cost.sold, cost.through) = (step.end - step.start, step.end)
    }
    return cost
  }

  /// Each part's amount, with what is a percentage of others.
  static func amounts(_ parts: [Tariff.Part], _ amount: (Int) -> Money) -> [Money] {
    var amounts: [Money] = []
    for (index, part) in parts.enumerated() {
      if case .percent(let hundredths, let base) = part.kind {
        amounts.append(base.reduce(Money.zero) { $0 + amounts[$1] }.percent(hundredths))
      } else {
        amounts.append(amount(index))
      }
    }
    return amounts
  }

  // MARK: Of a kWh

  /// A price for each part, 0 where it is not one of energy; nil where one is not known.
  func prices(of parts: [Tariff.Part], at time: Timestamp) -> [Price]? {
    let local = time.local(in: zone)
    var prices: [Price] = []
    for part in parts {
      switch part.kind {
      case .energy(let price, let times): prices.append(times.first { $0.window.contains(local) }?.price ?? price)
      case .series(let name):
        guard let price = series[name]?.price(at: time) else { return nil }
        prices.append(price)
      case .standing, .effect, .percent: prices.append(Price(billionths: 0))
      }
    }
    return prices
  }

  /// Nil where one is not known, or not the same throughout: nobody knows how much was used at which price.
  private func prices(of parts: [Tariff.Part], throughout step: Metered) -> [Price]? {
    same(throughout: step) { prices(of: parts, at: $0) }
  }

  /// Nil where there is none, or more than one.
  private func version(of step: Metered) -> Tariff.Version? {
    same(throughout: step, tariff.version).map { tariff.versions[$0] }
  }

  private func same<T: Equatable>(throughout step: Metered, _ find: (Timestamp) -> T?) -> T? {
    var found: T?
    var quarter = step.start.floored(to: PriceSeries.quarter)
    while quarter < step.end {
      guard let one = find(quarter), found ?? one == one else { return nil }
      found = one
      quarter = quarter + PriceSeries.quarter
    }
    return found
  }

  // MARK: Of a month

  /// A step's share of what a day, month or year costs. All of them together are the whole: each is the difference of
  /// what is due at its ends.
  private func share(of price: Price, per period: Step, _ step: Metered) -> Money {
    let range = period.range(around: step.end, in: zone)
    func due(_ time: Timestamp) -> Int128 {
      Int128(price.billionths) * 1000 * Int128(time - range.lowerBound) / Int128(range.upperBound - range.lowerBound)
    }
    return Money(trillionths: due(step.end) - due(step.start))
  }

  /// Tells the month's effects of a step; whether nothing higher can have been before.
  private mutating func take(_ energy: Int64, _ step: Metered, by version: Tariff.Version) -> Bool {
    let effects = version.imported.enumerated().compactMap { index, part -> (Int, Effect)? in
      if case .effect(let effect) = part.kind { (index, effect) } else { nil }
    }
    guard !effects.isEmpty else { return true }
    if month.map({ step.end > $0.upperBound }) ?? true {
      let month = Step.month.range(around: step.end, in: zone)
      (self.month, through) = (month, month.lowerBound)
      peaks = Dictionary(uniqueKeysWithValues: effects.map { ($0, Peaks($1, in: zone)) })
    }
    if through == step.start { through = step.end } else { through = nil }
    for (index, _) in effects where peaks[index]?.take(energy, step.start, step.end) != true { through = nil }
    return through != nil
  }
}
