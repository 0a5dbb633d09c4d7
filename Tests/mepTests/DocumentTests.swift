// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The pages under Documentation/Tables.
@Suite struct DocumentTests {
  private static let committed = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Documentation/Tables").standardizedFileURL

  private func pages(in folder: URL) throws -> [String: String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8))
      })
  }

  private func generated() async throws -> [String: String] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mep-pages-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try await Tool.run(["document", folder.path])
    #expect(outcome.status == 0 && outcome.out == "")
    return try pages(in: folder)
  }

  @Test func theCommittedPagesAreUpToDate() async throws {
    let (committed, generated) = (try pages(in: Self.committed), try await generated())
    let stale = Set(committed.keys).union(generated.keys).filter { committed[$0] != generated[$0] }.sorted()
    #expect(stale.isEmpty, "these pages no longer say what is declared: run `make docs` and read the difference")
  }

  @Test func theDissectorNamesEveryTable() async throws {
    let committed = try String(
      contentsOf: Self.committed.appendingPathComponent("../../Wireshark/osgp-mep.lua").standardizedFileURL,
      encoding: .utf8)
    let bench = try Bench()
    try bench.file("osgp-mep.lua", committed)
    let outcome = try await bench.run("document", ".", "--dissector", "osgp-mep.lua")
    #expect(outcome.status == 0 && outcome.err == "")
    let generated = try String(contentsOf: bench.folder.appendingPathComponent("osgp-mep.lua"), encoding: .utf8)
    #expect((generated == committed) as Bool, "the dissector no longer names what is declared: run `make docs`")
    #expect(committed.contains("[28] = \"BT28 Present Register Data\""))
  }

  /// Every link leads to a page, every table that is described has one, every other is in the index.
  @Test func thePagesHangTogether() async throws {
    let pages = try await generated()
    let listed = try await Tool.run(["tables", "--json"])
    let tables = try #require(try JSONSerialization.jsonObject(with: Data(listed.out.utf8)) as? [[String: Any]])
    let described = tables.filter { $0["described"] as? Bool == true }.compactMap { $0["table"] as? String }
    #expect(described.count > 20 && described.count < tables.count)
    #expect(Set(pages.keys) == Set(described.map { $0 + ".md" } + ["README.md"]))
    let index = try #require(pages["README.md"])
    for table in tables { #expect(index.contains("\(table["table"] as? String ?? "?")")) }
    for (name, page) in pages {
      for link in page.matches(of: /\]\(([^)]*)\)/) { #expect(pages[String(link.1)] != nil, "\(name): \(link.1)") }
      // A table has as many cells in each row as in its head.
      for lines in page.split(separator: "\n\n").map({ $0.split(separator: "\n") }) where lines[0].hasPrefix("|") {
        let counts = Set(lines.map { $0.replacing("\\|", with: "").count { $0 == "|" } })
        #expect(counts.count == 1, "\(name)")
      }
    }
  }

  @Test func aFolderThatIsNotThereIsSaid() async throws {
    let outcome = try await Tool.run(["document", "/nowhere"])
    #expect(outcome.status == 2 && outcome.err.contains("/nowhere/README.md cannot be written: No such file"))
  }
}
