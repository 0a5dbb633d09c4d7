// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import MEPTransport
import TestSupport

let silent = Logger(label: "mep.bench") { _ in SwiftLogNoOpLogHandler() }

enum Folder {
  /// Does something in a folder that is gone afterwards.
  static func temporary(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mep-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path)
  }

  /// Octets of all files in it.
  static func octets(of path: String) -> Int {
    let files = FileManager.default.enumerator(
      at: URL(fileURLWithPath: path), includingPropertiesForKeys: [.fileSizeKey])
    return (files?.allObjects as? [URL] ?? []).reduce(0) { sum, url in
      // Not the allocated size, which is eight times what it is on Linux.
      sum + ((try? url.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0)
    }
  }
}

/// A program that listens.
struct Server {
  let daemon: Daemon
  let port: Int

  static func broker(in folder: String) async throws -> Server {
    let port = freePort()
    try Data("listener \(port) 127.0.0.1\nallow_anonymous true\npersistence false\n".utf8).write(
      to: URL(fileURLWithPath: folder + "/m.conf"))
    return try await Server(["mosquitto", "-c", folder + "/m.conf"], port: port)
  }

  /// Waits until it listens.
  init(_ arguments: [String], port: Int) async throws {
    (daemon, self.port) = (Daemon(arguments), port)
    try daemon.start()
    for _ in 0..<500 {
      if let link = try? await TCPLink.connect(host: "127.0.0.1", port: port) {
        link.close()
        return
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw Missing(what: arguments[0])
  }
}

struct Missing: Error, CustomStringConvertible {
  let what: String
  var description: String { "\(what) does not run: is it installed?" }
}
