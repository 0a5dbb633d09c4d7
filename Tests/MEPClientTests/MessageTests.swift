// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

/// The scheduled message of the display.
@Suite(.timeLimit(.minutes(1))) struct MessageTests {
  private static let start = Moment(secondsSince2000: 836_400_000)
  private static let end = start.adding(seconds: 3600)

  @Test(arguments: Profile.all) func aMessageIsShown(_ profile: Profile) async throws {
    let simulator = try simulated(profile)
    let meter = Meter(at: plug(simulator.port(1)))
    let before = try await meter.read(.et55)
    #expect(try await meter.readMessage().end == nil)
    let message = try await meter.setMessage(id: "1.8.0", text: "PRICE UP", from: Self.start, until: Self.end)
    #expect(message.text == Array("PRICE UP".utf8) && message.start == Self.start && message.end == Self.end)
    #expect(message.canBeOverridden && message.staysInScrollingList && !message.isOverridden)
    #expect(message.id.count == (profile.firmware >= FirmwareVersion(4, 0) ? 5 : 4))
    let shown = await simulator.display?.message
    #expect(shown?.text == "PRICE UP" && shown?.id.hasPrefix("1.8.0 ") == true)
    // Nothing else of the table was touched.
    let after = try await meter.read(.et55)
    let changed = zip(before.octets, after.octets).enumerated().filter { $0.1.0 != $0.1.1 }.map(\.offset)
    #expect(changed.allSatisfy { (52..<79).contains($0) })
    try await meter.clearMessage()
    #expect(await simulator.display?.message == nil)
    #expect(try await meter.readMessage().isOverridden)
    // A new one is shown again, and this time the button does nothing to it.
    let fixed = try await meter.setMessage(text: "HI", from: Self.start, until: Self.end, canBeOverridden: false)
    #expect(!fixed.canBeOverridden && !fixed.isOverridden && fixed.decimalPoints == 0)
    #expect(await simulator.display?.message?.text == "HI      ")
  }

  @Test(arguments: Profile.all) func theMBKMayNot(_ profile: Profile) async throws {
    let simulator = try simulated(profile)
    let meter = Meter(at: plug(simulator.port(1)), key: basicKey)
    let refusal = "refused No permission for specified request ET55"
    let setting = await failure { () async throws(MeterError) in
      try await meter.setMessage(text: "HI", from: Self.start, until: Self.end)
    }
    #expect(setting == refusal)
    #expect(await failure { () async throws(MeterError) in try await meter.clearMessage() } == refusal)
    // Where it is known that the key is the MBK, nothing is sent.
    let wire = Wire(key: basicKey)
    let basic = Meter(at: wire.tap(plug(simulator.port(1))), key: basicKey)
    await basic.set(access: .basic)
    let words = await failure { () async throws(MeterError) in
      try await basic.setMessage(text: "HI", from: Self.start, until: Self.end)
    }
    #expect(words == "not allowed ET55 MAK" && wire.requests.isEmpty)
    #expect(try await basic.readMessage().end == nil)
    #expect(await simulator.writes == 0)
  }

  @Test func whatTheDisplayCannotShowIsNotSent() async throws {
    let simulator = try simulated(.gen3)
    let meter = Meter(at: plug(simulator.port(1)))
    let fourth = Meter(at: plug(try simulated(.gen4).port(1)))
    func words(_ id: String, _ text: String, _ end: Moment = Self.end, of meter: Meter) async -> String {
      await failure { () async throws(MeterError) in
        try await meter.setMessage(id: id, text: text, from: Self.start, until: end)
      }
    }
    #expect(await words("", "NINE CHAR", of: meter).contains("8 characters for a text"))
    #expect(await words("12345", "", of: meter).contains("4 characters on the left"))
    #expect(await words("12345", "", of: fourth) == "none")
    #expect(await words("123456", "", of: fourth).contains("5 characters on the left"))
    #expect(await words("", "Ä", of: meter).contains("0xc3"))
    #expect(await words("", "HI", Self.start, of: meter).contains("before it starts"))
    #expect(await simulator.writes == 0)
  }

  @Test func whatIsNotKeptIsAnError() async throws {
    let handler = Altered(try simulated(.gen3).port(1)) { request, response in
      guard case .readPart(Table.et55.id, _, _) = request, case .data(let octets) = response else { return response }
      return .data([UInt8](repeating: 0x20, count: octets.count))
    }
    let meter = Meter(at: plug(handler))
    let words = await failure { () async throws(MeterError) in
      try await meter.setMessage(text: "HI", from: Self.start, until: Self.end)
    }
    #expect(words == "not kept ET55")
  }
}
