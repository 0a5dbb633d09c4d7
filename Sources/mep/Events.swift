// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import MEPTransport
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
      for entry in events.entries { rows.add(entry.row(utc: listing.utc)) }
      rows.print(listing, empty: extent == .all ? "The log is empty." : "There are no such entries.")
    }
  }
}

extension EventLog.Entry {
  fileprivate func row(utc: Bool) -> [JSON] {
    let details = arguments.map(\.text).joined(separator: ", ")
    let user: JSON =
      switch user {
      case .nobody: .null
      case .id(let id): .string("user \(id)")
      default: .string(self.user.words.description)
      }
    return [
      time.map { .string(Clock.text($0, utc: utc)) } ?? .null, .integer(Int64(sequence)),
      .string(event?.name.description ?? "unknown"), details.isEmpty ? .null : .string(details), user,
      .string(id.isManufacturer ? "manufacturer" : "standard"), .integer(Int64(id.number)),
      .string(Hex.text(argument)), .bool(isUnread),
    ]
  }
}

extension EventArgument {
  /// "L1", "Lowest Voltage 187 V", "Table ET09".
  fileprivate var text: String {
    if let words { return "\(name.description) \(words.description)" }
    switch kind {
    case .flag: return name.description
    case .table: return "\(name.description) \(TableID(number: UInt16(value)))"
    case .procedure:
      let id = TableID(number: UInt16(value))
      return "\(name.description) \(id.isExtended ? "EP" : "BP")\(id.index < 10 ? "0" : "")\(id.index)"
    case .number: return "\(name.description) \(value) \(unit.symbol.description)".trimmed
    }
  }
}
