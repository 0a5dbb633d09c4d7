// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEPClient
import MEPSimulator
import Testing

@testable import MEPGateway

@Suite(.serialized, .timeLimit(.minutes(1))) struct DabblerTests {
  private let copenhagen = TimeZone(identifier: "Europe/Copenhagen")!

  private func object(_ text: some StringProtocol) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func names(_ live: LiveValues, at now: Timestamp) -> DabblerNames {
    DabblerNames(live, now: now)
  }

  private var house: LiveValues {
    var live = LiveValues()
    live.take(.present(identity()))
    live.take(
      Reading(
        at: march,
        [
          power: 1234, Series("rev_active_power_w"): 0, voltage: 231_449, Series("current_l2_a", exponent: -3): 2345,
          Series("fwd_active_power_l3_w"): 400, Series("rev_active_power_l1_w"): 7, Series("source_208_w"): 1200,
          Series("source_215_w"): 3, Series("frequency_hz", exponent: -3): 49_987,
          Series("power_factor_l1", exponent: -3): -912, Series("import_reactive_power_var"): 56,
        ]))
    live.take(Reading(at: march, [energy: 12_345_678]))
    return live
  }

  /// Whole numbers, by the units that its readers expect.
  @Test(arguments: [
    (DabblerNames.Group.sensors, #"{"L2_RMS_A":2345,"L1_RMS_V":231449,"L1_PF_Fac":-912,"ImportReactive_VAr":56}"#),
    (.total, #"{"Fwd_Act_Wh":12345678}"#),
    (.forward, #"{"Fwd_W":1234,"Fwd_Avg_W":1200,"L3_Fwd_W":400}"#),
    (.reverse, #"{"Rev_W":0,"L1_Rev_W":7,"L3_Rev_Avg_W":3}"#), (.frequency, #"{"Freq_mHz":49987}"#),
  ]) func eachTopicHasItsNames(group: DabblerNames.Group, expected: String) {
    #expect(names(house, at: march + second).message(group)?.description == expected)
  }

  @Test func theDashboardHasThemAll() throws {
    var live = house
    live.take(.present(identity()))
    let json = try #require(names(live, at: march + second).dashboard(version: "1", zone: copenhagen))
    let told = try object(json.description)
    for (name, value) in [
      "Meter_Manufacturer": "ECHELON", "Meter_Model": "83331-3I", "Meter_SW_Version": "3.84.6",
      "Utility_SN": "65123456", "ESP_SW_Version": "1", "CurrentDateTimeString": "2026-03-01 (Sunday) @ 01:00:00",
      "CurrentDateTime": "2026-03-01T00:00:00.000Z",
    ] {
      #expect(told[name] as? String == value, "\(name)")
    }
    #expect(told["Fwd_Act_Wh"] as? Int == 12_345_678 && told["L1_RMS_V"] as? Int == 231_449)
    #expect(told["L1_PF_Fac"] == nil && told["ImportReactive_VAr"] == nil && told["L1_RMS_A"] == nil)
  }

  @Test func whatIsOldIsNotTold() {
    let late = names(house, at: march + 25 * second)
    #expect(!late.isLive && late.message(.forward) == nil && late.dashboard(version: "1", zone: utc) == nil)
    // A register is read less often, and good for longer.
    #expect(late.message(.total) != nil && names(house, at: march + 31 * second).message(.total) == nil)
    #expect(!names(LiveValues(), at: march).isLive)
  }

  @Test func itsReadersHearWhatTheyKnow() async throws {
    let shelf = try Shelf()
    let broker = try Broker()
    try await broker.isReady()
    let listener = try broker.client("listener")
    await listener.connected()
    try await listener.hear("mymeter/#")
    let clock = GatewayClock(start: march, speed: 20)
    let line = Line(
      try SimulatedMeter(.gen4, start: march.utc.secondsSince2000, log: quiet) { clock.now().utc.secondsSince2000 })
    let gateway = Gateway(try shelf.open(), clock: clock, log: quiet)
    let sink = try DabblerSink(
      gateway, MQTTClient.Settings(host: "127.0.0.1", port: broker.port, clientID: "mep"), topic: "mymeter",
      meter: "house", log: quiet)
    let source = Gateway.Source("house") { () async throws(MeterError) in try await line.open() }
    let running = Task {
      async let passing: Void = sink.run()
      try await gateway.run([source])
      try await passing
    }
    var heard: [String: String] = [:]
    func hear(_ isEnough: () -> Bool) async throws {
      while !isEnough() {
        let message = try #require(await listener.message())
        heard[message.topic] = String(decoding: message.payload, as: UTF8.self)
      }
    }
    let topics = DabblerNames.Group.allCases.map { "mymeter/\($0.rawValue)/mydatajson" }
    try await hear { Set(topics + ["mymeter/lwt"]).isSubset(of: heard.keys) && heard["mymeter/lwt"] == "Online" }
    #expect(try object(heard[topics[0]] ?? "")["L3_RMS_V"] is Int)
    #expect(try object(heard[topics[1]] ?? "")["Fwd_Act_Wh"] is Int)
    #expect(try object(heard[topics[2]] ?? "")["Fwd_Avg_W"] is Int)
    line.cut()
    try await hear { heard["mymeter/lwt"] == "Offline" }
    line.mend()
    try await hear { heard["mymeter/lwt"] == "Online" }
    running.cancel()
    _ = await running.result
    try await hear { heard["mymeter/lwt"] == "Offline" }
    listener.stop()
  }
}
