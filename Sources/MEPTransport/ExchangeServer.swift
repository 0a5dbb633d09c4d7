// SPDX-License-Identifier: Apache-2.0
import Logging
import MEP

/// Who answers the requests of one port.
public protocol RequestHandler: Sendable {
  /// The answer to a request whose digest and sequence number were right.
  func answer(_ request: ServerConnection.Accepted) async -> Response
  /// What the port has to know before it goes on.
  func status() async -> PortStatus
}

/// The part of a meter's state that its port acts on.
public struct PortStatus: Sendable {
  /// Whether something waits to be served, so that alerts go out.
  public var alert: Bool
  /// How many times the configuration has changed since the meter began.
  public var configurationChanges: Int
  /// A port that is closed hears nothing.
  public var isClosed: Bool
  /// A meter without power hears nothing either, and does not finish what it was about to answer.
  public var isOff: Bool
  public var digests: ServerConnection.Digests
  /// Whether the port speaks TLS.
  public var takesTLS: Bool
  /// The advanced key, where it is another one than the port began with.
  public var advancedKey: AccessKey?

  public init(
    alert: Bool = false, configurationChanges: Int = 0, isClosed: Bool = false, isOff: Bool = false,
    digests: ServerConnection.Digests = .taken, takesTLS: Bool = false, advancedKey: AccessKey? = nil
  ) {
    self.alert = alert
    self.configurationChanges = configurationChanges
    self.isClosed = isClosed
    self.isOff = isOff
    self.digests = digests
    self.takesTLS = takesTLS
    self.advancedKey = advancedKey
  }

  public var isDeaf: Bool { isClosed || isOff }
}

/// Runs a ``ServerConnection`` over a ``Link``.
public struct ExchangeServer: Sendable {
  private var connection: ServerConnection
  private var tls: TLSServer
  private let handler: any RequestHandler
  private let log: Logger
  private var configurationChanges: Int?

  public init(_ connection: ServerConnection, handler: any RequestHandler, log: Logger) {
    self.connection = connection
    tls = TLSServer(basic: connection.basic, advanced: connection.advanced)
    self.handler = handler
    self.log = log
  }

  /// How long a change of the meter's state may wait until an idle port sees it.
  private static let look = Instant.Span.milliseconds(250)

  /// Serves until the link closes or the task is cancelled. What the port keeps (its sequence number) outlives the link.
  public mutating func serve(_ link: any Link) async throws(LinkError) {
    connection.lineChanged()
    while true {
      await attend()
      if let segment = connection.takeTransmission(at: .now()) {
        try await link.send(segment)
        connection.transmitted(at: .now())
        continue
      }
      let look = Instant.now() + Self.look
      let octets = try await link.receive(until: connection.deadline.map { min($0, look) } ?? look)
      // A change that came while the port waited goes before the request that came after it.
      guard await !attend().isDeaf else {
        connection.lineChanged()
        continue
      }
      connection.receive(octets, at: .now())
      connection.advance(to: .now())
      if let message = connection.takeTLS() {
        switch tls.take(message) {
        case .answer(let answer): connection.respond(answer, at: .now())
        case .request(let body):
          guard let identity = tls.identity else { preconditionFailure("a request comes in a session") }
          let response = await answer(ServerConnection.Accepted(body: body, identity: identity))
          guard let response else { continue }
          connection.respond(tls.seal(response), at: .now())
        }
      } else if let request = connection.takeRequest(), let response = await answer(request) {
        connection.respond(response, at: .now())
      }
    }
  }

  /// Nil where nobody is left to answer: what was carried out took the power away.
  private mutating func answer(_ request: ServerConnection.Accepted) async -> Response? {
    let response = await handler.answer(request)
    log.debug("answered", metadata: ["level": "\(request.level)", "security": "\(request.security)"])
    guard await !attend().isOff else {
      connection.lineChanged()
      return nil
    }
    return response
  }

  @discardableResult private mutating func attend() async -> PortStatus {
    let status = await handler.status()
    let known = configurationChanges ?? status.configurationChanges
    for _ in known..<max(known, status.configurationChanges) {
      connection.configurationChanged()
    }
    configurationChanges = status.configurationChanges
    if let key = status.advancedKey { (connection.advanced, tls.advanced) = (key, key) }
    if status.isOff || !status.takesTLS { tls.end() }
    connection.takesTLS = status.takesTLS
    // Within a session none are taken; how they are refused is not in the guide.
    connection.digests = tls.identity != nil && status.digests == .taken ? .refused : status.digests
    connection.setAlert(status.alert && !status.isDeaf, at: .now())
    return status
  }
}
