// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB

/// What a clock that was wrong leaves behind.
extension Store {
  /// Up to when something was read, or rows were made of what was.
  func newestTime(of meter: MeterID) async throws(StoreError) -> Timestamp? {
    try await read { try self.newestTime(of: meter, $0) }
  }

  func newestTime(of meter: MeterID, _ database: Database) throws -> Timestamp? {
    let queries = [
      "SELECT max(time) FROM recent WHERE meter = ? AND grain = 0", "SELECT max(through) FROM rolled WHERE meter = ?",
    ]
    let times = try queries.compactMap { try Int64.fetchOne(database, sql: $0, arguments: [meter.number]) }
    return times.max().map { Timestamp(milliseconds: $0) }
  }

  /// Forgets the rows of later times, that a clock kept which was ahead. What the meter has recorded has its own times and is
  /// among them only if it is of the future as well.
  func drop(after time: Timestamp, of meter: MeterID) async throws(StoreError) {
    try await write { database in
      for grain in Grain.allCases {
        let key: StatementArguments = [meter.number, grain.rawValue]
        let start = time.floored(to: grain.packing)
        let packed = "packed WHERE meter = ? AND grain = ? AND time"
        let octets = try Data.fetchOne(
          database, sql: "SELECT octets FROM \(packed) = ?", arguments: key + [start.milliseconds])
        if let octets {
          let rest = try Rows(packed: octets).part(start..<time + 1)
          try database.execute(
            sql: "UPDATE packed SET octets = ? WHERE meter = ? AND grain = ? AND time = ?",
            arguments: [Data(rest.packed)] + key + [start.milliseconds])
        }
        try database.execute(sql: "DELETE FROM \(packed) > ?", arguments: key + [start.milliseconds])
        try database.execute(
          sql: "DELETE FROM recent WHERE meter = ? AND grain = ? AND time > ?", arguments: key + [time.milliseconds])
        try database.execute(
          sql: "UPDATE rolled SET through = min(through, ?) WHERE meter = ? AND grain = ?",
          arguments: [time.floored(to: grain.span).milliseconds] + key)
      }
      // Who has passed on what is dropped goes on with what comes in its place.
      try self.passAgain(meter, after: time, database)
      try database.execute(
        sql: "DELETE FROM jump WHERE time > ? AND series IN (SELECT id FROM series WHERE meter = ?)",
        arguments: [time.milliseconds, meter.number])
    }
  }
}
