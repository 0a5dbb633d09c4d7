// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import MEPTransport
import OSGPTables
import Synchronization

struct ProfileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Reads the load profile: what the meter recorded, interval by interval.",
    discussion: """
      A row has the interval's end and what each channel read then: energies are
      registers, so what was used is the difference of two rows. An interval that was
      not measured has no value; its status tells why.
        mep profile --since 2d
        mep profile --since 2026-11-22T00:00:00Z --csv > november.csv
        mep profile --resume house.profile --json >> house.json
      With --resume, each run goes on where the one before it ended, for one meter and
      one kind of output a file: rows are printed, and the file told, block by block.
      What was read before a Ctrl-C, or before the line failed, is shown.
      """)

  @Option(help: ArgumentHelp("The data set, 1 to 4.", valueName: "n"))
  var set = 1

  @Option(
    help: ArgumentHelp(
      "Only intervals that ended after this time, such as 2026-11-22T10:00:00Z, or so long ago: 90m, 12h, 30d.",
      valueName: "time|span"))
  var since: String?

  @Option(
    help: ArgumentHelp(
      "A file that remembers how far the reads came; made when there is none.", valueName: "file"))
  var resume: String?

  @OptionGroup var listing: ListingOptions
  @OptionGroup var options: MeterOptions

  func validate() throws {
    guard (1...4).contains(set) else { throw Failure(.wrongUse, "--set takes 1 to 4: a meter has no more data sets.") }
    if since != nil, resume != nil {
      throw Failure(.wrongUse, "--since and --resume exclude each other: the file tells since when.")
    }
    _ = try since.map { try Since($0) }
  }

  func run() async throws {
    let command = self
    // What is wrong with it is said before anything is waited for.
    _ = try options.source()
    try await Interrupt.run { try await command.options.withMeter { try await command.show($0) } }
  }

  private func show(_ meter: Meter) async throws {
    let rows = try await ProfileRows(resume, set, listing, of: meter)
    var wanted: Moment?
    if let since { wanted = try await Since(since).moment(of: meter) }
    let reading = try await read(meter, wanted, rows)
    guard reading.profile.blocks > 0 else {
      throw Failure(.other, "Data set \(set) is not in use: `mep read BT61` tells which of them are.")
    }
    // Columns that line up wait for the last row.
    if listing.isText || !rows.hasBegun { rows.print(reading) }
    if reading.profile.channels.contains(where: { $0.isEnergyCount }) { EnergyRegisterUnit.tellUnknown() }
    guard let failure = reading.failure else { return }
    let next = resume == nil ? reading.through.map { " --since \(Clock.text($0.end, utc: true))" } : nil
    Exit.complain("Not all was read: mep profile\(next ?? " with the same options") goes on where this ended.")
    throw failure
  }

  private func read(_ meter: Meter, _ since: Moment?, _ rows: ProfileRows) async throws -> LoadProfileReading {
    let progress = Progress("load profile")
    defer { progress.end() }
    if listing.isText {
      return try await meter.readLoadProfile(set: set - 1, since: since, behind: rows.mark, progress: progress.report)
    }
    return try await meter.readLoadProfile(
      set: set - 1, since: since, behind: rows.mark, progress: progress.report, each: { rows.print($0) })
  }
}

/// Prints what is read, and has the file of --resume remember it.
private final class ProfileRows: Sendable {
  private let listing: ListingOptions
  private let bookmark: Mutex<Bookmark?>
  private let begun = Mutex(false)
  let mark: LoadProfile.Mark?

  init(_ path: String?, _ set: Int, _ listing: ListingOptions, of meter: Meter) async throws {
    var bookmark: Bookmark?
    if let path {
      let format = listing.json ? "json" : listing.csv ? "csv" : "text"
      bookmark = try Bookmark(path, meter: try await meter.name(), set: set, format: format)
    }
    mark = bookmark?.mark
    self.listing = listing
    self.bookmark = Mutex(bookmark)
  }

  var hasBegun: Bool { begun.withLock { $0 } }

  /// What goes wrong ends the program: nobody could tell how far the rows came.
  func print(_ reading: LoadProfileReading) {
    let rows = Listing(reading, utc: listing.utc)
    let isFirst = begun.withLock { begun in
      defer { begun = true }
      return !begun
    }
    bookmark.withLock { bookmark in
      let isContinued = !isFirst || bookmark?.isContinued == true
      do {
        try bookmark?.begin(rows.columns.map(\.key).joined(separator: ","))
        rows.print(listing, empty: "No interval has ended since then.", isContinued: isContinued)
        try bookmark?.write(reading.through)
      } catch { Exit.now(error) }
    }
  }
}

extension Meter {
  /// By which this meter is known from others: maker, model and the maker's serial number, or the utility's.
  fileprivate func name() async throws(MeterError) -> String {
    let maker = try await read(.bt01).octets
    var words: [String] = []
    if let info = GeneralManufacturerInformation(maker) {
      words = [info.manufacturer, info.model].map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    let isNumbered = maker.count >= 24 && maker[16..<24].contains { $0 != 0 }
    words.append(isNumbered ? Hex.text(maker[16..<24]) : try await utilitySerialNumber())
    return words.flatMap { $0.split(whereSeparator: \.isWhitespace) }.joined(separator: " ").printable
  }
}

extension LoadProfile.Channel {
  fileprivate var isEnergyCount: Bool { if case .register(let source) = source { source.isEnergyCount } else { false } }
}
