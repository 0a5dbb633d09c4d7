// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEPClient
import Testing

@testable import MEPGateway

/// What is answered of costs, out of a store; the meter itself is away.
@Suite struct CostSiteTests {
  private let house: CostHouse

  init() async throws { house = try await CostHouse() }

  private var costs: Costs { house.costs }

  private func answer(_ endpoint: Endpoint, _ values: [String: String]) async throws -> String {
    try await house.answer(endpoint, values)
  }

  @Test func costsAreOfWhatIsKnown() async throws {
    let hours = try await answer(.costs(costs), ["by": "hour", "from": "2026-03-01T13:00", "to": "2026-03-01T16:00"])
    #expect(
      hours == """
        {"currency":"DKK","spans":[\
        {"start":"2026-03-01T13:00:00Z","end":"2026-03-01T14:00:00Z","cost":2.5,"income":0.25,\
        "parts":{"energy":1,"subscription":1,"VAT":0.5},"whole":true},\
        {"start":"2026-03-01T14:00:00Z","end":"2026-03-01T15:00:00Z","cost":3.75,"income":0.25,\
        "parts":{"energy":2,"subscription":1,"VAT":0.75},"whole":true},\
        {"start":"2026-03-01T15:00:00Z","end":"2026-03-01T16:00:00Z","cost":0.9375,"income":0.0625,\
        "parts":{"energy":0.5,"subscription":0.25,"VAT":0.1875},"whole":false}]}
        """)
    // Two hours at 1, three and a quarter at 2, and no more than these.
    let day = try await answer(.costs(costs), ["from": "2026-03-01", "to": "2026-03-02"])
    #expect(day.contains(#""cost":17.1875,"income":1.3125,"#) && day.contains(#""whole":false"#), "\(day)")
    let year = try await answer(.costs(costs), ["by": "year", "from": "2026-01-01", "to": "2027-01-01"])
    #expect(year.contains(#""start":"2026-01-01T00:00:00Z","end":"2027-01-01T00:00:00Z","cost":17.1875,"#), "\(year)")
  }

  @Test func pricesAreTold() async throws {
    let prices = try await answer(.prices(costs), ["from": "2026-03-01T13:00", "to": "2026-03-01T14:15"])
    #expect(
      prices == """
        {"currency":"DKK","prices":[\
        {"start":"2026-03-01T13:00:00Z","end":"2026-03-01T14:00:00Z","import":1.25,"export":0.5},\
        {"start":"2026-03-01T14:00:00Z","end":"2026-03-01T14:15:00Z","import":2.5,"export":0.5}]}
        """)
    // Nothing held before the first version.
    #expect(
      try await answer(.prices(costs), ["from": "2026-02-01", "to": "2026-02-02"])
        == #"{"currency":"DKK","prices":[]}"#)
  }

  /// A meter that records no more than hours is priced by the hour, from where its quarters end.
  @Test func hoursStandWhereQuartersAreMissing() async throws {
    let store = house.gateway.store
    let meter = try await store.meter(named: "barn")
    let quarters = (0...4).map { march + $0 * 900 * second } + [march + 2 * hour, march + 3 * hour]
    try await store.fill(
      quarters.map { Reading(at: $0, origin: .loadProfile, [energy: ($0 - march) / 1000]) }, through: nil, of: meter)
    let steps = try await Costs.metered(store, meter, march..<march + 4 * hour, in: utc)
    #expect(steps.map(\.imported) == [900, 900, 900, 900, 3600, 3600])
    #expect(steps.last?.end == march + 3 * hour)
  }

  @Test func whatCannotBeIsRefused() async throws {
    await #expect(throws: Refusal.self) {
      try await answer(.costs(costs), ["by": "hour", "from": "2020-01-01", "to": "2026-01-01"])
    }
    await #expect(throws: Refusal.self) {
      try await answer(.prices(costs), ["from": "2026-03-02", "to": "2026-03-01"])
    }
  }
}
