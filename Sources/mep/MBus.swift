// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import MEPTransport
import OSGPTables

struct MBus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mbus",
    abstract: "Shows the devices behind the meter and what they were last read.",
    discussion: """
      M-Bus devices, such as water and heat meters, and MEP clients. The meter reads
      them by its schedule; nothing is asked of them here. Times are the meter's
      local ones; --utc is refused. --json and --csv have one row a record:
        mep mbus
        mep mbus --json | jq 'select(.quantity == "volume")'
      With --log, all reads that the meter keeps (ET45, and what waits in ET74):
        mep mbus --log --last 24 --csv
      """)

  @Flag(help: "The log of scheduled reads, oldest first.")
  var log = false

  @OptionGroup var logOptions: LogOptions
  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: MeterOptions

  func validate() throws {
    try listing.refuseUTC()
    if !log, logOptions.extent != .all {
      throw Failure(.wrongUse, "--last, --since and --unread choose entries of a log: give --log as well.")
    }
  }

  func run() async throws { if log { try await showLog() } else { try await showDevices() } }

  private func showDevices() async throws {
    let (listing, options) = (listing, options)
    try await Interrupt.run {
      let progress = Progress("Reading devices")
      defer { progress.end() }
      let devices = try await options.withMeter { try await $0.readDevices(progress: progress.report) }
      progress.end()
      if listing.isText {
        let shown = devices.known
        if shown.isEmpty { Output.line("There is no device behind this meter.") }
        for (i, device) in shown.enumerated() {
          Output.line((i > 0 ? "\n" : "") + device.lines.joined(separator: "\n"))
        }
        return
      }
      var table = Listing(MBusDevices.Device.columns)
      for row in devices.published { table.add(row.map(\.1)) }
      table.print(listing, empty: "")
    }
  }

  private func showLog() async throws {
    let (extent, listing, options) = (logOptions.extent, listing, options)
    try await Interrupt.run {
      let progress = Progress("Reading the log of reads")
      defer { progress.end() }
      let entries = try await options.withMeter { try await $0.readReadLog(extent, progress: progress.report) }
      progress.end()
      guard let entries else {
        throw Failure(.other, "This meter keeps no log of reads (ET45): `mep mbus` shows what was read last.")
      }
      var table = Listing(ReadLog.Entry.columns)
      for entry in entries {
        for row in entry.read.rowsOrNone {
          table.add(entry.cells(isText: listing.isText) + (listing.isText ? row.shown : row).cells)
        }
      }
      table.print(listing, empty: extent == .all ? "The log is empty." : "There are no such entries.")
    }
  }
}

extension ReadLog.Entry {
  fileprivate static let columns: [Listing.Column] =
    [
      .init("number", "No."), .init("handle", "Handle"), .init("read_local", "Read (local)"), .init("medium", "Medium"),
      .init("identification", "Identification"), .init("manufacturer", "Manufacturer"), .init("delayed", "Delayed"),
      .init("waiting", "Waiting"), .init("unread", "Unread"), .init("untrusted", "Not to be trusted"),
    ] + MBusRow.columns

  /// What waits for a place in the log has no number there yet.
  fileprivate func cells(isText: Bool) -> [JSON] {
    func flag(_ flag: Bool) -> JSON { isText && !flag ? .null : .bool(flag) }
    return [
      isWaiting ? .null : .integer(Int64(position.sequence)), .integer(Int64(handle)),
      .text(read.timestamp?.description), .text(read.medium?.words.description),
      .text(read.identification.map { Hex.text($0) }), .text(read.maker), flag(isDelayed), flag(isWaiting),
      flag(position.isUnread), .text(read.securityFailure?.description ?? (isSuccess ? nil : "no success")),
    ]
  }
}
