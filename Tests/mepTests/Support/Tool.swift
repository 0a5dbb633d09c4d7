// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// How a run of the program ended, and what it said.
struct Outcome {
  let status: Int32
  let out: String
  let err: String

  var lines: [String] { out.split(separator: "\n").map(String.init) }

  /// The objects of `--json`, one a line.
  func objects() throws -> [[String: Any]] {
    try lines.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
  }
}

/// The program under test, as it was built beside the tests.
enum Tool {
  static let path = Bundle.module.bundleURL.deletingLastPathComponent().appendingPathComponent("mep").path

  /// Runs it to its end. Too many at once would wait for each other longer than for a meter.
  static func run(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:], input: String = ""
  ) async throws -> Outcome {
    await gate.enter()
    defer { Task { await gate.leave() } }
    let run = try Running(path, arguments, in: folder, environment: environment, input: input)
    return try await run.ended()
  }

  /// Runs a line of shell, in which `$mep` is the program.
  static func shell(_ line: String, in folder: URL? = nil) async throws -> Outcome {
    let run = try Running("/bin/sh", ["-c", line], in: folder, environment: ["mep": path])
    return try await run.ended()
  }

  private static let gate = Gate(permits: 3)
}

/// A program that runs.
final class Running: @unchecked Sendable {
  let process = Process()
  private let folder: URL
  private let end: AsyncStream<Void>

  init(
    _ path: String, _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:],
    input: String = "", held: FileHandle? = nil, output: FileHandle? = nil
  ) throws {
    self.folder = FileManager.default.temporaryDirectory.appendingPathComponent("mep-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
    for (name, text) in [("in", input), ("out", ""), ("err", "")] {
      try Data(text.utf8).write(to: self.folder.appendingPathComponent(name))
    }
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = folder ?? self.folder
    process.environment = ["PATH": "/usr/bin:/bin", "TERM": "xterm", "TZ": "UTC", "COLUMNS": "80"]
      .merging(environment) { $1 }
    // Files, not pipes: nobody has to empty them while it runs.
    let files = try (
      FileHandle(forReadingFrom: self.folder.appendingPathComponent("in")),
      FileHandle(forWritingTo: self.folder.appendingPathComponent("out")),
      FileHandle(forWritingTo: self.folder.appendingPathComponent("err"))
    )
    // A process that ended keeps its handles, and beyond 1024 of them Foundation's own select() breaks.
    defer { for file in [files.0, files.1, files.2] { try? file.close() } }
    (process.standardInput, process.standardOutput) = (held ?? files.0, output ?? files.1)
    process.standardError = files.2
    let (end, ending) = AsyncStream<Void>.makeStream()
    self.end = end
    process.terminationHandler = { _ in ending.finish() }
    try process.run()
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var out: String { text("out") }
  var err: String { text("err") }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits for the end, and brings it about when it does not come.
  func ended(within seconds: Double = 30) async throws -> Outcome {
    let watchdog = Task {
      try await Task.sleep(for: .seconds(seconds))
      Issue.record("\(process.arguments ?? []) did not end: \(out)\(err)")
      self.signal(SIGKILL)
    }
    for await _ in end {}
    watchdog.cancel()
    return Outcome(status: process.terminationStatus, out: out, err: err)
  }

  private func text(_ name: String) -> String {
    String(decoding: (try? Data(contentsOf: folder.appendingPathComponent(name))) ?? Data(), as: UTF8.self)
  }
}

/// Lets only so many in at a time.
actor Gate {
  private var permits: Int
  private var queue: [CheckedContinuation<Void, Never>] = []

  init(permits: Int) { self.permits = permits }

  func enter() async {
    if permits > 0 {
      permits -= 1
    } else {
      await withCheckedContinuation { queue.append($0) }
    }
  }

  func leave() {
    if queue.isEmpty { permits += 1 } else { queue.removeFirst().resume() }
  }
}

/// Waits until something holds, for at most so many seconds.
func eventually(_ what: String, within seconds: Int = 60, _ holds: () -> Bool) async throws {
  for _ in 0..<50 * seconds {
    if holds() { return }
    try await Task.sleep(for: .milliseconds(20))
  }
  Issue.record("did not happen: \(what)")
}
