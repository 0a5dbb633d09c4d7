// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import OSGPTables

struct History: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the energy registers as they were: the meter's self-reads.",
    discussion: """
      Oldest first, from BT26. Times are the meter's local ones, and go by the name of
      time_local; --utc is refused. JSON and CSV have all registers, the text none
      that were 0 all the time and no sums or differences of others.
        mep history --last 7
        mep history --tiers --csv
        mep history --resets
      """)

  @Flag(help: "Demand resets (ET41, or the last one from BT25) instead.")
  var resets = false

  @Flag(help: "The end of the previous season (BT24) instead.")
  var season = false

  @Flag(help: "Reads that the utility asked for (ET31) instead.")
  var oneTime = false

  @Flag(help: "Each tier as well, in a line of its own.")
  var tiers = false

  @OptionGroup var log: LogOptions
  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: MeterOptions

  func validate() throws {
    guard [resets, season, oneTime].count(where: { $0 }) < 2 else {
      throw Failure(.wrongUse, "--resets, --season and --one-time exclude each other: give one of them.")
    }
    if season, log.extent != .all {
      throw Failure(.wrongUse, "--season has one entry: leave --last, --since and --unread out.")
    }
    try listing.refuseUTC()
  }

  func run() async throws {
    let command = self
    try await Interrupt.run {
      let progress = Progress("Reading the history")
      defer { progress.end() }
      let entries = try await command.options.withMeter { try await command.read($0, progress) }
      progress.end()
      entries.first?.snapshot.registers.tellIfUnscaled()
      command.rows(entries).print(command.listing, empty: "There are no such entries.")
    }
  }

  private typealias Entry = (position: Ring.Entry?, snapshot: RegisterSnapshot)

  private func read(_ meter: Meter, _ progress: Progress) async throws -> [Entry] {
    if season { return try await meter.readPreviousSeason().map { [(nil, $0)] } ?? [] }
    if resets {
      if let log = try await meter.readDemandResets(log.extent, progress: progress.report) { return log.rows }
      guard log.since == nil, !log.unread else {
        throw Failure(
          .other, "This meter keeps no log of demand resets (ET41) with numbers: leave --since and --unread out.")
      }
      return try await meter.readPreviousDemandReset().map { [(nil, $0)] } ?? []
    }
    let history =
      oneTime
      ? try await meter.readOneTimeReads(log.extent, progress: progress.report)
      : try await meter.readSelfReads(log.extent, progress: progress.report)
    guard let history else {
      throw Failure(
        .other,
        "This meter keeps no \(oneTime ? "one-time reads (ET31)" : "self-reads (BT26)"): "
          + "`mep registers` shows what the registers have now.")
    }
    return history.rows
  }

  private func rows(_ entries: [Entry]) -> Listing {
    let first = entries.first?.snapshot.registers.total.cells ?? []
    let isText = listing.isText
    let isLeftOut = first.indices.map { i in
      isText
        && (first[i].isSum
          || entries.allSatisfy { $0.snapshot.registers.total.cells.dropFirst(i).first?.isZero ?? true })
    }
    let labels: [Listing.Column] = [
      .init("time_local", "Time (local)"), .init("number", "No."), .init("season", "Season"),
      .init("reset_reason", "Reason"), .init("unread", "Unread"), .init("tier", "Tier"),
    ]
    var rows = Listing(labels + first.map { Listing.Column($0.column.key, $0.shortLabel) })
    for (position, snapshot) in entries {
      let time: JSON = snapshot.time.map { .string($0.description) } ?? .null
      let number: JSON = .integer(position.map { Int64($0.sequence) })
      let season: JSON = .integer(snapshot.season.map { Int64($0) })
      let reason: JSON = snapshot.resetReason.map { .string(Self.words($0)) } ?? .null
      let unread: JSON = position.map { isText && !$0.isUnread ? .null : .bool($0.isUnread) } ?? .null
      for (tier, values) in snapshot.registers.blocks where tier == nil || tiers {
        let head: [JSON] = [time, number, season, reason, unread, .integer(tier.map { Int64($0) })]
        rows.add(head + isLeftOut.enumerated().map { $1 || $0 >= values.count ? .null : values[$0] })
      }
    }
    return rows
  }

  /// Why demands were reset.
  private static func words(_ reason: Int) -> String {
    switch reason {
    case 0: "scheduled"
    case 1: "procedure"
    case 2: "push button"
    case 3: "pending table"
    default: "code \(reason)"
    }
  }
}

extension RegisterHistory {
  fileprivate var rows: [(position: Ring.Entry?, snapshot: RegisterSnapshot)] {
    entries.map { ($0.position, $0.snapshot) }
  }
}

extension JSON {
  fileprivate static func integer(_ value: Int64?) -> JSON { value.map { .integer($0) } ?? .null }
}
