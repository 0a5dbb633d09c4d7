// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import HummingbirdCore
import Logging

/// Answers over HTTP what a ``Site`` knows.
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

  private let listener: WebListener

  /// - Parameter costs: what electricity costs; nil where nobody said.
  public init(
    _ gateway: Gateway, _ settings: Settings, costs: Costs? = nil, version: String, log: Logger
  ) throws(PasswordFile.Flaw) {
    let site = Site(gateway, version: version, hasDabbler: settings.hasDabbler, costs: costs)
    var isRight: (@Sendable ([UInt8]) -> Bool)?
    if let path = settings.passwordFile {
      let passwords = try PasswordFile(path)
      isRight = { passwords.has($0) }
    }
    let doorkeeper = Doorkeeper(
      names: settings.names, isRight,
      open: Set(["/health"] + (settings.hasOpenMetrics ? ["/metrics"] : [])))
    listener = WebListener(settings, log: log) { request, path, address throws(Refusal) in
      try await doorkeeper.check(request.head, path: path, from: address)
      guard request.method == .get || request.method == .head else {
        throw Refusal(.notAllowed, "Only GET and HEAD: nothing is changed from here.")
      }
      if let page = Page.at(path) {
        return page.response(to: request.head, headers: WebListener.headers(page.type))
      }
      let query = request.uri.queryParameters.map { (name: String($0.key), value: String($0.value)) }
      return WebListener.response(try await site.answer(path, query))
    }
  }

  /// Why it does not listen.
  public struct Failure: Error, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// Answers until the task is cancelled.
  ///
  /// - Parameter isListening: is called with the port once it listens, also where the system chose it.
  public func run(isListening: @escaping @Sendable (Int) -> Void = { _ in }) async throws(Failure) {
    try await listener.run(isListening: isListening)
  }
}
