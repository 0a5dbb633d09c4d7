// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient

/// How values are given to others: by their published names, and with when they were measured.
extension LiveValues {
  /// The live values, or the registers, with the time of the oldest of them: but for those that are read more rarely, of
  /// tiers and of the mains. Nil where there is nothing.
  func published(live: Bool, since: Timestamp? = nil) -> JSON? {
    let chosen = live ? values.filter { $0.key.isLive && ($0.value.time >= since ?? $0.value.time) } : registers
    let often = chosen.filter { !$0.key.isReadRarely }
    guard let oldest = (often.isEmpty ? chosen : often).values.map(\.time).min() else { return nil }
    return .object(Reading(at: oldest, chosen.mapValues(\.number)).published)
  }
}

extension Reading {
  /// The published names of what was measured, in their order, and "measured_at".
  var published: [(String, JSON)] {
    values.sorted { $0.key.name < $1.key.name }.map { ($0.name, .number("\($0.decimal($1))")) }
      + [("measured_at", .string("\(time)"))]
  }

  /// That, and "origin".
  var fields: [(String, JSON)] { published + [("origin", .string(origin.name))] }
}

extension Span {
  /// "start", "end", what was used, whether all of it is known, and where it comes from. Nil where nothing was used.
  var published: JSON? { amounts.isEmpty ? nil : .object(frame(used)) }

  /// That, and between what values moved: "voltage_l1_v_min", "…_mean" and "…_max".
  var fields: [(String, JSON)] { frame(used + moved) }

  private func frame(_ values: [(String, JSON)]) -> [(String, JSON)] {
    let whole = amounts.isEmpty ? [] : [("whole", JSON.bool(amounts.values.allSatisfy(\.isWhole)))]
    return [("start", .string("\(start)")), ("end", .string("\(end)"))] + values + whole
      + [("origins", .array(origins.map(\.name).sorted().map { .string($0) }))]
  }

  private var used: [(String, JSON)] {
    amounts.sorted { $0.key < $1.key }.map { ($0, .number("\($1.series.decimal($1.number))")) }
  }

  private var moved: [(String, JSON)] {
    ranges.sorted { $0.key < $1.key }.flatMap { name, extent in
      zip(Extent.names(name), [extent.least, extent.mean, extent.greatest]).compactMap { name, number in
        number.map { (name, .number("\(extent.series.decimal($0))")) }
      }
    }
  }
}

extension Span.Extent {
  /// "voltage_l1_v_min", "voltage_l1_v_mean", "voltage_l1_v_max".
  static func names(_ name: String) -> [String] { ["min", "mean", "max"].map { "\(name)_\($0)" } }
}
