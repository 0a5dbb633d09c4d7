// SPDX-License-Identifier: Apache-2.0
import C1219

extension Layout {
  /// The fields that these paths name, in the order of their octets.
  func places(matching paths: [String]) throws(MeterError) -> [Place] {
    let named = places.map { (place: $0, path: $0.pathText, name: $0.source == nil ? "" : $0.displayName.slug) }
    var chosen = Set<Int>()
    for path in paths {
      let wanted = Self.normal(path)
      let found = named.indices.filter { i in
        named[i].path == wanted || named[i].path.hasPrefix(wanted + ".") || named[i].path.hasPrefix(wanted + "[")
          || !named[i].place.isReserved && named[i].name == wanted
      }
      if found.isEmpty { throw .noSuchField(table, path, closest: closest(to: wanted, in: named.map(\.path))) }
      chosen.formUnion(found)
    }
    return chosen.sorted().map { named[$0].place }
  }

  /// "Summations[0]" and "RMS Voltage L1" as paths have them.
  private static func normal(_ path: String) -> String {
    path.split(separator: ".", omittingEmptySubsequences: false).map { part in
      guard let bracket = part.firstIndex(of: "[") else { return String(part).slug }
      return String(part[..<bracket]).slug + part[bracket...]
    }.joined(separator: ".")
  }

  private func closest(to wanted: String, in paths: [String]) -> [String] {
    let stem = wanted.prefix { $0 != "[" }
    let near = paths.filter { $0.contains(stem) || stem.contains($0.prefix { $0 != "[" }) }
    return Array((near.isEmpty ? paths : near).filter { !$0.hasPrefix("reserved") && !$0.hasPrefix("filler") }.prefix(3))
  }
}
