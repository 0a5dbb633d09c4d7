// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import OSGPTables

struct Quality: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the quality of the mains: sags, surges, losses, distortion (ET09).",
    discussion: """
      Counted since the grid company last reset the statistics. A row is one
      statistic of one phase, with the threshold from which on it counts: the
      percentage below or above the rated value, and for how long. Long outages have
      no count where the meter remembers no more than the last ones.
        mep quality --csv --utc
      `mep outages` lists outages, `mep events` each event with its time.
      """)

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: MeterOptions

  func run() async throws {
    let quality = try await options.withMeter { try await $0.readPowerQuality() }
    var rows = Listing([
      .init("statistic", "Statistic"), .init("phase", "Phase"), .init("count", "Count"), .init("time", "Last"),
      .init("voltage_v", "V"), .init("frequency_hz", "Hz"), .init("maximum_percent", "Max. %"),
      .init("average_percent", "Avg. %"), .init("drp_percent", "DRP %"), .init("drc_percent", "DRC %"),
      .init("now", "Now"), .init("threshold_percent", "Threshold %"), .init("threshold_s", "Threshold s"),
    ])
    for statistic in quality.statistics { rows.add(statistic.row(utc: listing.utc)) }
    rows.print(listing, empty: "The meter has no statistics.")
  }
}

/// One line of what `mep quality` tells.
private struct Statistic {
  let name: String
  var phase: Int?
  var count: Int?
  var time: Moment?
  var voltage: Decimal?
  var frequency: Decimal?
  var maximum: Decimal?
  var average: Decimal?
  var drp: Decimal?
  var drc: Decimal?
  var now: Bool?
  var threshold: Decimal?
  var thresholdSeconds: Int?

  init(_ name: String, phase: Int? = nil, count: Int? = nil, time: Moment? = nil) {
    (self.name, self.phase, self.count, self.time) = (name, phase, count, time)
  }

  func row(utc: Bool) -> [JSON] {
    func number(_ value: Decimal?) -> JSON { value.map { .number($0.description) } ?? .null }
    func integer(_ value: Int?) -> JSON { value.map { .integer(Int64($0)) } ?? .null }
    return [
      .string(name), phase.map { .string("L\($0 + 1)") } ?? .null, integer(count),
      time.map { .string(Clock.text($0, utc: utc)) } ?? .null, number(voltage), number(frequency), number(maximum),
      number(average), number(drp), number(drc), now.map { .bool($0) } ?? .null, number(threshold),
      integer(thresholdSeconds),
    ]
  }
}

extension PowerQuality {
  fileprivate var statistics: [Statistic] {
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
  fileprivate var statistics: [Statistic] {
    guard threshold.mantissa > 0 else { return [] }
    let name =
      switch kind {
      case .voltage: "voltage_distortions"
      case .current: "current_distortions"
      case .apparentPower: "apparent_power_distortions"
      }
    return phases.enumerated().map { i, phase in
      var row = Statistic(name, phase: i, count: phase.count, time: phase.last)
      if phase.count > 0 { (row.maximum, row.average) = (phase.maximum, phase.average) }
      row.threshold = threshold
      row.thresholdSeconds = thresholdSeconds
      return row
    }
  }
}
