// SPDX-License-Identifier: Apache-2.0
import C1219
import Glibc
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

/// How the client chooses between TLS and digests, and what it remembers.
@Suite(.timeLimit(.minutes(2))) struct SecurityTests {
  private func meter(
    _ simulator: SimulatedMeter, port: Int = 1, _ security: Security, key: AccessKey = advancedKey
  ) -> Meter {
    Meter(over: plug(simulator.port(port)), key: key, security: security, timers: .patient, log: quiet)
  }

  /// A folder of its own, gone afterwards.
  private func withMemory(_ body: (TLSMemory, String) async throws -> Void) async throws {
    var name = Array("/tmp/mep-memory-XXXXXX".utf8CString)
    _ = mkdtemp(&name)
    let folder = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer {
      for own in Files.readNames(in: folder) ?? [] {
        unlink("\(folder)/\(own)/tls")
        rmdir("\(folder)/\(own)")
      }
      rmdir(folder)
    }
    try await body(TLSMemory(folder: folder), folder)
  }

  @Test(arguments: Profile.all) func autoSpeaksTLSWhereTheMeterDoes(_ profile: Profile) async throws {
    let meter = meter(try simulated(profile), .auto)
    try await meter.begin()
    #expect(await meter.speaksTLS == profile.has(.et97))
    #expect(await meter.securityInUse == (profile.has(.et97) ? .tls : .digest))
    // By digests nothing proves what the key is.
    #expect(await (meter.provenAccess != nil) == profile.has(.et97))
    #expect(try await meter.read(.bt01).octets.count == 24)
    await meter.endSession()
    #expect(try await meter.read(.bt01).octets.count == 24)
    meter.close()
  }

  /// All that is longer than a message of TLS is asked for in parts.
  @Test(arguments: [Profile.gen3, .gen4]) func everyTableIsReadInTLS(_ profile: Profile) async throws {
    let simulator = try simulated(profile)
    let (inTLS, byDigests) = (meter(simulator, .tls), meter(simulator, .digest))
    for table in Catalogue.tables where profile.has(table) {
      // These tell of what was asked before.
      if [.basic(7), .basic(8), .extended(59), .extended(85)].contains(table.id) { continue }
      // A session keeps digests from the port.
      let read = try await inTLS.read(table).octets
      await inTLS.endSession()
      #expect(try await byDigests.read(table).octets.count == read.count, "\(table.id)")
    }
    #expect(await inTLS.health.failures == 0)
  }

  @Test func whatIsLongIsWrittenInParts() async throws {
    let simulator = try simulated(.gen3)
    let meter = meter(simulator, .tls)
    let octets = (0..<896).map { UInt8($0 & 0x7F) }
    // A transaction of no size does nothing.
    try await meter.write(.extended(52), offset: 2, Array(octets.prefix(800)))
    #expect(await simulator.writes == 2)
    #expect(await meter.health.failures == 0)
  }

  /// Nothing announces a change of the configuration inside TLS.
  @Test func aChangeOfTheConfigurationIsNoticed() async throws {
    let simulator = try simulated(.gen4)
    let meter = meter(simulator, .tls)
    let before = try await meter.read(.bt23)
    try await simulator.reconfigure { $0.tiers = 2 }
    let after = try await meter.read(.bt23)
    #expect(after.octets.count != before.octets.count)
    #expect(after.octets.count == after.layout.octets)
    // Written to where something else was yesterday: nothing.
    let plan = try await meter.plan(.et51, setting: [("mep_device_configuration[0].mep_health_timeout", "300")])
    try await simulator.reconfigure { $0.tiers = 4 }
    #expect(
      await failure { () async throws(MeterError) in try await meter.carryOut(plan) } == "outdated ET51")
  }

  @Test func digestsAreNotTakenAgain() async throws {
    try await withMemory { memory, _ in
      let simulator = try simulated(.gen4)
      let first = meter(simulator, .auto)
      try await first.begin(remembering: memory, at: "serial:here")
      let name = try await first.utilitySerialNumber()
      #expect(try memory.entries() == [TLSMemory.Entry(meter: name, port: 1, address: "serial:here")])
      await first.endSession()
      // Once more changes nothing, and the other port is another one.
      let again = meter(simulator, .auto)
      try await again.begin(remembering: memory, at: "serial:here")
      await again.endSession()
      let other = meter(simulator, port: 2, .tls)
      try await other.begin(remembering: memory, at: "serial:there")
      #expect(try memory.entries().map(\.port) == [1, 2])

      // Somebody answers in its place, first where it was known to be, then elsewhere.
      let deaf = WithoutTLS(base: simulator.port(1))
      for address in ["serial:here", "serial:elsewhere"] {
        let cheated = Meter(over: plug(deaf), key: advancedKey, timers: .patient, log: quiet)
        let words = await failure { () async throws(MeterError) in
          try await cheated.begin(remembering: memory, at: address)
        }
        #expect(words == "has spoken TLS \(name) 1 \(address)")
        cheated.close()
      }
      // Who insists on digests gets them.
      let digests = Meter(over: plug(deaf), key: advancedKey, security: .digest, timers: .patient, log: quiet)
      try await digests.begin(remembering: memory, at: "serial:here")
      #expect(try await digests.read(.bt01).octets.count == 24)

      #expect(try memory.forget("nobody").isEmpty)
      #expect(try memory.forget("serial:there").count == 1)
      #expect(try memory.forget(name).count == 1)
      #expect(try memory.entries().isEmpty)
      let forgiven = Meter(over: plug(deaf), key: advancedKey, timers: .patient, log: quiet)
      try await forgiven.begin(remembering: memory, at: "serial:here")
      #expect(await forgiven.speaksTLS == false)
    }
  }

  @Test func whatCannotBeRememberedIsSaid() async throws {
    let meter = meter(try simulated(.gen4), .auto)
    let words = await failure { () async throws(MeterError) in
      try await meter.begin(remembering: TLSMemory(folder: "/proc/mep"), at: "serial:here")
    }
    #expect(words.hasPrefix("forgetful /proc/mep/"))
  }

  /// What a port that takes TLS only says to digests is nowhere told; our words say what to do.
  @Test(arguments: ["0a", "0b", "03", "silence"]) func aPortThatDemandsTLS(_ refusal: String) async throws {
    let simulator = try SimulatedMeter(
      .gen4, scenario: try Scenario(parsing: "+0s tls 1 \(refusal)"), clock: { 836_400_000 })
    let digests = Meter(
      over: plug(simulator.port(1), timers: .steady), key: basicKey, security: .digest, timers: .steady, log: quiet)
    let words = await failure { () async throws(MeterError) in try await digests.read(.bt01) }
    #expect(
      words
        == [
          "0a": "refused Invalid Service Sequence State BT01", "0b": "exchange keyNotAccepted BT01",
          "03": "refused No permission for specified request BT01", "silence": "exchange noAnswer BT01",
        ][refusal])
    digests.close()
    let auto = meter(simulator, .auto, key: basicKey)
    #expect(try await auto.read(.bt01).octets.count == 24)
    #expect(await auto.speaksTLS)
    // The other port takes digests.
    let other = meter(simulator, port: 2, .digest)
    #expect(try await other.read(.bt01).octets.count == 24)
  }

  /// Both at once, each its own way.
  @Test func twoPortsTwoWays() async throws {
    let simulator = try SimulatedMeter(
      .gen4, scenario: try Scenario(parsing: "+0s tls 1 silence"), clock: { 836_400_000 })
    let (first, second) = (meter(simulator, .tls), meter(simulator, port: 2, .digest))
    async let inTLS = (0..<20).asyncMap { _ in try await first.read(.bt28).octets }
    async let byDigests = (0..<20).asyncMap { _ in try await second.read(.bt28).octets }
    let (a, b) = try await (inTLS, byDigests)
    #expect(Set(a).count == 1 && Set(a) == Set(b))
    #expect(await [first.speaksTLS, second.speaksTLS] == [true, false])
    #expect(try await [first.port(), second.port()] == [1, 2])
  }
}

/// A port that takes digests only.
private struct WithoutTLS: RequestHandler {
  let base: any RequestHandler

  func answer(_ accepted: ServerConnection.Accepted) async -> Response { await base.answer(accepted) }

  func status() async -> PortStatus {
    var status = await base.status()
    status.takesTLS = false
    return status
  }
}

extension Sequence {
  fileprivate func asyncMap<T>(_ body: (Element) async throws -> T) async throws -> [T] {
    var all: [T] = []
    for element in self { all.append(try await body(element)) }
    return all
  }
}
