// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import MEPGateway

@Suite(.timeLimit(.minutes(1))) struct PageTests {
  /// All that a page names is there: the program holds it, and nothing is asked of anybody else.
  @Test func allThatIsNamedIsThere() async throws {
    let station = try await Station(reads: false)
    var (known, next) = (Set<String>(), ["/"] + Page.paths)
    let kept = try await station.browser.get("/service-worker.js").body
    var octets = 0
    while let path = next.popLast() {
      guard known.insert(path).inserted else { continue }
      let reply = try await station.browser.get(path)
      #expect(reply.status == 200, "\(path)")
      #expect(reply.headers["content-security-policy"]?.hasPrefix("default-src 'none'; script-src 'self'") == true)
      #expect(!reply.body.contains(/(src|href|from)\s*=?\s*["']https?:/), "\(path)")
      octets += reply.body.utf8.count
      let names = reply.body.matches(of: /(?:src|href|from|import)\s*=?\(?\s*["'](?:\.\/)?([A-Za-z\/.-]+\.[a-z]+)["']/)
      let folder = path.split(separator: "/").dropLast().map { "/\($0)" }.joined()
      next += names.map { Self.path(of: String($0.1), in: folder) }
    }
    #expect(known.count > 20 && octets < 300_000, "\(known.count) files of \(octets) octets")
    // What the service worker keeps for a phone that is offline is all of it, but for itself and the first run's page.
    for path in Page.paths where !["/service-worker.js", "/index.html", "/setup", "/setup.js"].contains(path) {
      #expect(kept.contains("\"\(path.dropFirst())\""), "\(path)")
    }
    await station.end()
  }

  private static func path(of name: String, in folder: String) -> String {
    name.hasPrefix("../") ? "/" + name.dropFirst(3) : "\(folder)/\(name)"
  }

  @Test func whoHasItIsToldSo() async throws {
    let station = try await Station(reads: false)
    let reply = try await station.browser.get("/")
    #expect(reply.headers["content-type"] == "text/html; charset=utf-8" && reply.headers["cache-control"] == "no-cache")
    let tag = try #require(reply.headers["etag"])
    let again = try await station.browser.get("/", ["If-None-Match": tag])
    #expect(again.status == 304 && again.body.isEmpty)
    let packed = try await station.browser.get("/style.css", ["Accept-Encoding": "gzip, br"])
    #expect(packed.headers["content-encoding"] == "gzip")
    #expect(try await station.browser.get("/style.css", method: "HEAD").status == 200)
    #expect(try await station.browser.get("/../etc/passwd").status == 404)
    await station.end()
  }

  /// Behind a proxy it may be in a folder: its own addresses begin there.
  @Test func aFolderHasASlash() async throws {
    var settings = WebServer.Settings()
    settings.path = "/mep"
    let station = try await Station(settings, reads: false)
    let reply = try await station.browser.get("/mep")
    #expect(reply.status == 308 && reply.headers["location"] == "/mep/")
    #expect(try await station.browser.get("/mep/app.js").status == 200)
    await station.end()
  }
}
