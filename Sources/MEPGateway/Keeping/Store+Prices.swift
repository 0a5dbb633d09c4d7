// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Prices that were told once, kept for ever: history keeps its price.
extension Store {
  /// What comes later goes before what is there.
  ///
  /// - Returns: whether anything is new.
  func keep(_ prices: PriceSeries, of name: String) async throws(StoreError) -> Bool {
    try await write { database in
      let before = database.totalChangesCount
      let insert = try database.cachedStatement(
        sql: """
          INSERT INTO price (series, span, start, billionths) VALUES (?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET billionths = excluded.billionths WHERE billionths <> excluded.billionths
          """)
      for (start, price) in prices.prices {
        try insert.execute(arguments: [name, prices.span, start.milliseconds, price.billionths])
      }
      return database.totalChangesCount != before
    }
  }

  /// Those that hold at any time of a range.
  func prices(of source: PriceSource, in range: Range<Timestamp>) async throws(StoreError) -> PriceSeries {
    try await read { database in
      var prices = PriceSeries(step: source.holds)
      let rows = try Row.fetchAll(
        database, sql: "SELECT start, billionths FROM price WHERE series = ? AND span = ? AND start > ? AND start < ?",
        arguments: [
          source.name, prices.span, range.lowerBound.milliseconds - prices.span, range.upperBound.milliseconds,
        ])
      for row in rows {
        _ = prices.add(Price(billionths: row["billionths"]), at: Timestamp(milliseconds: row["start"]))
      }
      return prices
    }
  }
}
