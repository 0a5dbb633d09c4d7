// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEP
import MEPClient
import MEPGateway
import MEPSimulator
import MEPTransport
import Synchronization

/// How old a value is when others have it: from its last octet on the line to a subscriber of a real broker, and to whoever
/// follows the live events over HTTP.
enum Ages {
  static let seconds = 40
  private static let baud = 9600

  static func run() async throws {
    try await Folder.temporary { folder in
      let broker = try await Server.broker(in: folder)
      let store = try Store.opened(folder + "/mep.db", now: GatewayClock.system.now(), log: silent)
      let gateway = Gateway(store, log: silent)
      let simulated = try SimulatedMeter(.gen3, log: silent, clock: { GatewayClock.system.now().utc.secondsSince2000 })
      let (terminal, key) = (try PseudoTerminal(), AccessKey(dummy: 1))
      let port = SimulatedPort(1, of: simulated, basic: key, advanced: AccessKey(dummy: 2), baud: baud)
      let heard = Mutex(Instant.now())
      // Nothing else goes over the line: what was heard last is the reading.
      var schedule = Schedule()
      schedule.intervals = [.present: 1000]
      let source = Gateway.Source("house", schedule: schedule) { () async throws(MeterError) in
        do throws(LinkError) {
          let link = CapturingLink(try SerialLink.open(terminal.path, baud: baud)) { _, direction, _ in
            if direction == .received { heard.withLock { $0 = .now() } }
          }
          return Meter(over: link, key: key, security: .digest, timers: Timers(baud: baud), log: silent)
        } catch { throw .link(error) }
      }
      let mqtt = try MQTTSink(
        gateway, .init(.init(host: "127.0.0.1", port: broker.port, clientID: "mep")), version: "bench", log: silent)
      var settings = WebServer.Settings()
      settings.port = 0
      let server = try WebServer(gateway, settings, version: "bench", log: silent)
      let ages = Mutex<[String: [Double]]>([:])
      let note: @Sendable (String) -> Void = { way in
        let age = Double((Instant.now() - heard.withLock { $0 }).microseconds) / 1000
        ages.withLock { $0[way, default: []].append(age) }
      }
      var listening = MQTTClient.Settings(host: "127.0.0.1", port: broker.port, clientID: "listener")
      listening.longest = 1 << 16
      let listener = try MQTTClient(listening, will: .init("gone", "".utf8))
      try listener.start()
      await withTaskGroup(of: Void.self) { group in
        group.addTask { try? await port.serve(terminal.link) }
        group.addTask { try? await gateway.run([source]) }
        group.addTask { try? await mqtt.run() }
        group.addTask { try? await server.run { port in Task { try? await follow(port, note) } } }
        group.addTask {
          for await event in listener.events {
            switch event {
            case .connected: try? listener.subscribe("mep/house/live")
            case .message: note("MQTT")
            case .disconnected: break
            }
          }
        }
        try? await Task.sleep(for: .seconds(seconds))
        group.cancelAll()
      }
      listener.stop()
      terminal.close()
      store.close()
      try await broker.daemon.stop()
      print("age of a value from its last octet on the line, at one reading a second, \(baud) baud:")
      for way in ["MQTT", "server-sent events"] {
        let all = ages.withLock { $0[way] ?? [] }
        // The first few are of the beginning.
        let sorted = all.dropFirst(3).sorted()
        guard sorted.count > 10 else {
          print("  \(way): only \(all.count) came")
          continue
        }
        let (median, late) = (sorted[sorted.count / 2], sorted[sorted.count * 99 / 100])
        print(
          "  \(way): \(sorted.count) values, p50 \(round2(median)) ms, p99 \(round2(late)) ms; p99 / second = \(round2(late / 1000))"
        )
      }
    }
  }

  /// Notes each event of values.
  private static func follow(_ port: Int, _ note: @Sendable (String) -> Void) async throws {
    let link = try await TCPLink.connect(host: "127.0.0.1", port: port)
    defer { link.close() }
    try await link.send(Array("GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
    while true {
      let text = String(decoding: try await link.receive(until: nil), as: UTF8.self)
      if text.contains("event: values"), text.contains("_w\"") { note("server-sent events") }
    }
  }
}
