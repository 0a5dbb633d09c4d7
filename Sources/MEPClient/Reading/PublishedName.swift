// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension Source {
  /// The name in JSON and CSV, without the unit: a promise to scripts, see CHANGELOG.md.
  public var publishedStem: String {
    switch number {
    case 0: "fwd_active_energy"
    case 1: "rev_active_energy"
    case 2: "import_reactive_energy"
    case 3: "export_reactive_energy"
    case 4: "power_off"
    case 5: "power_outages"
    case 6: "fwd_plus_rev_active_energy"
    case 7: "fwd_minus_rev_active_energy"
    case 8: "fwd_active_power"
    case 9: "rev_active_power"
    case 10: "import_reactive_power"
    case 11: "export_reactive_power"
    case 12...14: "current_l\(number - 11)"
    case 15...17: "voltage_l\(number - 14)"
    case 18: "power_factor_l1"
    case 19: "frequency"
    case 20: "apparent_power"
    case 21, 22: "power_factor_l\(number - 19)"
    case 26, 27: "pulse_input_\(number - 26)"
    case 28: "errors"
    case 104...107: "q\(number - 103)_reactive_power"
    case 108...111: "q\(number - 107)_reactive_energy"
    case 185...187: "fwd_active_power_l\(number - 184)"
    case 188...190: "rev_active_power_l\(number - 187)"
    default: "source_\(number)"
    }
  }

  /// The unit of a published name, where there is one.
  public var publishedUnit: String { isEnergyCount ? "_counts" : quantity.unit.published }

  /// Whether it is an energy, and what a count of it stands for is not known.
  public var isEnergyCount: Bool {
    quantity.unit == .none && EnergyRegisterUnit.counts(RegisterSource.numbered(number).quantity.unit)
  }

  /// "fwd_active_energy_wh".
  public var publishedName: String { publishedStem + publishedUnit }

  /// "Fwd Active Wh".
  public var label: String {
    let label = name.description.isEmpty ? "Source \(number)" : name.description.replacing(" L1L2L3", with: "")
    guard isEnergyCount else { return label }
    return label.replacing("Wh", with: "counts").replacing(/V[aA]rh/, with: "counts")
  }
}

extension Unit {
  /// "_wh", "_m3_per_h"; empty for none.
  public var published: String {
    switch self {
    case .none: ""
    case .percent: "_percent"
    case .degree: "_deg"
    default:
      "_"
        + symbol.description.lowercased().replacing("/", with: "_per_").replacing("³", with: "3").replacing(
          "°", with: ""
        )
        .replacing(" ", with: "_")
    }
  }
}

extension [LoadProfile.Channel] {
  /// One name each: a source that is recorded twice has its place behind the second name.
  public var publishedNames: [String] {
    var names: [String] = []
    for (i, channel) in enumerated() {
      let name = channel.publishedName
      names.append(names.contains(name) ? "\(name)_\(i)" : name)
    }
    return names
  }
}

extension LoadProfile.Channel {
  /// "fwd_active_energy_wh", "voltage_l1_v", "mbus_0_volume_m3"; "mbus_0_type_1" where the type is not known.
  public var publishedName: String {
    switch source {
    case .register(let source): source.publishedName
    case .mbus(let device, let type):
      "mbus_\(device)_" + (type.content.map { $0.quantity.slug + $0.unit.published } ?? "type_\(type.number)")
    case .other(let id): "extended_source_\(id)"
    case .mapped: "mapped_source_\(number)"
    }
  }
}
