// SPDX-License-Identifier: Apache-2.0
import Foundation
import FoundationNetworking
import TestSupport
import Testing

/// The first run of `mep serve`: a page instead of a meter, and then the gateway without another start.
@Suite(.timeLimit(.minutes(3))) struct SetUpTests {
  private let bench: Bench
  private let port = freePort()
  private var environment: [String: String] {
    [
      "XDG_RUNTIME_DIR": bench.folder.path, "XDG_STATE_HOME": bench.folder.appendingPathComponent("state").path,
      "XDG_CONFIG_HOME": bench.folder.appendingPathComponent("config").path,
    ]
  }

  init() throws { bench = try Bench() }

  /// The program, once it has told its token.
  private func serve(_ arguments: String...) async throws -> (gateway: Running, token: String) {
    let gateway = try Running(
      Tool.path, ["serve"] + arguments, in: bench.folder,
      environment: environment.merging(["MEP_WEB_PORT": "\(port)"]) { $1 })
    try await eventually("an address") { gateway.err.contains("/setup#") }
    let token = try #require(gateway.err.firstMatch(of: /127\.0\.0\.1:\d+\/setup#([0-9a-f]{32}) sets one up/)?.1)
    return (gateway, String(token))
  }

  private func ask(
    _ path: String, _ said: [String: String]? = nil, token: String = ""
  ) async throws -> (status: Int, body: String) {
    var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
    request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
    if let said {
      request.httpMethod = "POST"
      request.httpBody = try JSONSerialization.data(withJSONObject: said)
    }
    let (data, response) = try await URLSession.shared.data(for: request)
    return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
  }

  /// Until the gateway itself answers.
  private func value(of meter: String) async throws -> String {
    for _ in 0..<600 {
      if let (status, body) = try? await ask("/api/v1/meters/\(meter)/values"), status == 200,
        body.contains("fwd_active_energy_wh")
      {
        return body
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("no value comes")
    return ""
  }

  private func mode(_ name: String) throws -> Int? {
    let path = bench.folder.appendingPathComponent(name).path
    return try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test func aMeterIsCheckedAndNamed() async throws {
    let line = "tcp://127.0.0.1:\(freePort())"
    try await bench.simulate("--listen", line, "--baud", "0")
    try bench.file("mep.yaml", "# Mine.\nstore: {path: mep.db}", mode: 0o640)
    try bench.file("house.key", "somebody's\n")
    let (gateway, token) = try await serve("--config", "mep.yaml")
    let state = try await ask("/api/v1/setup", token: token)
    #expect(state.status == 200 && state.body.contains("\"has_key\":false") && state.body.contains("\"problem\":null"))
    #expect(try await ask("/api/v1/setup").status == 403)

    var said = ["name": "house", "address": line, "time_zone": "Europe/Copenhagen"]
    func check() async throws -> String { try await ask("/api/v1/setup/check", said, token: token).body }
    #expect(try await check().contains("Which key?"))
    said["key"] = "short"
    #expect(try await check().contains("fewer than 16 characters"))
    said["key"] = "not its key 1234"
    #expect(try await check().contains("\"ailment\":\"wrong_key\""))
    said["key"] = Bench.basic
    let sound = try await check()
    #expect(sound.contains("\"step\":\"port\"") && sound.hasSuffix("{\"ailment\":null}\n"), "\(sound)")

    #expect(state.body.contains("\"time_zone\":null"))

    // Nothing is written over, and what is refused leaves no trace.
    func write() async throws -> (status: Int, body: String) {
      try await ask("/api/v1/setup/write", said, token: token)
    }
    let taken = try await write()
    #expect(taken.status == 400 && taken.body.contains("house.key is there already"), "\(taken.body)")
    for (name, words) in [("../out", "takes letters"), ("", "takes a text")] {
      said["name"] = name
      let refused = try await write()
      #expect(refused.status == 400 && refused.body.contains(words), "\(refused.body)")
    }
    #expect(!bench.has("../out.key") && !bench.has(".key"))
    said["name"] = "home"
    let written = try await write()
    #expect(written.status == 200, "\(written.body)")

    _ = try await value(of: "home")
    #expect(try await ask("/api/v1/setup", token: token).status == 404)
    func text(_ name: String) throws -> String {
      try String(contentsOf: bench.folder.appendingPathComponent(name), encoding: .utf8)
    }
    let folder = bench.folder.resolvingSymlinksInPath().path
    #expect(
      try text("mep.yaml") == """
        # Mine.
        store: {path: mep.db}

        meters:
          - name: "home"
            address: "\(line)"
            key_file: "\(folder)/home.key"
        time_zone: "Europe/Copenhagen"

        """)
    #expect(try text("home.key") == Bench.basic + "\n" && text("house.key") == "somebody's\n")
    #expect(try mode("mep.yaml") == 0o640 && mode("home.key") == 0o600)
    #expect(!(gateway.err + sound + taken.body).contains(Bench.basic))
    // It is a gateway as any other: its file is read again.
    gateway.signal(SIGHUP)
    try await eventually("another look at the file") { gateway.err.contains("was read again") }
    gateway.signal(SIGTERM)
    #expect(try await gateway.ended().status == 0)
  }

  /// What would keep the gateway from going on is told before anything is written; a link stays one, with the key beside it.
  @Test func whatCannotBeGoneOnWithIsNotWritten() async throws {
    try FileManager.default.createDirectory(
      at: bench.folder.appendingPathComponent("elsewhere"), withIntermediateDirectories: true)
    let text = "store: {path: mep.db}\ntime_zone: UTC\n"
    try bench.file("elsewhere/mine.yaml", text)
    let path = bench.folder.appendingPathComponent("mep.yaml").path
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "elsewhere/mine.yaml")
    let (gateway, token) = try await serve("--config", "mep.yaml")
    #expect(try await !ask("/api/v1/setup", token: token).body.contains("\"time_zone\":null"))
    let said = [
      "name": "home", "address": "sim:gen3", "key": Bench.basic, "time_zone": "Europe/Copenhagen",
    ]
    func refusal() async throws -> String {
      let (status, body) = try await ask("/api/v1/setup/write", said, token: token)
      #expect(status == 400 && !bench.has("home.key"))
      return body
    }
    try bench.file("elsewhere/mine.yaml", text + "mqtt: {host: h, user: u, password_file: none.password}\n")
    #expect(try await refusal().contains("none.password cannot be read"))
    let file = bench.folder.appendingPathComponent("elsewhere/mine.yaml")
    try FileManager.default.removeItem(at: file)
    try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
    #expect(try await refusal().contains("mep.yaml cannot be read"))
    try FileManager.default.removeItem(at: file)
    try bench.file("elsewhere/mine.yaml", text)
    #expect(try await ask("/api/v1/setup/write", said, token: token).status == 200)
    _ = try await value(of: "home")
    #expect(try String(contentsOf: file, encoding: .utf8).contains("/home.key"))
    #expect(bench.has("home.key") && !bench.has("elsewhere/home.key"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "elsewhere/mine.yaml")
    gateway.signal(SIGTERM)
    #expect(try await gateway.ended().status == 0)
  }

  /// Without a file one is made; without a meter one is simulated, and needs no key.
  @Test func itCanBeTriedWithNothing() async throws {
    let (gateway, token) = try await serve()
    let said = ["name": "trial", "address": "sim:gen3"]
    #expect(try await ask("/api/v1/setup/write", said, token: token).status == 200)
    _ = try await value(of: "trial")
    #expect(bench.has("config/mep/mep.yaml") && !bench.has("config/mep/trial.key"))
    gateway.signal(SIGTERM)
    #expect(try await gateway.ended().status == 0)
  }

  /// Who names it by hand needs no page; what is wrong, or wants no page, is said as ever.
  @Test func othersWaysStayAsTheyWere() async throws {
    try bench.file("mep.yaml", "store: {path: mep.db}\n")
    let (gateway, _) = try await serve("--config", "mep.yaml")
    try bench.file("mep.yaml", "store: {path: mep.db}\nmeters: [{name: house, address: sim:gen3}]\n")
    gateway.signal(SIGHUP)
    _ = try await value(of: "house")
    gateway.signal(SIGTERM)
    #expect(try await gateway.ended().status == 0)
    for (text, words) in [
      ("web: off\n", "no meter is named"), ("stor: {path: mep.db}\n", "mep.yaml:1: stor is not known here"),
      ("meters: []\n", "no meter is named"),
    ] {
      try bench.file("mep.yaml", text)
      let outcome = try await bench.run("serve", "--config", "mep.yaml", environment: environment)
      #expect(outcome.status == 2 && outcome.err.contains(words), "\(outcome.err)")
    }
    let missing = try await bench.run("serve", "--config", "none.yaml", environment: environment)
    #expect(missing.status == 2 && missing.err.contains("none.yaml cannot be read"))
  }
}
