// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient
import MEPTransport

extension Report {
  /// Lines for a person: path, value with unit, name.
  var lines: [String] {
    var lines = ["\(id) \(name)".trimmed]
    let rows = places.compactMap { place in
      place.raw(in: octets).map { (place, Shown(place, $0, in: table, unit: energyUnit)) }
    }
    let pathWidth = rows.map { $0.0.pathText.count }.max() ?? 0
    let valueWidth = min(rows.map { $0.1.text.count }.max() ?? 0, 40)
    for (place, shown) in rows {
      let path = place.pathText.padded(to: pathWidth)
      let value = shown.isNumber ? shown.text.padded(to: valueWidth, right: true) : shown.text.padded(to: valueWidth)
      let unit = shown.unit.padded(to: 4)
      lines.append("  \(path)  \(value) \(unit) \(place.displayName)".trimmed)
    }
    if !tail.isEmpty {
      let what =
        "\(tail.count) octet\(tail.count == 1 ? "" : "s") that the guide does not describe"
      lines.append("  \(what): \(Hex.text(tail, separator: " "))")
    }
    return lines
  }
}
