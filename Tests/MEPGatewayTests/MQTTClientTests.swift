// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEPTransport
import TestSupport
import Testing

@testable import MEPGateway

/// A broker that is real, for as long as somebody holds it.
final class Broker: Sendable {
  let port: Int
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mep-broker-\(UUID().uuidString)")
  private let daemon: Daemon

  init(_ settings: String = "allow_anonymous true") throws {
    port = freePort()
    daemon = Daemon(["mosquitto", "-c", folder.appendingPathComponent("m.conf").path], signal: "KILL")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try write(settings)
    try start()
  }

  func write(_ settings: String) throws {
    try Data("listener \(port) 127.0.0.1\npersistence false\n\(settings)\n".utf8).write(
      to: folder.appendingPathComponent("m.conf"))
  }

  /// Waits until it listens.
  func isReady() async throws {
    for _ in 0..<1500 {
      if daemon.pid != nil, let link = try? await TCPLink.connect(host: "127.0.0.1", port: port) { return link.close() }
      try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("the broker does not listen")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func start() throws { try daemon.start() }

  /// Waits until nobody listens any more.
  func stop() async throws { try await daemon.stop() }

  /// Stands still, with all its connections open.
  func freeze(_ isFrozen: Bool) throws {
    kill(try #require(daemon.pid), isFrozen ? SIGSTOP : SIGCONT)
  }

  func client(_ name: String, _ change: (inout MQTTClient.Settings) -> Void = { _ in }) throws -> MQTTClient {
    var settings = MQTTClient.Settings(host: "127.0.0.1", port: port, clientID: name)
    settings.longest = 100_000
    change(&settings)
    let client = try MQTTClient(
      settings, will: MQTTClient.Message("\(name)/status", "offline".utf8, qos: 1, isRetained: true))
    try client.start()
    return client
  }
}

extension MQTTClient {
  /// The next event that fits.
  func next<T>(_ fitting: (Event) -> T?) async -> T? {
    for await event in events { if let found = fitting(event) { return found } }
    return nil
  }

  func connected() async { _ = await next { $0 == .connected ? true : nil } }

  /// Subscribes, until the broker has done so: who hears itself has subscribed. What comes meanwhile is not told.
  func hear(_ topics: String...) async throws {
    for topic in topics + ["heard"] { try subscribe(topic) }
    try await publish(Message("heard", "".utf8, qos: 1))
    while let message = await message(), message.topic != "heard" {}
  }

  func message() async -> Message? { await next { if case .message(let message) = $0 { message } else { nil } } }
}

@Suite(.serialized, .timeLimit(.minutes(1))) struct MQTTClientTests {
  @Test(arguments: [true, false]) func whatIsPublishedIsHeard(isVersion5: Bool) async throws {
    let broker = try Broker()
    try await broker.isReady()
    let (one, other) = (
      try broker.client("one") { $0.isVersion5 = isVersion5 }, try broker.client("other") { $0.isVersion5 = isVersion5 }
    )
    await other.connected()
    try await other.hear("house/#")
    await one.connected()
    for qos in [0, 1] as [Int32] {
      for n in 0..<200 {
        let message = MQTTClient.Message("house/\(n)", "\(n)".utf8, qos: qos)
        try await one.publish(message)
        #expect(await other.message() == message)
      }
    }
    one.stop()
    other.stop()
  }

  @Test func theWillIsSaidForWhoHasGone() async throws {
    let broker = try Broker()
    try await broker.isReady()
    let other = try broker.client("other")
    await other.connected()
    try await other.hear("one/status")
    let link = try await TCPLink.connect(host: "127.0.0.1", port: broker.port)
    // Version 3.1.1, clean, a will of quality 1, nothing more: and then it is gone.
    let payload: [UInt8] =
      [0, 3] + Array("one".utf8) + [0, 10] + Array("one/status".utf8) + [0, 4] + Array("gone".utf8)
    try await link.send([0x10, UInt8(10 + payload.count), 0, 4] + Array("MQTT".utf8) + [4, 0x0E, 0, 60] + payload)
    try await Task.sleep(for: .milliseconds(300))
    link.close()
    #expect(await other.message()?.payload == Array("gone".utf8))
    other.stop()
  }

  @Test func aBrokerThatComesBackIsFound() async throws {
    let broker = try Broker()
    try await broker.isReady()
    let one = try broker.client("one")
    await one.connected()
    try await broker.stop()
    _ = await one.next { if case .disconnected = $0 { true } else { nil } }
    await #expect(throws: (any Error).self) { try await one.publish(MQTTClient.Message("a", [1], qos: 1)) }
    try broker.start()
    try await broker.isReady()
    await one.connected()
    try await one.publish(MQTTClient.Message("a", [1], qos: 1))
    one.stop()
  }

  @Test(arguments: [true, false]) func aWrongPasswordIsNamed(isVersion5: Bool) async throws {
    let broker = try Broker("allow_anonymous false")
    try await broker.isReady()
    let one = try broker.client("one") { $0.isVersion5 = isVersion5 }
    let reason = await one.next { if case .disconnected(let reason) = $0 { reason } else { nil } }
    #expect(reason?.lowercased().contains("not authori") == true, "\(reason ?? "")")
    one.stop()
  }

  /// A broker that was not ready to take it, and is later.
  @Test(arguments: [true, false]) func aRefusalIsNotTheEnd(isVersion5: Bool) async throws {
    let broker = try Broker("allow_anonymous false")
    try await broker.isReady()
    let one = try broker.client("one") { $0.isVersion5 = isVersion5 }
    _ = await one.next { if case .disconnected = $0 { true } else { nil } }
    try await broker.stop()
    try broker.write("allow_anonymous true")
    try broker.start()
    await one.connected()
    try await one.publish(MQTTClient.Message("a", [1], qos: 1))
    one.stop()
  }

  /// What others publish where a gateway listens is not kept, however much of it there is.
  @Test func whatIsTooLongIsNotTaken() async throws {
    let broker = try Broker()
    try await broker.isReady()
    let (one, other) = (try broker.client("one"), try broker.client("other") { $0.longest = 1024 })
    await one.connected()
    await other.connected()
    try await other.hear("a")
    try await one.publish(MQTTClient.Message("a", [UInt8](repeating: 1, count: 1025), qos: 1))
    try await one.publish(MQTTClient.Message("a", [2], qos: 1))
    #expect(await other.message()?.payload == [2])
    one.stop()
    other.stop()
  }

  /// A property of MQTT 5 that no library knows: some libraries end the program by it.
  @Test func aBrokersNonsenseEndsNothing() async throws {
    let listener = try TCPListener()
    let client = try MQTTClient(
      MQTTClient.Settings(host: "127.0.0.1", port: listener.port, clientID: "one"),
      will: MQTTClient.Message("one/status", "offline".utf8))
    try client.start()
    for _ in 0..<2 {
      let link = try await listener.accept()
      _ = try await link.receive(until: nil)
      try await link.send([0x20, 5, 0, 0, 2, 0x7F, 0])
      try await Task.sleep(for: .milliseconds(200))
      link.close()
      #expect(await client.next { if case .disconnected(let reason) = $0 { reason } else { nil } } != nil)
    }
    client.stop()
    listener.close()
  }

  /// Whoever waits for a broker that says no more is let go when the connection ends.
  @Test func aStallEndsWithTheConnection() async throws {
    let broker = try Broker()
    try await broker.isReady()
    let one = try broker.client("one")
    await one.connected()
    try broker.freeze(true)
    let waiting = Task { try await one.publish(MQTTClient.Message("a", [1], qos: 1)) }
    try await Task.sleep(for: .milliseconds(300))
    one.reconnect()
    await #expect(throws: (any Error).self) { try await waiting.value }
    try broker.freeze(false)
    await one.connected()
    one.stop()
  }
}
