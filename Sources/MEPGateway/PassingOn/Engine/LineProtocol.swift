// SPDX-License-Identifier: Apache-2.0
import C1219

/// One line a point, as InfluxDB and those that understand it read it: `meter,meter=house voltage_l1_v=230.1 1760000000000`.
enum LineProtocol {
  /// - Returns: nil where nothing is to be told.
  static func line(measurement: String, _ point: Point) -> String? {
    let fields = point.values.compactMap { series, number in
      field(series, number).map { "\(escaped(series.name, ",= "))=\($0)" }
    }
    if fields.isEmpty { return nil }
    return escaped(measurement, ", ") + ",meter=" + escaped(point.name, ",= ") + " "
      + fields.sorted().joined(separator: ",") + " \(point.time.milliseconds)"
  }

  /// What comes and goes is a number with a fraction, a register an integer: an engine takes a field's first type for its
  /// type for ever. A register that a meter has recorded more finely than in whole units is rounded.
  private static func field(_ series: Series, _ number: Int64) -> String? {
    let value = series.decimal(number)
    return series.isLive ? "\(value)" : value.mantissa(at: 0).map { "\($0)i" }
  }

  private static func escaped(_ text: String, _ special: String) -> String {
    var escaped = ""
    for character in text {
      // A line ends at its end, whatever stands before it.
      let character = character.isNewline ? " " : character
      if special.contains(character) { escaped += "\\" }
      escaped.append(character)
    }
    return escaped
  }
}
