// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEPClient
import Synchronization
import Testing

@testable import MEPGateway

@Suite(.timeLimit(.minutes(1))) struct SetUpServerTests {
  private static let meter = #"{"name": "house", "address": "sim:gen3", "key": "my secret", "time_zone": "UTC"}"#

  /// - Parameter endsItself: whether it is over without anybody ending it.
  private func serve(
    lifetime: Duration = .seconds(3600), endsItself: Bool = false,
    examine: @escaping SetUpServer.Examine = { _, _ in },
    write: @escaping @Sendable (NewMeter) throws -> Void = { _ in },
    _ body: (Browser, _ key: [String: String]) async throws -> Void
  ) async throws {
    var settings = WebServer.Settings()
    settings.port = 0
    let server = SetUpServer(
      settings, lifetime: lifetime, log: quiet, state: { .object([("ports", .array([]))]) }, examine: examine,
      write: write)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let serving = Task { try await server.run { port.yield($0) } }
    let browser = Browser(port: try #require(await ports.first { _ in true }))
    try await body(browser, ["Authorization": "Bearer \(server.token)"])
    if !endsItself { serving.cancel() }
    try await serving.value
  }

  @Test func onlyTheTokenOpensIt() async throws {
    try await serve { browser, key in
      for path in ["/", "/setup", "/setup.js", "/style.css"] { #expect(try await browser.get(path).status == 200) }
      let told = try await browser.get("/api/v1/setup", key)
      #expect(told.status == 200 && told.body == "{\"ports\":[]}\n")
      // A browser is not told of passwords, for which it would ask.
      let without = try await browser.get("/api/v1/setup")
      #expect(without.status == 403 && without.headers["www-authenticate"] == nil && without.body.contains("token"))
      #expect(try await browser.get("/health").status == 403)
      #expect(try await browser.get("/health", key).status == 404)
      let elsewhere = key.merging(["Origin": "https://evil.example"]) { $1 }
      #expect(try await browser.get("/api/v1/setup", elsewhere).status == 403)
      #expect(try await browser.get("/api/v1/setup", key.merging(["Host": "evil.example"]) { $1 }).status == 421)
      for path in ["check", "write"] {
        let reply = try await browser.get("/api/v1/setup/\(path)", method: "POST", body: Self.meter)
        #expect(reply.status == 403, "\(path)")
        #expect(try await browser.get("/api/v1/setup/\(path)", key).status == 404)
      }
      var last = 0
      for guess in 0..<6 { last = try await browser.get("/api/v1/setup", ["Authorization": "Bearer \(guess)"]).status }
      #expect(last == 429)
      #expect(try await browser.get("/api/v1/setup", key).status == 200)
    }
  }

  @Test func whatMakesNoSenseIsToldWithoutItsKey() async throws {
    struct Trouble: Error, CustomStringConvertible { let description = "it is written on paper" }
    let write: @Sendable (NewMeter) throws -> Void = { _ in throw Trouble() }
    try await serve(write: write) { browser, key in
      func write(_ body: String) async throws -> Browser.Reply {
        try await browser.get("/api/v1/setup/write", method: "POST", key, body: body)
      }
      let half = try await write(String(Self.meter.dropLast(5)))
      #expect(half.status == 400 && half.body.contains("name and address") && !half.body.contains("secret"))
      #expect(try await write("\"" + String(repeating: "a", count: 20_000) + "\"").status == 413)
      // And asking again is asking anew.
      for _ in 0..<2 {
        let reply = try await write(Self.meter)
        #expect(reply.status == 400 && reply.body.contains("it is written on paper"))
      }
    }
  }

  @Test func theTokenIsGoodForItsTime() async throws {
    try await serve(lifetime: .zero) { browser, key in
      #expect(try await browser.get("/setup").status == 200)
      for (path, method) in [("", "GET"), ("/check", "POST"), ("/write", "POST")] {
        let late = try await browser.get("/api/v1/setup\(path)", method: method, key, body: Self.meter)
        #expect(late.status == 403 && late.body.contains("Restart the gateway"), "\(path)")
      }
    }
  }

  /// It is told at once, and its connection is closed before it would be for being idle.
  @Test func aBodyThatIsRefusedIsNotWaitedFor() async throws {
    try await serve { browser, _ in
      let begun = ContinuousClock.now
      let refused = try await browser.get(
        "/api/v1/setup/write", method: "POST", ["Connection": "keep-alive", "Content-Length": "100000000"])
      #expect(refused.status == 403 && refused.headers["connection"] == "close")
      #expect(ContinuousClock.now - begun < .seconds(WebListener.idleSeconds - 3))
    }
  }

  /// One at a time; once a meter is named the page has answered, and is over.
  @Test func aMeterIsCheckedAndNamed() async throws {
    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let names = Mutex<[String?]>([])
    let examine: SetUpServer.Examine = { meter, tell in
      begin.finish()
      tell(.object([("doing", .string("Listening to \(meter.name)"))]))
      for await _ in gate {}
      tell(.object([("ailment", .null)]))
    }
    let write: @Sendable (NewMeter) -> Void = { meter in names.withLock { $0 += [meter.name, meter.timeZone] } }
    try await serve(endsItself: true, examine: examine, write: write) { browser, key in
      @Sendable func ask(_ what: String) async throws -> Browser.Reply {
        try await browser.get("/api/v1/setup/\(what)", method: "POST", key, body: Self.meter)
      }
      async let first = ask("check")
      for await _ in begun {}
      let second = try await ask("write")
      #expect(second.status == 503 && second.headers["retry-after"] == "5")
      #expect(try await ask("check").body.contains("being checked or named"))
      open.finish()
      #expect(try await first.body == "{\"doing\":\"Listening to house\"}\n{\"ailment\":null}\n")
      let named = try await ask("write")
      #expect(named.status == 200 && named.body == "{\"written\":true}\n", "\(named.body)")
      let given = names.withLock { $0 }
      #expect(given == ["house", "UTC"])
    }
  }
}
