// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

/// A configuration that changes in the middle of a read: the answer is the old one or the new one, never a mixture.
@Suite(.timeLimit(.minutes(2))) struct ChangeUnderWayTests {
  struct Case: CustomTestStringConvertible {
    let table: Table
    let change: Reconfiguration
    /// The request before which the change falls, counted from the first of the read.
    let request: Int
    let isKnown: Bool
    var testDescription: String { "\(table.id), \(change), request \(request)\(isKnown ? ", known meter" : "")" }
  }

  static let cases = [
    (Table.bt23, Reconfiguration.otherOrder), (.bt23, .moreTiers), (.bt28, .otherOrder), (.bt28, .fewerValues),
  ].flatMap { table, change in
    [false, true].flatMap { isKnown in
      (1...(isKnown ? 2 : 6)).map { Case(table: table, change: change, request: $0, isKnown: isKnown) }
    }
  }

  /// The registers by an undisturbed meter: its clock stands still.
  private static let truth = Task {
    let meter = Meter(at: plug(try simulated(.gen4).port(1)))
    return (try await meter.read(.bt23).bySource, try await meter.read(.bt28).bySource)
  }

  @Test(arguments: cases) func beforeARequestLeaves(_ test: Case) async throws {
    let simulator = try simulated(.gen4)
    let count = Counter()
    let armed = Counter()
    let meter = Meter(
      at: TamperedLink(plug(simulator.port(1))) { _, _ in
        if await armed.value > 0, await count.next() == test.request { await test.change.apply(to: simulator) }
        return .pass
      })
    try await check(test, meter, simulator, armed)
  }

  /// The port has taken the request when the change comes: the meter must not answer by its new tables as if its number
  /// still fitted.
  @Test(arguments: cases) func afterARequestWasTaken(_ test: Case) async throws {
    let simulator = try simulated(.gen4)
    let count = Counter()
    let armed = Counter()
    let handler = Preceded(simulator.port(1)) { _ in
      if await armed.value > 0, await count.next() == test.request { await test.change.apply(to: simulator) }
    }
    try await check(test, Meter(at: plug(handler)), simulator, armed)
  }

  private func check(_ test: Case, _ meter: Meter, _ simulator: SimulatedMeter, _ armed: Counter) async throws {
    let truths = try await Self.truth.value
    let truth = test.table.id == Table.bt23.id ? truths.0 : truths.1
    if test.isKnown { _ = try await meter.read(test.table) }
    _ = await armed.next()
    let during = try await meter.read(test.table).bySource
    #expect(during.agrees(with: truth) && during.count >= 26)
    let after = try await meter.read(test.table)
    #expect(after.bySource.agrees(with: truth))
    let actual =
      test.table.id == Table.bt28.id ? await simulator.profile.presentValues.count : await registers(simulator)
    #expect(after.places.count == actual)
  }

  private func registers(_ simulator: SimulatedMeter) async -> Int {
    let profile = await simulator.profile
    return profile.summations.count * (profile.tiers + 1)
  }

  /// Readers that share a client, and a meter that changes all the time.
  @Test(arguments: 1...3 as ClosedRange<UInt64>) func sharedClientNeverMixes(seed: UInt64) async throws {
    let truth = try await Self.truth.value
    let simulator = try simulated(.gen4)
    let meter = Meter(at: plug(simulator.port(1)))
    let changes = Task {
      var generator = SeededGenerator(seed: seed)
      while !Task.isCancelled {
        try await Task.sleep(for: .milliseconds(Int64.random(in: 1...30, using: &generator)))
        await Reconfiguration.allCases.randomElement(using: &generator)!.apply(to: simulator)
      }
    }
    await withTaskGroup { group in
      for reader in 0..<4 {
        group.addTask {
          for _ in 0..<6 {
            let table = reader % 2 == 0 ? Table.bt23 : .bt28
            guard let values = try? await meter.read(table).bySource else { continue }
            #expect(values.agrees(with: reader % 2 == 0 ? truth.0 : truth.1), "seed \(seed)")
          }
        }
      }
    }
    changes.cancel()
  }
}
