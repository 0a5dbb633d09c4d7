// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

enum Fixture {
  static func capture(_ name: String) -> String { folder.appendingPathComponent("captures/\(name)").path }

  static func text(_ capture: String) throws -> String {
    try String(contentsOfFile: Self.capture(capture), encoding: .utf8)
  }

  fileprivate static let folder = Bundle.module.bundleURL.appendingPathComponent("Fixtures")
}

/// Compares with what is recorded; records it instead when MEP_RECORD is set.
func expectSnapshot(_ name: String, _ text: String, file: String = #filePath) throws {
  if ProcessInfo.processInfo.environment["MEP_RECORD"] != nil {
    let tests = URL(fileURLWithPath: file).deletingLastPathComponent()
    try Data(text.utf8).write(to: tests.appendingPathComponent("Fixtures/snapshots/\(name)"))
    return
  }
  let recorded = try String(contentsOf: Fixture.folder.appendingPathComponent("snapshots/\(name)"), encoding: .utf8)
  let (old, new) = (recorded.components(separatedBy: "\n"), text.components(separatedBy: "\n"))
  let first = zip(old, new).enumerated().first { $1.0 != $1.1 }
  #expect(
    old == new,
    "\(name) differs\(first.map { " in line \($0.offset + 1): \"\($0.element.0)\" became \"\($0.element.1)\"" } ?? "")")
}
