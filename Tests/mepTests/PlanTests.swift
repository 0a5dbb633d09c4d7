// SPDX-License-Identifier: Apache-2.0
import MEPGateway
import Testing

@testable import mep

@Suite struct PlanTests {
  private struct Trouble: Error {}

  /// What parts throw because they are ended is no reason to do without a plan; what else they throw is.
  @Test func aPlanOutlivesTheOneBeforeIt() async throws {
    let plan = try Plan(Configuration(storePath: "/nowhere/mep.db"))
    let way: @Sendable () async throws -> Plan? = {
      try await Task.sleep(for: .milliseconds(50))
      return plan
    }
    let part: @Sendable () async throws -> Void = {
      do { try await Task.sleep(for: .seconds(60)) } catch { throw Trouble() }
    }
    let found = try await Plan.first(by: [way], during: [part, { throw CancellationError() }])
    #expect(found?.configuration.storePath == "/nowhere/mep.db")
    await #expect(throws: Trouble.self) { try await Plan.first(by: [way], during: [{ throw Trouble() }]) }
  }
}
