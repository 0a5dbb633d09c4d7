// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import OSGPTables

struct Outages: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists when power was out, oldest first.",
    discussion: """
      From the outage log (ET81), whose times are the meter's local ones: start_local
      and end_local. What they are in UTC, and how long an outage took, is worked out
      by the meter's calendar, and left out where a time comes twice in autumn. A
      meter without that log tells of its last long outages (ET09), in UTC and with
      their cause.
        mep outages --last 5
      """)

  @OptionGroup var log: LogOptions
  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: MeterOptions

  func run() async throws {
    let (log, listing, options) = (log, listing, options)
    try await Interrupt.run {
      let progress = Progress("Reading outages")
      defer { progress.end() }
      var rows = Listing([
        .init("number", "No."), .init("start", "Start"), .init("end", "End"), .init("start_local", "Start (local)"),
        .init("end_local", "End (local)"), .init("duration_s", "Seconds"), .init("cause", "Cause"),
        .init("unread", "Unread"),
      ])
      try await options.withMeter { meter in
        if let outages = try await meter.readOutages(log.extent, progress: progress.report) {
          let zone = outages.entries.isEmpty ? nil : try await meter.readLocalZone()
          for entry in outages.entries { rows.add(entry.row(zone, listing)) }
          return
        }
        guard log.since == nil, !log.unread else {
          throw Failure(.other, "This meter keeps no outage log (ET81) with numbers: leave --since and --unread out.")
        }
        let outages = try await meter.readPowerQuality().outages
        for outage in outages.suffix(log.last ?? outages.count) { rows.add(outage.row(utc: listing.utc)) }
      }
      progress.end()
      rows.print(listing, empty: "The meter knows of no outage.")
    }
  }
}

extension OutageLog.Entry {
  fileprivate func row(_ zone: LocalZone?, _ listing: ListingOptions) -> [JSON] {
    func local(_ time: Moment?) -> JSON { time.map { .string($0.description) } ?? .null }
    func text(_ time: Moment?) -> JSON {
      // A terminal has no room for every time twice.
      if listing.isText, !listing.utc { return .null }
      return time.flatMap { zone?.utc(local: $0) }.map { .string(Clock.text($0, utc: listing.utc)) } ?? .null
    }
    let seconds = zone.flatMap { self.seconds(in: $0) }
    return [
      .integer(Int64(sequence)), text(start), text(end), local(start), local(end),
      seconds.map { .integer($0) } ?? .null, .null, .bool(isUnread),
    ]
  }
}

extension PowerQuality.Outage {
  fileprivate func row(utc: Bool) -> [JSON] {
    func text(_ time: Moment?) -> JSON { time.map { .string(Clock.text($0, utc: utc)) } ?? .null }
    let cause =
      switch cause {
      case .powerFailure: "power failure"
      case .brownOut: "brown-out"
      case .other(let code): "code \(code)"
      }
    return [.null, text(off), text(on), .null, .null, .integer(Int64(seconds)), .string(cause), .null]
  }
}
