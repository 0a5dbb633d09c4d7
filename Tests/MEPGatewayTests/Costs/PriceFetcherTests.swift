// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import MEPGateway

@Suite(.timeLimit(.minutes(1))) struct PriceFetcherTests {
  private let shelf: Shelf
  private let store: Store

  init() throws {
    shelf = try Shelf()
    store = try shelf.open()
  }

  private func source(_ address: String) -> PriceSource {
    var source = PriceSource("spot", .url(address), in: utc)
    source.form = .json([])
    return source
  }

  private func costs(_ source: PriceSource, _ store: Store) -> Costs {
    Costs(CostSettings(Tariff(currency: "DKK", versions: []), [source]), store, log: quiet)
  }

  /// Fetches while `body` looks on.
  private func run(
    _ costs: Costs, from start: Timestamp, speed: Double = 1, _ body: () async throws -> Void
  ) async throws {
    let fetcher = PriceFetcher(costs, clock: GatewayClock(start: start, speed: speed), zone: utc)
    let running = Task { await fetcher.run() }
    defer { running.cancel() }
    try await body()
    running.cancel()
    await running.value
  }

  /// The price of an hour of the first of March is its number.
  private static let prices =
    "["
    + (0..<24 as Range<Int64>).map { #"{"time": \#(march.seconds + $0 * 3600), "price": \#($0)}"# }.joined(
      separator: ",") + "]"

  /// Tomorrow is asked for from 13:00 on, and may not be there yet. What came is still known after the gateway's end.
  @Test(
    arguments: [(12, ["/2026/03-01.json"]), (14, ["/2026/03-01.json", "/2026/03-02.json"])] as [(Int64, [String])])
  func daysAreFetchedAndKept(now: Int64, paths: [String]) async throws {
    let engine = try TestEngine { $0.path == "/2026/03-01.json" ? .status(200, Self.prices) : .status(404) }
    let source = source("http://127.0.0.1:\(engine.port)/{year}/{month}-{day}.json")
    let (costs, day) = (costs(source, store), march..<march + 24 * hour)
    try await know(march + -12 * hour, source, costs)
    try await run(costs, from: march + now * hour) {
      #expect(await isSo { engine.requests.count == paths.count })
      #expect(await isSo { await costs.book.has(source, at: march + 23 * hour) })
      try await Task.sleep(for: .milliseconds(300))
    }
    #expect(engine.requests.map(\.path) == paths)
    #expect(await costs.book.known(in: day).problems == [])
    store.close()
    let known = await self.costs(source, try shelf.open()).book.known(in: day)
    #expect(known.problems == [] && known.series["spot"]?.price(at: march + 13 * hour) == Price("13"))
  }

  private func know(_ noon: Timestamp, _ source: PriceSource, _ costs: Costs) async throws {
    try await costs.book.keep(Array(#"[{"time": \#(noon.seconds), "price": 1}]"#.utf8), of: source)
  }

  /// Of the days before, back to the first that is known, and no more than a week.
  @Test(
    arguments: [(4, ["02-28", "02-27", "02-26"]), (20, (22...28).reversed().map { "02-\($0)" })]
      as [(Int64, [String])])
  func daysThatPassedAreFetched(known: Int64, days: [String]) async throws {
    let engine = try TestEngine { request in
      let day = Int64(request.path.suffix(2)) ?? 0
      // One of them nobody knows any more.
      if day == 27 { return .status(404) }
      let start = day == 1 ? march : march + -(29 - day) * 24 * hour
      return .status(200, "[{\"time\": \(start.seconds + 43_200), \"price\": \(day)}]")
    }
    let source = source("http://127.0.0.1:\(engine.port)/{month}-{day}")
    let costs = costs(source, store)
    try await know(march + 12 * hour + -known * 24 * hour, source, costs)
    try await run(costs, from: march + 10 * hour) {
      #expect(await isSo { engine.requests.count == 1 + days.count })
      #expect(await isSo { await costs.book.has(source, at: march + -60 * hour) })
      try await Task.sleep(for: .milliseconds(300))
    }
    #expect(engine.requests.map(\.path) == (["03-01"] + days).map { "/" + $0 })
    let series = await costs.book.known(in: march + -72 * hour..<march).series["spot"]
    #expect(series?.price(at: march + -12 * hour) == Price("28") && series?.price(at: march + -36 * hour) == nil)
    #expect(series?.price(at: march + -60 * hour) == Price("26"))
  }

  @Test func aFailureIsToldAndOutlived() async throws {
    let engine = try TestEngine { _ in .status(503) }
    let costs = costs(source("http://127.0.0.1:\(engine.port)/prices?key=hidden"), store)
    let day = march..<march + 24 * hour
    try await run(costs, from: march, speed: 600) {
      let words = "http://127.0.0.1:\(engine.port)/prices: 503, it cannot answer now, and is asked again."
      #expect(await isSo { await costs.book.known(in: day).problems == [words] })
      engine.answer { _ in .status(200, "nonsense") }
      #expect(await isSo { await costs.book.known(in: day).problems.first?.hasSuffix("is no JSON.") == true })
      engine.answer { _ in .status(200, Self.prices) }
      #expect(await isSo { await costs.book.known(in: day).problems == [] })
      #expect(await costs.book.known(in: day).series["spot"]?.price(at: march) == Price("0"))
    }
  }

  @Test func nobodyIsWaitedForTooLong() async throws {
    let engine = try TestEngine {
      $0.path == "/long" ? .status(200, String(repeating: "1", count: 1_000_001)) : .silence
    }
    func words(_ path: String, within limit: Duration) async -> String {
      do throws(HTTPClient.Failure) {
        _ = try await HTTPClient().get(
          "http://127.0.0.1:\(engine.port)\(path)", within: limit, longest: 1_000_000)
        return ""
      } catch { return error.words }
    }
    #expect(await words("/long", within: .seconds(60)) == "it is longer than 1000000 octets")
    #expect(await words("/silent", within: .seconds(1)).contains("timed out"))
  }
}
