// SPDX-License-Identifier: Apache-2.0
import OSGPTables
import Testing

@testable import MEPGateway

/// The dashboard's languages.
@Suite(.timeLimit(.minutes(1))) struct WordsTests {
  @Test func noLanguageLacksWords() async throws {
    let station = try await Station(reads: false)
    func keys(_ language: String) async throws -> [String] {
      let text = try await station.browser.get("/words/\(language).js").body
      return text.matches(of: /\n  "?([^":\n]+(?:: [^":\n]+)?)"?: "/).map { String($0.1) }
    }
    let english = try await keys("en")
    #expect(english.count > 200 && Set(english).count == english.count)
    for language in ["da", "de"] { #expect(try await keys(language) == english, "\(language)") }
    await station.end()
  }

  /// Each event that can be told by name has words, at the place of its number.
  @Test(arguments: ["en", "da", "de"]) func eventsHaveWords(_ language: String) async throws {
    let station = try await Station(reads: false)
    let parts = try await station.browser.get("/events/\(language).js").body.split(separator: "manufacturer: [")
    try #require(parts.count == 2)
    let words = parts.map { $0.matches(of: /"[^"]+",/).count }
    let ids: [(UInt16) -> EventID] = [EventID.standard, EventID.manufacturer]
    #expect(words == ids.map { id in (0...).prefix { Event.event(id($0)) != nil }.count })
    await station.end()
  }
}
