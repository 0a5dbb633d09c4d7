// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport

/// Requests over a line with the faults of one seed, and what must hold whatever happens.
struct Schedule {
  let seed: UInt64
  private var random: SeededGenerator
  private let session: VirtualSession
  private let mostSendings: Int
  /// What one sending may take, its own octets included.
  private let longest: Instant.Span
  private var requests: [(request: Request, outcome: ClientConnection.Outcome)] = []
  private(set) var violations: [String] = []
  /// How requests ended, to see that the faults are neither too many nor too few.
  private(set) var endings: [String: Int] = [:]

  init(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    self.seed = seed
    let held = UInt32.random(in: 0...UInt32.max, using: &random)
    let baud = [9600, 9600, 9600, 2400, 300, 115_200].randomElement(using: &random)!
    let timers = Timers(baud: baud)
    longest = Instant.Span(
      microseconds: timers.response.microseconds + timers.longestResponse.microseconds * 2
        + timers.afterAuthenticationFailure.microseconds)
    mostSendings = timers.attempts + timers.authenticationRetries + timers.sequenceRetries
    let client = ClientConnection(
      key: random.chance(0.5) ? VirtualMeter.basic : VirtualMeter.advanced,
      firstSequence: random.chance(0.5) ? held : UInt32.random(in: 0...UInt32.max, using: &random), timers: timers,
      encrypted: random.chance(0.3))
    let meter = VirtualMeter(sequence: held, report: random.chance(0.5) ? .last : .next)
    session = VirtualSession(client: client, meter: meter, baud: baud, seed: seed)
    session.echoes = random.chance(0.1)
    session.toMeter.faults = .random(&random)
    session.toClient.faults = .random(&random)
    var latency = SeededGenerator(seed: seed ^ 0xA5A5)
    let slow = random.chance(0.3) ? Double.random(in: 0.1...0.6, using: &random) : 0
    meter.latency = {
      .milliseconds(
        latency.chance(slow) ? .random(in: 400...1600, using: &latency) : .random(in: 1...40, using: &latency))
    }
    self.random = random
  }

  mutating func run() {
    do {
      for number in 0..<Int.random(in: 3...6, using: &random) {
        prepareIncidents()
        try perform(randomRequest(number))
      }
      session.calm()
      session.meter.latency = { .milliseconds(5) }
      try perform(.read(.basic(3), length: 40))
      try session.rest(.milliseconds(3000))
      if case .failure(let error) = try perform(.read(.basic(4), length: 50)).result {
        violations.append("the line is good again, and a read still fails: \(error)")
      }
    } catch {
      violations.append("\(error)")
    }
    for (request, outcome) in requests where !request.isRead { check(outcome, ofWrite: request, "at the end") }
  }

  @discardableResult private mutating func perform(_ request: Request) throws -> ClientConnection.Outcome {
    let start = session.now
    let first = session.sendings.count
    let outcome = try session.perform(request)
    requests.append((request, outcome))
    endings[describe(outcome), default: 0] += 1
    check(outcome, of: request, since: start)
    if session.now.microseconds - start.microseconds > Int64(mostSendings) * longest.microseconds {
      violations.append("it took until \(session.now), from \(start)")
    }
    let sendings = session.sendings[first...]
    if outcome.attempts > mostSendings || sendings.count != outcome.attempts {
      violations.append("\(sendings.count) sendings, told \(outcome.attempts)")
    }
    for (a, b) in zip(sendings, sendings.dropFirst()) where b.at < a.at + .milliseconds(100) {
      violations.append("sent again within 100 ms")
    }
    return outcome
  }

  private mutating func check(_ outcome: ClientConnection.Outcome, of request: Request, since start: Instant) {
    guard request.isRead else { return check(outcome, ofWrite: request, "when it ended") }
    switch outcome.result {
    case .success(.data(let octets)):
      if request.table == VirtualMeter.clock {
        let read = octets.reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
        if read < start.microseconds || read > session.now.microseconds { violations.append("an old value") }
      } else if octets != VirtualMeter.slice(of: request.table, request) {
        violations.append("a wrong value of \(request)")
      }
    case .success(let response): violations.append("\(response) to a read")
    case .failure(let error):
      if error.mayHaveBeenExecuted { violations.append("a read that may have been executed") }
    }
  }

  private mutating func check(
    _ outcome: ClientConnection.Outcome, ofWrite request: Request, _ moment: String
  ) {
    let executions = session.meter.executions(of: request)
    if executions > 1 { violations.append("executed \(executions) times \(moment)") }
    switch outcome.result {
    case .success(.done):
      if executions != 1 { violations.append("done, and executed \(executions) times \(moment)") }
    case .success(.refused(.noPermission)) where request.table == VirtualMeter.readOnly: break
    case .success(let response): violations.append("\(response) to a write")
    case .failure(let error):
      if !error.mayHaveBeenExecuted, executions > 0 { violations.append("\(error), and it was executed \(moment)") }
    }
  }

  private func describe(_ outcome: ClientConnection.Outcome) -> String {
    let kind = outcome.request.isRead ? "read" : "write"
    return switch outcome.result {
    case .success: "\(kind) answered"
    case .failure(let error): "\(kind) \(error.reason)\(error.mayHaveBeenExecuted ? ", perhaps executed" : "")"
    }
  }

  private mutating func randomRequest(_ number: Int) -> Request {
    let mark = [UInt8(number), UInt8(truncatingIfNeeded: seed), UInt8(truncatingIfNeeded: seed >> 8)]
    let table = TableID.basic(UInt16.random(in: 2...40, using: &random))
    return switch Int.random(in: 0..<8, using: &random) {
    case 0: .read(table, length: UInt16.random(in: 1...465, using: &random))
    case 1, 2: .readPart(table, offset: UInt32.random(in: 0...100, using: &random), length: 40)
    case 3: .read(VirtualMeter.clock, length: 8)
    case 4: .write(VirtualMeter.readOnly, mark)
    case 5: .write(VirtualMeter.writable, mark + random.octets(in: 0...60))
    default: .writePart(VirtualMeter.writable, offset: 30, mark)
    }
  }

  private mutating func prepareIncidents() {
    func soon(_ random: inout SeededGenerator) -> Instant.Span { .milliseconds(.random(in: 0...1500, using: &random)) }
    if random.chance(0.2) { session.schedule(.noiseToClient(random.octets(in: 1...20)), after: soon(&random)) }
    if random.chance(0.1) { session.schedule(.noiseToMeter(random.octets(in: 1...20)), after: soon(&random)) }
    if random.chance(0.15) { session.schedule(.configurationChange, after: soon(&random)) }
    if random.chance(0.15) { session.schedule(.otherClient, after: soon(&random)) }
    if random.chance(0.1) { session.schedule(.alert(random.chance(0.7)), after: soon(&random)) }
    if random.chance(0.1) {
      session.schedule(.deaf(true), after: soon(&random))
      session.schedule(.deaf(false), after: .milliseconds(.random(in: 1500...6000, using: &random)))
    }
  }
}
