// SPDX-License-Identifier: Apache-2.0

/// How finely is kept: every reading, or one row for the end of each span. A row holds the registers as they were then,
/// and the least, the mean and the greatest of what was measured within the span.
public enum Grain: Int64, CaseIterable, Sendable {
  case reading, minute, quarter

  /// Milliseconds from one row to the next.
  var span: Int64 {
    switch self {
    case .reading: 1000
    case .minute: 60_000
    case .quarter: 900_000
    }
  }

  /// Milliseconds that are packed together.
  var packing: Int64 {
    switch self {
    case .reading: 3_600_000
    case .minute: 86_400_000
    case .quarter: 30 * 86_400_000
    }
  }

  /// What the rows are made from.
  var finer: Grain? {
    switch self {
    case .reading: nil
    case .minute: .reading
    case .quarter: .minute
    }
  }
}

/// What is kept of a series. In rows it is a column whose key is the number of the series, times 4, plus this.
public enum Statistic: Int64, CaseIterable, Sendable {
  /// As it was at the row's time.
  case value
  case least, mean, greatest
}

/// Columns that are of no series.
enum RowColumn {
  /// ``Origin``.
  static let origin: Int64 = 0
  /// How many readings a mean is of.
  static let count: Int64 = 1
  /// Whether registers were recorded by the meter, in a row that was otherwise read.
  static let recorded: Int64 = 2

  static func key(_ series: Int64, _ statistic: Statistic) -> Int64 { series * 4 + statistic.rawValue }
  static func series(_ key: Int64) -> Int64 { key / 4 }
  static func statistic(_ key: Int64) -> Statistic? { key < 4 ? nil : Statistic(rawValue: key % 4) }
}
