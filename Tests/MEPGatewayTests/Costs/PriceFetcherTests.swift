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
    func words(_ path: String) async -> String {
      do throws(HTTPClient.Failure) {
        _ = try await HTTPClient().get(
          "http://127.0.0.1:\(engine.port)\(path)", within: .seconds(1), longest: 1_000_000)
        return ""
      } catch { return error.words }
    }
    #expect(await words("/long") == "it is longer than 1000000 octets")
    #expect(await words("/silent").contains("timed out"))
  }
}
