// SPDX-License-Identifier: Apache-2.0
import MEP

/// A client and a meter at the two ends of a line, in virtual time.
final class VirtualSession {
  /// What happens apart from the traffic.
  enum Incident {
    case noiseToClient([UInt8])
    case noiseToMeter([UInt8])
    case configurationChange
    case otherClient
    case deaf(Bool)
    case alert(Bool)
  }

  /// The connections did not come to an end, or asked for a moment that has passed again and again.
  struct Stuck: Error { let why: String }

  var client: ClientConnection
  let meter: VirtualMeter
  var toMeter: VirtualLine
  var toClient: VirtualLine
  /// TX and RX touch: the client hears itself.
  var echoes = false
  private(set) var now = Instant.zero
  private(set) var events: [ClientConnection.Event] = []
  /// When each sending of the client began, and its octets.
  private(set) var sendings: [(at: Instant, octets: [UInt8])] = []
  private var incidents: [(at: Instant, what: Incident)] = []
  private var clientSendsUntil: Instant?
  private var meterSendsUntil: Instant?

  init(client: ClientConnection, meter: VirtualMeter, baud: Int = 9600, seed: UInt64 = 0) {
    self.client = client
    self.meter = meter
    toMeter = VirtualLine(baud: baud, seed: seed &* 2 &+ 1)
    toClient = VirtualLine(baud: baud, seed: seed &* 2 &+ 2)
  }

  func schedule(_ incident: Incident, after span: Instant.Span) {
    incidents.append((now + span, incident))
    incidents.sort { $0.at < $1.at }
  }

  /// No more faults; what is under way arrives.
  func calm() {
    toMeter.faults = LineFaults()
    toClient.faults = LineFaults()
    incidents = []
    meter.isDeaf = false
  }

  /// Sends a request and lets time pass until it has ended.
  func perform(_ request: Request) throws -> ClientConnection.Outcome {
    client.send(request, at: now)
    let limit = now + .milliseconds(120_000)
    while true {
      try serve()
      if let outcome = takeOutcome() { return outcome }
      guard goOn(until: limit) else { throw Stuck(why: "no end within two minutes") }
    }
  }

  /// Lets time pass.
  func rest(_ span: Instant.Span) throws {
    let limit = now + span
    repeat { try serve() } while goOn(until: limit)
    _ = takeOutcome()
  }

  private func takeOutcome() -> ClientConnection.Outcome? {
    while let event = client.takeEvent() {
      events.append(event)
      if case .finished(let outcome) = event { return outcome }
    }
    return nil
  }

  /// Goes to the next moment at which something happens; false when that lies beyond `limit`.
  private func goOn(until limit: Instant) -> Bool {
    let moments = [
      toMeter.nextArrival, toClient.nextArrival, clientSendsUntil, meterSendsUntil, incidents.first?.at,
      client.deadline, meter.deadline,
    ]
    guard let next = moments.compactMap({ $0 }).filter({ $0 > now }).min(), next <= limit else {
      now = limit
      return false
    }
    now = next
    return true
  }

  private func serve() throws {
    while let incident = incidents.first, incident.at <= now {
      incidents.removeFirst()
      happen(incident.what)
    }
    if let until = clientSendsUntil, until <= now {
      clientSendsUntil = nil
      client.transmitted(at: now)
    }
    if let until = meterSendsUntil, until <= now {
      meterSendsUntil = nil
      meter.server.transmitted(at: now)
    }
    meter.receive(toMeter.arrivals(at: now), at: now)
    client.receive(toClient.arrivals(at: now), at: now)
    for _ in 0..<4 {
      client.advance(to: now)
      meter.advance(to: now)
      transmit()
    }
    // A driver that waits for a moment in the past would wait no time at all, for ever.
    if clientSendsUntil == nil, let due = client.deadline, due <= now { throw Stuck(why: "client due at \(due)") }
    if meterSendsUntil == nil, let due = meter.deadline, due <= now { throw Stuck(why: "meter due at \(due)") }
  }

  private func transmit() {
    if clientSendsUntil == nil, let octets = client.takeTransmission(at: now) {
      sendings.append((now, octets))
      clientSendsUntil = toMeter.send(octets, at: now)
      if echoes { _ = toClient.send(octets, at: now) }
    }
    if meterSendsUntil == nil, let octets = meter.server.takeTransmission(at: now) {
      meterSendsUntil = meter.isDeaf ? now + .milliseconds(1) : toClient.send(octets, at: now)
    }
  }

  private func happen(_ incident: Incident) {
    switch incident {
    case .noiseToClient(let octets): toClient.disturb(octets, at: now)
    case .noiseToMeter(let octets): toMeter.disturb(octets, at: now)
    case .configurationChange: meter.server.configurationChanged()
    case .otherClient: meter.servesAnotherClient(at: now)
    case .deaf(let deaf): meter.isDeaf = deaf
    case .alert(let raised): meter.server.setAlert(raised, at: now)
    }
  }
}
