// SPDX-License-Identifier: Apache-2.0
import C1219

extension P1Telegram {
  /// How DSMR 5 writes values of one unit.
  enum Kind {
    case energy, power, reactiveEnergy, reactivePower, voltage, current, frequency

    /// "001234.567*kWh"; nil for what is below zero, which has no place here: each direction has a code of its own.
    func text(_ value: Decimal) -> String? {
      let (unit, exponent, whole, places) = format
      let scaled = Decimal(value.mantissa, exponent: value.exponent - exponent)
      guard let mantissa = scaled.mantissa(at: -places), mantissa >= 0 else { return nil }
      let digits = "\(mantissa)"
      // What is larger than its field makes the field wider: a lesser number would be wrong.
      let padded = String(repeating: "0", count: max(0, whole + Int(places) - digits.count)) + digits
      return "\(padded.dropLast(Int(places))).\(padded.suffix(Int(places)))*\(unit)"
    }

    /// The unit, how many of the meter's it is (10^), and digits before and behind the point.
    private var format: (unit: String, exponent: Int8, whole: Int, places: Int8) {
      switch self {
      case .energy: ("kWh", 3, 6, 3)
      case .reactiveEnergy: ("kvarh", 3, 6, 3)
      case .power: ("kW", 3, 2, 3)
      case .reactivePower: ("kvar", 3, 2, 3)
      case .voltage: ("V", 0, 3, 1)
      // DSMR has whole amperes; the two decimals are those of Belgium, which all readers take.
      case .current: ("A", 0, 3, 2)
      case .frequency: ("Hz", 0, 2, 2)
      }
    }
  }

  /// Which code (behind "1-0:") tells which value.
  ///
  /// Readers of DSMR 5 look at 1.8.1 and 1.8.2, others at 1.8.0. A meter that has not two tiers tells its total in 1.8.1, and
  /// nothing in 1.8.2: no reader needs a 0 that nobody has measured.
  static func codes(hasTwoTiers: Bool) -> [(code: String, name: String, kind: Kind)] {
    var codes: [(code: String, name: String, kind: Kind)] = []
    for (number, way) in [(1, "fwd"), (2, "rev")] {
      let total = "\(way)_active_energy_wh"
      let tiers = hasTwoTiers ? (0...1).map { "\(way)_active_energy_tier_\($0)_wh" } : [total]
      codes.append(("\(number).8.0", total, .energy))
      for (i, name) in tiers.enumerated() { codes.append(("\(number).8.\(i + 1)", name, .energy)) }
    }
    codes += [
      ("3.8.0", "import_reactive_energy_varh", .reactiveEnergy),
      ("4.8.0", "export_reactive_energy_varh", .reactiveEnergy),
      ("1.7.0", "fwd_active_power_w", .power), ("2.7.0", "rev_active_power_w", .power),
      ("3.7.0", "import_reactive_power_var", .reactivePower), ("4.7.0", "export_reactive_power_var", .reactivePower),
    ]
    for phase in 1...3 {
      codes += [
        ("\(20 * phase + 12).7.0", "voltage_l\(phase)_v", .voltage),
        ("\(20 * phase + 11).7.0", "current_l\(phase)_a", .current),
        ("\(20 * phase + 1).7.0", "fwd_active_power_l\(phase)_w", .power),
        ("\(20 * phase + 2).7.0", "rev_active_power_l\(phase)_w", .power),
      ]
    }
    return codes + [("14.7.0", "frequency_hz", .frequency)]
  }
}
