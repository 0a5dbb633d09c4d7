// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation

/// What electricity costs, and what is paid for it.
public struct Tariff: Sendable, Equatable {
  /// As it is shown: "DKK".
  public let currency: String
  /// The earliest first.
  public let versions: [Version]

  public init(currency: String, versions: [Version]) {
    (self.currency, self.versions) = (currency, versions.sorted { $0.from < $1.from })
  }

  /// What holds from a day on, until the next one does.
  public struct Version: Sendable, Equatable {
    public let from: Timestamp
    /// Of what is bought.
    public let imported: [Part]
    /// Of what is sold. Where there is none, nothing is earned.
    public let exported: [Part]

    public init(from: Timestamp, imported: [Part], exported: [Part] = []) {
      (self.from, self.imported, self.exported) = (from, imported, exported)
    }
  }

  /// One line of a bill.
  public struct Part: Sendable, Equatable {
    public let name: String
    public let kind: Kind

    public init(_ name: String, _ kind: Kind) { (self.name, self.kind) = (name, kind) }
  }

  public enum Kind: Sendable, Equatable {
    /// A kWh has one price, and others at some times: the first of them that fits holds.
    case energy(Price, times: [Special] = [])
    /// A kWh has the price of a series of that name.
    case series(String)
    /// So much a day, month or year, whatever is used: each step has its share by the time that it lasts.
    case standing(Price, per: Step)
    case effect(Effect)
    /// Hundredths of a per cent, of parts before it.
    case percent(Int64, of: [Int])
  }

  /// The price of some times.
  public struct Special: Sendable, Equatable {
    let window: Window
    let price: Price

    public init(_ window: Window, _ price: Price) { (self.window, self.price) = (window, price) }
  }

  /// Which version holds; nil before the first.
  func version(at time: Timestamp) -> Int? { versions.lastIndex { $0.from <= time } }

  var hasEffect: Bool { versions.contains(where: \.hasEffect) }
}

extension Tariff.Version {
  var hasEffect: Bool { imported.contains { if case .effect = $0.kind { true } else { false } } }
}

/// Some times of the year, by the house's clock. Its ends are at quarters of an hour.
public struct Window: Sendable, Equatable {
  /// 1 to 12.
  var months: Set<Int> = Set(1...12)
  /// 0 is Sunday.
  var weekdays: Set<Int> = Set(0...6)
  /// Minutes of the day.
  var minutes: [Range<Int>] = [0..<1440]

  public init() {}

  func contains(_ local: Moment) -> Bool {
    let minute = local.hour * 60 + local.minute
    return months.contains(local.month) && weekdays.contains(local.weekday) && minutes.contains { $0.contains(minute) }
  }
}
