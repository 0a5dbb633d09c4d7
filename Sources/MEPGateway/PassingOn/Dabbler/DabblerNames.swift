// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEPClient

/// Values by the names that readers of Dabbler's module know: whole numbers, currents in mA, voltages in mV, frequency in mHz
/// and power factors in thousandths, whatever their names say. What is not known, or is old, is not in it.
struct DabblerNames {
  private let live: LiveValues
  private let values: [String: (series: Series, value: LiveValues.Value)]

  init(_ live: LiveValues, now: Timestamp) {
    (self.live, values) = (live, live.fresh(at: now))
  }

  /// One topic, or what the dashboard's JSON has of the same.
  enum Group: String, CaseIterable {
    case sensors
    case total = "meterConsumptionTotal"
    case forward = "meterConsumptionFwd"
    case reverse = "meterConsumptionRev"
    case frequency

    /// The name, the published name of the same, and what a number of it counts (10^).
    fileprivate var names: [(name: String, published: String, exponent: Int8)] {
      switch self {
      case .sensors:
        phases { ("L\($0)_RMS_A", "current_l\($0)_a", -3) } + phases { ("L\($0)_RMS_V", "voltage_l\($0)_v", -3) }
          + phases { ("L\($0)_PF_Fac", "power_factor_l\($0)", -3) }
          + [
            ("ExportReactive_VAr", "export_reactive_power_var", 0),
            ("ImportReactive_VAr", "import_reactive_power_var", 0),
          ]
      case .total: [("Fwd_Act_Wh", "fwd_active_energy_wh", 0), ("Rev_Act_Wh", "rev_active_energy_wh", 0)]
      case .forward: power("Fwd", average: 208, perPhase: 210)
      case .reverse: power("Rev", average: 209, perPhase: 213)
      case .frequency: [("Freq_mHz", "frequency_hz", -3)]
      }
    }

    private func power(
      _ way: String, average: Int, perPhase: Int
    ) -> [(name: String, published: String, exponent: Int8)] {
      let stem = way.lowercased() + "_active_power"
      return [("\(way)_W", stem + "_w", 0), ("\(way)_Avg_W", "source_\(average)_w", 0)]
        + phases { ("L\($0)_\(way)_W", "\(stem)_l\($0)_w", 0) }
        + phases { ("L\($0)_\(way)_Avg_W", "source_\(perPhase + $0 - 1)_w", 0) }
    }

    private func phases(
      _ body: (Int) -> (name: String, published: String, exponent: Int8)
    ) -> [(name: String, published: String, exponent: Int8)] { (1...3).map(body) }
  }

  /// Whether there is anything that is measured now.
  var isLive: Bool { values.values.contains { $0.series.isLive } }

  /// What one of its topics says; nil where there is nothing to say.
  func message(_ group: Group) -> JSON? {
    let members = members(group)
    return members.isEmpty ? nil : .object(members)
  }

  /// What its `/getDashDataWS` answers with; nil where nothing is measured now.
  func dashboard(version: String, zone: TimeZone) -> JSON? {
    guard let time = values.values.filter(\.series.isLive).map(\.value.time).max() else { return nil }
    var members: [(String, JSON)] = [
      ("ESP_SW", .string("mep")), ("ESP_SW_By", .string("mep")), ("ESP_SW_Version", .string(version)),
    ]
    if let identity = live.identity {
      members += [
        ("Meter_Manufacturer", .string(identity.manufacturer)), ("Meter_Model", .string(identity.model)),
        ("Meter_SW_Version", .string("\(identity.firmware)")),
      ]
      if let number = identity.utilitySerialNumber { members.append(("Utility_SN", .string(number))) }
    }
    let local = Timestamp(utc: time.local(in: zone))
    let (clock, utc) = ("\(local.utc)".split(separator: "T"), "\(time.utc)")
    let days = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]
    // 1970 began on a Thursday.
    let day = days[Int(local.floored(to: 86_400_000).milliseconds / 86_400_000) % 7]
    members += [
      ("CurrentDateTimeString", .string("\(clock[0]) (\(day)) @ \(clock[1])")),
      ("CurrentDateTime", .string("\(utc).000Z")),
    ]
    let inDashboard: (String) -> Bool = { !$0.hasSuffix("_PF_Fac") && !$0.hasSuffix("Reactive_VAr") }
    return .object(members + Group.allCases.flatMap { self.members($0) }.filter { inDashboard($0.0) })
  }

  private func members(_ group: Group) -> [(String, JSON)] {
    group.names.compactMap { name, published, exponent in
      guard let (series, value) = values[published],
        let number = series.decimal(value.number).mantissa(at: exponent)
      else { return nil }
      return (name, .integer(number))
    }
  }
}
