// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient
import OSGPTables

/// One thing that a meter measures.
public struct Series: Hashable, Sendable {
  /// As it is published: "fwd_active_energy_wh".
  public let name: String
  /// A number of it counts 10^exponent of the unit.
  public let exponent: Int8
  public let kind: Kind

  public enum Kind: Int64, Sendable {
    /// It comes and goes: what is measured now.
    case live
    /// A register that only rises.
    case counter
    /// A register that goes both ways, such as forward less reverse energy, or nobody knows which.
    case balance
  }

  public var isCounter: Bool { kind == .counter }
  public var isLive: Bool { kind == .live }

  public init(_ name: String, exponent: Int8 = 0, _ kind: Kind = .live) {
    (self.name, self.exponent, self.kind) = (name, exponent, kind)
  }

  /// Which tier a register is of; nil for all of them together.
  var tier: Int? { name.firstMatch(of: /_tier_(\d+)/).flatMap { Int($0.1) } }

  public func decimal(_ number: Int64) -> Decimal { Decimal(number, exponent: exponent) }

  /// The number of a value: rounded where the value is finer; nil where it is too large.
  public func number(_ value: Decimal) -> Int64? { value.mantissa(at: exponent) }
}

/// Where a value comes from.
public enum Origin: Int64, Sendable, CaseIterable {
  /// Read as it was.
  case live
  /// Recorded by the meter, and read later.
  case loadProfile
  case selfRead

  public var name: String {
    switch self {
    case .live: "live"
    case .loadProfile: "load_profile"
    case .selfRead: "self_read"
    }
  }
}

/// What a meter measured at one time. What was not measured is not in it: it is never 0.
public struct Reading: Sendable {
  public let time: Timestamp
  public let origin: Origin
  public var values: [Series: Int64]

  public init(at time: Timestamp, origin: Origin = .live, _ values: [Series: Int64]) {
    (self.time, self.origin, self.values) = (time, origin, values)
  }
}

extension Decimal {
  /// How many 10^exponent it is, half of one rounded away from zero.
  func mantissa(at wanted: Int8) -> Int64? {
    var (value, exponent) = (mantissa, exponent)
    while exponent > wanted {
      let (more, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      (value, exponent) = (more, exponent - 1)
    }
    while exponent < wanted {
      // Only the last of the digits that go is rounded.
      let isLast = exponent + 1 == wanted
      value = isLast ? (value + (value < 0 ? -5 : 5)) / 10 : value / 10
      exponent += 1
    }
    return value
  }
}
