// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient

/// What Home Assistant has to know of a meter to show it: one message a device, as its MQTT integration reads it.
struct Discovery {
  /// In front of all topics of this gateway.
  let base: String
  let meter: String
  let identity: Identity?
  /// How long a live value is good for, in seconds.
  let expiry: Int
  let version: String
  /// Nil where nobody said what electricity costs.
  var tariff: Tariff?

  /// Where Home Assistant looks for it.
  static func topic(of meter: String, prefix: String) -> String { "\(prefix)/device/\(id(of: meter))/config" }

  private static func id(of meter: String) -> String { "mep_\(meter)" }

  var id: String { Self.id(of: meter) }

  func message(_ series: [Series]) -> JSON {
    var device: [(String, JSON)] = [
      ("ids", .array([.string(id)])), ("name", .string(meter)),
      ("mf", .string(identity?.manufacturer ?? "Echelon/NES")),
    ]
    if let identity {
      device += [("mdl", .string(identity.model)), ("sw", .string("\(identity.firmware)"))]
      if let number = identity.utilitySerialNumber ?? identity.serialNumber { device.append(("sn", .string(number))) }
    }
    let components = series.compactMap { series in component(series).map { (series.name, $0) } }
    return .object([
      ("dev", .object(device)),
      ("o", .object([("name", .string("mep")), ("sw", .string(version))])),
      ("cmps", .object(components + costs + diagnostics)),
    ])
  }

  private func status(_ topic: String) -> JSON { .object([("t", .string(topic))]) }

  /// Nil for what Home Assistant has no class for, and nobody looks for.
  private func component(_ series: Series) -> JSON? {
    guard let kind = Kind(series) else { return nil }
    var fields: [(String, JSON)] = [
      ("p", .string("sensor")), ("uniq_id", .string("\(id)_\(series.name)")),
      ("name", .string(Self.words(series, hasUnit: kind.unit != nil))),
      ("stat_t", .string("\(base)/\(meter)/\(series.isLive ? "live" : "energy")")),
      (
        "val_tpl",
        .string(
          "{{ (value_json.\(series.name)\(kind.divisor)) if value_json.\(series.name) is defined else none }}")
      ),
      ("stat_cla", .string(series.isCounter ? "total_increasing" : series.isLive ? "measurement" : "total")),
    ]
    if let deviceClass = kind.deviceClass { fields.append(("dev_cla", .string(deviceClass))) }
    if let unit = kind.unit { fields.append(("unit_of_meas", .string(unit))) }
    if let precision = kind.precision { fields.append(("sug_dsp_prc", .integer(precision))) }
    // A counter that was true an hour ago is still the last that is known: a hole in it would be a lie of another kind.
    if series.isLive {
      fields += [
        ("exp_aft", .integer(Int64(expiry))), ("avty_mode", .string("all")),
        ("avty", .array([status(base + "/status"), status("\(base)/\(meter)/status")])),
      ]
    }
    // What has no name says little.
    if kind.isRare || series.name.hasPrefix("source_") { fields.append(("en", .bool(false))) }
    if series.isOfMains { fields.append(("ent_cat", .string("diagnostic"))) }
    return .object(fields)
  }

  private var diagnostics: [(String, JSON)] {
    func sensor(_ name: String, _ words: String, _ more: [(String, JSON)]) -> (String, JSON) {
      (
        name,
        .object(
          [
            ("p", .string("sensor")), ("uniq_id", .string("\(id)_\(name)")), ("name", .string(words)),
            ("stat_t", .string("\(base)/\(meter)/health")), ("ent_cat", .string("diagnostic")),
            ("val_tpl", .string("{{ value_json.\(name) }}")),
          ] + more)
      )
    }
    return [
      sensor(
        "clock_ahead_s", "Clock ahead",
        [("dev_cla", .string("duration")), ("unit_of_meas", .string("s")), ("stat_cla", .string("measurement"))]),
      sensor("held_readings", "Readings held back", [("stat_cla", .string("total_increasing"))]),
      sensor("last_reading_at", "Last reading", [("dev_cla", .string("timestamp"))]),
    ]
  }

  /// "fwd_active_energy_tier_1_wh": "Fwd active energy tier 1".
  private static func words(_ series: Series, hasUnit: Bool) -> String {
    let words = series.name.split(separator: "_").dropLast(hasUnit ? 1 : 0).map { word in
      word.count == 2 && word.hasPrefix("l") && word.last?.isNumber == true ? word.uppercased() : String(word)
    }
    return words.joined(separator: " ").prefix(1).uppercased() + words.joined(separator: " ").dropFirst()
  }

  /// What Home Assistant makes of a unit.
  private struct Kind {
    let deviceClass: String?
    let unit: String?
    var precision: Int64?
    /// Wanted by few: not shown until somebody switches it on.
    var isRare = false
    /// "" or " / 1000"
    var divisor = ""

    init?(_ series: Series) {
      switch series.name.split(separator: "_").last {
      case "wh": (deviceClass, unit, precision, divisor) = ("energy", "kWh", 3, " / 1000")
      case "varh": (deviceClass, unit, precision, divisor, isRare) = ("reactive_energy", "kvarh", 3, " / 1000", true)
      case "w": (deviceClass, unit, precision) = ("power", "W", 0)
      case "var": (deviceClass, unit, precision, isRare) = ("reactive_power", "var", 0, true)
      case "va": (deviceClass, unit, precision) = ("apparent_power", "VA", 0)
      case "v": (deviceClass, unit, precision) = ("voltage", "V", 1)
      case "a": (deviceClass, unit, precision) = ("current", "A", 2)
      case "hz": (deviceClass, unit, precision) = ("frequency", "Hz", 2)
      case _ where series.isOfMains: (deviceClass, unit, isRare) = (nil, nil, true)
      case _ where series.name.hasPrefix("power_factor"): (deviceClass, unit, precision) = ("power_factor", nil, 2)
      default: return nil
      }
    }
  }
}
