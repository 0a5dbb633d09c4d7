// SPDX-License-Identifier: Apache-2.0
import C1219
import Foundation
import MEPClient

/// Fetches the prices of series that have an address: each hour, and each quarter of one from 13:00 on, when those of
/// tomorrow come, until they are there.
public struct PriceFetcher: Sendable {
  private let book: PriceBook
  private let clock: GatewayClock
  /// The house's.
  private let zone: TimeZone

  public init(_ costs: Costs, clock: GatewayClock, zone: TimeZone) {
    (book, self.clock, self.zone) = (costs.book, clock, zone)
  }

  /// Fetches until the task is cancelled.
  public func run() async {
    await withDiscardingTaskGroup { group in
      for source in book.sources {
        if case .url(let address) = source.place { group.addTask { await follow(source, at: address) } }
      }
    }
  }

  private func follow(_ source: PriceSource, at address: String) async {
    var (pause, hasBegun) = (Self.minute, false)
    while !Task.isCancelled {
      var wait = pause
      if await fetch(source, at: address) {
        pause = Self.minute
        if !hasBegun { await fetchPast(source, at: address) }
        hasBegun = true
        wait = await untilNews(of: source)
      } else {
        pause = min(pause * 2, PriceSeries.hour)
      }
      // Not all who want the same prices shall come at once.
      try? await clock.sleep(wait + Int64.random(in: 0...wait / 10))
    }
  }

  private static let minute: Int64 = 60_000

  private func untilNews(of source: PriceSource) async -> Int64 {
    let now = clock.now()
    let (_, tomorrow, one) = days(around: now)
    if now < one { return min(PriceSeries.hour, one - now) }
    // Days of other time zones may end earlier or later, and are all there at noon.
    return await book.has(source, at: tomorrow + 12 * PriceSeries.hour) ? PriceSeries.hour : PriceSeries.quarter
  }

  /// When today and tomorrow begin, and 13:00 of today.
  private func days(around now: Timestamp) -> (today: Timestamp, tomorrow: Timestamp, one: Timestamp) {
    let today = Step.day.range(around: now + 1, in: zone)
    var one = today.lowerBound.local(in: zone)
    one.hour = 13
    return (today.lowerBound, today.upperBound, Timestamp(local: one, in: zone))
  }

  // MARK: An address

  /// Whether it is as it should be.
  private func fetch(_ source: PriceSource, at address: String) async -> Bool {
    let now = clock.now()
    let (today, tomorrow, one) = days(around: now)
    do throws(PriceSource.Flaw) {
      if let octets = try await get(source, at: address, on: today) {
        try await book.keep(octets, of: source)
      } else {
        throw source.flaw("404, there is nothing at this address: look at url:.")
      }
      let isOfDay =
        PriceSource.address(address, on: today, in: zone) != PriceSource.address(address, on: tomorrow, in: zone)
      // Of a day that is not known yet some say that there is none, and others nothing in so many words.
      if isOfDay, now >= one, let octets = try await get(source, at: address, on: tomorrow) {
        try? await book.keep(octets, of: source)
      }
      await book.note(nil, of: source)
      return true
    } catch {
      if !Task.isCancelled { await book.note(error, of: source) }
      return false
    }
  }

  /// Days that passed while the gateway was off, at most a week of them.
  private func fetchPast(_ source: PriceSource, at address: String) async {
    guard address.contains("{day}") else { return }
    var day = days(around: clock.now()).today
    for _ in 0..<7 {
      day = Step.day.range(around: day, in: zone).lowerBound
      if await book.has(source, at: day + 12 * PriceSeries.hour) { return }
      do throws(PriceSource.Flaw) {
        if let octets = try await get(source, at: address, on: day) { try await book.keep(octets, of: source) }
      } catch { return }
    }
  }

  /// Nil where there is nothing.
  private func get(
    _ source: PriceSource, at address: String, on day: Timestamp
  ) async throws(PriceSource.Flaw) -> [UInt8]? {
    let answer: HTTPClient.Answer
    do throws(HTTPClient.Failure) {
      // One for each request: hours lie between two of them.
      answer = try await HTTPClient().get(
        PriceSource.address(address, on: day, in: zone), within: .seconds(30), longest: 5_000_000)
    } catch {
      throw source.flaw("\(error.words): look whether url: can be reached from here, and asks for a few days only.")
    }
    let advice: String
    switch answer.status {
    case 200..<300: return answer.body
    case 404: return nil
    case 300..<400: advice = "it sends us elsewhere: write that address into url:"
    case 401, 403: advice = "it does not let us read: look at the key in url:, if it wants one"
    case 429: advice = "it is asked too often, and is asked again later"
    case 500...: advice = "it cannot answer now, and is asked again"
    default: advice = "it does not understand what it is asked: look at url:"
    }
    throw source.flaw("\(answer.status), \(advice).")
  }
}

extension PriceSource {
  /// With the year, month and day in it that it asks for.
  static func address(_ address: String, on day: Timestamp, in zone: TimeZone) -> String {
    let parts = day.local(in: zone).date.split(separator: "-")
    return zip(["{year}", "{month}", "{day}"], parts).reduce(address) { $0.replacing($1.0, with: $1.1) }
  }
}
