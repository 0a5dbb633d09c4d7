// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPSimulator
import MEPTransport
import OSGPTables
import Testing

/// Two clients at the two ports of a meter, which share ET52 and ET53.
@Suite(.timeLimit(.minutes(3))) struct TransactionLockTests {
  private let clock = SetClock()
  private let read: [TransactionStep] = [.octets(of: .basic(1), 0..<4)]

  private func meter() throws -> SimulatedMeter { try SimulatedMeter(.gen4.alone, clock: { [clock] in clock.now() }) }

  /// Who has the lock, as ET54 has it.
  private func holder(_ meter: Meter) async throws -> Int64? {
    try await meter.read(.et54, paths: ["mep_tx_lock_channel"]).integers.first ?? nil
  }

  @Test func itIsTakenAndGivenBack() async throws {
    let simulator = try meter()
    let other = await Meter(hasty: plug(simulator.port(2)))
    let link = TamperedLink(plug(simulator.port(1))) { request, _ in
      if request.table == .extended(52) || request.table == .extended(53) {
        #expect((try? await holder(other)) == 1)
      }
      return .pass
    }
    await expect(await Meter(hasty: link), read, ["octets 4e455300"])
    #expect(try await holder(other) == 0)
    await expect(other, read, ["octets 4e455300"])
    #expect(try await holder(other) == 0)
  }

  @Test func oneThatIsHeldIsWaitedFor() async throws {
    let simulator = try meter()
    let other = await Meter(hasty: plug(simulator.port(2)))
    try await other.call(TransactionLockControl(locks: true))
    let first = await Meter(hasty: plug(simulator.port(1)), patience: 30)
    await expect(first, read, ["transaction locked"])
    #expect(await simulator.transactions == 0)
    // It is not taken from who has it.
    #expect(try await holder(first) == 2)
    // Its 10 s pass while the client asks.
    let asking = TamperedLink(plug(simulator.port(1))) { [clock] request, _ in
      if request.table == .basic(7) { clock.go(4) }
      return .pass
    }
    await expect(await Meter(hasty: asking), read, ["octets 4e455300"])
    #expect(try await holder(first) == 0)
  }

  @Test func itIsGivenBackAfterAnError() async throws {
    let simulator = try meter()
    let handler = Altered(simulator.port(1)) { request, response in
      if case .writePart(.extended(52), _, _) = request { .refused(.noPermission) } else { response }
    }
    let meter = await Meter(hasty: plug(handler))
    await expect(meter, read, ["refused No permission for specified request ET52"])
    #expect(try await holder(meter) == 0)
  }

  @Test func itIsGivenBackAfterACancellation() async throws {
    let simulator = try meter()
    let counter = Counter()
    let (reached, reaching) = AsyncStream<Void>.makeStream()
    let (opened, opening) = AsyncStream<Void>.makeStream()
    let handler = Preceded(simulator.port(1)) { request in
      guard case .readPart(.extended(53), offset: 0, _) = request, await counter.next() == 1 else { return }
      reaching.finish()
      for await _ in opened {}
    }
    let meter = await Meter(hasty: plug(handler))
    let task = Task { await meter.words(read) }
    for await _ in reached {}
    task.cancel()
    opening.finish()
    #expect(await task.value == ["link cancelled"])
    #expect(try await holder(await Meter(hasty: plug(simulator.port(2)))) == 0)
  }

  // MARK: After its ten seconds

  /// What the other client does, just before the n-th request for a table.
  private func interfered(
    _ simulator: SimulatedMeter, _ table: TableID, _ n: Int, writes: Bool,
    _ act: @escaping @Sendable (Meter) async throws -> Void
  ) async -> Meter {
    let other = await Meter(hasty: plug(simulator.port(2)))
    let counter = Counter()
    let link = TamperedLink(plug(simulator.port(1))) { [clock] request, _ in
      if request.table == table, request.isRead != writes, await counter.next() == n {
        clock.go(11)
        do { try await act(other) } catch { Issue.record("the other client failed: \(error)") }
      }
      return .pass
    }
    return await Meter(hasty: link, patience: 60)
  }

  /// The other client has locked the tables before the closing number was written.
  @Test func stolenBeforeTheEndIsWritten() async throws {
    let simulator = try meter()
    let meter = await interfered(simulator, .extended(52), 2, writes: true) {
      try await $0.call(TransactionLockControl(locks: true))
    }
    await expect(meter, Transactions.long, ["transaction locked"])
    #expect(await simulator.transactions == 0)
    #expect(try await holder(meter) == 2, "not given back for it")
  }

  /// It has written a transaction between the two parts of this one.
  @Test func replacedBeforeTheEndIsWritten() async throws {
    let simulator = try meter()
    let meter = await interfered(simulator, .extended(52), 2, writes: true) { [read] in
      await expect($0, read, ["octets 4e455300"])
    }
    await expect(meter, Transactions.long, ["transaction replaced"])
    #expect(await simulator.transactions == 1)
    #expect(await simulator.procedureCalls == 4, "two locks")
  }

  /// It has written one when this one was carried out, before its answer was read: in between, it would be new to the
  /// meter if it were written again.
  @Test(arguments: [2, 3]) func replacedBeforeItIsRead(look: Int) async throws {
    let simulator = try meter()
    let meter = await interfered(simulator, .extended(53), look, writes: false) { [read] in
      await expect($0, read, ["octets 4e455300"])
    }
    await expect(meter, Transactions.registration, ["transaction replaced"])
    #expect(await simulator.transactions == 2)
  }

  /// It has written one between the parts of an answer.
  @Test func replacedWhileItIsRead() async throws {
    let simulator = try meter()
    let meter = await interfered(simulator, .extended(53), 4, writes: false) { [read] in
      await expect($0, read, ["octets 4e455300"])
    }
    await expect(meter, [.read(.bt23), .read(.bt28)], ["transaction replaced"])
  }

  /// A lock that has ended does no harm when nobody else wants it.
  @Test func expiredUnnoticed() async throws {
    let simulator = try meter()
    for (table, n) in [(TableID.extended(52), 1), (.extended(53), 3)] {
      let meter = await interfered(simulator, table, n, writes: table == .extended(52)) { _ in }
      await expect(meter, read, ["octets 4e455300"])
    }
    #expect(await simulator.transactions == 2)
  }

  // MARK: Both at once

  @Test func bothAtOnce() async throws {
    let simulator = try meter()
    let meters = [Meter(at: plug(simulator.port(1))), Meter(at: plug(simulator.port(2)))]
    var patience = Patience()
    (patience.pause, patience.lock) = (.milliseconds(3), .milliseconds(30_000))
    for meter in meters { await meter.set(patience: patience) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (i, meter) in meters.enumerated() {
        group.addTask {
          let flags = 71 * i + 30
          for round in UInt8(0)..<4 {
            // Each with its own flags: an answer of the other's would show.
            let steps: [TransactionStep] = [
              .write(.extended(50), offset: flags, [round << 4]), .octets(of: .extended(50), flags..<flags + 1),
              .octets(of: .extended(70), 142..<143),
            ]
            await expect(meter, steps, ["written", "octets \(Hex.text([round << 4]))", "octets 0\(i + 1)"])
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(await simulator.transactions == 8)
    #expect(try await holder(meters[0]) == 0)
  }
}
