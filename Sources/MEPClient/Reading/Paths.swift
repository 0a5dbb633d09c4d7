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
      if found.isEmpty {
        let names = named.filter { !$0.place.isReserved }.flatMap { [$0.path, $0.name] }
        throw .noSuchField(table, path, closest: Self.closest(to: wanted, in: names))
      }
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

  /// Names that have it as a part, else those within a few typing errors of it; the most similar first.
  private static func closest(to wanted: String, in names: [String]) -> [String] {
    let stem = wanted.prefix { $0 != "[" }
    guard !stem.isEmpty else { return [] }
    let ranked = names.filter { !$0.isEmpty }.map { (name: $0, distance: distance($0, wanted)) }
    let having = ranked.filter { $0.name.contains(stem) }
    let near = having.isEmpty ? ranked.filter { $0.distance <= max(1, wanted.count / 3) } : having
    return near.sorted { $0.distance < $1.distance }.prefix(3).map(\.name)
  }

  /// How many characters must be put in, taken out or changed (Levenshtein).
  private static func distance(_ a: String, _ b: String) -> Int {
    let b = Array(b.utf8)
    var row = Array(0...b.count)
    for (i, character) in a.utf8.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        (diagonal, row[j + 1]) = (row[j + 1], min(row[j + 1] + 1, row[j] + 1, diagonal + (b[j] == character ? 0 : 1)))
      }
    }
    return row[b.count]
  }
}
