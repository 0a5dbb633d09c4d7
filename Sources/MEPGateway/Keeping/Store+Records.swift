// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import GRDB
import MEPTransport
import OSGPTables

/// What the meter has written down itself, and how far it was read.
extension Store {
  /// Fills in what the meter recorded, and remembers in the same breath how far its recordings were read.
  ///
  /// A register's value at the end of an interval is the meter's own, and takes the place of the one that was read nearest
  /// to it. What was measured live stays, and stays marked so.
  public func fill(_ readings: [Reading], through mark: LoadProfile.Mark?, of meter: MeterID) async throws(StoreError) {
    try await write { database in
      for grain in [Grain.minute, .quarter] {
        let fitting = readings.filter { $0.time.milliseconds % grain.span == 0 }
        guard let first = fitting.map(\.time).min(), let last = fitting.map(\.time).max() else { continue }
        let there = try self.rows(of: meter, grain, first..<last + 1, database)
        try self.put(fitting, of: meter, grain: grain, beside: there, database)
      }
      if let mark { try self.write(mark, of: meter, database) }
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
            Int64(entry.user.code), Self.code(entry.id), Data(entry.argument),
          ])
      }
      try self.set("event", "\(log.lastSequence)", of: meter, database)
    }
  }

  /// An event in one number: the manufacturers' own count from 0x10000.
  private static func code(_ event: EventID) -> Int64 { Int64(event.number) + (event.isManufacturer ? 0x1_0000 : 0) }

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
