// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTPTypes
import HummingbirdCore
import Logging
import MEPClient
import MEPTransport
import NIOCore
import Synchronization

/// Answers over HTTP while no meter is named: a page that checks and names one, for whoever has its token.
public final class SetUpServer: Sendable {
  /// Whoever has it may do what the page can.
  public let token: String

  private let settings: WebServer.Settings
  private let doorkeeper: Doorkeeper
  private let log: Logger
  private let end: ContinuousClock.Instant
  private let state: @Sendable () -> JSON
  private let examine: Examine
  private let write: @Sendable (NewMeter) throws -> Void
  /// Whether a meter is being checked or named, or has been named.
  private let isBusy = Atomic(false)
  private let (named, noteNamed) = AsyncStream.makeStream(of: Void.self)

  public typealias Examine =
    @Sendable (_ meter: NewMeter, _ tell: @escaping @Sendable (JSON) -> Void) async throws -> Void

  /// - Parameters:
  ///   - lifetime: how long the token is good.
  ///   - state: what there is, and what is missing.
  ///   - examine: finds out whether a meter answers; tells what it does and finds.
  ///   - write: names the meter in the configuration.
  ///
  ///   What they throw is told to who asks.
  public init(
    _ settings: WebServer.Settings, lifetime: Duration = .seconds(3600), log: Logger,
    state: @escaping @Sendable () -> JSON, examine: @escaping Examine,
    write: @escaping @Sendable (NewMeter) throws -> Void
  ) {
    end = ContinuousClock.now + lifetime
    (self.settings, self.log, self.state, self.examine, self.write) = (settings, log, state, examine, write)
    var random = SystemRandomNumberGenerator()
    let token = Hex.text((0..<16).map { _ in UInt8.random(in: 0...255, using: &random) })
    self.token = token
    doorkeeper = Doorkeeper(
      names: settings.names,
      { given in
        // Takes as long for one that is nearly right.
        given.count == token.utf8.count && zip(given, token.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
      }, open: Set(Page.paths + ["/"]))
  }

  /// Answers until a meter is named, or the task is cancelled.
  ///
  /// - Parameter isListening: is called with the port once it listens, also where the system chose it.
  public func run(
    isListening: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws(WebServer.Failure) {
    let listener = WebListener(settings, log: log) { request, path, address throws(Refusal) in
      try await self.answer(request, path, address)
    }
    let failure = await withTaskGroup(of: WebServer.Failure?.self) { group in
      group.addTask {
        do throws(WebServer.Failure) { try await listener.run(isListening: isListening) } catch { return error }
        return nil
      }
      group.addTask {
        for await _ in self.named {}
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
    if let failure { throw failure }
  }

  private func answer(_ request: Request, _ path: String, _ address: String) async throws(Refusal) -> Response {
    do throws(Refusal) { try await doorkeeper.check(request.head, path: path, from: address) } catch {
      // A browser that hears of a password asks for one.
      throw error.kind == .unauthorized
        ? Refusal(.forbidden, "Open the address that the gateway's log tells: the token at its end is needed.") : error
    }
    let isRead = request.method == .get || request.method == .head
    if isRead, let page = Page.at(path == "/" ? "/setup" : path) {
      return page.response(to: request.head, headers: WebListener.headers(page.type))
    }
    guard ContinuousClock.now < end else {
      throw Refusal(.forbidden, "The token was good for an hour. Restart the gateway: its log then tells another one.")
    }
    switch (request.method, path) {
    case (.get, "/api/v1/setup"): return WebListener.response(.json(state()))
    case (.post, "/api/v1/setup/check"): return WebListener.response(check(try await Self.meter(in: request)))
    case (.post, "/api/v1/setup/write"):
      try name(try await Self.meter(in: request))
      return WebListener.response(.json(.object([("written", .bool(true))])))
    default: throw Refusal(.notFound, "No meter is named yet, and there is nothing at \(path).")
    }
  }

  /// What is said of a meter.
  private static func meter(in request: Request) async throws(Refusal) -> NewMeter {
    let octets = try? await withThrowingTaskGroup(of: ByteBuffer?.self) { group -> ByteBuffer? in
      group.addTask { try await request.body.collect(upTo: 16_384) }
      group.addTask {
        try await Task.sleep(for: .seconds(10))
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
    guard let octets else {
      throw Refusal(.tooLarge, "What is asked for takes 16 kB at most, and 10 seconds.")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    // The decoder's own words could hold the key.
    guard let meter = try? decoder.decode(NewMeter.self, from: Data(octets.readableBytesView)) else {
      throw Refusal(.badRequest, "A JSON object with name and address is needed, and may have key and time_zone.")
    }
    return meter
  }

  // MARK: One at a time

  private static let busy = Refusal(.unavailable, "A meter is being checked or named just now.", retryAfter: 5)

  private func begin() throws(Refusal) {
    guard isBusy.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else {
      throw Self.busy
    }
  }

  /// A JSON object a line, as soon as there is something to tell.
  private func check(_ meter: NewMeter) -> Answer {
    .stream(type: "application/x-ndjson") { write in
      let (lines, line) = AsyncStream.makeStream(of: JSON.self)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          defer { line.finish() }
          do throws(Refusal) { try self.begin() } catch {
            line.yield(.object([("error", .string(error.words))]))
            return
          }
          defer { self.isBusy.store(false, ordering: .releasing) }
          do { try await self.examine(meter) { line.yield($0) } } catch {
            line.yield(.object([("error", .string("\(error)"))]))
          }
        }
        // Whoever leaves has the check ended.
        for await line in lines { try await write("\(line)\n") }
      }
    }
  }

  private func name(_ meter: NewMeter) throws(Refusal) {
    try begin()
    do { try write(meter) } catch {
      isBusy.store(false, ordering: .releasing)
      throw Refusal(.badRequest, "\(error)")
    }
    Task {
      // Who has asked is answered first.
      try? await Task.sleep(for: .seconds(1))
      noteNamed.finish()
    }
  }
}
