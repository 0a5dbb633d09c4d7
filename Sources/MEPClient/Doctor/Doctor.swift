// SPDX-License-Identifier: Apache-2.0
import C1219
import Logging
import MEP
import MEPTransport
import OSGPTables

/// Finds out, from the cable to the key, why a meter cannot be read, or that it can. It only reads.
///
/// ``examine()`` goes on step by step, as far as there is something to examine, and tells what it finds at once.
public actor Doctor {
  /// Opens the line, at a rate in baud or at the one that it has.
  public typealias Open = @Sendable (_ baud: Int?) async throws(LinkError) -> any Link

  /// What is examined.
  public struct Patient: Sendable {
    public var open: Open
    /// The rate of the line; nil where the far end of a connection decides it, so that no other can be tried.
    public var baud: Int?
    /// The key, and what else its file could mean.
    public var keys: [AccessKey]
    public var security: Security
    /// The key's level, where it is known.
    public var access: AccessLevel?
    /// Where the meter is, and which meters have spoken TLS: these are not asked by digests.
    public var address: String
    public var remembered: [TLSMemory.Entry]
    /// The waits of the protocol, on a line that is not serial; nil for those of its rate.
    public var timers: Timers?

    public init(
      baud: Int?, keys: [AccessKey], security: Security = .auto, access: AccessLevel? = nil, at address: String = "",
      remembering remembered: [TLSMemory.Entry] = [], timers: Timers? = nil, open: @escaping Open
    ) {
      precondition(!keys.isEmpty, "a key to try")
      self.open = open
      self.baud = baud
      self.keys = keys
      self.security = security
      self.access = access
      self.address = address
      self.remembered = remembered
      self.timers = timers
    }
  }

  /// How long to listen, how often to ask.
  public struct Effort: Sendable {
    public var rest = Instant.Span.milliseconds(2500)
    public var reads = 50
    public var rates = [9600, 300, 600, 1200, 2400, 4800, 19_200, 38_400, 57_600, 115_200]

    public init() {}
  }

  let patient: Patient
  let effort: Effort
  let log: Logger
  private let tell: @Sendable (Finding) -> Void
  private let progress: @Sendable (String) -> Void
  var link: (any Link)?
  /// The rate that the line was opened at last.
  var baud: Int?
  /// The key with which the meter answered.
  var key: AccessKey
  var level: AccessLevel?
  /// Alerts were heard at rest.
  var hearsAlerts = false
  /// Octets that are no answer have come when something was asked.
  var hearsNoise = false
  /// The port was silent, and then it was not.
  var wasSilent = false
  public private(set) var findings: [Finding] = []

  /// - Parameters:
  ///   - tell: is told each finding as soon as it is there.
  ///   - progress: is told what takes a while.
  public init(
    _ patient: Patient, effort: Effort = Effort(), log: Logger = Logger(label: "mep.doctor"),
    progress: @escaping @Sendable (String) -> Void = { _ in }, tell: @escaping @Sendable (Finding) -> Void = { _ in }
  ) {
    self.patient = patient
    self.effort = effort
    self.log = log
    self.progress = progress
    self.tell = tell
    key = patient.keys[0]
    level = patient.access
  }

  /// Whether the meter at this address has, so that somebody else may answer in its place.
  var hasSpokenTLS: Bool {
    patient.security == .auto && patient.remembered.contains { $0.address == patient.address }
  }

  /// The first fault, which is the one to mend first.
  public var ailment: Ailment? { findings.lazy.compactMap(\.ailment).first }

  /// Examines, as far as can be. Throws only `.cancelled`.
  @discardableResult
  public func examine() async throws(LinkError) -> [Finding] {
    do throws(LinkError) { try await examineAll() } catch {
      link?.close()
      if error == .cancelled { throw error }
      // The line itself has ended meanwhile.
      fault(.port, "The line ended while it was examined.", .port(error))
    }
    link?.close()
    return findings
  }

  private func examineAll() async throws(LinkError) {
    guard try await openLine(at: nil) == .open else { return }
    good(.port, "The line is open" + (baud.map { ", at \($0) baud." } ?? "."))
    try await listen()
    guard let way = try await findWay() else { return }
    try await compareAnswers(way)
    try await examineMeter(way)
  }

  // MARK: Findings

  func good(_ step: Finding.Step, _ seen: String) { add(Finding(step: step, verdict: .good, seen: seen, ailment: nil)) }
  func note(_ step: Finding.Step, _ seen: String) { add(Finding(step: step, verdict: .note, seen: seen, ailment: nil)) }

  func fault(_ step: Finding.Step, _ seen: String, _ ailment: Ailment) {
    add(Finding(step: step, verdict: .fault, seen: seen, ailment: ailment))
  }

  func begin(_ what: String) { progress(what) }

  private func add(_ finding: Finding) {
    findings.append(finding)
    tell(finding)
  }

  // MARK: The line

  enum Opening {
    case open
    /// The adapter cannot do that rate.
    case otherRate
    /// Which is told.
    case failed
  }

  /// Opens it, anew where it is open.
  func openLine(at rate: Int?) async throws(LinkError) -> Opening {
    link?.close()
    link = nil
    do throws(LinkError) {
      link = try await patient.open(rate)
      baud = rate ?? patient.baud
      return .open
    } catch {
      if error == .cancelled { throw error }
      if rate != nil, case .unsupportedBaud = error { return .otherRate }
      fault(.port, "The line cannot be opened.", .port(error))
      return .failed
    }
  }

  var timers: Timers { patient.timers ?? Timers(baud: baud ?? 9600) }

  /// What the line says by itself.
  private func listen() async throws(LinkError) {
    guard let link else { return }
    begin("Listening")
    var monitor = LineMonitor(baud: baud ?? 9600)
    let end = Instant.now() + effort.rest
    while Instant.now() < end {
      let octets = try await link.receive(until: end)
      if !octets.isEmpty { _ = monitor.take(octets, from: .meter, at: .now()) }
    }
    _ = monitor.finish(at: .now())
    let heard = monitor.summary
    hearsAlerts = heard.alerts > 0
    let time = "in \(effort.rest.milliseconds / 100 * 100) ms"
    if heard.responses > 0 {
      fault(.rest, "\(heard.responses) answers came \(time) that nobody here had asked for.", .otherClient)
    } else if heard.noise + heard.broken > 0 {
      note(.rest, "Octets came \(time) that are no message of a meter.")
    } else if hearsAlerts {
      note(.rest, "The meter raises alerts: something waits for a client. `mep alerts` tells what.")
    } else {
      good(.rest, "Quiet \(time), as a meter is that nobody asks.")
    }
  }
}
