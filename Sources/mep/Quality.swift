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
    for statistic in quality.statistics {
      rows.add(statistic.published { Clock.text($0, utc: listing.utc) }.map(\.1))
    }
    rows.print(listing, empty: "The meter has no statistics.")
  }
}
