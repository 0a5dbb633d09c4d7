// SPDX-License-Identifier: Apache-2.0
import C1219
import Glibc
import MEP
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

@Suite(.timeLimit(.minutes(2))) struct EveryTableTests {
  struct Case: CustomTestStringConvertible {
    let profile: Profile
    let isAdvanced: Bool
    let encrypted: Bool
    var key: AccessKey { isAdvanced ? advancedKey : basicKey }
    var testDescription: String { "\(profile.name), \(isAdvanced ? "MAK" : "MBK")\(encrypted ? ", encrypted" : "")" }
  }

  /// Each profile in one way; in all of them where there is time.
  static let cases = Profile.all.enumerated().flatMap { i, profile in
    let all = [false, true].flatMap { isAdvanced in
      [false, true].map { Case(profile: profile, isAdvanced: isAdvanced, encrypted: $0) }
    }
    return getenv("MEP_ACCEPTANCE") == nil ? [all[i % 4]] : all
  }

  @Test(arguments: cases) func isReadAndDecodedWhole(_ test: Case) async throws {
    let meter = Meter(at: plug(try simulated(test.profile).port(1)), key: test.key, encrypted: test.encrypted)
    for table in Catalogue.tables where test.profile.has(table) {
      let decoded = try await meter.read(table)
      #expect(decoded.octets.count == decoded.layout.octets, "\(table.id)")
      #expect(decoded.tail.isEmpty, "\(table.id)")
      #expect(decoded.places.count == decoded.layout.places.count, "\(table.id)")
      #expect(decoded.layout.encode(decoded.values) == decoded.octets, "\(table.id)")
    }
    meter.close()
  }

  @Test(arguments: Profile.all) func namesRegisters(_ profile: Profile) async throws {
    let meter = Meter(at: plug(try simulated(profile).port(1)))
    let registers = try await meter.read(.bt23)
    let summations = registers.places.filter { $0.path.last?.isCalled("Summations") == true }
    let first = summations.prefix(4).map(\.displayName)
    #expect(
      first
        == ["Fwd Active Wh", "Rev Active Wh", "Import Reactive Varh", "Export Reactive Varh"].map { $0 + " L1L2L3" })
    let blocks = profile.tiers + 1
    #expect(summations.filter { $0.source?.number == 0 }.count == blocks)
    #expect(summations.count == profile.summations.count * blocks)

    let present = try await meter.read(.bt28)
    #expect(present.places.map { $0.source?.number } == profile.presentValues)
    #expect(present.places.first?.displayName == "Fwd Active W L1L2L3")
    #expect(present.places.allSatisfy { !$0.displayName.isEmpty })
  }

  @Test(arguments: Profile.all) func lacksWhatItLacks(_ profile: Profile) async throws {
    let meter = Meter(at: plug(try simulated(profile).port(1)))
    #expect(
      await failure { () async throws(MeterError) in try await meter.octets(of: .basic(99)) }
        == "refused Table operation not possible BT99")
    #expect(profile.has(.et79) == (profile.name != "gen3-old") && profile.has(.et81) == profile.has(.et79))
    guard profile.firmware < FirmwareVersion(4, 0) else { return }
    #expect(
      await failure { () async throws(MeterError) in try await meter.read(.et85) }
        == "refused Table operation not possible ET85")
    // A refusal is an answer: the next read goes on as before.
    #expect(try await meter.read(.bt01).octets.count == 24)
  }

  @Test(arguments: [false, true]) func wrongKeyIsGivenUpAfterThreeSendings(encrypted: Bool) async throws {
    let wrong = AccessKey(dummy: 3)
    let wire = Wire(key: wrong)
    let meter = Meter(at: wire.tap(plug(try simulated(.gen3).port(1))), key: wrong, encrypted: encrypted)
    #expect(
      await failure { () async throws(MeterError) in try await meter.read(.bt01) } == "exchange keyNotAccepted BT01")
    #expect(wire.sendings.count == 3)
    // Each is signed anew: the first may have been damaged on its way.
    #expect(Set(wire.sendings).count == 3)
  }
}
