// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEPClient
import MEPSimulator
import MEPTransport
import Testing

@testable import MEPGateway

/// A gateway, a simulated meter and a broker that is real.
@Suite(.serialized, .timeLimit(.minutes(1))) struct MQTTSinkTests {
  private let shelf: Shelf

  init() throws { shelf = try Shelf() }

  private func object(_ message: MQTTClient.Message) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(message.payload)) as? [String: Any])
  }

  /// Runs a gateway, and hands what its broker is told to `body`.
  private func run(retained: [String] = [], _ body: (MQTTClient, Line) async throws -> Void) async throws {
    let broker = try Broker()
    try await broker.isReady()
    let listener = try broker.client("listener")
    await listener.connected()
    try await listener.hear("mep/#", "homeassistant/#")
    // As an earlier run left them.
    for topic in retained {
      try await listener.publish(MQTTClient.Message(topic, "online".utf8, qos: 1, isRetained: true))
    }
    let line = Line(try SimulatedMeter(.gen4, log: quiet, clock: { 836_400_000 }))
    let gateway = Gateway(try shelf.open(), log: quiet)
    let settings = MQTTSink.Settings(MQTTClient.Settings(host: "127.0.0.1", port: broker.port, clientID: "mep"))
    let sink = try MQTTSink(gateway, settings, version: "1", log: quiet)
    let source = Gateway.Source("house") { () async throws(MeterError) in try await line.open() }
    let running = Task {
      async let passing: Void = sink.run()
      try await gateway.run([source])
      try await passing
    }
    try await body(listener, line)
    running.cancel()
    _ = await running.result
    // The gateway says good-bye itself.
    let last = await listener.next { event -> MQTTClient.Message? in
      if case .message(let message) = event, message.topic == "mep/status", message.payload != Array("online".utf8) {
        message
      } else {
        nil
      }
    }
    #expect(last?.payload == Array("offline".utf8))
    listener.stop()
  }

  /// What is told next of the meter.
  private func nextStatus(_ listener: MQTTClient) async -> [UInt8]? {
    await listener.next { event in
      if case .message(let message) = event, message.topic == "mep/house/status" { message.payload } else { nil }
    }
  }

  @Test func whatIsReadIsPassedOn() async throws {
    try await run { listener, line in
      var heard: [String: MQTTClient.Message] = [:]
      let wanted: Set = [
        "mep/status", "mep/house/status", "mep/house/live", "mep/house/energy", "mep/house/health",
        "homeassistant/device/mep_house/config",
      ]
      while !wanted.isSubset(of: heard.keys), let message = await listener.message() { heard[message.topic] = message }
      let live = try object(try #require(heard["mep/house/live"]))
      #expect((live["voltage_l1_v"] as? Double).map { (180...260).contains($0) } == true, "\(live)")
      #expect(live["fwd_active_energy_wh"] == nil && (live["measured_at"] as? String)?.hasSuffix("Z") == true)
      let energy = try object(try #require(heard["mep/house/energy"]))
      #expect(energy["fwd_active_energy_wh"] is Int && energy["voltage_l1_v"] == nil)
      line.cut()
      let status = await nextStatus(listener)
      #expect(status == Array("offline".utf8))
      // And why.
      let problem = await listener.next { event -> String? in
        guard case .message(let message) = event, message.topic == "mep/house/health" else { return nil }
        return (try? self.object(message))?["problem"] as? String
      }
      #expect(problem?.contains("closed") == true, "\(problem ?? "")")
      line.mend()
      let online = await nextStatus(listener)
      #expect(online == Array("online".utf8))
      let solved = await listener.next { event -> Bool? in
        guard case .message(let message) = event, message.topic == "mep/house/health" else { return nil }
        return (try? self.object(message))?["problem"] is NSNull
      }
      #expect(solved == true)
    }
  }

  /// What the broker keeps of a meter that is no longer read would say for ever that it is online.
  @Test func aMeterThatIsGoneIsTakenBack() async throws {
    let before = try shelf.open()
    _ = try await before.meter(named: "shed")
    before.close()
    let topics =
      ["status", "energy", "health", "cost"].map { "mep/shed/\($0)" } + ["homeassistant/device/mep_shed/config"]
    try await run(retained: topics) { listener, _ in
      var empty = Set<String>()
      while !empty.isSuperset(of: topics), let message = await listener.message() {
        if message.payload.isEmpty { empty.insert(message.topic) }
      }
      #expect(empty.isSuperset(of: topics) && !empty.contains("mep/house/status"), "\(empty)")
    }
  }

  /// By the rules of its MQTT integration: an origin, identities, classes with their units, an end only to what lives.
  @Test func homeAssistantIsToldOfAllThatThereIs() async throws {
    try await run { listener, _ in
      var components: [String: [String: Any]] = [:]
      while components["voltage_l1_v"] == nil || components["fwd_active_energy_wh"] == nil {
        let message = try #require(await listener.message())
        guard message.topic == "homeassistant/device/mep_house/config" else { continue }
        let device = try object(message)
        #expect((device["o"] as? [String: Any])?["name"] as? String == "mep")
        #expect((device["dev"] as? [String: Any])?["ids"] as? [String] == ["mep_house"])
        components = try #require(device["cmps"] as? [String: [String: Any]])
      }
      let classes: [String: Set<String>] = [
        "energy": ["kWh"], "power": ["W"], "voltage": ["V"], "current": ["A"], "frequency": ["Hz"],
        "reactive_energy": ["kvarh"], "reactive_power": ["var"], "apparent_power": ["VA"], "duration": ["s"],
      ]
      // Nobody says what electricity costs.
      let gone = components.filter { $0.value.count == 1 && $0.value["p"] as? String == "sensor" }
      #expect(
        Set(gone.keys) == [
          "cost_day", "cost_month", "income_day", "income_month", "price_import", "price_export",
        ])
      for (name, component) in components where gone[name] == nil {
        #expect(component["p"] as? String == "sensor" && component["uniq_id"] as? String == "mep_house_\(name)")
        let (kind, unit) = (component["dev_cla"] as? String, component["unit_of_meas"] as? String)
        if let kind, let units = classes[kind] { #expect(unit.map(units.contains) == true, "\(name)") }
        let isCounter = component["stat_cla"] as? String == "total_increasing"
        #expect(isCounter ? component["exp_aft"] == nil : true, "\(name)")
        let isLive = component["stat_t"] as? String == "mep/house/live"
        #expect(component["exp_aft"] as? Int == (isLive ? 20 : nil), "\(name)")
        #expect(component["avty_mode"] as? String == (isLive ? "all" : nil), "\(name)")
      }
      #expect(components["fwd_active_energy_wh"]?["name"] as? String == "Fwd active energy")
      #expect(components["voltage_l1_v"]?["name"] as? String == "Voltage L1")
      #expect(components["fwd_active_power_w"]?["stat_cla"] as? String == "measurement")
    }
  }
}
