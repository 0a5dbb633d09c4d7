// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension PowerQuality {
  /// One statistic, of one phase where it is of one.
  package struct Statistic: Sendable {
    /// As it is published: "sags".
    package let name: String
    /// From 0 on.
    package var phase: Int?
    package var count: Int?
    fileprivate var time: Moment?
    fileprivate var voltage: Decimal?
    fileprivate var frequency: Decimal?
    fileprivate var maximum: Decimal?
    fileprivate var average: Decimal?
    fileprivate var drp: Decimal?
    fileprivate var drc: Decimal?
    fileprivate var now: Bool?
    fileprivate var threshold: Decimal?
    fileprivate var thresholdSeconds: Int?

    fileprivate init(_ name: String, phase: Int? = nil, count: Int? = nil, time: Moment? = nil) {
      (self.name, self.phase, self.count, self.time) = (name, phase, count, time)
    }

    /// What is known of it, by published names; times as `text` writes them.
    package func published(time text: (Moment) -> String) -> [(String, JSON)] {
      func number(_ value: Decimal?) -> JSON { value.map { .number($0.description) } ?? .null }
      func integer(_ value: Int?) -> JSON { value.map { .integer(Int64($0)) } ?? .null }
      return [
        ("statistic", .string(name)), ("phase", phase.map { .string("L\($0 + 1)") } ?? .null),
        ("count", integer(count)), ("time", time.map { .string(text($0)) } ?? .null), ("voltage_v", number(voltage)),
        ("frequency_hz", number(frequency)), ("maximum_percent", number(maximum)),
        ("average_percent", number(average)), ("drp_percent", number(drp)), ("drc_percent", number(drc)),
        ("now", now.map { .bool($0) } ?? .null), ("threshold_percent", number(threshold)),
        ("threshold_s", integer(thresholdSeconds)),
      ]
    }
  }

  /// The statistics that are counts.
  package static let counted = [
    "long_outages", "short_outages", "phase_losses", "sags", "second_sags", "surges", "over_currents",
    "voltage_distortions", "current_distortions", "apparent_power_distortions",
  ]

  /// All that the meter counts, with the thresholds from which on it does.
  package var statistics: [Statistic] {
    var all = [Statistic("long_outages", count: longOutages, time: outages.last?.off)]
    all[0].thresholdSeconds = thresholds.longOutageSeconds
    all.append(Statistic("short_outages", count: Int(shortOutages)))
    for (i, phase) in phases.enumerated() {
      var loss = Statistic("phase_losses", phase: i, count: phase.losses, time: phase.lastLoss)
      loss.now = phase.isLost
      all.append(loss)
    }
    all += excursions("sags", thresholds.sag1, thresholds.sag1SurgeSeconds) { $0.sag1 }
    all += excursions("second_sags", thresholds.sag2, thresholds.sag2Seconds) { $0.sag2 }
    all += excursions("surges", thresholds.surge, thresholds.sag1SurgeSeconds) { $0.surge }
    for (i, phase) in phases.enumerated() {
      var over = Statistic("over_currents", phase: i, count: Int(phase.overCurrents))
      over.threshold = Decimal(Int64(thresholds.overCurrent))
      over.thresholdSeconds = thresholds.overCurrentSeconds
      all.append(over)
    }
    for (name, extreme) in [("minimum_frequency", minimumFrequency), ("maximum_frequency", maximumFrequency)] {
      var frequency = Statistic(name, time: extreme.time)
      frequency.frequency = extreme.frequency
      all.append(frequency)
    }
    all += distortions.flatMap(\.statistics)
    for transgression in voltageTransgressions {
      var row = Statistic("voltage_transgression", time: transgression.time)
      (row.drp, row.drc) = (transgression.drp, transgression.drc)
      all.append(row)
    }
    return all
  }

  private func excursions(
    _ name: String, _ threshold: Int?, _ seconds: Int?, _ excursion: (Phase) -> Excursion?
  ) -> [Statistic] {
    phases.enumerated().compactMap { i, phase in
      guard let excursion = excursion(phase) else { return nil }
      var row = Statistic(name, phase: i, count: excursion.count, time: excursion.last)
      row.voltage = excursion.count > 0 ? excursion.voltage : nil
      row.threshold = threshold.map { Decimal(Int64($0)) }
      row.thresholdSeconds = seconds
      return row
    }
  }
}

extension PowerQuality.Distortion {
  /// Nothing of a quantity whose threshold is 0: its events are not recorded.
  fileprivate var statistics: [PowerQuality.Statistic] {
    guard threshold.mantissa > 0 else { return [] }
    let name =
      switch kind {
      case .voltage: "voltage_distortions"
      case .current: "current_distortions"
      case .apparentPower: "apparent_power_distortions"
      }
    return phases.enumerated().map { i, phase in
      var row = PowerQuality.Statistic(name, phase: i, count: phase.count, time: phase.last)
      if phase.count > 0 { (row.maximum, row.average) = (phase.maximum, phase.average) }
      row.threshold = threshold
      row.thresholdSeconds = thresholdSeconds
      return row
    }
  }
}
