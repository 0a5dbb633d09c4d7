// SPDX-License-Identifier: Apache-2.0
import C1219
import Logging
import MEP
import MEPTransport
import OSGPTables
import Synchronization

@testable import MEPSimulator

let basicKey = AccessKey(dummy: 1)
let advancedKey = AccessKey(dummy: 2)
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A meter's time that a test sets, in seconds since 2000-01-01 UTC.
final class SetClock: Sendable {
  private let seconds: Mutex<Int64>

  init(_ seconds: Int64) { self.seconds = Mutex(seconds) }

  init(_ time: CivilTime) { seconds = Mutex(time.seconds) }

  func now() -> Int64 { seconds.withLock { $0 } }

  func go(_ span: Int64) { seconds.withLock { $0 += span } }
}

/// A meter and a client of one of its ports that knows nothing of tables.
struct Bench {
  let meter: SimulatedMeter
  let clock: SetClock
  let client: ExchangeClient

  init(
    _ profile: Profile, port: Int = 1, key: AccessKey = advancedKey, seed: UInt64 = 1,
    scenario: String = "", clock: SetClock = SetClock(836_400_000), meter: SimulatedMeter? = nil,
    timers: Timers = .unpaced
  ) throws {
    self.clock = clock
    self.meter =
      try meter
      ?? SimulatedMeter(profile, seed: seed, scenario: try Scenario(parsing: scenario), clock: { clock.now() })
    let (near, far) = MemoryLink.pair()
    let connection = ServerConnection(basic: basicKey, advanced: advancedKey, sequence: 1000, timers: timers)
    let handler = self.meter.port(port)
    Task {
      var server = ExchangeServer(connection, handler: handler, log: quiet)
      try? await server.serve(far)
    }
    client = ExchangeClient(
      ClientConnection(key: key, firstSequence: 1000, timers: timers), over: near, log: quiet)
  }

  func ask(_ request: Request) async throws -> Response { try await client.perform(request).result.get() }

  /// The octets that answer a read.
  func data(_ request: Request) async throws -> [UInt8] {
    guard case .data(let octets) = try await ask(request) else { throw Refused() }
    return octets
  }

  struct Refused: Error {}

  /// A whole table by the meter's own dimensions.
  func read(_ table: Table) async throws -> Decoded {
    let dimensions = await meter.dimensions
    if table.describesItself {
      let octets = try await data(.read(table.id, length: UInt16(MessageLimit.read)))
      if octets.count < MessageLimit.read {
        return Decoded(layout: try table.layout(in: dimensions, image: octets), octets: octets)
      }
    }
    var layout = try table.layout(in: dimensions)
    var octets: [UInt8] = []
    while true {
      let length = UInt16(min(MessageLimit.read, max(layout.octets - octets.count, 0)))
      if length == 0 { break }
      octets += try await data(.readPart(table.id, offset: UInt32(octets.count), length: length))
      if octets.count == layout.octets { layout = try table.layout(in: dimensions, image: octets) }
    }
    return Decoded(layout: layout, octets: octets)
  }

  /// The stored integer of a field by its path.
  func integer(_ table: Table, _ path: String) async throws -> Int64? {
    try await read(table).integer(path)
  }

  /// Writes an integer of one or two octets into a field.
  func write(_ table: Table, _ path: String, _ value: UInt16) async throws {
    let layout = try table.layout(in: await meter.dimensions)
    guard let place = layout.places.first(where: { $0.pathText == path }) else { throw Refused() }
    let octets = [UInt8(value & 0xFF), UInt8(value >> 8)].prefix(place.octets)
    guard try await ask(.writePart(table.id, offset: UInt32(place.offset), Array(octets))) == .done else {
      throw Refused()
    }
  }

  /// What the meter has logged, without what its calendar does every day: self-reads, tiers, relays.
  func events(_ table: Table = .bt74) async throws -> [EventLog.Entry] {
    let daily: [EventID] = [.standard(21), .standard(27), .manufacturer(3)]
    return try await allEvents(table).filter { !daily.contains($0.id) }
  }

  func allEvents(_ table: Table = .bt74) async throws -> [EventLog.Entry] {
    guard let log = EventLog(try await read(table)) else { throw Refused() }
    return log.entries
  }

  /// The stored integers of the totals, or of present values, by source.
  func registers(_ table: Table) async throws -> [UInt8: Int64] {
    let decoded = try await read(table)
    var values: [UInt8: Int64] = [:]
    for place in decoded.places where place.path.count == 1 {
      if let source = place.source { values[source.number] = place.integer(in: decoded.octets) }
    }
    return values
  }

  func call(_ number: UInt16, sequence: UInt8, _ parameters: [UInt8] = []) async throws -> Response {
    try await ask(.write(.basic(7), ProcedureCall(number: number, sequence: sequence, parameters: parameters).octets))
  }

  func answer(_ table: TableID = .basic(8)) async throws -> ProcedureAnswer? {
    ProcedureAnswer(octets: try await data(.read(table, length: 465)))
  }
}

extension Decoded {
  /// The stored integer of a field by its path.
  func integer(_ path: String) -> Int64? { places.first { $0.pathText == path }?.integer(in: octets) }
}
