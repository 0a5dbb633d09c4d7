// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPTransport
import OSGPTables

/// One reading of the live values, and when it was made.
struct Reading {
  let present: Measurements
  let energy: Measurements
  let at = Instant.now()
  private let stamp = Clock.now()
  let time = Clock.timeOfDay()

  init(present: Measurements, energy: Measurements) {
    self.present = present
    self.energy = energy
  }

  /// Names of a line's values are a promise to scripts: see CHANGELOG.md.
  var line: String {
    let phases: [(String, UInt8, String)] = [
      ("voltage", 15, "v"), ("current", 12, "a"), ("fwd_active_power", 185, "w"), ("rev_active_power", 188, "w"),
    ]
    var values: [(String, Decimal?)] = [
      ("fwd_active_power_w", present[8]), ("rev_active_power_w", present[9]),
      ("import_reactive_power_var", present[10]), ("export_reactive_power_var", present[11]),
      ("apparent_power_va", present[20]), ("frequency_hz", present[19]),
    ]
    for (name, first, unit) in phases {
      for phase in 0..<3 { values.append(("\(name)_l\(phase + 1)_\(unit)", present[first + UInt8(phase)])) }
    }
    values += [("fwd_active_energy_wh", energy[0]), ("rev_active_energy_wh", energy[1])]
    return stamp + values.compactMap { name, value in value.map { " \(name)=\($0)" } }.joined()
  }

  var screen: [String] {
    func cell(_ value: Decimal?, _ unit: String) -> String {
      (value.map { "\($0)" } ?? "–").padded(to: 10, right: true) + " " + unit.padded(to: 4)
    }
    func row(_ label: String, _ cells: [String]) -> String { (label.padded(to: 16) + cells.joined()).trimmed }
    func phases(_ first: UInt8, _ unit: String) -> [String] { (0..<3).map { cell(present[first + UInt8($0)], unit) } }
    return [
      row("Forward power", [cell(present[8], "W")]),
      row("Reverse power", [cell(present[9], "W")]),
      row("Reactive power", [cell(present[10], "var"), " import", cell(present[11], "var"), " export"]),
      row("Apparent power", [cell(present[20], "VA")]),
      row("Frequency", [cell(present[19], "Hz")]),
      "",
      row("", ["L1", "L2", "L3"].map { $0.padded(to: 10, right: true) + "     " }),
      row("Voltage", phases(15, "V")),
      row("Current", phases(12, "A")),
      row("Power factor", [18, 21, 22].map { cell(present[$0], "") }),
      row("Forward power", phases(185, "W")),
      row("Reverse power", phases(188, "W")),
      "",
      row("Forward energy", [cell(energy[0], "Wh")]),
      row("Reverse energy", [cell(energy[1], "Wh")]),
    ]
  }
}

/// Readings of one meter, which is opened again when its link has broken.
struct Feed {
  let source: MeterSource
  private var meter: Meter?
  private var unit = EnergyRegisterUnit.unknown
  /// Whether there was a reading already.
  private(set) var hasBegun = false

  init(_ source: MeterSource) { self.source = source }

  mutating func next() async throws(MeterError) -> Reading {
    do throws(MeterError) {
      let isNew = meter == nil
      let meter = if let meter { meter } else { try await source.open() }
      self.meter = meter
      if isNew {
        unit = try await meter.readEnergyRegisterUnit()
        // Said once.
        if !hasBegun, unit == .unknown { EnergyRegisterUnit.tellUnknown(shown: "left out") }
      }
      // Both each time, so that all of a reading is as old as it says; of the registers only the totals.
      let reading = Reading(
        present: Measurements(try await meter.read(.bt28)),
        energy: Measurements(try await meter.read(.bt23, paths: ["summations"]), unit: unit))
      hasBegun = true
      return reading
    } catch {
      if case .link = error { await close(after: error) }
      throw error
    }
  }

  mutating func close(after error: (any Error)? = nil) async {
    await meter?.leave(after: error)
    meter?.close()
    meter = nil
  }
}
