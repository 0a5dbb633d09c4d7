// SPDX-License-Identifier: Apache-2.0
import C1219

/// What a meter's non-volatile memory bears, counted over the day that has just passed.
///
/// The guide's budgets: meters older than 3.40 bear 100 direct table writes a day, procedure calls included, and every meter 100 writes to the
/// transaction table (guide, "Calling Procedures", "Table Transaction Guidelines" and Appendix C). A transaction that takes
/// two writes counts twice, as the guide says; what its steps write does not count.
public struct Wear: Sendable, Equatable {
  /// Writes a day.
  public static let budget = 100
  private static let day: Int64 = 86_400

  public enum Kind: String, Sendable, CaseIterable {
    case tableWrite = "table"
    case transactionWrite = "transaction"

    public var words: String {
      switch self {
      case .tableWrite: "writes to tables in non-volatile memory, procedure calls included"
      case .transactionWrite: "writes to the transaction table"
      }
    }
  }

  /// Seconds since 1970 of the writes of the last day, oldest first.
  private var writes: [Kind: [Int64]] = [:]

  public init() {}

  /// Counts writes that belong together, or refuses all of them.
  ///
  /// - Parameter now: seconds since 1970.
  /// - Returns: nil when they were counted, else the seconds until the budget allows them.
  public mutating func spend(_ kind: Kind, _ number: Int = 1, at now: Int64) -> Int64? {
    forget(by: now)
    let past = writes[kind, default: []]
    let surplus = past.count + number - Self.budget
    if surplus > 0, !past.isEmpty { return max(1, past[min(surplus, past.count) - 1] + Self.day - now) }
    count(kind, number, at: now)
    return nil
  }

  /// Counts writes that the budget was not asked for.
  public mutating func count(_ kind: Kind, _ number: Int = 1, at now: Int64) {
    writes[kind, default: []] += [Int64](repeating: now, count: number)
  }

  public func count(of kind: Kind) -> Int { writes[kind, default: []].count }

  private mutating func forget(by now: Int64) {
    for kind in Kind.allCases {
      // After a clock was set back, what lies ahead counts as of now: it is neither lost nor counted for ever.
      writes[kind] = writes[kind]?.filter { $0 > now - Self.day }.map { min($0, now) }
    }
  }
}

extension Wear {
  /// A line a write: "table 1795000000".
  public var text: String {
    Kind.allCases.flatMap { kind in writes[kind, default: []].map { "\(kind.rawValue) \($0)\n" } }.joined()
  }

  /// From such lines; what is none is left out.
  public init(text: String) {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ")
      if parts.count == 2, let kind = Kind(rawValue: String(parts[0])), let second = Int64(parts[1]) {
        count(kind, at: second)
      }
    }
  }
}
