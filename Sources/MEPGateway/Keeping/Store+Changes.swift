// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The store is the queue of all who pass on what it has: each remembers up to which change it has passed on.
extension Store {
  /// Quarters that were put in, or changed.
  struct Change: Sendable {
    let id: Int64
    let meter: MeterID
    let times: ClosedRange<Timestamp>
  }

  /// Some changes behind those that a sink has passed on, oldest first. A sink that is new begins with what comes next.
  func changes(for sink: String, limit: Int = 500) async throws(StoreError) -> [Change] {
    try await write { database in
      let id = try Int64.fetchOne(database, sql: "SELECT change FROM sink WHERE name = ?", arguments: [sink])
      guard let id else {
        try self.add(sink, since: 0, database)
        return []
      }
      // Once a day, to be easy on a memory card.
      try database.execute(
        sql: "UPDATE sink SET seen = strftime('%s', 'now') WHERE name = ? AND seen < strftime('%s', 'now') - 86400",
        arguments: [sink])
      let rows = try Row.fetchAll(
        database, sql: "SELECT id, meter, first, last FROM change WHERE id > ? ORDER BY id LIMIT ?",
        arguments: [id, limit])
      return rows.map { row in
        Change(
          id: row["id"], meter: MeterID(number: row["meter"]),
          times: Timestamp(milliseconds: row["first"])...Timestamp(milliseconds: row["last"]))
      }
    }
  }

  /// A sink has passed on all changes up to this one.
  func passedOn(_ change: Int64, by sink: String) async throws(StoreError) {
    try await write { database in
      try database.execute(sql: "UPDATE sink SET change = ? WHERE name = ?", arguments: [change, sink])
    }
  }

  /// A sink that is new begins with what comes next.
  func add(_ sink: String, since: Int64, _ database: Database) throws {
    try database.execute(
      sql: """
        INSERT OR IGNORE INTO sink (name, change, since, seen)
        SELECT ?, coalesce(max(id), 0), ?, strftime('%s', 'now') FROM change
        """, arguments: [sink, since])
  }

  /// Forgets sinks that have not asked for a month: they were taken out of the configuration, and what waits for them would
  /// wait for ever.
  func forgetSinks() async throws(StoreError) {
    try await write { database in
      try database.execute(
        sql: """
          DELETE FROM sink WHERE seen < strftime('%s', 'now') - 30 * 86400;
          DELETE FROM passing WHERE sink NOT IN (SELECT name FROM sink)
          """)
    }
  }
}
