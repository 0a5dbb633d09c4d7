// SPDX-License-Identifier: Apache-2.0
import C1219
import Glibc
import MEP
import MEPClient
import MEPSimulator
import OSGPTables
import Testing

/// Every table read and written, every procedure called, in every profile, through each port, with both keys, with digests
/// and encrypted: what is to be had comes, and all else is refused as the access rules say.
@Suite(.timeLimit(.minutes(10))) struct EveryAccessTests {
  struct Case: CustomTestStringConvertible {
    let profile: Profile
    let port: Int
    let isAdvanced: Bool
    let encrypted: Bool
    var key: AccessKey { isAdvanced ? advancedKey : basicKey }
    var testDescription: String {
      "\(profile.name), port \(port), \(isAdvanced ? "MAK" : "MBK")\(encrypted ? ", encrypted" : "")"
    }

    func meter(of simulator: SimulatedMeter) -> Meter {
      Meter(at: plug(simulator.port(port)), key: key, encrypted: encrypted)
    }
  }

  static let all = Profile.all.flatMap { profile in
    (1...profile.ports).flatMap { port in
      [false, true].flatMap { isAdvanced in
        [false, true].map { Case(profile: profile, port: port, isAdvanced: isAdvanced, encrypted: $0) }
      }
    }
  }

  /// A few that have all in them between them, unless there is time for more.
  static let cases =
    getenv("MEP_ACCEPTANCE") != nil
    ? all
    : [
      Case(profile: .gen3Old, port: 1, isAdvanced: false, encrypted: true),
      Case(profile: .gen4, port: 2, isAdvanced: true, encrypted: false),
    ]

  @Test func theMatrixIsWhole() { #expect(Self.all.count == 4 * Profile.all.reduce(0) { $0 + $1.ports }) }

  /// Read by the client as it likes, and in small parts by one that knows no table.
  @Test(arguments: cases) func tablesAreRead(_ test: Case) async throws {
    let simulator = try simulated(test.profile)
    let meter = test.meter(of: simulator)
    let bare = bareClient(plug(simulator.port(test.port)), key: test.key)
    for table in Catalogue.tables + Catalogue.namedOnly {
      guard table.isDescribed, test.profile.has(table) else {
        #expect(
          await failure { () async throws(MeterError) in try await meter.octets(of: table.id) }
            == "refused Table operation not possible \(table.id)")
        continue
      }
      let decoded = try await meter.read(table)
      #expect(decoded.octets.count == decoded.layout.octets && decoded.tail.isEmpty, "\(table.id)")
      var octets: [UInt8] = []
      // Load profiles would take their time.
      while octets.count < min(decoded.octets.count, 5000) {
        let part = min(311, decoded.octets.count - octets.count)
        let request = Request.readPart(table.id, offset: UInt32(octets.count), length: UInt16(part))
        guard case .data(let more) = try await bare.perform(request).result.get(), more.count == part else {
          Issue.record("\(table.id) from octet \(octets.count) on")
          break
        }
        octets += more
      }
      // Whoever asks moves the sequence numbers of ET04 on.
      let moving = decoded.places.filter {
        table.id == Table.et04.id && ($0.pathText.contains("sequence_number") || $0.pathText == "mep_seq_nbr")
      }
      .map { $0.offset..<$0.end }
      let differing = octets.indices.filter { i in octets[i] != decoded.octets[i] && !moving.contains { $0.contains(i) }
      }
      #expect(differing.isEmpty, "\(table.id)")
    }
    meter.close()
  }

  @Test(arguments: cases) func tablesAreWritten(_ test: Case) async throws {
    let simulator = try simulated(test.profile)
    let meter = test.meter(of: simulator)
    let bare = bareClient(plug(simulator.port(test.port)), key: test.key)
    for table in Catalogue.tables + Catalogue.namedOnly where table.id != .basic(7) {
      let isThere = table.isDescribed && test.profile.has(table)
      let isAllowed = table.write == .any || table.write == .advanced && test.isAdvanced
      let refusal: ResponseCode? = !isThere ? .tableOperationNotPossible : isAllowed ? nil : .noPermission
      // The first octet as it is.
      let first = isThere ? try await meter.read(table).octets.prefix(1) : [0]
      if first.isEmpty { continue }
      let answer = try await bare.perform(.writePart(table.id, offset: 0, Array(first))).result.get()
      #expect(answer == refusal.map { .refused($0) } ?? .done, "\(table.id)")
      let told = await failure { () async throws(MeterError) in try await meter.write(table.id, Array(first)) }
      // What no key allows is not even sent.
      let words = refusal.map { "refused \($0.words) \(table.id)" } ?? "none"
      #expect(told == (table.write == .none ? "not allowed \(table.id) none" : words), "\(table.id)")
    }
    meter.close()
  }

  @Test(arguments: cases) func proceduresAreCalled(_ test: Case) async throws {
    let simulator = try simulated(test.profile)
    let meter = test.meter(of: simulator)
    let hasDevice =
      test.profile.has(.et16) && ["gen3", "gen4", "gen4-compatible", "gen3-ct", "module"].contains(test.profile.name)
    let post = PostOnDemandRequest(.billingRead, to: 1, transaction: 0x0402)
    let calls: [(Procedure, [UInt8], result: UInt8)] = [
      (.ep16, ChangeSystemClockByDelta(seconds: 5).octets, 0), (.ep16, [], 2),
      (.ep17, RemoveMEPDevice(UInt16(test.port * 1000)).octets, 3), (.ep17, [7, 0, 0], 2),
      (.ep19, post.octets, !test.isAdvanced ? 5 : hasDevice ? 0 : 3), (.ep19, [], test.isAdvanced ? 2 : 5),
      (.ep39, [], 2),
      (.ep61, TransactionLockControl(locks: true).octets, test.profile.ports == 2 ? 0 : 6),
      (.ep61, TransactionLockControl(locks: false).octets, test.profile.ports == 2 ? 0 : 6),
    ]
    for (procedure, parameters, result) in calls {
      let answer = try await meter.call(procedure: procedure.id.number, parameters: parameters)
      #expect(answer.number == procedure.id.number && answer.result == result, "\(procedure.id) \(parameters)")
    }
    let known = calls.map(\.0.id)
    for procedure in Catalogue.procedures where !known.contains(procedure.id) {
      #expect(try await meter.call(procedure: procedure.id.number).result == 6, "\(procedure.id)")
    }
    meter.close()
  }
}
