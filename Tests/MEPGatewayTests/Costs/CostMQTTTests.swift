// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import MEPGateway

/// Costs and prices over a broker that is real.
@Suite(.serialized, .timeLimit(.minutes(1))) struct CostMQTTTests {
  /// Passes on, and hands what its broker is told to `body`.
  private func run(
    _ gateway: Gateway, _ costs: Costs?, retained: [String] = [], _ body: (MQTTClient) async throws -> Void
  ) async throws {
    let broker = try Broker()
    try await broker.isReady()
    let listener = try broker.client("listener")
    await listener.connected()
    for topic in retained { try await listener.publish(MQTTClient.Message(topic, "{}".utf8, qos: 1, isRetained: true)) }
    try await listener.hear("mep/#", "homeassistant/#")
    let settings = MQTTSink.Settings(MQTTClient.Settings(host: "127.0.0.1", port: broker.port, clientID: "mep"))
    let sink = try MQTTSink(gateway, settings, costs: costs, version: "1", log: quiet)
    let running = Task { try await sink.run() }
    defer { running.cancel() }
    try await body(listener)
    running.cancel()
    _ = await running.result
    listener.stop()
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func costsAreThoseThatAreAnswered() async throws {
    let house = try await CostHouse()
    var heard: [String: MQTTClient.Message] = [:]
    try await run(house.gateway, house.costs) { listener in
      let wanted: Set = ["mep/house/cost", "mep/price", "homeassistant/device/mep_house/config"]
      while !wanted.isSubset(of: heard.keys), let message = await listener.message() { heard[message.topic] = message }
    }
    func told(_ topic: String) throws -> [String: Any] {
      try object(String(decoding: try #require(heard[topic]).payload, as: UTF8.self))
    }
    let cost = try told("mep/house/cost")
    #expect(cost["currency"] as? String == "DKK" && cost["measured_at"] as? String == "2026-03-01T20:00:00Z")
    for step in ["day", "month"] {
      let span = try #require(cost[step] as? [String: Any])
      let answer = try await house.answer(
        .costs(house.costs), ["by": step, "from": "2026-03-01", "to": "2026-03-02"])
      let other = try #require((try object(answer)["spans"] as? [[String: Any]])?.first)
      #expect(span["start"] as? String == other["start"] as? String)
      for name in ["cost", "income"] {
        let money = try #require(span[name] as? Double)
        #expect(money == other[name] as? Double, "\(step) \(name)")
      }
      // There is a gap in it, and it is of no longer than is known.
      #expect(span["end"] as? String == "2026-03-01T20:00:00Z" && span["whole"] as? Bool == false)
    }
    let price = try told("mep/price")
    #expect((price["now"] as? [String: Any])?["import"] as? Double == 2.5)
    #expect((price["prices"] as? [Any])?.count == 48)
    let sensors = try #require(try told("homeassistant/device/mep_house/config")["cmps"] as? [String: [String: Any]])
    for name in ["cost_day", "income_day", "cost_month", "income_month"] {
      let sensor = try #require(sensors[name])
      #expect(sensor["dev_cla"] as? String == "monetary" && sensor["unit_of_meas"] as? String == "DKK")
      #expect(sensor["stat_cla"] as? String == "total" && sensor["lrst_val_tpl"] is String)
      #expect(sensor["avty_t"] as? String == "mep/status")
    }
    for name in ["price_import", "price_export"] {
      #expect(sensors[name]?["unit_of_meas"] as? String == "DKK/kWh")
      #expect(sensors[name]?["avty_t"] as? String == "mep/status")
    }
  }

  /// What the broker keeps of a configuration that said what electricity costs is taken from it.
  @Test func whatIsNoLongerSaidIsTakenBack() async throws {
    let house = try await CostHouse()
    let topics: Set = ["mep/price", "mep/house/cost"]
    try await run(house.gateway, nil, retained: Array(topics)) { listener in
      var emptied = Set<String>()
      while emptied != topics, let message = await listener.message() {
        if topics.contains(message.topic), message.payload.isEmpty { emptied.insert(message.topic) }
      }
      // Subscribed to again, all that is retained is told again.
      try listener.subscribe("mep/#")
      try await listener.publish(MQTTClient.Message("mep/end", "".utf8, qos: 1))
      var kept = Set<String>()
      while let message = await listener.message(), message.topic != "mep/end" {
        if message.isRetained { kept.insert(message.topic) }
      }
      #expect(kept.contains("mep/status") && kept.isDisjoint(with: topics))
    }
  }

  /// At a first start what was used comes from the meter's own record, some minutes later: it is not waited for the next quarter.
  @Test func whatIsFilledInIsToldSoon() async throws {
    // A minute is a second.
    let house = try await CostHouse(speed: 60, isNew: true)
    try await run(house.gateway, house.costs) { listener in
      while let message = await listener.message(), message.topic != "mep/house/cost" {}
      let readings = (48...80).map { n in
        Reading(at: march + n * 900 * second, origin: .loadProfile, [energy: 5000 + n * 250])
      }
      let store = house.gateway.store
      try await store.fill(readings, through: nil, of: try await store.meter(named: "house"))
      while let message = await listener.message() {
        guard message.topic == "mep/house/cost",
          let day = try object(String(decoding: message.payload, as: UTF8.self))["day"] as? [String: Any]
        else { continue }
        #expect(day["cost"] is Double)
        break
      }
      #expect(house.gateway.clock.now() < march + 20 * hour + 900 * second)
    }
  }

  /// Long before the quarter is over.
  @Test func correctedPricesAreToldSoon() async throws {
    // A minute is a second.
    let house = try await CostHouse(speed: 60)
    var source = PriceSource("spot", .topic("prices/spot"), in: utc)
    source.form = .json([])
    try await run(house.gateway, house.costs(of: source)) { listener in
      // By then its topics are subscribed.
      while let message = await listener.message(), message.topic != "mep/status" {}
      var costs: [Double] = []
      for price in 1...2 {
        let prices = (12..<24).map { #"{"time": "2026-03-01T\#($0):00Z", "price": \#(price)}"# }
        try await listener.publish(
          MQTTClient.Message("prices/spot", "[\(prices.joined(separator: ","))]".utf8, qos: 1))
        while costs.count < price, let message = await listener.message() {
          guard message.topic == "mep/house/cost",
            let day = try object(String(decoding: message.payload, as: UTF8.self))["day"] as? [String: Any],
            let cost = day["cost"] as? Double
          else { continue }
          costs.append(cost)
        }
      }
      #expect(costs[0] > 0 && costs[1] == 2 * costs[0])
      #expect(house.gateway.clock.now() < march + 20 * hour + 900 * second)
    }
  }

  /// Whatever somebody publishes where prices are expected.
  @Test func nonsenseIsOutlivedAndPricesAreTaken() async throws {
    // A minute is a second.
    let house = try await CostHouse(speed: 60)
    var source = PriceSource("spot", .topic("prices/spot"), in: utc)
    (source.form, source.time, source.price) = (.json([]), "start", "value")
    let costs = house.costs(of: source)
    let day = march..<march + 24 * hour
    try await run(house.gateway, costs) { listener in
      // By then its topics are subscribed.
      while let message = await listener.message(), message.topic != "mep/status" {}
      let nonsense: [[UInt8]] = [
        [UInt8](repeating: 0x5B, count: 1_000_000), [UInt8](repeating: 0x5B, count: 100_000), [], [0xFF, 0xFE],
        Array(#"[{"start": 1e300, "value": 1}]"#.utf8), Array(#"[{"start": -9e18, "value": 1}]"#.utf8),
        Array(#"[{"start": "2026-03-01T20:00Z", "value": 1e300}]"#.utf8), Array("online".utf8),
        Array("[{\"start\": \"\\u001b[2J\(String(repeating: "x", count: 1000))\", \"value\": 1}]".utf8),
      ]
      for payload in nonsense { try await listener.publish(MQTTClient.Message("prices/spot", payload, qos: 1)) }
      let words =
        "prices/spot:1: takes a time such as 2026-11-22T10:00, and not \"[2J\(String(repeating: "x", count: 57))\"."
      #expect(await isSo { await costs.book.known(in: day).problems == [words] })
      let prices = (18..<24).map { #"{"start": "2026-03-01T\#($0):00:00+00:00", "end": "…", "value": \#($0)}"# }
      try await listener.publish(
        MQTTClient.Message("prices/spot", "[\(prices.joined(separator: ","))]".utf8, qos: 1))
      let price = await listener.next { event -> String? in
        guard case .message(let message) = event, message.topic == "mep/price" else { return nil }
        let text = String(decoding: message.payload, as: UTF8.self)
        return text.contains("\"now\"") ? text : nil
      }
      #expect(price?.contains(#""start":"2026-03-01T23:00:00Z","end":"2026-03-02T00:00:00Z","import":23}"#) == true)
      #expect(await costs.book.known(in: day).problems == [])
    }
    // And after the gateway's end.
    let book = PriceBook([source], try house.shelf.open(), log: quiet)
    #expect(await book.known(in: day).series["spot"]?.price(at: march + 23 * hour) == Price("23"))
  }
}
