// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import OSGPTables

struct Events: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists what happened to the meter: its event log (BT74).",
    discussion: """
      Oldest first. Both logs share one run of numbers, so that either may skip some.
        mep events --last 20
        mep events --since 1234 --json
        mep events --alternate
      """)

  @Flag(help: "The alternate event log (ET79), where the meter has one.")
  var alternate = false

  @OptionGroup var log: LogOptions
  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: MeterOptions

  func run() async throws {
    let (alternate, extent, listing, options) = (alternate, log.extent, listing, options)
    try await Interrupt.run {
      let progress = Progress("Reading events")
      defer { progress.end() }
      let events = try await options.withMeter { meter in
        guard alternate else { return try await meter.readEventLog(extent, progress: progress.report) }
        guard let log = try await meter.readAlternateEventLog(extent, progress: progress.report) else {
          throw Failure(
            .other, "This meter keeps no alternate event log: `mep events` without --alternate shows the primary one.")
        }
        return log
      }
      progress.end()
      var rows = Listing([
        .init("time", "Time"), .init("number", "No."), .init("event", "Event"), .init("details", "Details"),
        .init("user", "For"), .init("kind", "Kind"), .init("id", "ID"), .init("argument", "Argument"),
        .init("unread", "Unread"),
      ])
      for entry in events.entries {
        let cells = entry.published { Clock.text($0, utc: listing.utc) }.map(\.1)
        rows.add(cells + [.bool(entry.isUnread)])
      }
      rows.print(listing, empty: extent == .all ? "The log is empty." : "There are no such entries.")
    }
  }
}
