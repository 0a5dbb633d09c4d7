// SPDX-License-Identifier: Apache-2.0
import C1219
import Logging
import MEP
import MEPTransport
import OSGPTables

/// A meter at the other end of a link: reads and writes tables by their declarations.
///
/// Every answer is verified before it is decoded. Tables whose layout depends on others are laid out by what this meter
/// says, which is kept until its program ID or IDT version changes.
public actor Meter {
  let client: ExchangeClient
  let log: Logger
  /// What fits a message, as long as it is not known how the meter is asked the least.
  var room: MessageRoom
  /// How the meter is asked.
  public nonisolated let security: Security
  /// Grows whenever the meter replaces the sequence number, which a configuration change makes it do.
  private(set) var sequenceReplacements = 0
  private var dimensions = Dimensions()
  private var identity: Configuration?
  /// Grows whenever the configuration turns out to be another one.
  private(set) var configurations = 0
  /// Tables that proved shorter than laid out, and how long they are.
  private var lengths: [TableID: Int] = [:]
  var lastProcedureSequence: UInt8?
  /// What the meter is to watch, in case it forgets.
  var deltaAlerts: [DeltaDataAlert] = []
  /// The key's level where it is known: what it does not allow is then refused before it is sent.
  public private(set) var access: AccessLevel?
  /// What had been written within a day, when something was written last.
  public internal(set) var wear = Wear()
  var ledger = WearLedger()
  /// Whether to write on when the budget is spent.
  var wearAnyway = false
  /// Nil on a line that needs no pauses, which is none of a real meter.
  private var pace: ReadPace?
  /// The table that the operation under way has read last: in parts or again and again, it is one read.
  var lastRead: TableID?
  /// Likewise of what was asked by others, a request at a time.
  var lastRelayed: TableID?
  /// What was answered to alerts.
  var acknowledged = Acknowledgements()
  /// How long to wait for what the meter does in its own time.
  private(set) var patience = Patience()
  private let turns = Turns()

  /// What the dimensions were read under, and when that was last compared.
  private struct Configuration {
    var programID: [UInt8]
    var idtVersion: Int64
    var comparedAt: Int
  }

  private init(
    _ client: ExchangeClient, _ security: Security, _ access: AccessLevel?, _ room: MessageRoom, log: Logger
  ) {
    self.client = client
    self.security = security
    self.room = room
    self.access = access
    self.log = log
    pace = client.isPaced ? ReadPace() : nil
  }

  /// A meter over a link.
  ///
  /// - Parameters:
  ///   - access: the key's level, where it is known: TLS tries both where it is not.
  ///   - name: the number by which the meter names this client in the events of what it does in TLS.
  ///   - firstSequence: of digests; a random one tells nobody how long the client has run.
  ///   - room: what fits a message, where it is less than the line bears.
  public init(
    over link: any Link, key: AccessKey, security: Security = .auto, access: AccessLevel? = nil, name: UInt16 = 0,
    timers: Timers = Timers(), firstSequence: UInt32 = .random(in: .min ... .max), room: MessageRoom? = nil,
    log: Logger = Logger(label: "mep.meter")
  ) {
    let connection = ClientConnection(
      key: key, firstSequence: firstSequence, timers: timers, encrypted: security == .encrypted)
    let tls =
      security.asksForTLS
      ? TLSOptions(key: key, client: name, level: access, isOptional: security == .auto) : nil
    self.init(
      ExchangeClient(connection, over: link, tls: tls, log: log), security, access,
      room ?? (security.asksForTLS ? .inTLS : .byDigests), log: log)
  }

  /// Says what is known of the key.
  public func set(access: AccessLevel?) { self.access = access }

  /// Says where to count what wears the meter's memory, if not just here, and whether to go on when the budget is spent.
  public func set(wear ledger: WearLedger, anyway: Bool = false) { (self.ledger, wearAnyway) = (ledger, anyway) }

  /// Says how reads are spread, on a line that needs it.
  public func set(pace: ReadPace) { if self.pace != nil { self.pace = pace } }

  public func set(patience: Patience) { self.patience = patience }

  public nonisolated func close() { client.close() }

  public var health: ExchangeClient.Health {
    get async { await client.health }
  }

  // MARK: Tables

  /// Reads a whole table, in parts when it is larger than a message.
  public func read(_ table: Table) async throws(MeterError) -> Decoded {
    try await alone { () async throws(MeterError) in try await settledWhole(table) }
  }

  /// Reads only the octets that the fields of these paths need.
  ///
  /// A path is as ``Place/pathText`` prints it, the beginning of one ("summations", "tiers[0]"), or the name of a register
  /// source ("rms_voltage_l1"). The result's places are those that were asked for; other octets of it are 0.
  public func read(_ table: Table, paths: [String]) async throws(MeterError) -> Selection {
    try await alone { () async throws(MeterError) in try await select(table, paths) }
  }

  /// Octets of a table whose layout nobody declared.
  public func octets(of table: TableID) async throws(MeterError) -> [UInt8] {
    try await alone { () async throws(MeterError) in try await full(table) }
  }

  /// The layout that this meter's dimensions give a table, its dimension tables read when they are not known yet.
  public func layout(of table: Table) async throws(MeterError) -> Layout {
    try await alone { () async throws(MeterError) in
      try await settled(table) { () async throws(MeterError) in try await currentLayout(of: table) }
    }
  }

  /// The firmware version that BT01 tells.
  public func firmware() async throws(MeterError) -> FirmwareVersion? {
    try await alone { () async throws(MeterError) in
      try await settled(.bt01) { () async throws(MeterError) in try await learnFirmware() }
    }
  }

  // MARK: Requests

  /// One operation at a time: what one knows of the meter must not change between two of its requests because another
  /// one learned better.
  func alone<T>(_ body: () async throws(MeterError) -> T) async throws(MeterError) -> T {
    do throws(LinkError) { try await turns.take() } catch { throw .link(error) }
    defer { turns.give() }
    lastRead = nil
    return try await body()
  }

  /// One request, its answer verified; a refusal is an error.
  func perform(_ request: Request) async throws(MeterError) -> Response {
    let outcome: ClientConnection.Outcome
    do throws(LinkError) {
      if request.isRead, lastRead != request.table {
        if let begin = pace?.next(at: .now()), begin > .now() { try await Instant.sleep(until: begin) }
        lastRead = request.table
      }
      outcome = try await client.perform(request)
    } catch { throw .link(error) }
    if outcome.sequenceReplaced { sequenceReplacements += 1 }
    switch outcome.result {
    case .success(.refused(let code)): throw .refused(code, request.table)
    case .success(let response): return response
    case .failure(let error): throw .exchange(error, request.table)
    }
  }

  func data(_ request: Request) async throws(MeterError) -> [UInt8] {
    guard case .data(let octets) = try await perform(request) else { return [] }
    return octets
  }

  func part(of table: TableID, _ range: Range<Int>) async throws(MeterError) -> [UInt8] {
    try await data(.readPart(table, offset: UInt32(range.lowerBound), length: UInt16(range.count)))
  }

  func full(_ table: TableID) async throws(MeterError) -> [UInt8] {
    try await data(.read(table, length: UInt16(room.read)))
  }

  func whole(_ table: Table) async throws(MeterError) -> Decoded {
    let octets = try await octets(of: table, laidOut: try await currentLayout(of: table))
    return Decoded(layout: try laidOut(table, image: octets), octets: octets)
  }

  func settledWhole(_ table: Table) async throws(MeterError) -> Decoded {
    try await settled(table) { () async throws(MeterError) in try await whole(table) }
  }

  func select(_ table: Table, _ paths: [String]) async throws(MeterError) -> Selection {
    try await settled(table) { () async throws(MeterError) in
      guard table.describesItself else {
        let layout = try await currentLayout(of: table)
        return try await fetch(try layout.places(matching: paths), of: layout)
      }
      return try Selection(paths, of: try await whole(table))
    }
  }

  private func fetch(_ places: [Place], of layout: Layout) async throws(MeterError) -> Selection {
    let ranges = Fetch.ranges(of: places, within: room.read)
    var parts: [[UInt8]] = []
    for range in ranges { parts.append(try await part(of: layout.table, range)) }
    return try Selection(places, of: layout, parts, at: ranges)
  }

  private func octets(of table: Table, laidOut layout: Layout) async throws(MeterError) -> [UInt8] {
    guard layout.octets > room.read else {
      var octets = try await full(table.id)
      // Modules leave the newest present values out of a full read; other tables are simply shorter in older firmware.
      if octets.count < layout.octets, lengths[table.id] != octets.count {
        do throws(MeterError) {
          octets += try await part(of: table.id, octets.count..<layout.octets)
        } catch {
          guard case .refused = error else { throw error }
          lengths[table.id] = octets.count
        }
      }
      return octets
    }
    var octets: [UInt8] = []
    for range in Fetch.parts(of: layout, within: room.read) {
      let part = try await part(of: table.id, range)
      octets += part
      if part.count < range.count { break }
    }
    return octets
  }

  // MARK: Dimensions

  /// Runs `body` until no configuration change fell into it.
  func settled<T>(
    _ table: Table, _ body: () async throws(MeterError) -> T
  ) async throws(MeterError) -> T {
    for _ in 0..<3 {
      let result: T
      do throws(MeterError) {
        result = try await body()
      } catch {
        // The layout may have been that of the old configuration. Looking for a field asks the meter nothing that could
        // have told.
        let isUnasked = if case .noSuchField = error { true } else { false }
        let isSilent = await changesSilently(table)
        if try await compareConfiguration(always: isUnasked || isSilent) { throw error }
        continue
      }
      let isSilent = await changesSilently(table)
      if try await compareConfiguration(always: isSilent) { return result }
    }
    throw .unsettled(table.id)
  }

  /// Whether the dimensions are still those of the meter; forgets them when they are not.
  func compareConfiguration() async throws(MeterError) -> Bool {
    let speaksTLS = await client.speaksTLS
    return try await compareConfiguration(always: speaksTLS)
  }

  /// Whether a table's layout may have changed with nothing to announce it: inside TLS no sequence number does.
  private func changesSilently(_ table: Table) async -> Bool {
    guard !table.dimensionTables.isEmpty || table.dependsOnFirmware else { return false }
    return await client.speaksTLS
  }

  /// - Parameter always: asks the meter though nothing has announced a change.
  private func compareConfiguration(always: Bool) async throws(MeterError) -> Bool {
    guard let known = identity, always || known.comparedAt != sequenceReplacements else { return true }
    let current = try await readConfiguration()
    guard current.programID == known.programID, current.idtVersion == known.idtVersion else {
      log.notice("the meter's configuration has changed: its dimensions are read again")
      dimensions = Dimensions()
      lengths = [:]
      identity = nil
      configurations += 1
      return false
    }
    identity = current
    return true
  }

  private func readConfiguration() async throws(MeterError) -> Configuration {
    let comparedAt = sequenceReplacements
    // These two fields lie in front of all that firmware versions differ in.
    let layout = try laidOut(.et04, image: nil)
    let places = try layout.places(matching: ["program_id_firmware_version_id", "idt_version"])
    let octets = try await fetch(places, of: layout).octets
    guard case .octets(let programID)? = places[0].raw(in: octets),
      case .integer(let version)? = places[1].raw(in: octets)
    else { throw .short(Table.et04.id, wanted: places[1].end, got: octets.count) }
    // The first answer may itself have replaced the number: nothing was known before it, so nothing can be outdated.
    return Configuration(
      programID: programID, idtVersion: version, comparedAt: identity == nil ? sequenceReplacements : comparedAt)
  }

  private func learn(for table: Table) async throws(MeterError) {
    let needed = table.dimensionTables.filter { !dimensions.knows($0.id) }
    let needsFirmware = table.dependsOnFirmware || needed.contains { $0.dependsOnFirmware }
    guard !needed.isEmpty || needsFirmware && dimensions.firmware == nil else { return }
    if identity == nil { identity = try await readConfiguration() }
    if needsFirmware { _ = try await learnFirmware() }
    for dimension in needed {
      let layout = try laidOut(dimension, image: nil)
      let octets = try await octets(of: dimension, laidOut: layout)
      do throws(LayoutError) { try dimensions.learn(dimension, octets) } catch { throw .layout(error) }
    }
  }

  func learnFirmware() async throws(MeterError) -> FirmwareVersion? {
    if dimensions.firmware == nil {
      if identity == nil { identity = try await readConfiguration() }
      dimensions.firmware = GeneralManufacturerInformation(try await full(Table.bt01.id))?.firmware
    }
    return dimensions.firmware
  }

  func currentLayout(of table: Table) async throws(MeterError) -> Layout {
    try await learn(for: table)
    return try laidOut(table, image: nil)
  }

  func laidOut(_ table: Table, image: [UInt8]?) throws(MeterError) -> Layout {
    do throws(LayoutError) { return try table.layout(in: dimensions, image: image) } catch { throw .layout(error) }
  }
}

/// Some fields of a table.
public struct Selection: Sendable {
  public let layout: Layout
  /// The table from its start; octets that no chosen field needs are 0.
  public let octets: [UInt8]
  public let places: [Place]
  /// The octets that were fetched.
  public let ranges: [Range<Int>]

  /// From the parts that were fetched, one for each range.
  init(_ places: [Place], of layout: Layout, _ parts: [[UInt8]], at ranges: [Range<Int>]) throws(MeterError) {
    var octets = [UInt8](repeating: 0, count: places.map(\.end).max() ?? 0)
    for (range, part) in zip(ranges, parts) {
      guard part.count == range.count else { throw .short(layout.table, wanted: range.count, got: part.count) }
      octets.replaceSubrange(range, with: part)
    }
    (self.layout, self.octets, self.places, self.ranges) = (layout, octets, places, ranges)
  }

  /// From a whole table.
  init(_ paths: [String], of table: Decoded) throws(MeterError) {
    let places = try table.layout.places(matching: paths)
    let (wanted, got) = (places.map(\.end).max() ?? 0, table.octets.count)
    guard wanted <= got else { throw .short(table.layout.table, wanted: wanted, got: got) }
    (layout, octets, self.places, ranges) = (table.layout, table.octets, places, [0..<got])
  }
}
