// SPDX-License-Identifier: Apache-2.0
import Logging

/// Passes on by the six topics of Dabbler's module what a gateway reads of one meter: see Documentation/MQTT.md.
///
/// A connection has one will, and the one of ``MQTTSink`` is the gateway's own: this is a connection of its own.
public actor DabblerSink {
  private let gateway: Gateway
  private let topic: String
  private let meter: String
  private let client: MQTTClient
  private let log: Logger
  /// What the broker was told last of this being there.
  private var told: Bool?

  /// - Parameter topic: in front of all topics.
  public init(
    _ gateway: Gateway, _ broker: MQTTClient.Settings, topic: String, meter: String,
    log: Logger = Logger(label: "mep.dabbler")
  ) throws(MQTTClient.Failure) {
    (self.gateway, self.topic, self.meter, self.log) = (gateway, topic, meter, log)
    var broker = broker
    broker.clientID += "-dabbler"
    client = try MQTTClient(broker, will: Self.life(false, topic))
  }

  /// Passes on until the task is cancelled, and then says that it is gone.
  public func run() async throws(MQTTClient.Failure) {
    try client.start()
    await withDiscardingTaskGroup { group in
      group.addTask { await self.listen() }
      group.addTask { await self.tellAgainAndAgain() }
    }
  }

  private func listen() async {
    for await event in client.events {
      switch event {
      case .connected:
        told = nil
        await tell()
      case .disconnected(let reason): log.debug("Dabbler's topics: no broker: \(reason)")
      case .message: break
      }
    }
  }

  private func tellAgainAndAgain() async {
    while !Task.isCancelled {
      await tell()
      try? await gateway.clock.sleep(Self.interval)
    }
    // The broker's stream does not end by itself.
    await Task { await put(Self.life(false, topic), within: .seconds(2)) }.value
    client.stop()
  }

  private func tell() async {
    guard client.isConnected, !Task.isCancelled, let live = await gateway.values[meter] else { return }
    let names = DabblerNames(live, now: gateway.clock.now())
    if told != names.isLive {
      told = names.isLive
      await put(Self.life(names.isLive, topic))
    }
    guard names.isLive else { return }
    for group in DabblerNames.Group.allCases {
      guard let message = names.message(group) else { continue }
      await put(MQTTClient.Message("\(topic)/\(group.rawValue)/mydatajson", "\(message)".utf8))
    }
  }

  private func put(_ message: MQTTClient.Message, within patience: Duration = .seconds(30)) async {
    do { try await client.publish(message, within: patience) } catch { log.debug("Dabbler's topics: \(error)") }
  }

  private static func life(_ isThere: Bool, _ topic: String) -> MQTTClient.Message {
    MQTTClient.Message(topic + "/lwt", (isThere ? "Online" : "Offline").utf8, qos: 1, isRetained: true)
  }

  private static let interval: Int64 = 10_000
}
