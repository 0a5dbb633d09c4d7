// SPDX-License-Identifier: Apache-2.0
import Logging
import MEP
import MEPClient
import MEPGateway
import MEPSimulator
import MEPTransport

/// A meter that can be opened, and opened again.
struct MeterSource: Sendable {
  let address: MeterAddress
  /// What to simulate, for an address that says so.
  let profile: Profile?
  let key: AccessKey
  let access: AccessLevel?
  let security: Security
  /// Where what goes over the line is written to.
  let capture: CaptureFile?
  let log: Logger

  /// Whether the meter lives and dies with this program.
  var isSimulated: Bool { profile != nil }

  func open() async throws(MeterError) -> Meter {
    let link: any Link
    do throws(LinkError) { link = try await connect() } catch { throw .link(error) }
    if case .gateway = address { return Meter(relayedBy: watched(link), log: log) }
    let meter = Meter(over: watched(link), key: key, security: security, access: access, timers: timers, log: log)
    guard security.asksForTLS else { return meter }
    do throws(MeterError) {
      // A simulated meter inside this program is new each time.
      if isSimulated {
        try await meter.begin()
      } else {
        try await meter.begin(remembering: TLSMemory(folder: State.folder), at: address.description)
      }
    } catch {
      meter.close()
      throw error
    }
    return meter
  }

  private var timers: Timers {
    switch address {
    case .serial(_, let baud, _): Timers(baud: baud)
    case .tcp: Timers()
    case .sim, .gateway: .unpaced
    }
  }

  /// The link, with whoever listens to it.
  private func watched(_ link: any Link) -> any Link {
    let traced = log.logLevel == .trace ? TracingLink(link, log: log) : link
    guard let capture else { return traced }
    let offset = Instant.untilTimeOfDay()
    return CapturingLink(traced) { moment, direction, octets in
      capture.add(
        CaptureRecord(time: moment + offset, speaker: direction == .sent ? .client : .meter, octets: octets))
    }
  }

  /// For the doctor, who opens the line himself, and by other rates too.
  ///
  /// - Parameter others: what else the key file could mean.
  func patient(others: [AccessKey]) throws(MeterError) -> Doctor.Patient {
    var baud: Int?
    if case .serial(_, let rate, _) = address { baud = rate }
    var remembered: [TLSMemory.Entry] = []
    if !isSimulated {
      do throws(StateProblem) { remembered = try TLSMemory(folder: State.folder).entries() } catch {
        throw .forgetful(error)
      }
    }
    return Doctor.Patient(
      baud: baud, keys: [key] + others, security: security, access: access, at: address.description,
      remembering: remembered, timers: baud == nil ? timers : nil
    ) { rate throws(LinkError) in
      watched(try await connect(at: rate))
    }
  }

  private func connect(at rate: Int? = nil) async throws(LinkError) -> any Link {
    switch address {
    case .serial(let path, _, let enable) where rate != nil:
      return try await MeterAddress.serial(path: path, baud: rate ?? 9600, enable: enable).connect(log: log)
    case .serial, .tcp, .gateway: return try await address.connect(log: log)
    case .sim(_, let days):
      let clock = VirtualClock.system()
      let start = clock.now() - Int64(days) * 86_400
      guard let profile,
        let meter = try? SimulatedMeter(
          profile, scenario: days == 0 ? Scenario() : .past, start: start, log: log, clock: { clock.now() })
      else { preconditionFailure("every profile can be laid out") }
      await meter.advance()
      // Its key is the one that was given, if any, at the level that was said.
      return access == .advanced ? meter.connect(basic: AccessKey(dummy: 0), advanced: key) : meter.connect(basic: key)
    }
  }
}

extension MeterSource {
  /// A meter of the gateway's configuration.
  init(_ house: Configuration.House, log: Logger = Logger(label: "mep")) throws {
    let profile = try house.address.profile()
    let key = try Key.readings(Key.file(house.keyFile), otherwise: profile == nil ? nil : AccessKey(dummy: 1))[0]
    self.init(
      address: house.address, profile: profile, key: key, access: house.access, security: house.security, capture: nil,
      log: log)
  }
}

extension MeterAddress {
  /// What to simulate; nil for what is outside this program.
  func profile() throws -> Profile? {
    guard case .sim(let name, _) = self else { return nil }
    return try .required(name)
  }

  /// A link to what is outside this program.
  func connect(log: Logger = Logger(label: "mep")) async throws(LinkError) -> any Link {
    switch self {
    case .serial(let path, let baud, let enable): return try SerialLink.open(path, baud: baud, enable: enable, log: log)
    case .tcp(let host, let port): return try await TCPLink.connect(host: host, port: port, baud: 9600)
    case .gateway(let name):
      // Looked for before anything is opened, so that only a gateway that has just ended is missed here.
      guard let path = try? Sockets.path(of: name) else { throw .notFound(path: "\(self)") }
      return try LocalSocket.connect(path)
    case .sim: preconditionFailure("a simulated meter is made, and not found")
    }
  }
}
