// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEPClient
import MEPTransport
import Testing

@testable import MEPGateway

@Suite struct KeeperTests {
  private let shelf: Shelf
  private let clock = GatewayClock(start: march, speed: 1)

  init() throws { shelf = try Shelf() }

  private func keeper(_ store: Store, _ meter: Store.MeterID) async throws -> Keeper {
    Keeper(
      store, meter, behind: try await store.newestTime(of: meter), every: 1000, clock: clock, log: quiet)
  }

  private func times(_ store: Store, _ meter: Store.MeterID) async throws -> [Timestamp] {
    try await store.read { try store.rows(of: meter, .reading, march..<march + 1000 * hour, $0).times }
  }

  /// A clock that was set back tells times that were already: nothing is kept until it has passed them.
  @Test func nothingIsKeptTwice() async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    let keeper = try await keeper(store, meter)
    func keep(_ seconds: Int64) async -> Bool {
      _ = await keeper.take(.reading(Reading(at: march + seconds * second, [energy: seconds])))
      await keeper.flush()
      return await keeper.state.isBehind
    }
    #expect(await keep(3000) == false)
    #expect(await keep(60) == true)
    #expect(await keep(2999) == false)
    #expect(await keep(3001) == false)
    #expect(try await times(store, meter) == [2999, 3000, 3001].map { march + $0 * second })
    // So it is after a start as well.
    let next = try await self.keeper(store, meter)
    _ = await next.take(.reading(Reading(at: march + 60 * second, [energy: 5000])))
    #expect(await next.state.isBehind)
  }

  /// Only where the meter's clock agrees with this computer's is what was kept for later times taken for wrong.
  @Test func theMeterBearsWitness() async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    let late = march + 100 * hour
    try await store.keep([Reading(at: late, [energy: 5])], of: meter, now: late)
    let keeper = try await keeper(store, meter)
    _ = await keeper.take(.clock(ahead: 100 * hour, at: march))
    #expect(try await times(store, meter) == [late])
    _ = await keeper.take(.clock(ahead: -3 * second, at: march))
    #expect(try await times(store, meter).isEmpty)
    _ = await keeper.take(.reading(Reading(at: march + second, [energy: 5])))
    await keeper.flush()
    #expect(try await times(store, meter) == [march + second])
  }

  /// What the disk has no room for waits, and is asked for again where it came from the meter's own records.
  @Test func aFullDiskLosesNothing() async throws {
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    let keeper = try await keeper(store, meter)
    func limit(_ pages: Int) async throws {
      try await store.write { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
    }
    try await limit(1)
    // Larger than what is left of the pages there are.
    let many = (0..<400 as Range<Int64>).map { n in
      Reading(
        at: march + n * second,
        Dictionary(uniqueKeysWithValues: (0..<20 as Range<Int64>).map { (Series("series_\($0)"), n &* 7919 &* $0) }))
    }
    for reading in many { _ = await keeper.take(.reading(reading)) }
    await keeper.flush()
    #expect(await keeper.state.problem == .full)
    let recorded = many.map { Reading(at: $0.time, origin: .loadProfile, $0.values) }
    #expect(await keeper.take(.recorded(recorded, through: nil, share: 1)) == false)
    try await limit(1_000_000)
    #expect(await keeper.take(.recorded(recorded, through: nil, share: 1)) == true)
    #expect(try await times(store, meter) == many.map(\.time))
    let state = await keeper.state
    #expect(state.problem == nil && state.lost == 0)
  }
}
