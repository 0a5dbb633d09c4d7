// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import GRDB
import MEPClient
import MEPTransport
import OSGPTables

/// What the meter has written down itself, and how far it was read.
extension Store {
  /// Fills in what the meter recorded, and remembers in the same breath how far its recordings were read.
  ///
  /// A register's value at the end of an interval is the meter's own, and takes the place of the one that was read nearest
  /// to it. What was measured live stays, and stays marked so. Of intervals shorter than a quarter, the quarter has the mean.
  public func fill(_ readings: [Reading], through mark: LoadProfile.Mark?, of meter: MeterID) async throws(StoreError) {
    try await write { database in
      for grain in [Grain.minute, .quarter] {
        var fitting = readings.filter { $0.time.milliseconds % grain.span == 0 }
        guard let first = fitting.map(\.time).min(), let last = fitting.map(\.time).max() else { continue }
        if grain == .quarter { fitting = try self.means(of: fitting, first...last, of: meter, database) }
        let there = try self.rows(of: meter, grain, first..<last + 1, database)
        try self.put(fitting, of: meter, grain: grain, beside: there, database)
        if grain == .quarter { try self.settleJumps(of: meter, first...last, database) }
      }
      if let mark { try self.write(mark, of: meter, database) }
    }
  }

  /// Quarters, with what came and went as the mean of all that was recorded within each.
  private func means(
    of quarters: [Reading], _ range: ClosedRange<Timestamp>, of meter: MeterID, _ database: Database
  ) throws -> [Reading] {
    let known = try known(of: meter, database)
    let minutes = try rows(
      of: meter, .minute, range.lowerBound + (1 - Grain.quarter.span)..<range.upperBound + 1, database)
    return quarters.map { reading in
      var reading = reading
      let parts = minutes.indices(after: reading.time + -Grain.quarter.span, through: reading.time).filter {
        !minutes.isLive($0)
      }
      for series in reading.values.keys where series.isLive {
        guard let known = known[series.name], known.series.exponent == series.exponent,
          let column = minutes.columns[RowColumn.key(known.id, .mean)]
        else { continue }
        let numbers = parts.compactMap { column[$0] }
        if !numbers.isEmpty { reading.values[series] = Rollup.mean(numbers.map { ($0, 1) }) }
      }
      return reading
    }
  }

  /// Fills in what the meter copied itself where nothing else is known, and remembers the newest copy's number.
  public func fill(selfReads readings: [Reading], through sequence: UInt32, of meter: MeterID) async throws(StoreError)
  {
    try await write { database in
      let fitting = readings.filter { $0.time.milliseconds % Grain.quarter.span == 0 }
      if let first = fitting.map(\.time).min(), let last = fitting.map(\.time).max() {
        let known = Set(
          try self.rows(of: meter, .quarter, first..<last + 1, columns: [RowColumn.origin], database).times)
        try self.put(fitting.filter { !known.contains($0.time) }, of: meter, grain: .quarter, database)
        try self.settleJumps(of: meter, first...last, database)
      }
      try self.set("self_read", "\(sequence)", of: meter, database)
    }
  }

  // MARK: Events and outages

  public func keep(_ log: EventLog, of meter: MeterID) async throws(StoreError) {
    try await write { database in
      for entry in log.entries {
        try database.execute(
          sql: """
            INSERT OR IGNORE INTO event (meter, sequence, time, user, event, argument) VALUES (?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            meter.number, Int64(entry.sequence), entry.time.map { Timestamp(utc: $0).milliseconds },
            Int64(entry.user.code), Int64(entry.id.code), Data(entry.argument),
          ])
      }
      try self.set("event", "\(log.lastSequence)", of: meter, database)
    }
  }

  /// The newest events, the oldest of them first.
  public func events(
    of meter: MeterID, _ range: Range<Timestamp>? = nil, limit: Int
  ) async throws(StoreError) -> [EventLog.Entry] {
    try await read { database in
      // Those without a time are where their number puts them.
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT sequence, time, user, event, argument FROM event
          WHERE meter = ? AND (? IS NULL OR time >= ?) AND (? IS NULL OR time < ?) ORDER BY id DESC LIMIT ?
          """,
        arguments: [
          meter.number, range?.lowerBound.milliseconds, range?.lowerBound.milliseconds, range?.upperBound.milliseconds,
          range?.upperBound.milliseconds, limit,
        ])
      return rows.reversed().map { row in
        EventLog.Entry(
          index: 0, sequence: UInt32(row["sequence"] as Int64),
          time: (row["time"] as Int64?).map { Timestamp(milliseconds: $0).utc },
          user: EventLog.User(code: UInt16(row["user"] as Int64)), id: EventID(code: UInt16(row["event"] as Int64)),
          argument: Array(row["argument"] as Data), isUnread: false)
      }
    }
  }

  public func keep(_ log: OutageLog, of meter: MeterID) async throws(StoreError) {
    try await write { database in
      for entry in log.entries {
        try database.execute(
          sql: "INSERT OR REPLACE INTO outage (meter, sequence, start, \"end\") VALUES (?, ?, ?, ?)",
          arguments: [
            meter.number, Int64(entry.sequence), entry.start.map { "\($0)" }, entry.end.map { "\($0)" },
          ])
      }
      if let last = log.entries.last { try self.set("outage", "\(last.sequence)", of: meter, database) }
    }
  }

  /// The newest outages, the oldest of them first: when they began and ended, by the meter's local clock.
  func outages(
    of meter: MeterID, limit: Int
  ) async throws(StoreError) -> [(sequence: Int64, start: WrittenTime?, end: WrittenTime?)] {
    try await read { database in
      try Row.fetchAll(
        database, sql: "SELECT sequence, start, \"end\" FROM outage WHERE meter = ? ORDER BY id DESC LIMIT ?",
        arguments: [meter.number, limit]
      ).reversed().map { row in
        (
          row["sequence"], (row["start"] as String?).flatMap { WrittenTime($0) },
          (row["end"] as String?).flatMap { WrittenTime($0) }
        )
      }
    }
  }

  // MARK: Marks

  public func marks(of meter: MeterID) async throws(StoreError) -> Marks {
    try await read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT name, value FROM mark WHERE meter = ?", arguments: [meter.number])
      let texts = Dictionary(uniqueKeysWithValues: rows.map { ($0["name"] as String, $0["value"] as String) })
      var marks = Marks()
      marks.profile = texts["profile"].flatMap { LoadProfile.Mark(text: $0) }
      marks.event = texts["event"].flatMap { UInt32($0) }
      marks.outage = texts["outage"].flatMap { UInt32($0) }
      marks.selfRead = texts["self_read"].flatMap { UInt32($0) }
      return marks
    }
  }

  private func write(_ mark: LoadProfile.Mark, of meter: MeterID, _ database: Database) throws {
    try set("profile", mark.text, of: meter, database)
  }

  private func set(_ name: String, _ value: String, of meter: MeterID, _ database: Database) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO mark (meter, name, value) VALUES (?, ?, ?)", arguments: [meter.number, name, value])
  }
}

extension LoadProfile.Mark {
  fileprivate var text: String {
    "\(configuration) \(sequence) \(interval) \(Timestamp(utc: end).seconds) \(Hex.text(octets))"
  }

  fileprivate init?(text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 5, let configuration = UInt32(words[0]), let sequence = UInt32(words[1]),
      let interval = Int(words[2]), let end = Int64(words[3]), let octets = Hex.octets(String(words[4]))
    else { return nil }
    self.init(
      configuration: configuration, sequence: sequence, interval: interval, end: Timestamp(seconds: end).utc,
      octets: octets)
  }
}
