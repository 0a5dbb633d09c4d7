// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

@Suite(.timeLimit(.minutes(1))) struct PathTests {
  private func chosen(_ table: Table, _ paths: String..., profile: Profile = .gen4) async throws -> [String] {
    try await Meter(at: plug(try simulated(profile).port(1))).read(table, paths: paths).places.map(\.pathText)
  }

  @Test func wholePath() async throws {
    #expect(try await chosen(.bt28, "present_values[3]") == ["present_values[3]"])
    #expect(try await chosen(.bt23, "tiers[7].summations[18]") == ["tiers[7].summations[18]"])
  }

  @Test func beginningOfAPath() async throws {
    let tier = try await chosen(.bt23, "tiers[1]")
    #expect(tier == (0..<19).map { "tiers[1].summations[\($0)]" })
    #expect(try await chosen(.bt23, "summations").count == 19)
    #expect(try await chosen(.bt23, "tiers").count == 152)
  }

  /// "present_values[8]" must not choose "present_values[80]", nor "present_value" all of them.
  @Test func onlyWholeStepsMatch() async throws {
    #expect(try await chosen(.bt28, "present_values[8]") == ["present_values[8]"])
    let meter = Meter(at: plug(try simulated(.gen4).port(1)))
    let words = await failure { () async throws(MeterError) in try await meter.read(.bt28, paths: ["present_value"]) }
    #expect(words == "no such field BT28 present_value")
  }

  @Test(arguments: ["rms_voltage_l1", "RMS Voltage L1", "Rms-Voltage-L1"])
  func nameOfASource(_ name: String) async throws { #expect(try await chosen(.bt28, name) == ["present_values[7]"]) }

  @Test(arguments: ["Present Values[7]", "present values[7]", "PRESENT_VALUES[7]"])
  func anyCase(_ path: String) async throws { #expect(try await chosen(.bt28, path) == ["present_values[7]"]) }

  /// Of a register that is there once for the totals and once for each tier, a name means all of them.
  @Test func nameThatOccursOftenMeansAll() async throws {
    let paths = try await chosen(.bt23, "fwd_active_wh_l1l2l3", profile: .gen3)
    #expect(paths == ["summations[0]"] + (0..<4).map { "tiers[\($0)].summations[0]" })
  }

  @Test func eachFieldOnceInTheOrderOfItsOctets() async throws {
    let paths = try await chosen(.bt28, "present_values[9]", "rms_voltage_l1", "present_values[7]", "frequency")
    #expect(paths == ["present_values[7]", "present_values[9]", "present_values[11]"])
  }

  @Test func unknownPathNamesTheClosest() async throws {
    let wire = Wire()
    let meter = Meter(at: wire.tap(plug(try simulated(.gen3).port(1))))
    do throws(MeterError) {
      _ = try await meter.read(.bt28, paths: ["present_values[0]", "present_values[99]"])
      Issue.record("a field that is not there was found")
    } catch {
      guard case .noSuchField(let table, let path, let closest) = error else { throw error }
      #expect(table == .basic(28))
      #expect(path == "present_values[99]")
      #expect(closest.count == 3)
      #expect(closest.allSatisfy { $0.hasPrefix("present_values[") })
      #expect(error.description.contains("present_values[99]"))
    }
    #expect(wire.reads(of: .bt28) == [])
  }

  @Test(arguments: ["rms_voltag_l1", "rms_voltage_1", "RMS Voltages L1"])
  func typingErrorIsForgiven(_ path: String) async throws {
    let meter = Meter(at: plug(try simulated(.gen3).port(1)))
    do throws(MeterError) {
      _ = try await meter.read(.bt28, paths: [path])
      Issue.record("a field that is not there was found")
    } catch {
      guard case .noSuchField(_, _, let closest) = error else { throw error }
      #expect(closest.contains("rms_voltage_l1"))
    }
  }
}
