// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Logging
import MEPTransport

/// What is kept of the meters, in one SQLite file.
///
/// A row that is new is a record of its own; when its hour (a minute's day, a quarter's month) is over, all of that are
/// packed into one. What comes later is put beside and packed in with it.
public final class Store: Sendable {
  let database: any DatabaseWriter
  let log: Logger
  private let path: String
  /// Tells once it is found to be broken, whoever finds it.
  let breaks: AsyncStream<StoreError>
  private let breaking: AsyncStream<StoreError>.Continuation
  /// Nil for who only looks.
  private let lock: StoreLock?

  /// A series, and its number.
  struct Known: Sendable {
    let id: Int64
    let series: Series
  }

  /// How long what is finer than quarters is kept, in milliseconds.
  public struct Retention: Sendable {
    public var readings: Int64 = 14 * 86_400_000
    public var minutes: Int64 = 400 * 86_400_000

    public init() {}
  }

  public let retention: Retention

  /// - Parameter isReadOnly: nothing is changed, not even to what this version wants.
  init(
    _ path: String, retention: Retention = Retention(), lock: StoreLock? = nil, isReadOnly: Bool = false,
    log: Logger = Logger(label: "mep.store")
  ) throws(StoreError) {
    (self.path, self.retention, self.lock, self.log) = (path, retention, lock, log)
    (breaks, breaking) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    database = try StoreError.catching {
      var configuration = GRDB.Configuration()
      configuration.label = "mep"
      configuration.busyMode = .timeout(10)
      configuration.maximumReaderCount = 3
      configuration.prepareDatabase { database in
        // A power cut may take the last seconds with it, and never what was there before.
        try database.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -2000; PRAGMA foreign_keys = ON")
      }
      configuration.readonly = isReadOnly
      let database: any DatabaseWriter =
        isReadOnly
        ? try DatabaseQueue(path: path, configuration: configuration)
        : try DatabasePool(path: path, configuration: configuration)
      let (isOurs, isLater) = try database.read {
        (try Self.migrator.hasCompletedMigrations($0), try Self.migrator.hasBeenSuperseded($0))
      }
      if isLater { throw StoreError.other("a later version of this program made it") }
      if isReadOnly {
        guard isOurs else { throw StoreError.other("no gateway of this version made it") }
      } else {
        try Self.migrator.migrate(database)
      }
      return database
    }
  }

  /// Leaves one file behind.
  public func close() {
    _ = try? database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    // What cannot be closed is still in use: the lock then ends with whoever uses it.
    if (try? database.close()) != nil { lock?.release() }
  }

  /// What the database has said went wrong.
  func failed(_ error: any Error) -> StoreError {
    let error = StoreError(error)
    if case .broken = error {
      // Who only looks leaves it to the gateway.
      if lock != nil { _ = Files.replace(path + Self.brokenMark, with: "\(error)\n") }
      breaking.yield(error)
    }
    return error
  }

  // MARK: Meters and series

  /// A meter by the name that its owner gave it.
  public struct MeterID: Hashable, Sendable { let number: Int64 }

  public func meter(named name: String) async throws(StoreError) -> MeterID {
    try await write { database in
      try database.execute(sql: "INSERT OR IGNORE INTO meter (name) VALUES (?)", arguments: [name])
      let id = try Int64.fetchOne(database, sql: "SELECT id FROM meter WHERE name = ?", arguments: [name])
      return MeterID(number: id ?? 0)
    }
  }

  public func meters() async throws(StoreError) -> [(id: MeterID, name: String)] {
    try await read { database in
      try Row.fetchAll(database, sql: "SELECT id, name FROM meter ORDER BY name").map {
        (MeterID(number: $0["id"]), $0["name"])
      }
    }
  }

  /// What there is of a meter.
  public func series(of meter: MeterID) async throws(StoreError) -> [Series] {
    try await read { try self.known(of: meter, $0).values.map(\.series).sorted { $0.name < $1.name } }
  }

  func known(of meter: MeterID, _ database: Database) throws -> [String: Known] {
    var found: [String: Known] = [:]
    let rows = try Row.fetchAll(
      database, sql: "SELECT id, name, exponent, kind FROM series WHERE meter = ?", arguments: [meter.number])
    for row in rows {
      let name: String = row["name"]
      found[name] = Known(
        id: row["id"],
        series: Series(name, exponent: Int8(row["exponent"] as Int64), Series.Kind(rawValue: row["kind"]) ?? .balance))
    }
    return found
  }

  // MARK: Keeping

  /// Keeps readings, all of them or none, and what follows from them.
  ///
  /// - Parameters:
  ///   - jumps: of registers, among these readings.
  ///   - now: rows of spans that have ended by then are made.
  public func keep(
    _ readings: [Reading], jumps: [Jump] = [], of meter: MeterID, now: Timestamp
  ) async throws(StoreError) {
    try await write { database in
      if let first = readings.map(\.time).min() { try self.putBack(meter, to: first, database) }
      try self.put(readings, of: meter, grain: .reading, database)
      try self.note(jumps, of: meter, database)
      try self.roll(meter, through: now, database)
    }
  }

  /// Puts readings beside those that are there: registers that are there already are replaced by these.
  ///
  /// - Parameter there: rows that stay marked as what they are, and whose live values stay.
  func put(
    _ readings: [Reading], of meter: MeterID, grain: Grain, beside there: Rows = Rows(), _ database: Database
  ) throws {
    guard let first = readings.map(\.time).min(), let last = readings.map(\.time).max() else { return }
    let known = try learn(readings.lazy.flatMap(\.values.keys), of: meter, database)
    let kept = Dictionary(uniqueKeysWithValues: there.times.indices.map { (there.times[$0], there.values(at: $0)) })
    for reading in readings {
      let before = kept[reading.time]
      // What was recorded is more than the registers that the meter copied.
      let isFirst = before == nil || before?[RowColumn.origin] == Origin.selfRead.rawValue
      var row: [Int64: Int64] = isFirst ? [RowColumn.origin: reading.origin.rawValue] : [:]
      // It stands for all of the span.
      if isFirst, grain != .reading { row[RowColumn.count] = grain.span / 1000 }
      for (series, number) in reading.values {
        guard let known = known[series.name] else { continue }
        let value = known.series.exponent == series.exponent ? number : known.series.number(series.decimal(number))
        let statistic: Statistic = grain == .reading || !series.isLive ? .value : .mean
        let key = RowColumn.key(known.id, statistic)
        // What was measured live is finer than what was recorded; only a register's end of a quarter is the meter's own.
        if before?[key] != nil, statistic == .mean || grain == .minute { continue }
        if !isFirst, statistic == .value { row[RowColumn.recorded] = 1 }
        if let value { row[key] = value }
      }
      try put(row, at: reading.time, of: meter, grain, database)
    }
    if grain == .quarter { try note(meter, first...last, database) }
  }

  func put(_ values: [Int64: Int64], at time: Timestamp, of meter: MeterID, _ grain: Grain, _ database: Database) throws
  {
    let key: StatementArguments = [meter.number, grain.rawValue, time.milliseconds]
    let find = try database.cachedStatement(
      sql: "SELECT octets FROM recent WHERE meter = ? AND grain = ? AND time = ?")
    var rows = Rows()
    if let there = try Data.fetchOne(find, arguments: key) { rows = try Rows(packed: there) }
    rows.put(values, at: time)
    let insert = try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO recent (meter, grain, time, octets) VALUES (?, ?, ?, ?)")
    try insert.execute(arguments: key + [Data(rows.packed)])
  }

  /// Quarters that sinks have not had yet.
  func note(_ meter: MeterID, _ times: ClosedRange<Timestamp>, _ database: Database) throws {
    try database.execute(
      sql: "INSERT INTO change (meter, first, last) VALUES (?, ?, ?)",
      arguments: [meter.number, times.lowerBound.milliseconds, times.upperBound.milliseconds])
  }

  /// The numbers of series, given where they have none.
  private func learn(_ series: some Sequence<Series>, of meter: MeterID, _ database: Database) throws -> [String: Known]
  {
    var found = try known(of: meter, database)
    for series in series where found[series.name] == nil {
      try database.execute(
        sql: "INSERT INTO series (meter, name, exponent, kind) VALUES (?, ?, ?, ?)",
        arguments: [meter.number, series.name, Int64(series.exponent), series.kind.rawValue])
      found[series.name] = Known(id: database.lastInsertedRowID, series: series)
    }
    return found
  }
}
