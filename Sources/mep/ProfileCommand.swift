// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient

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
      With --resume, each run goes on where the one before it ended. What was read
      before a Ctrl-C, or before the line failed, is shown.
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
    let bookmark = resume.map { Bookmark(path: $0, set: set) }
    let remembered = try bookmark?.read()
    let wanted = try since.map { try Since($0) }
    let (number, listing, options) = (set, listing, options)
    // What is wrong with it is said before anything is waited for.
    _ = try options.source()
    try await Interrupt.run {
      try await options.withMeter { meter in
        let since = if let wanted { try await wanted.moment(of: meter) } else { remembered }
        let reading = try await Self.read(number, since, of: meter)
        guard reading.profile.blocks > 0 else {
          throw Failure(.other, "Data set \(number) is not in use: `mep read BT61` tells which of them are.")
        }
        Listing(reading, utc: listing.utc).print(listing, empty: "No interval has ended since then.")
        if let through = reading.through { try bookmark?.write(through) }
        guard let failure = reading.failure else { return }
        let next = bookmark == nil ? reading.through.map { " --since \(Clock.text($0, utc: true))" } : nil
        Exit.complain("Not all was read: mep profile\(next ?? " with the same options") goes on where this ended.")
        throw failure
      }
    }
  }

  private static func read(_ set: Int, _ since: Moment?, of meter: Meter) async throws -> LoadProfileReading {
    let progress = Progress("load profile")
    defer { progress.end() }
    return try await meter.readLoadProfile(set: set - 1, since: since) { progress.show($0, of: $1) }
  }
}
