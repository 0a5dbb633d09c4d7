// SPDX-License-Identifier: Apache-2.0
import Foundation
import MEPClient
import Testing

@testable import MEPGateway

/// What is answered of costs, out of a store; the meter itself is away.
@Suite struct CostSiteTests {
  private let shelf: Shelf
  private let gateway: Gateway
  private let costs: Costs

  /// A kilowatt for three hours and a quarter from noon on, half of one given; then a gap; then two hours more.
  init() async throws {
    shelf = try Shelf()
    let store = try shelf.open()
    let meter = try await store.meter(named: "house")
    let given = Series("rev_active_energy_wh", .counter)
    for quarter in Array(0...13) + Array(24...32) as [Int64] {
      let time = march + 12 * hour + quarter * 900 * second
      try await store.keep(
        [Reading(at: time, [energy: 5000 + quarter * 250, given: quarter * 125])], of: meter, now: time)
    }
    // A quarter is over once something comes after it.
    let last = march + 20 * hour + 20 * second
    try await store.keep([Reading(at: last, [energy: 13_000, given: 4000])], of: meter, now: last)
    gateway = Gateway(store, clock: GatewayClock(start: march + 20 * hour, speed: 1), zone: utc, log: quiet)
    try await gateway.meetHouse()
    var evening = Window()
    evening.minutes = [14 * 60..<24 * 60]
    let parts: [Tariff.Part] = [
      .init("energy", .energy(Price("1"), times: [.init(evening, Price("2"))])),
      .init("subscription", .standing(Price("24"), per: .day)), .init("VAT", .percent(25_00, of: [0, 1])),
    ]
    let sold = Tariff.Part("sold", .energy(Price("0.5")))
    costs = Costs(
      CostSettings(Tariff(currency: "DKK", versions: [.init(from: march, imported: parts, exported: [sold])])))
  }

  private func answer(_ endpoint: Endpoint, _ values: [String: String]) async throws -> String {
    var checked: [String: Parameter.Value] = [:]
    for (name, text) in values {
      checked[name] = try #require(endpoint.parameters.first { $0.name == name }?.value(text))
    }
    let answer = try await endpoint.respond(Call(gateway: gateway, captures: ["meter": "house"], values: checked))
    guard case .json(let json) = answer else { return "" }
    return json.description
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

  @Test func whatCannotBeIsRefused() async throws {
    await #expect(throws: Refusal.self) {
      try await answer(.costs(costs), ["by": "hour", "from": "2020-01-01", "to": "2026-01-01"])
    }
    await #expect(throws: Refusal.self) {
      try await answer(.prices(costs), ["from": "2026-03-02", "to": "2026-03-01"])
    }
  }
}
