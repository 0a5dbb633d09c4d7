// SPDX-License-Identifier: Apache-2.0
import MEPClient
import Testing

@testable import MEPGateway

/// A house whose meter is away, what it used on the first of March until 20:00, and what that cost.
struct CostHouse {
  let shelf: Shelf
  let gateway: Gateway
  let costs: Costs

  /// - Parameters:
  ///   - speed: of the clock, which begins a little after 20:00.
  ///   - isNew: nothing is known yet of what it used, and it is six minutes later.
  init(speed: Double = 1, isNew: Bool = false) async throws {
    shelf = try Shelf()
    let store = try shelf.open()
    let last = march + 20 * hour + 20 * second
    if !isNew { try await Self.use(store, through: last) }
    let clock = GatewayClock(start: last + (isNew ? 360 : 10) * second, speed: speed)
    gateway = Gateway(store, clock: clock, zone: utc, log: quiet)
    try await gateway.meetHouse()
    var evening = Window()
    evening.minutes = [14 * 60..<24 * 60]
    let parts: [Tariff.Part] = [
      .init("energy", .energy(Price("1"), times: [.init(evening, Price("2"))])),
      .init("subscription", .standing(Price("24"), per: .day)), .init("VAT", .percent(25_00, of: [0, 1])),
    ]
    let sold = Tariff.Part("sold", .energy(Price("0.5")))
    costs = Costs(
      CostSettings(Tariff(currency: "DKK", versions: [.init(from: march, imported: parts, exported: [sold])])), store,
      log: quiet)
  }

  /// A kilowatt for three hours and a quarter from noon on, half of one given; then a gap; then two hours more.
  private static func use(_ store: Store, through last: Timestamp) async throws {
    let meter = try await store.meter(named: "house")
    let given = Series("rev_active_energy_wh", .counter)
    for quarter in Array(0...13) + Array(24...32) as [Int64] {
      let time = march + 12 * hour + quarter * 900 * second
      try await store.keep(
        [Reading(at: time, [energy: 5000 + quarter * 250, given: quarter * 125])], of: meter, now: time)
    }
    // A quarter is over once something comes after it.
    try await store.keep([Reading(at: last, [energy: 13_000, given: 4000])], of: meter, now: last)
  }

  /// A tariff that is no more than the price of a series.
  func costs(of source: PriceSource) -> Costs {
    let part = Tariff.Part("energy", .series(source.name))
    return Costs(
      CostSettings(Tariff(currency: "DKK", versions: [.init(from: march, imported: [part])]), [source]), gateway.store,
      log: quiet)
  }

  func answer(_ endpoint: Endpoint, _ values: [String: String]) async throws -> String {
    var checked: [String: Parameter.Value] = [:]
    for (name, text) in values {
      checked[name] = try #require(endpoint.parameters.first { $0.name == name }?.value(text))
    }
    let answer = try await endpoint.respond(Call(gateway: gateway, captures: ["meter": "house"], values: checked))
    guard case .json(let json) = answer else { return "" }
    return json.description
  }
}
