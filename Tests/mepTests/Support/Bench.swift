// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// A folder with key files, where meters can be simulated. The program runs in it, so paths are short names.
final class Bench {
  let folder: URL
  private(set) var simulators: [Running] = []
  /// The simulators' standard input: they end with it, even when the tests crash.
  let life = Pipe()

  /// The keys: characters that appear nowhere else, so that a leak would be seen.
  static let basic = "Kx7!qW9z_basic#1"
  static let advanced = "Zp3$mV5t_advan#2"

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("mep-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try file("mbk", Self.basic)
    try file("mak", Self.advanced)
    try file("dummy", String(repeating: "01", count: 16) + "\n")
    try file("other", "not its key 1234")
  }

  deinit {
    for simulator in simulators where simulator.process.isRunning { simulator.signal(SIGKILL) }
    try? FileManager.default.removeItem(at: folder)
  }

  func file(_ name: String, _ text: String, mode: Int = 0o600) throws {
    let path = folder.appendingPathComponent(name).path
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  /// Whether there is something of that name, and be it a link that leads nowhere.
  func has(_ name: String) -> Bool {
    (try? FileManager.default.attributesOfItem(atPath: folder.appendingPathComponent(name).path)) != nil
  }

  func run(_ arguments: String..., environment: [String: String] = [:], input: String = "") async throws -> Outcome {
    try await Tool.run(arguments, in: folder, environment: environment, input: input)
  }

  /// A meter on the pseudo-terminal `meter`, or wherever the options say.
  @discardableResult
  func simulate(_ options: String...) async throws -> Running {
    let ends = options.contains { $0 == "--pty" || $0 == "--listen" } ? options : options + ["--pty", "meter"]
    let simulator = try Running(
      Tool.path, ["simulate", "--mbk-file", "mbk", "--mak-file", "mak"] + ends, in: folder,
      held: life.fileHandleForReading)
    simulators.append(simulator)
    let count = ends.filter { $0 == "--pty" || $0 == "--listen" }.count
    try await eventually("\(count) ports") {
      simulator.err.components(separatedBy: "Ctrl-C ends it.").count > count || !simulator.process.isRunning
    }
    return simulator
  }

  /// A meter that is there no longer, all at once. Its link goes first: the number of its terminal may be another test's
  /// by the time somebody looks for it.
  func lose(_ simulator: Running) {
    try? FileManager.default.removeItem(at: folder.appendingPathComponent("meter"))
    simulator.signal(SIGKILL)
  }

  /// A program that goes on until it is told to stop.
  func start(_ arguments: String..., output: FileHandle? = nil) throws -> Running {
    try Running(Tool.path, arguments, in: folder, output: output)
  }
}
