// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Testing

@testable import MEPGateway

@Suite struct PriceSourceTests {
  private var source: PriceSource { PriceSource("spot", .file("spot.csv"), in: CostYear.zone) }
  private let newYear = Timestamp(seconds: 1_767_222_000)  // 2025-12-31T23:00:00Z, midnight in the house

  private func flaw(_ source: PriceSource, _ text: String) -> String? {
    do throws(PriceSource.Flaw) { _ = try source.series(text) } catch { return error.description }
    return nil
  }

  /// Prices that are whole numbers.
  private func whole(_ series: PriceSeries, _ count: Int64, from start: Timestamp, every span: Int64) -> [Int64?] {
    (0..<count).map { series.price(at: start + $0 * span).map { $0.billionths / 1_000_000_000 } }
  }

  @Test func columnsAreNamed() throws {
    var source = source
    (source.form, source.point, source.isOfMWh) = (.csv(separator: ";"), ",", true)
    (source.time, source.price, source.zone) = ("HourUTC", "SpotPriceDKK", TimeZone(secondsFromGMT: 0)!)
    let series = try source.series(
      "\u{FEFF}HourUTC;HourDK;\"SpotPriceDKK\"\r\n2026-01-01 00:00;2026-01-01 01:00;1234,560059\r\n"
        + "2025-12-31 23:00;2026-01-01 00:00;-5\r\n\r\n2025-12-31 22:00;2025-12-31 23:00;\r\n")
    #expect(series.price(at: newYear + 3_600_000)?.billionths == 1_234_560_059)
    #expect(series.price(at: newYear + 3_599_999)?.billionths == -5_000_000 && series.price(at: newYear + -1) == nil)
  }

  /// A clock shows an hour twice, and leaves one out; also where the latest stands first.
  @Test(arguments: [false, true]) func localTimesAreToldApart(_ backwards: Bool) throws {
    var rows = ["2026-10-25T01:00,1", "2026-10-25T02:00,2", "2026-10-25T02:00,3", "2026-10-25T03:00,4"]
    if backwards { rows.reverse() }
    let series = try source.series((["time,price"] + rows).joined(separator: "\n"))
    let first = Timestamp(seconds: 1_792_882_800)  // 2026-10-24T23:00:00Z
    #expect(whole(series, 5, from: first, every: 3_600_000) == [1, 2, 3, 4, nil])
    var quarters = source
    quarters.step = .quarter
    var lines = (0..<8).map { "2026-10-25T02:\(["00", "15", "30", "45"][$0 % 4]),\($0)" }
    if backwards { lines.reverse() }
    let fine = try quarters.series((["time,price"] + lines).joined(separator: "\n"))
    #expect(whole(fine, 8, from: first + 3_600_000, every: 900_000) == [0, 1, 2, 3, 4, 5, 6, 7])
  }

  @Test func whatIsWrongIsToldWithItsLine() {
    let header = "time,price\n2026-01-01T00:00Z,1\n"
    #expect(
      flaw(source, header + "yesterday,1")
        == "spot.csv:3: takes a time such as 2026-11-22T10:00, and not \"yesterday\".")
    #expect(
      flaw(source, header + "2026-01-01T01:00Z,dear") == "spot.csv:3: takes a price such as 0.25, and not \"dear\".")
    #expect(flaw(source, header + "2026-01-01T01:00Z") == "spot.csv:3: the line ends too early.")
    #expect(
      flaw(source, header + "2026-01-01T01:15Z,1")
        == "spot.csv:3: 2026-01-01T01:15Z is no full hour: see step:.")
    #expect(flaw(source, header + "2026-01-01T00:00Z,2") == "spot.csv:3: 2026-01-01T00:00Z has two prices.")
    #expect(
      flaw(source, "a,b\n1,2") == "spot.csv:1: has no columns \"time\" and \"price\", but a, b: see time: and price:.")
    #expect(flaw(source, "") == "spot.csv: there are no prices in it.")
  }

  @Test func objectsAreRead() throws {
    var source = PriceSource("spot", .url("https://prices.example"), in: CostYear.zone)
    (source.form, source.time, source.price) = (.json(["data"]), "start", "value")
    let text =
      #"{"data": [{"start": "2026-01-01T00:00:00+01:00", "end": "…", "value": 0.123456789}, "#
      + #"{"start": 1767225600000, "value": -1.1}, {"start": 1767229200, "value": "2.5"}, {"start": 0, "value": null}]}"#
    let series = try source.series(text)
    #expect(
      (0..<4).map { series.price(at: newYear + $0 * 3_600_000)?.billionths } == [
        123_456_789, -1_100_000_000, 2_500_000_000, nil,
      ])
    for (text, words) in [
      ("nothing", "is no JSON."), ("{}", "has no \"data\": see list:."),
      (#"{"data": 1}"#, "takes a list of objects: see list:."),
      (#"{"data": []}"#, "there are no prices in it."),
    ] { #expect(flaw(source, text) == "https://prices.example: \(words)") }
    #expect(
      flaw(source, #"{"data": [{"start": "2026-01-01"}]}"#)
        == "https://prices.example:1: has no \"start\" and \"value\": see time: and price:.")
  }

  /// A key in an address is told to nobody.
  @Test func secretsStayInTheAddress() {
    let source = PriceSource(
      "spot", .url("https://me:hidden@prices.example/{day}?key=hidden#hidden"), in: CostYear.zone)
    #expect(source.flaw("late").description == "https://prices.example/{day}: late")
  }

  /// A file is read again once it has changed; what was read stays where the new one is flawed.
  @Test func aBookKeepsUp() async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("mep-prices-\(UUID().uuidString).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var live = PriceSource("live", .topic("prices/today"), in: CostYear.zone)
    live.form = .json([])
    let shelf = try Shelf()
    let book = PriceBook([PriceSource("spot", .file(path), in: CostYear.zone), live], try shelf.open(), log: quiet)
    let day = newYear..<newYear + 24 * hour
    var known = await book.known(in: day)
    #expect(known.series.isEmpty && known.problems.count == 2)
    #expect(known.problems.contains("\(path): it cannot be read: is it there, and readable?"))
    #expect(known.problems.contains("live: nothing has come from prices/today yet."))
    try Data("time,price\n2026-01-01T00:00,1\n".utf8).write(to: URL(fileURLWithPath: path))
    await book.take(Array(#"[{"time": "2026-01-01T00:00", "price": 1}]"#.utf8), of: live)
    await book.take(Array(#"[{"time": "2026-01-01T01:00", "price": 2}]"#.utf8), of: live)
    known = await book.known(in: day)
    #expect(known.problems == [] && known.series["spot"]?.price(at: newYear) == Price("1"))
    let merged = try #require(known.series["live"])
    #expect(whole(merged, 2, from: newYear, every: 3_600_000) == [1, 2])
    try Data("time,price\n2026-01-01T00:00,dear\n".utf8).write(to: URL(fileURLWithPath: path))
    known = await book.known(in: day)
    #expect(known.problems.count == 1 && known.series["spot"]?.price(at: newYear) == Price("1"))
    // One that is shorter takes nothing away.
    try Data("time,price\n2026-01-01T01:00,20\n".utf8).write(to: URL(fileURLWithPath: path))
    known = await book.known(in: day)
    let spot = try #require(known.series["spot"])
    #expect(known.problems == [] && whole(spot, 2, from: newYear, every: 3_600_000) == [1, 20])
  }

  /// As when the disk is full for a while.
  @Test func whatCouldNotBeKeptIsReadAgain() async throws {
    let shelf = try Shelf()
    let path = shelf.folder.appendingPathComponent("spot.csv").path
    try Data("time,price\n2026-01-01T00:00,1\n".utf8).write(to: URL(fileURLWithPath: path))
    let book = PriceBook([PriceSource("spot", .file(path), in: CostYear.zone)], try shelf.open(), log: quiet)
    let other = try DatabaseQueue(path: shelf.path)
    try await other.write { database in
      try database.execute(
        sql: "CREATE TRIGGER refusal BEFORE INSERT ON price BEGIN SELECT RAISE(ABORT, 'no room'); END")
    }
    let day = newYear..<newYear + 24 * hour
    #expect(await book.known(in: day).problems == ["\(path): The database: no room."])
    try await other.write { try $0.execute(sql: "DROP TRIGGER refusal") }
    let known = await book.known(in: day)
    #expect(known.problems == [] && known.series["spot"]?.price(at: newYear) == Price("1"))
    // What is read again and says the same is nothing new.
    let version = await book.version
    await book.take(Array("time,price\n2026-01-01T00:00,1\n".utf8), of: book.sources[0])
    #expect(version == 1)
    #expect(await book.version == 1)
  }
}
