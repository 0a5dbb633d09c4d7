// SPDX-License-Identifier: Apache-2.0
import C1219
import Logging
import MEP
import MEPTransport
import OSGPTables

/// A meter that is not there: a profile's tables, filled from a house that lives, answered by the guide's rules.
public actor SimulatedMeter {
  private var body: MeterBody
  private var parts: [any Part]
  private var headEnd: HeadEnd
  private var procedures = Procedures()
  private let clock: @Sendable () -> Int64
  private let log: Logger
  /// How many configuration changes each port has been told of.
  private var announced: [Int: Int] = [:]
  /// Writes that were carried out, steps of transactions too, for tests that count.
  public private(set) var writes = 0
  /// How often a transaction was begun, one that power interrupted each time anew.
  public private(set) var transactions = 0
  /// What a client's writes have cost the memory.
  public private(set) var memoryWrites = MemoryWrites()

  public var profile: Profile { body.profile }
  var dimensions: Dimensions { body.tables.dimensions }

  /// - Parameters:
  ///   - seed: the same seed gives the same house.
  ///   - scenario: what the grid does when.
  ///   - start: when it was switched on, in seconds since 2000-01-01 UTC; nil for now.
  ///   - log: is told what the display shows.
  ///   - clock: the true time, in seconds since 2000-01-01 UTC.
  public init(
    _ profile: Profile, seed: UInt64 = 1, scenario: Scenario = Scenario(), start: Int64? = nil,
    log: Logger = Logger(label: "mep.simulator"), clock: @escaping @Sendable () -> Int64
  ) throws(LayoutError) {
    self.clock = clock
    self.log = log
    // The house has lived long enough for the meter to have averages.
    let now = start ?? clock()
    var household = Household(seed: seed, start: now - 600)
    household.advance(to: now)
    household.hasRunForYears(tiers: profile.tiers)
    household.registerUnit = profile.energyUnit
    body = MeterBody(profile, tables: try TableStore(profile), household: household, seed: seed)
    headEnd = HeadEnd(scenario, start: now)
    parts = Profile.parts.map { $0.init() }
    for i in parts.indices { parts[i].start(&body) }
  }

  /// The handler of one port, 1 or 2.
  public nonisolated func port(_ number: Int) -> some RequestHandler { Port(meter: self, number: number) }

  /// Has the grid, or fate, do something now.
  public func carryOut(_ order: Order) {
    advance()
    headEnd.carryOut(order, &body)
    tellParts()
  }

  /// Raises or ends the alert of a port.
  public func setAlert(_ raised: Bool, port: Int) {
    if raised { body.alerts.insert(port) } else { body.alerts.remove(port) }
  }

  /// A reconfiguration from the grid: other dimensions, the IDT version counted up, the sequence number moved on.
  public func reconfigure(_ change: @Sendable (inout Profile) -> Void) throws(LayoutError) {
    advance()
    var changed = body.profile
    change(&changed)
    // All or nothing: a change that no meter can have is refused before anything has changed.
    try body.tables.reconfigure(changed)
    body.profile = changed
    body.user = .network
    body.changeConfiguration(.procedure)
    tellParts()
  }

  /// What the meter's display shows; nil without power.
  public var display: DisplayContent? {
    advance()
    return body.hasPower ? body.display : nil
  }

  /// How many procedure calls were carried out, for tests that count.
  public var procedureCalls: Int { procedures.carriedOut }

  // MARK: Time

  /// Lives on until the clock's second, stopping wherever a part, or the head-end, has something to do. Every request
  /// does so first; long spans are better lived through before.
  public func advance() {
    let now = clock()
    repeat {
      let dues = body.dues(of: parts)
      let next = max(body.household.now, (dues + [headEnd.due]).reduce(now) { min($0, $1 ?? now) })
      // Nobody reads what a frozen meter's house has used.
      if body.profile.frozen == nil { body.household.advance(to: next) } else { body.household.skip(to: next) }
      for i in parts.indices {
        if let due = dues[i], due <= next { parts[i].act(&body) }
      }
      tellParts()
      while headEnd.act(&body) { tellParts() }
      carryOutTransaction()
    } while body.household.now < now
  }

  private func tellParts() {
    while case let happenings = body.takeHappenings(), !happenings.isEmpty {
      for (happening, user) in happenings {
        body.user = user
        if case .display(let display) = happening { log.debug("the display shows \(display)") }
        switch happening {
        case .powerFailed: procedures.powerFailed()
        case .procedureEnded(let number, let result): procedures.ended(number, result)
        default: break
        }
        for i in parts.indices { parts[i].take(happening, &body) }
      }
    }
    body.user = .nobody
  }

  // MARK: Requests

  fileprivate func status(port: Int) -> PortStatus {
    // Alerts and power do not wait for a request.
    advance()
    announced[port] = body.configurationChanges
    return PortStatus(
      alert: body.isAlerted(port), configurationChanges: body.configurationChanges,
      isClosed: body.isClosed(port), isOff: !body.hasPower,
      digests: body.digestRefusal(port)?.rule ?? .taken, takesTLS: body.speaksTLS,
      advancedKey: body.advancedKey)
  }

  fileprivate func answer(_ accepted: ServerConnection.Accepted, port: Int) -> Response {
    advance()
    // Nobody hears it: the meter has gone before it came to the request.
    guard body.hasPower else { return .refused(.operationNotPossible) }
    // A change that came after the port took the request: it must not be answered as if its number still fitted.
    let missed = body.configurationChanges - (announced[port] ?? body.configurationChanges)
    if missed > 0, !accepted.security.isTLS {
      return .sequence(accepted.sequence &+ UInt32(missed) &* SequenceNumber.configurationChange)
    }
    if !accepted.security.isTLS, case .code(let code) = body.digestRefusal(port) { return .refused(code) }
    let request: Request
    do { request = try Request(body: accepted.body) } catch {
      return .refused(error == .unrecognized ? .unrecognizedRequest : .operationNotPossible)
    }
    let sequence = accepted.security.isTLS ? nil : accepted.sequence
    let response = carryOut(request, PortAccess(port: port, level: accepted.level, sequence: sequence))
    if !request.isRead, response == .done { memoryWrites.note(request.table) }
    carryOutTransaction()
    return response
  }

  /// One request for itself; the messages of a transaction's steps may be longer.
  private func carryOut(_ request: Request, _ access: PortAccess, isStep: Bool = false) -> Response {
    body.user = .mepClient
    defer { tellParts() }
    switch request {
    case .read(let table, let length):
      guard let all = read(table, access) else { return .refused(.tableOperationNotPossible) }
      let octets = all.dropLast(body.profile.leavesOut(ofFullRead: table))
      guard isStep || min(octets.count, Int(length)) <= MessageLimit.read else {
        return .refused(.operationNotPossible)
      }
      return .data(Array(octets.prefix(Int(length))))
    case .readPart(let table, let offset, let length):
      guard let octets = read(table, access) else { return .refused(.tableOperationNotPossible) }
      let end = Int(offset) + Int(length)
      guard end <= octets.count, isStep || Int(length) <= MessageLimit.read else {
        return .refused(.operationNotPossible)
      }
      return .data(Array(octets[Int(offset)..<end]))
    case .write(.basic(7), let octets): return call(isStep ? octets : Array(octets.prefix(callLength)), access)
    case .writePart(.basic(7), offset: 0, let octets):
      return isStep || octets.count <= callLength ? call(octets, access) : .refused(.operationNotPossible)
    case .write(let table, let octets): return write(table, 0, octets, access, isWhole: true)
    case .writePart(let table, let offset, let octets):
      return write(table, Int(offset), octets, access, isWhole: false)
    }
  }

  /// Carries out what ET52 asks for, each step for itself. When power fails between two of them, all of it is done again
  /// as soon as it is back.
  private func carryOutTransaction() {
    guard body.hasPower, let transaction = body.transaction else { return }
    transactions += 1
    body.transaction?.mishap = nil
    var steps = 0
    let limit = Int(body.tables.integer(.et11, "transaction_response_length"))
    let responses = transaction.requests.answered(limit: limit) { request in
      if case .powerFailure(afterSteps: steps, let seconds) = transaction.mishap { failPower(seconds) }
      steps += 1
      return body.hasPower ? carryOut(request, transaction.access, isStep: true) : .done
    }
    if case .powerFailure(afterSteps: steps..., let seconds) = transaction.mishap { failPower(seconds) }
    guard body.hasPower else { return }
    body.transaction = nil
    body.tables.put(responses.octets, at: 0, of: Table.et53.id)
  }

  private func failPower(_ seconds: Int64) {
    headEnd.carryOut(.powerOutage(seconds: seconds), &body)
    tellParts()
  }

  /// Octets of BT07.
  private var callLength: Int { 3 + Int(body.tables.integer(.bt00, "procedure_parameter_length")) }

  /// A table's octets as a port sees them now.
  private func read(_ id: TableID, _ access: PortAccess) -> [UInt8]? {
    if Procedures.tables.contains(id) {
      guard id != .extended(85) || body.profile.ports == 2 else { return nil }
      return procedures.answers[id] ?? [UInt8](repeating: 0, count: Procedures.answerLength)
    }
    for i in parts.indices { parts[i].refresh(id, for: access, &body) }
    return body.tables[id]
  }

  /// More octets than the table has are ignored by a full write (guide, table 2.7).
  private func write(
    _ id: TableID, _ offset: Int, _ octets: [UInt8], _ access: PortAccess, isWhole: Bool
  ) -> Response {
    guard let table = body.tables.table(id), let held = body.tables[id] else {
      return .refused(.tableOperationNotPossible)
    }
    switch table.write {
    case .none, .unstated: return .refused(.noPermission)
    case .advanced where access.level != .advanced: return .refused(.noPermission)
    case .advanced, .any: break
    }
    if id == Table.et52.id, let lock = body.transactionLock, lock.port != access.port {
      return .refused(.tableOperationNotPossible)
    }
    let data = isWhole ? octets.prefix(held.count) : octets[...]
    guard offset + data.count <= held.count else { return .refused(.operationNotPossible) }
    body.tables.put(Array(data), at: offset, of: id)
    for i in parts.indices { parts[i].written(id, offset..<offset + data.count, by: access, &body) }
    body.tell(.event(.standard(10), id.number))
    writes += 1
    return .done
  }

  private func call(_ octets: [UInt8], _ access: PortAccess) -> Response {
    let usesET59 = body.tables.integer(.et50, "mep_inbound_configuration[\(access.port - 1)].et59_response") == 1
    let table: TableID = access.port == 2 ? .extended(85) : usesET59 ? .extended(59) : .basic(8)
    return procedures.call(octets, answerTable: table) { call in
      for i in parts.indices {
        guard let outcome = parts[i].call(call, by: access, &body) else { continue }
        body.tell(.event(.standard(9), call.number))
        return outcome
      }
      return nil
    }
  }
}

private struct Port: RequestHandler {
  let meter: SimulatedMeter
  let number: Int

  func answer(_ request: ServerConnection.Accepted) async -> Response { await meter.answer(request, port: number) }
  func status() async -> PortStatus { await meter.status(port: number) }
}
