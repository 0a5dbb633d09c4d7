// SPDX-License-Identifier: Apache-2.0
import Glibc
import HTTPTypes
import HummingbirdCore
import Logging
import MEPClient
import NIOCore
import NIOPosix

/// Answers over HTTP what a ``Site`` knows, by Hummingbird's server.
public struct WebServer: Sendable {
  public struct Settings: Sendable {
    public var host = "127.0.0.1"
    public var port = 8337
    /// Names by which it may be asked, beside numbers and this computer's own.
    public var names: [String] = []
    /// A path in front of all others, where a proxy leaves it there.
    public var path = ""
    /// See ``PasswordFile``.
    public var passwordFile: String?
    /// Whether `/metrics` needs no password.
    public var hasOpenMetrics = false

    /// Whether the one meter's values are also told as Dabbler's module tells them, at `/getDashDataWS`.
    public var hasDabbler = false

    public init() {}

    /// Whether nobody but this computer can ask.
    public var isLocal: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
  }

  private let settings: Settings
  private let site: Site
  private let doorkeeper: Doorkeeper
  private let log: Logger

  /// - Parameter costs: what electricity costs; nil where nobody said.
  public init(
    _ gateway: Gateway, _ settings: Settings, costs: CostSettings? = nil, version: String, log: Logger
  ) throws(PasswordFile.Flaw) {
    (self.settings, self.log) = (settings, log)
    site = Site(gateway, version: version, hasDabbler: settings.hasDabbler, costs: costs.map { Costs($0) })
    var passwords: PasswordFile?
    if let path = settings.passwordFile { passwords = try PasswordFile(path) }
    doorkeeper = Doorkeeper(
      names: settings.names, passwords: passwords,
      open: Set(["/health"] + (settings.hasOpenMetrics ? ["/metrics"] : [])))
  }

  /// How long a connection may be asked nothing.
  static let idleSeconds: Int64 = 13

  /// Why it does not listen.
  public struct Failure: Error, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// Answers until the task is cancelled.
  ///
  /// - Parameter isListening: is called with the port once it listens, also where the system chose it.
  public func run(isListening: @escaping @Sendable (Int) -> Void = { _ in }) async throws(Failure) {
    // The library's own words are for its developers.
    let quiet = Logger(label: "mep.web") { _ in SwiftLogNoOpLogHandler() }
    let idle = IdleConnections(most: 64)
    let channel = HTTP1Channel(
      responder: { request, writer, channel in
        let response = await respond(to: request, from: channel.remoteAddress?.ipAddress ?? "")
        try await writer.write(response: response.head, body: response.body)
      },
      configuration: .init(
        additionalChannelHandlers: [idle.handler],
        // What is being answered is not cut by it, nor who asks every ten seconds.
        idleTimeout: .seconds(Self.idleSeconds),
        httpDecoderConfiguration: .init(maxHeaderListSize: 16_384, maxHeaderFieldCount: 100))
    )
    let server = channel.server(
      configuration: .init(
        address: .hostname(settings.host, port: settings.port),
        availableConnectionsDelegate: MaximumAvailableConnections(128)),
      onServerRunning: { isListening($0.localAddress?.port ?? settings.port) },
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet)
    do {
      try await server.run()
    } catch is CancellationError {
    } catch {
      let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
      throw Failure(
        description: "\(settings.host):\(settings.port) cannot be listened at: \(reason). "
          + "Another gateway may be there; web: port: names another one, and web: off does without.")
    }
  }

  // MARK: A request

  private func respond(to request: Request, from address: String) async -> Response {
    var path = request.uri.path
    if !settings.path.isEmpty {
      // The dashboard's own addresses begin where it is.
      if path == settings.path { return Response(status: .permanentRedirect, headers: [.location: path + "/"]) }
      if path.hasPrefix(settings.path + "/") { path = String(path.dropFirst(settings.path.count)) }
    }
    do throws(Refusal) {
      try await doorkeeper.check(request.head, path: path, from: address)
      guard request.method == .get || request.method == .head else {
        throw Refusal(.notAllowed, "Only GET and HEAD: nothing is changed from here.")
      }
      let response: Response
      if let page = Page.at(path) {
        response = page.response(to: request.head, headers: Self.headers(page.type))
      } else {
        let query = request.uri.queryParameters.map { (name: String($0.key), value: String($0.value)) }
        response = self.response(try await site.answer(path, query))
      }
      return request.method == .head ? response.createHeadResponse() : response
    } catch {
      log.debug("refused \(request.method) \(path) to \(address): \(error.words)")
      return self.response(error)
    }
  }

  private func response(_ answer: Answer) -> Response {
    switch answer {
    case .json(let json): Response(status: .ok, headers: Self.headers("application/json"), body: Self.body("\(json)\n"))
    case .text(let text, let type): Response(status: .ok, headers: Self.headers(type), body: Self.body(text))
    case .stream(let type, let stream):
      Response(
        status: .ok, headers: Self.headers(type),
        body: ResponseBody { writer in
          // A writer cannot be captured, and is handed back.
          var writer = writer
          try await stream { try await writer.write(ByteBuffer(string: $0)) }
          try await writer.finish(nil)
        })
    }
  }

  private func response(_ refusal: Refusal) -> Response {
    var headers = Self.headers("application/json")
    switch refusal.kind {
    case .unauthorized: headers[.wwwAuthenticate] = "Basic realm=\"mep\", charset=\"UTF-8\""
    case .notAllowed: headers[.allow] = "GET, HEAD"
    default: break
    }
    if let seconds = refusal.retryAfter { headers[.retryAfter] = "\(seconds)" }
    let json = JSON.object([("error", .string(refusal.words))])
    return Response(
      status: .init(code: refusal.kind.rawValue), headers: headers, body: Self.body("\(json)\n"))
  }

  private static func body(_ text: String) -> ResponseBody { ResponseBody(byteBuffer: ByteBuffer(string: text)) }

  private static func headers(_ type: String) -> HTTPFields {
    [
      .contentType: type, .date: GatewayClock.system.now().ofHTTP, .cacheControl: "no-store",
      .xContentTypeOptions: "nosniff",
      .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'self'",
      HTTPField.Name("Referrer-Policy")!: "no-referrer",
    ]
  }
}
