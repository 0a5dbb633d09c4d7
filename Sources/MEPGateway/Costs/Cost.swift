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
  public let end: Timestamp
  /// Of which of it anything is known, in milliseconds.
  fileprivate var known: Int64
  /// By the names of the tariff's parts, in its order.
  public fileprivate(set) var parts: [Amount] = []
  public fileprivate(set) var income = Money.zero
  /// Whether the highest power of the month is known, where it is charged.
  fileprivate var isSure = true

  public struct Amount: Sendable, Equatable {
    public let name: String
    public fileprivate(set) var money: Money
  }

  public var total: Money { parts.reduce(.zero) { $0 + $1.money } }
  /// Whether anything of it is known. Where not, it has no cost, and not one of 0.
  public var isKnown: Bool { known > 0 }
  /// Whether all of it is known: else it is of the part that is known.
  public var isWhole: Bool { isSure && known == end - start }

  fileprivate mutating func add(_ other: Cost) {
    known += other.known
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
      append(Cost(start: range.lowerBound, end: range.upperBound, known: 0))
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

  /// What holds in a quarter of an hour.
  private struct Pricing: Equatable {
    let version: Int
    let imported: [Price]
    let exported: [Price]
  }

  mutating func cost(of step: Metered) -> Cost {
    let nothing = Cost(start: step.start, end: step.end, known: 0)
    guard let pricing = pricing(of: step) else { return nothing }
    let version = tariff.versions[pricing.version]
    guard let imported = step.imported, let exported = version.exported.isEmpty ? 0 : step.exported else {
      return nothing
    }
    var cost = Cost(start: step.start, end: step.end, known: step.end - step.start)
    let (effects, isSure) = effects(of: version, imported, step)
    cost.isSure = isSure
    let paid = Self.amounts(version.imported) { index in
      switch version.imported[index].kind {
      case .standing(let price, let period): share(of: price, per: period, step)
      case .effect: effects[index] ?? .zero
      default: Money(pricing.imported[index], thousandths: imported)
      }
    }
    cost.parts = zip(version.imported, paid).map { Cost.Amount(name: $0.name, money: $1) }
    cost.income = Self.amounts(version.exported) { index in
      if case .standing(let price, let period) = version.exported[index].kind {
        return share(of: price, per: period, step)
      }
      return Money(pricing.exported[index], thousandths: exported)
    }.reduce(.zero, +)
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

  /// Nil where it is not known, or not the same throughout: nobody knows how much was used at which price.
  private func pricing(of step: Metered) -> Pricing? {
    var found: Pricing?
    var quarter = step.start.floored(to: PriceSeries.quarter)
    while quarter < step.end {
      guard let index = tariff.version(at: quarter),
        let imported = prices(of: tariff.versions[index].imported, at: quarter),
        let exported = prices(of: tariff.versions[index].exported, at: quarter)
      else { return nil }
      let pricing = Pricing(version: index, imported: imported, exported: exported)
      guard found ?? pricing == pricing else { return nil }
      found = pricing
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

  /// By how much each effect became dearer, and whether nothing higher can have been before.
  private mutating func effects(
    of version: Tariff.Version, _ energy: Int64, _ step: Metered
  ) -> (amounts: [Int: Money], isSure: Bool) {
    let effects = version.imported.enumerated().compactMap { index, part -> (Int, Effect)? in
      if case .effect(let effect) = part.kind { (index, effect) } else { nil }
    }
    guard !effects.isEmpty else { return ([:], true) }
    if month.map({ step.end > $0.upperBound }) ?? true {
      let month = Step.month.range(around: step.end, in: zone)
      (self.month, through) = (month, month.lowerBound)
      peaks = Dictionary(uniqueKeysWithValues: effects.map { ($0, Peaks($1, in: zone)) })
    }
    if through == step.start { through = step.end } else { through = nil }
    var amounts: [Int: Money] = [:]
    for (index, _) in effects {
      guard let amount = peaks[index]?.take(energy, step.start, step.end) else {
        through = nil
        continue
      }
      amounts[index] = amount
    }
    return (amounts, through != nil)
  }
}
