// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// Demands: the greatest average powers of a quarter of an hour since the last reset, in BT23.
struct DemandPart: Part {
  /// What the house had counted when the quarter began; nil where the meter was not there to see it.
  private var counted: (energy: Household.Energy, tier: Int?)?
  /// The second (UTC) of the meter's clock at which the quarter ends.
  private var next: Int64?

  /// Seconds.
  static let interval: Int64 = 900

  static func dimension(_ sheet: inout Sheet, _ profile: Profile) {
    guard !profile.demands.isEmpty else { return }
    for flag in ["demand_reset_counter", "cumulative_demand", "continuous_cumulative_demand"] { sheet.set(flag, 1) }
    sheet.set("number_of_demands", Int64(profile.demands.count))
    sheet.set("number_of_coincident_values", Int64(profile.coincidents.count))
    sheet.set("number_of_occurrences", 1)
  }

  static func select(_ sheet: inout Sheet, _ profile: Profile) {
    guard !profile.demands.isEmpty else { return }
    sheet.set("demand_select", each: profile.demands)
    // All of them are maxima.
    sheet.mark("min_max_flags", profile.demands.indices.map { .basic(UInt16($0)) })
    sheet.set("coincident_select", each: profile.coincidents.map(\.source))
    sheet.set("coincident_demand_associated", each: profile.coincidents.map { UInt8($0.demand) })
  }

  mutating func start(_ body: inout MeterBody) { begin(&body) }

  func due(_ body: MeterBody) -> Int64? { next }

  mutating func act(_ body: inout MeterBody) {
    if next == body.utc, let counted { enter(since: counted, &body) }
    begin(&body)
    counted = (body.household.energy, body.household.tier)
  }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    switch happening {
    case .demandReset:
      reset(&body)
      body.tell(.event(.standard(20)))
    case .clockMoved, .configurationChanged, .powerReturned:
      counted = nil
      begin(&body)
    default: break
    }
  }

  private mutating func begin(_ body: inout MeterBody) {
    next = body.profile.demands.isEmpty ? nil : (body.utc.floored(by: Self.interval).quotient + 1) * Self.interval
  }
}

extension DemandPart {
  private static let blocks = [""] + (0..<8).map { "tiers[\($0)]." }

  /// W or var of a quarter of an hour, by source.
  private static func average(_ source: UInt8, from: Household.Energy, to: Household.Energy) -> Int64 {
    let energy =
      switch source {
      case 8: to.forwardActive - from.forwardActive
      case 9: to.reverseActive - from.reverseActive
      case 10: to.importReactive - from.importReactive
      case 11: to.exportReactive - from.exportReactive
      default: 0.0
      }
    return Int64((energy * 3600 / Double(interval)).rounded())
  }

  private func enter(since counted: (energy: Household.Energy, tier: Int?), _ body: inout MeterBody) {
    let now = body.household.energy
    func average(_ source: UInt8) -> Int64 { Self.average(source, from: counted.energy, to: now) }
    let time = body.local.shortOctets
    // The tier in which the quarter began has it.
    for block in [0] + (counted.tier.map { [$0 + 1] } ?? []) {
      for (i, source) in body.profile.demands.enumerated() {
        let demand = Self.blocks[block] + "demands[\(i)]."
        let (old, new) = (body.tables.integer(.bt23, demand + "demand[0]"), average(source))
        guard new > old else { continue }
        body.tables.set(.bt23, demand + "demand[0]", new)
        body.tables.set(.bt23, demand + "event_time[0]", time)
        let cumulative = body.tables.integer(.bt23, demand + "cumulative_demand")
        body.tables.set(.bt23, demand + "contin_cum_demand", min(cumulative + new, Int64(Int32.max)))
        for (j, coincident) in body.profile.coincidents.enumerated() where coincident.demand == i {
          body.tables.set(.bt23, Self.blocks[block] + "coincidents[\(j)][0]", average(coincident.source))
        }
      }
    }
  }

  private func reset(_ body: inout MeterBody) {
    let resets = body.tables.integer(.bt23, "nbr_demand_resets")
    body.tables.set(.bt23, "nbr_demand_resets", (resets + 1) & 0xFF)
    for block in Self.blocks.prefix(body.profile.tiers + 1) {
      for i in body.profile.demands.indices {
        let demand = block + "demands[\(i)]."
        // What it was goes into the sum of all resets.
        body.tables.set(
          .bt23, demand + "cumulative_demand", body.tables.integer(.bt23, demand + "contin_cum_demand"))
        body.tables.set(.bt23, demand + "demand[0]", 0)
        body.tables.set(.bt23, demand + "event_time[0]", [UInt8](repeating: 0, count: 5))
      }
      for i in body.profile.coincidents.indices { body.tables.set(.bt23, block + "coincidents[\(i)][0]", 0) }
    }
  }
}
