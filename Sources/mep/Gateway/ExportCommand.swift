// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import MEPClient
import MEPGateway

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes out what the gateway has kept, while it goes on.",
    discussion: """
      A line for each hour, or whatever --by says, with what was used and between
      what values moved; of readings, what was measured. Days are the house's.
        mep export --by day --from 2026-01-01 > days.csv
        mep export house --by reading --series fwd_active_power_w --json
      """)

  @Argument(help: "The meter, where the gateway reads several.")
  var meter: String?

  @Option(
    help: ArgumentHelp(
      "What a line is for.", valueName: Export.Detail.allCases.map(\.rawValue).joined(separator: "|")))
  var by = Export.Detail.hour

  @Option(help: ArgumentHelp("From when on; all there is where it is not said.", valueName: "time"))
  var from: String?

  @Option(help: ArgumentHelp("Until when.", valueName: "time"))
  var to: String?

  @Option(help: ArgumentHelp("Only these, with commas between them.", valueName: "names"))
  var series: String?

  @Flag(help: "JSON: an object a line. Else CSV with a line of names.")
  var json = false

  @OptionGroup var options: StoreOptions

  func run() async throws {
    let configuration = try options.configuration()
    let path = configuration.storePath
    let (from, to) = (try time(from, in: configuration), try time(to, in: configuration))
    let store = try await withStore(path) { () throws(StoreError) in try Store.looked(at: path) }
    defer { store.close() }
    let meters = try await withStore(path) { () async throws(StoreError) in try await store.meters() }
    let names = meters.map(\.name).joined(separator: ", ")
    guard let chosen = meters.first(where: { meter == nil ? meters.count == 1 : $0.name == meter }) else {
      throw Failure(
        .wrongUse, meters.isEmpty ? "\(path) has no meter yet." : "Which meter? \(path) has \(names).")
    }
    let wanted = series.map { Set($0.split(separator: ",").map(String.init)) }
    let (by, format) = (by, json ? Export.Format.json : .csv)
    try await Interrupt.run {
      try await withStore(path) { () async throws(StoreError) in
        var export = try await Export(
          store, chosen.id, from: from, to: to, series: wanted, by: by, format, in: configuration.zone)
        while let lines = try await export.lines() { Output.write(lines) }
      }
    }
  }

  private func time(_ text: String?, in configuration: Configuration) throws -> Timestamp? {
    guard let text else { return nil }
    guard let written = WrittenTime(text) else {
      throw Failure(.wrongUse, "\"\(text)\" is no time: write 2026-11-22, 2026-11-22T11:00 or 2026-11-22T10:00:00Z.")
    }
    return Timestamp(written, in: configuration.zone)
  }
}

extension Export.Detail: ExpressibleByArgument {}
