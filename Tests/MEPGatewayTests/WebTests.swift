// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import Synchronization
import Testing

@testable import MEPGateway

/// A gateway that reads a simulated meter called "house", and answers over HTTP.
final class Station: Sendable {
  let gateway: Gateway
  let store: Store
  let shelf: Shelf
  private let reading: Task<Void, any Error>
  private let serving: Task<Void, any Error>
  let browser: Browser

  init(_ settings: WebServer.Settings = WebServer.Settings(), reads: Bool = true) async throws {
    shelf = try Shelf()
    store = try shelf.open()
    gateway = Gateway(store, zone: utc, commit: 1000, log: quiet)
    let line = Line(try SimulatedMeter(.gen3, log: quiet, clock: { GatewayClock.system.now().utc.secondsSince2000 }))
    let gateway = gateway
    reading = Task {
      let source = Gateway.Source("house") { () async throws(MeterError) in try await line.open() }
      try await gateway.run(reads ? [source] : [])
    }
    var settings = settings
    settings.port = 0
    let server = try WebServer(gateway, settings, version: "1.2.3", log: quiet)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    serving = Task { try await server.run { port.yield($0) } }
    browser = Browser(port: try #require(await ports.first { _ in true }))
    while await !gateway.isPrepared { try await Task.sleep(for: .milliseconds(5)) }
    if reads {
      // Once its totals are there, its present values are as well.
      while await gateway.values["house"]?.values.keys.contains(where: { $0.name == "fwd_active_energy_wh" }) != true {
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  func end() async {
    reading.cancel()
    serving.cancel()
    _ = await (reading.result, serving.result)
  }
}

@Suite(.timeLimit(.minutes(2))) struct WebTests {
  /// What the document promises is what is answered.
  @Test func theDocumentIsKept() async throws {
    let station = try await Station()
    let reply = try await station.browser.get("/openapi.json")
    #expect(reply.status == 200 && reply.headers["content-type"] == "application/json")
    #expect(reply.headers["date"]?.hasSuffix(" GMT") == true)
    let document = try #require(try reply.json() as? [String: Any])
    let paths = try #require(document["paths"] as? [String: [String: Any]])
    #expect(paths.count == station.endpointCount)
    for (path, operations) in paths {
      let get = try #require(operations["get"] as? [String: Any])
      let found = try #require((get["responses"] as? [String: Any])?["200"] as? [String: Any])
      let content = try #require(found["content"] as? [String: [String: Any]])
      let target = path.replacing("{meter}", with: "house").replacing("{table}", with: "BT28")
      if content.keys.contains("text/event-stream") { continue }
      let answer = try await station.browser.get(target)
      #expect(answer.status == 200, "\(path): \(answer.body)")
      let type = String(answer.headers["content-type"]?.prefix { $0 != ";" } ?? "")
      let schema = try #require(content[type]?["schema"] as? [String: Any], "\(path): \(type)")
      if type == "application/json" {
        #expect(flaws(try answer.json(), schema, path) == [], "\(path)")
      }
      // And what it does not know is refused.
      let refused = try await station.browser.get(target + "?nonsense=1")
      #expect(refused.status == 400 && refused.body.contains("nonsense"), "\(path)")
      #expect(
        flaws(
          try refused.json(), ["type": "object", "required": ["error"], "properties": ["error": ["type": "string"]]],
          path) == [])
    }
    await station.end()
  }

  /// A table is read from the meter while somebody waits: whole, decoded, and as `mep read` tells it.
  @Test func tablesAreReadFromTheMeter() async throws {
    let station = try await Station()
    let reply = try await station.browser.get("/api/v1/meters/house/tables/bt01")
    let table = try #require(try reply.json() as? [String: Any])
    #expect(table["table"] as? String == "BT01" && table["read_at"] is String && table["ranges"] == nil)
    let fields = try #require(table["fields"] as? [[String: Any]])
    #expect(fields.contains { $0["path"] as? String == "manufacturer" && $0["value"] as? String == "ELON" })
    // Registers have the meter's unit.
    let energies = try await station.browser.get("/api/v1/meters/house/tables/BT23").json() as? [String: Any]
    let first = try #require((energies?["fields"] as? [[String: Any]])?.first)
    #expect(first["unit"] as? String == "Wh" && first["path"] as? String == "summations[0]")
    let secret = try await station.browser.get("/api/v1/meters/house/tables/2061")
    #expect(secret.status == 403 && secret.body.contains("ET13 has keys") && !secret.body.contains("octets"))
    for (name, words) in [("BT99", "refused BT99"), ("nonsense", "names no table"), ("BT", "names no table")] {
      let none = try await station.browser.get("/api/v1/meters/house/tables/\(name)")
      #expect(none.status == 404 && none.body.contains(words), "\(none.body)")
    }
    let names = try #require(try await station.browser.get("/api/v1/tables").json() as? [[String: Any]])
    #expect(names.contains { $0["table"] as? String == "ET09" && $0["described"] as? Bool == true })
    await station.end()
    let late = try await station.gateway.ask("other") { _ throws(MeterError) in 1 }
    #expect(late == nil)
  }

  /// Who only holds connections keeps nobody from asking, and cuts nobody who is being answered.
  @Test func heldConnectionsMakeRoom() async throws {
    let station = try await Station()
    let stream = try await station.browser.open("/api/v1/live")
    _ = try await stream.receive(until: .now() + .milliseconds(10_000))
    var held: [any Link] = []
    for _ in 0..<300 { held.append(try await TCPLink.connect(host: "127.0.0.1", port: station.browser.port)) }
    let begun = ContinuousClock.now
    #expect(try await station.browser.get("/health").status == 200)
    // And not only once those that are held have been idle for too long.
    #expect(.now - begun < .seconds(WebListener.idleSeconds))
    await #expect(throws: LinkError.self) {
      while true { _ = try await held[0].receive(until: .now() + .milliseconds(5000)) }
    }
    for _ in 0..<3 { _ = try await stream.receive(until: .now() + .milliseconds(10_000)) }
    for link in held + [stream] { link.close() }
    await station.end()
  }

  /// Who asks for tables must not keep the gateway from its readings.
  @Test func noMoreThanTwoAskAtOnce() async throws {
    let station = try await Station()
    let gateway = station.gateway
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let (entries, enter) = AsyncStream.makeStream(of: Int.self)
    let asking = (0..<2).map { number in
      Task {
        try await gateway.ask("house") { _ throws(MeterError) in
          enter.yield(number)
          for await _ in gate {}
          return number
        }
      }
    }
    var entered = 0
    for await _ in entries {
      entered += 1
      if entered == 2 { break }
    }
    let refused = try await station.browser.get("/api/v1/meters/house/tables/BT01")
    #expect(refused.status == 503 && refused.headers["retry-after"] == "5", "\(refused.body)")
    open.finish()
    for (number, task) in asking.enumerated() { #expect(try await task.value == number) }
    #expect(try await station.browser.get("/api/v1/meters/house/tables/BT01").status == 200)
    await station.end()
  }

  @Test func registersAndQualityAreTold() async throws {
    let station = try await Station()
    while await station.gateway.values["house"]?.quality == nil { try await Task.sleep(for: .milliseconds(20)) }
    let registers = try #require(
      try await station.browser.get("/api/v1/meters/house/registers").json() as? [[String: Any]])
    func register(_ name: String) -> [String: Any]? { registers.first { $0["series"] as? String == name } }
    #expect(register("fwd_active_energy_wh")?["tier"] is NSNull && register("voltage_l1_v") == nil)
    #expect(register("fwd_active_energy_tier_1_wh")?["tier"] as? Int == 1)
    #expect(register("sags_l1")?["value"] as? Int == 0)
    let quality = try #require(
      try await station.browser.get("/api/v1/meters/house/quality").json() as? [String: Any])
    let statistics = try #require(quality["statistics"] as? [[String: Any]])
    #expect(statistics.contains { $0["statistic"] as? String == "sags" && $0["phase"] as? String == "L1" })
    #expect(quality["read_at"] is String)
    await station.end()
  }

  /// Where JSON is not what its schema says.
  private func flaws(_ json: Any, _ schema: [String: Any], _ path: String) -> [String] {
    if let choices = schema["anyOf"] as? [[String: Any]] {
      return choices.contains { flaws(json, $0, path).isEmpty } ? [] : ["\(path): \(json) is none of its choices"]
    }
    if let names = schema["enum"] as? [String], !names.contains(json as? String ?? "") { return ["\(path): \(json)"] }
    switch schema["type"] as? String {
    case "object":
      guard let object = json as? [String: Any] else { return ["\(path): no object"] }
      let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
      let missing = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }.map { "\(path): no \($0)" }
      return missing
        + object.flatMap { name, value -> [String] in
          if let property = properties[name] { return flaws(value, property, path + "." + name) }
          if schema["additionalProperties"] as? Bool == false { return ["\(path): \(name) is not told of"] }
          return flaws(value, schema["additionalProperties"] as? [String: Any] ?? [:], path + "." + name)
        }
    case "array":
      guard let array = json as? [Any] else { return ["\(path): no array"] }
      return array.flatMap { flaws($0, schema["items"] as? [String: Any] ?? [:], path + "[]") }
    case "string":
      guard let text = json as? String else { return ["\(path): no string"] }
      return schema["format"] as? String == "date-time"
        && WrittenTime(text.replacing(/\.\d\d\dZ$/, with: "Z"))?.utc == nil
        ? ["\(path): \(text)"] : []
    case "integer", "number": return json is NSNumber ? [] : ["\(path): no number"]
    case "boolean": return json is Bool ? [] : ["\(path): no boolean"]
    case "null": return json is NSNull ? [] : ["\(path): not null"]
    default: return []
    }
  }

  @Test(arguments: [
    ("/api/v1x", 404), ("/api/v1/meters/nobody", 404), ("/api/v1/meters/house/history?by=week", 400),
    ("/api/v1/meters/house/history?from=yesterday", 400), ("/api/v1/meters/house/history?by=day&by=hour", 400),
    ("/api/v1/meters/house/history?from=2026-03-02&to=2026-03-01", 400),
    ("/api/v1/meters/house/history?by=minute&from=2020-01-01", 400), ("/api/v1/meters/house/readings?limit=0", 400),
    ("/api/v1/meters/house/export?format=xml", 400), ("/..%2f..%2fetc/passwd", 404), ("/api/v1/meters/%00", 404),
  ])
  func whatMakesNoSenseIsTold(target: String, status: Int) async throws {
    let station = try await Station(reads: false)
    let reply = try await station.browser.get(target)
    // Nothing is read here: every meter is unknown.
    #expect(reply.status == status || reply.status == 404 && target.contains("house"), "\(reply.body)")
    #expect(reply.body.hasPrefix("{\"error\":"))
    await station.end()
  }

  @Test func nothingIsChangedFromHere() async throws {
    let station = try await Station(reads: false)
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
      let reply = try await station.browser.get("/health", method: method)
      #expect(reply.status == 405 && reply.headers["allow"] == "GET, HEAD", "\(method)")
    }
    let head = try await station.browser.get("/health", method: "HEAD")
    #expect(head.status == 200 && head.body == "")
    for name in ["x-content-type-options", "content-security-policy", "referrer-policy", "cache-control"] {
      #expect(head.headers[name] != nil, "\(name)")
    }
    await station.end()
  }

  /// A page of another site cannot ask, be it that its own name leads here.
  @Test func othersPagesAreKeptOut() async throws {
    var settings = WebServer.Settings()
    settings.names = ["meter.example"]
    let station = try await Station(settings, reads: false)
    let port = station.browser.port
    for (host, status) in [
      ("127.0.0.1:\(port)", 200), ("localhost:\(port)", 200), ("[::1]:\(port)", 200), ("192.168.1.5", 200),
      ("METER.example:1234", 200), ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("", 421),
    ] {
      let reply = try await station.browser.get("/health", ["Host": host])
      #expect(reply.status == status, "\(host): \(reply.body)")
    }
    for (origin, status) in [
      ("http://127.0.0.1:\(port)", 200), ("http://127.0.0.1", 403), ("https://evil.example", 403), ("null", 403),
    ] {
      #expect(try await station.browser.get("/health", ["Origin": origin]).status == status, "\(origin)")
    }
    await station.end()
  }

  @Test func aPasswordIsAskedForAndGuessesAreFew() async throws {
    let shelf = try Shelf()
    let path = shelf.folder.appendingPathComponent("passwords").path
    let lines = ["# two of them", PasswordFile.line(for: "open sesame"), PasswordFile.line(for: "a-token-of-mine")]
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
    #expect(!lines.joined().contains("sesame"))
    chmod(path, 0o600)
    var settings = WebServer.Settings()
    (settings.passwordFile, settings.hasOpenMetrics) = (path, true)
    let station = try await Station(settings, reads: false)
    func status(_ authorization: String?, _ target: String = "/api/v1/meters") async throws -> Int {
      try await station.browser.get(target, authorization.map { ["Authorization": $0] } ?? [:]).status
    }
    func basic(_ text: String) -> String { "Basic " + Data(text.utf8).base64EncodedString() }
    let asked = try await station.browser.get("/api/v1/meters")
    #expect(asked.status == 401 && asked.headers["www-authenticate"]?.hasPrefix("Basic ") == true)
    #expect(try await status(nil, "/health") == 200)
    #expect(try await status(nil, "/metrics") == 200)
    // A page that was open while the gateway began anew asks for much at once.
    let browser = station.browser
    let header = basic("anybody:open sesame")
    let together = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask { try await browser.get("/api/v1/meters", ["Authorization": header]).status }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(together == [Int](repeating: 200, count: 8))
    #expect(try await status("Bearer a-token-of-mine") == 200)
    for wrong in [
      "Bearer open", basic("open sesame"), "Digest open sesame", "Bearer", basic("x:"), "Bearer a", "Bearer b",
      "Bearer c",
    ] {
      #expect([401, 429].contains(try await status(wrong)), "\(wrong)")
    }
    let refused = try await station.browser.get("/api/v1/meters", ["Authorization": "Bearer d"])
    #expect(refused.status == 429 && refused.headers["retry-after"].flatMap { Int($0) } != nil)
    // Who had the right one before is not kept out by others.
    #expect(try await status("Bearer a-token-of-mine") == 200)
    await station.end()
  }

  /// PBKDF2's known answer, and what is none of its lines.
  @Test func aPasswordFileIsRead() throws {
    let shelf = try Shelf()
    let path = shelf.folder.appendingPathComponent("passwords").path
    func file(_ text: String, mode: mode_t = 0o600) throws -> PasswordFile {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      chmod(path, mode)
      return try PasswordFile(path)
    }
    let known = "pbkdf2-sha256$2$73616c74$ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43"
    #expect(try file(known).has(Array("password".utf8)))
    #expect(try !file(known).has(Array("Password".utf8)))
    #expect(throws: PasswordFile.Flaw.self) { try file(known, mode: 0o604) }
    for (text, words) in [
      ("my secret\n", "passwords:1: this is no line"), ("# nothing\n\n", "has no password"),
      (known + "\n" + known.dropLast(2), "passwords:2: this is no line"),
    ] {
      do {
        _ = try file(text)
        Issue.record("\(text) is taken")
      } catch let flaw as PasswordFile.Flaw {
        #expect(flaw.description.contains(words) && !flaw.description.contains("secret"), "\(flaw)")
      }
    }
  }

  @Test func aProxyMayLeaveItsPathThere() async throws {
    var settings = WebServer.Settings()
    settings.path = "/mep"
    let station = try await Station(settings, reads: false)
    #expect(try await station.browser.get("/mep/health").status == 200)
    #expect(try await station.browser.get("/health").status == 200)
    await station.end()
  }

  @Test func aPortThatIsTakenIsNamed() async throws {
    let station = try await Station(reads: false)
    var settings = WebServer.Settings()
    settings.port = station.browser.port
    let other = try WebServer(station.gateway, settings, version: "", log: quiet)
    do {
      try await other.run()
      Issue.record("both listen")
    } catch {
      #expect(error.description.contains("127.0.0.1:\(settings.port) cannot be listened at"), "\(error)")
    }
    await station.end()
  }

  /// Each of ten hears the same; one that has left, and one that does not listen, hold nobody up.
  @Test func whatIsMeasuredIsHeard() async throws {
    let station = try await Station()
    let deaf = try await station.browser.open("/api/v1/live")
    let gone = try await station.browser.open("/api/v1/live")
    gone.close()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<10 {
        group.addTask {
          let link = try await station.browser.open("/api/v1/live")
          defer { link.close() }
          var text = ""
          // What is known, and two readings more.
          while text.components(separatedBy: "\"fwd_active_power_w\"").count < 4 {
            text += String(decoding: try await link.receive(until: .now() + .milliseconds(20_000)), as: UTF8.self)
          }
          #expect(text.contains("Content-Type: text/event-stream"))
          #expect(text.contains("event: status\ndata: {\"meter\":\"house\",\"online\":true,\"problem\":null}"))
        }
      }
      try await group.waitForAll()
    }
    deaf.close()
    await station.end()
  }
}

extension Station {
  var endpointCount: Int { Site(gateway, version: "").endpoints.count }
}
