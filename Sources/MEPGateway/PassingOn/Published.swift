// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient

/// How values are given to others: by their published names, and with when they were measured.
extension LiveValues {
  /// The live values, or the registers, with the time of the oldest of them. Nil where there is nothing.
  func published(live: Bool, since: Timestamp? = nil) -> JSON? {
    let chosen = values.filter { series, value in
      series.isLive == live && since.map { value.time >= $0 } != false
    }
    guard let oldest = chosen.values.map(\.time).min() else { return nil }
    return .object(
      chosen.sorted { $0.key.name < $1.key.name }.map { ($0.name, .number("\($0.decimal($1.number))")) }
        + [("measured_at", .string("\(oldest)"))])
  }
}

extension Span {
  /// "start", "end", what was used, and where it comes from.
  var published: JSON? {
    guard !amounts.isEmpty else { return nil }
    return .object(
      [("start", .string("\(start)")), ("end", .string("\(end)"))]
        + amounts.sorted { $0.key < $1.key }.map { ($0, .number("\($1.series.decimal($1.number))")) }
        + [
          ("whole", .bool(amounts.values.allSatisfy(\.isWhole))),
          ("origins", .array(origins.map(\.name).sorted().map { .string($0) })),
        ])
  }
}
