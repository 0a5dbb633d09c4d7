// SPDX-License-Identifier: Apache-2.0
import Glibc
import HTTPTypes
import HummingbirdCore
import Logging
import MEPClient
import NIOCore
import NIOPosix

/// Listens for HTTP, by Hummingbird's server, and has somebody else answer.
struct WebListener: Sendable {
  /// Answers what is asked at a path from an address.
  typealias Responder =
    @Sendable (_ request: Request, _ path: String, _ address: String) async throws(Refusal) -> Response

  let settings: WebServer.Settings
  let log: Logger
  let answer: Responder

  init(_ settings: WebServer.Settings, log: Logger, answer: @escaping Responder) {
    (self.settings, self.log, self.answer) = (settings, log, answer)
  }

  /// How long a connection may be asked nothing.
  static let idleSeconds: Int64 = 13

  /// Answers until the task is cancelled.
  ///
  /// - Parameter isListening: is called with the port once it listens, also where the system chose it.
  func run(isListening: @escaping @Sendable (Int) -> Void) async throws(WebServer.Failure) {
    // The library's own words are for its developers.
    let quiet = Logger(label: "mep.web") { _ in SwiftLogNoOpLogHandler() }
    let idle = IdleConnections(most: 64)
    let channel = HTTP1Channel(
      responder: { request, writer, channel in
        let response = await respond(to: request, from: channel.remoteAddress?.ipAddress ?? "")
        try await writer.write(response: response.head, body: response.body)
        guard response.headers[.connection] == "close" else { return }
        // Long enough to be read: closed at once, with something still to come, it could be lost.
        channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
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
      throw WebServer.Failure(
        description: "\(settings.host):\(settings.port) cannot be listened at: \(reason). "
          + "Another gateway may be there; web: port: names another one, and web: off does without.")
    }
  }

  private func respond(to request: Request, from address: String) async -> Response {
    var path = request.uri.path
    if !settings.path.isEmpty {
      // The dashboard's own addresses begin where it is.
      if path == settings.path { return Response(status: .permanentRedirect, headers: [.location: path + "/"]) }
      if path.hasPrefix(settings.path + "/") { path = String(path.dropFirst(settings.path.count)) }
    }
    do throws(Refusal) {
      let response = try await answer(request, path, address)
      return request.method == .head ? response.createHeadResponse() : response
    } catch {
      log.debug("refused \(request.method) \(path) to \(address): \(error.words)")
      var response = Self.response(error)
      // A body that nobody wants is not read for as long as it comes.
      if request.headers[.contentLength] ?? "0" != "0" || request.headers[.transferEncoding] != nil {
        response.headers[.connection] = "close"
      }
      return response
    }
  }

  // MARK: Answers

  static func response(_ answer: Answer) -> Response {
    switch answer {
    case .json(let json): Response(status: .ok, headers: headers("application/json"), body: body("\(json)\n"))
    case .text(let text, let type): Response(status: .ok, headers: headers(type), body: body(text))
    case .stream(let type, let stream):
      Response(
        status: .ok, headers: headers(type),
        body: ResponseBody { writer in
          // A writer cannot be captured, and is handed back.
          var writer = writer
          try await stream { try await writer.write(ByteBuffer(string: $0)) }
          try await writer.finish(nil)
        })
    }
  }

  private static func response(_ refusal: Refusal) -> Response {
    var headers = Self.headers("application/json")
    switch refusal.kind {
    case .unauthorized: headers[.wwwAuthenticate] = "Basic realm=\"mep\", charset=\"UTF-8\""
    case .notAllowed: headers[.allow] = "GET, HEAD"
    default: break
    }
    if let seconds = refusal.retryAfter { headers[.retryAfter] = "\(seconds)" }
    let json = JSON.object([("error", .string(refusal.words))])
    return Response(status: .init(code: refusal.kind.rawValue), headers: headers, body: body("\(json)\n"))
  }

  private static func body(_ text: String) -> ResponseBody { ResponseBody(byteBuffer: ByteBuffer(string: text)) }

  static func headers(_ type: String) -> HTTPFields {
    [
      .contentType: type, .date: GatewayClock.system.now().ofHTTP, .cacheControl: "no-store",
      .xContentTypeOptions: "nosniff",
      .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'self'",
      HTTPField.Name("Referrer-Policy")!: "no-referrer",
    ]
  }
}
