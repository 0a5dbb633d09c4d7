// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Logging
import MEP
import MEPClient
import MEPGateway
import MEPTransport

/// The first run, while no meter is named: a page that checks one and names it, and then the gateway goes on with that.
struct SetUp: Sendable {
  /// Of the configuration, which need not be there yet.
  let path: String
  let web: WebServer.Settings
  /// As the configuration says it; nil where it does not.
  let zone: String?

  /// Runs until the task is cancelled, which gives nil, or until a meter is named.
  func run(_ log: Logger, until changed: @escaping @Sendable () async -> Plan?) async throws -> Plan? {
    let server = SetUpServer(
      web, log: log, state: { state() },
      examine: { meter, tell in try await examine(meter, log, tell) },
      write: { meter in
        try write(meter)
        log.notice("\(path) names a meter now: \(meter.name)")
      })
    let serve: @Sendable () async throws -> Plan? = {
      do throws(WebServer.Failure) {
        try await server.run { log.notice(invitation(port: $0, token: server.token)) }
      } catch { throw Failure(.other, error.description) }
      return try Task.isCancelled ? nil : Plan(read())
    }
    return try await Plan.first(by: [serve, changed], during: [{ await ServiceManager.attend { true } }])
  }

  private func read() throws -> Configuration { try ConfigurationFile.parsed(text() ?? "", path) }

  /// The configuration's; nil while there is none.
  private func text() throws -> String? {
    if let text = Files.text(path) { return text }
    if errno == ENOENT { return nil }
    throw Failure(.other, "\(path) cannot be read: \(String(cString: strerror(errno))).")
  }

  /// Where a link leads; the key lies beside the link.
  private var target: String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }

  /// What stands behind the # stays in the browser: no server's log has it.
  private func invitation(port: Int, token: String) -> Logger.Message {
    let (name, place) = (ProcessInfo.processInfo.hostName, web.authority(port: port))
    let further = web.isLocal ? " (on another computer: ssh -L \(port):\(place) \(name), then the same)" : ""
    return "no meter is named yet: http://\(place)\(web.path)/setup#\(token) sets one up\(further)"
  }

  // MARK: What the page asks for

  private func state() -> JSON {
    .object([
      ("configuration", .string(path)), ("problem", problem.map { .string($0) } ?? .null),
      ("time_zone", zone.map { .string($0) } ?? .null), ("has_key", .bool(Key.file(nil) != nil)),
      ("ports", .array(SerialPorts.list().map(\.json))),
    ])
  }

  /// Why nothing could be written.
  private var problem: String? {
    for file in [path, target] {
      var folder = Files.folder(of: file)
      while !Files.exists(folder) { folder = Files.folder(of: String(folder.dropLast())) }
      if access(folder, W_OK | X_OK) == 0 { continue }
      return
        "\(folder) cannot be written to (\(String(cString: strerror(errno)))): give it to the user of this program, or "
        + "name the meter in \(path) yourself, and restart the gateway."
    }
    return nil
  }

  /// All that can be wrong with what was typed is found here.
  private func sources(of meter: NewMeter, _ log: Logger = Logger(label: "mep")) throws -> [MeterSource] {
    let address = try MeterAddress(meter.address)
    if case .gateway = address {
      throw Failure(.wrongUse, "A gateway cannot read by a gateway: give the line itself.")
    }
    let profile = try address.profile()
    let keys: [AccessKey]
    if let key = meter.key {
      keys = try KeyFile.readings(of: Array(key.utf8)[...], keyFile(of: meter))
    } else {
      keys = try Key.readings(Key.file(nil), otherwise: profile == nil ? nil : AccessKey(dummy: 1))
    }
    return keys.map {
      MeterSource(
        address: address, profile: profile, key: $0, access: nil, security: .auto, capture: nil, log: log)
    }
  }

  private func keyFile(of meter: NewMeter) -> String { "\(Files.folder(of: path))\(meter.name).key" }

  /// The doctor's steps, as he tells them.
  private func examine(
    _ meter: NewMeter, _ log: Logger, _ tell: @escaping @Sendable (JSON) -> Void
  ) async throws {
    let sources = try sources(of: meter, log)
    let doctor = Doctor(
      try sources[0].patient(others: sources.dropFirst().map(\.key)), log: log,
      progress: { tell(.object([("doing", .string($0))])) }, tell: { tell($0.json()) })
    try await doctor.examine()
    tell(.object([("ailment", await doctor.ailment.map { .string($0.name) } ?? .null)]))
  }

  private func write(_ meter: NewMeter) throws {
    _ = try sources(of: meter)
    let keyFile = meter.key == nil ? nil : keyFile(of: meter)
    let text = try meter.named(
      in: text() ?? "# What `mep serve` goes by: `mep config example` tells all that there is.\n", keyFile: keyFile)
    let configuration = try ConfigurationFile.parsed(text, path)
    let folder = Files.folder(of: path)
    if !Files.exists(folder), let failure = Files.makeFolder(folder) { throw Self.failure(folder, failure) }
    if let keyFile, let key = meter.key, let failure = Files.make(keyFile, with: key + "\n") {
      guard failure == EEXIST else { throw Self.failure(keyFile, failure) }
      throw Failure(
        .wrongUse,
        "\(keyFile) is there already, and no key is written over another: give the meter another name.")
    }
    do {
      // Whatever else it leads to must be right, too, or the gateway could not go on with it.
      _ = try Plan(configuration)
      if let failure = Files.replace(target, with: text, keepsMode: true), Files.text(path) != text {
        throw Self.failure(path, failure)
      }
    } catch {
      if let keyFile { unlink(keyFile) }
      throw error
    }
  }

  private static func failure(_ path: String, _ number: Int32) -> Failure {
    Failure(.other, "\(path) cannot be written: \(String(cString: strerror(number))).")
  }
}
