// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport

/// What `mep serve` takes of a computer that reads one meter each second, keeps it and tells a broker: the program itself, as
/// it is shipped, with a meter in another process.
enum Rest {
  private static let seconds = 60
  /// The aim, in megabytes.
  private static let aim = 40.0

  static func run() async throws {
    try await Folder.temporary { folder in
      let mep = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/mep"
      guard FileManager.default.isExecutableFile(atPath: mep) else { throw Missing(what: mep) }
      let broker = try await Server.broker(in: folder)
      for name in ["mbk", "mak"] {
        let path = folder + "/" + name
        try Data(String(repeating: name == "mbk" ? "01" : "02", count: 16).utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      }
      let meter = Daemon([
        mep, "simulate", "--profile", "gen3", "--mbk-file", folder + "/mbk", "--mak-file", folder + "/mak", "--pty",
        folder + "/meter",
      ])
      try meter.start()
      while !FileManager.default.fileExists(atPath: folder + "/meter") { try await Task.sleep(for: .milliseconds(50)) }
      try Data(
        """
        meters: [{name: house, address: "serial:\(folder)/meter", key_file: "\(folder)/mbk"}]
        store: {path: "\(folder)/mep.db"}
        mqtt: {host: 127.0.0.1, port: \(broker.port)}
        web: {port: \(freePort())}
        """.utf8
      ).write(to: URL(fileURLWithPath: folder + "/mep.yaml"))
      let gateway = Daemon(["env", "XDG_RUNTIME_DIR=\(folder)", mep, "serve", "--config", folder + "/mep.yaml"])
      try gateway.start()
      // Until the load profile is in and all have settled.
      try await Task.sleep(for: .seconds(30))
      guard let pid = gateway.pid, let before = processor(pid) else { throw Missing(what: "mep serve") }
      try await Task.sleep(for: .seconds(seconds))
      guard let after = processor(pid), let memory = status(pid, "VmRSS"), let most = status(pid, "VmHWM"),
        let own = status(pid, "RssAnon")
      else { throw Missing(what: "mep serve") }
      for daemon in [gateway, meter, broker.daemon] { try await daemon.stop() }
      let share = (after - before) / Double(seconds) * 100
      print("mep serve at rest: one meter over a line of 9600 baud, a reading a second, SQLite, MQTT and HTTP:")
      print(
        "  \(round1(memory)) MB of memory, \(round1(most)) at most; at most / aim of \(Int(aim)) MB = \(round2(most / aim))"
      )
      print("  \(round2(share)) % of one core")
      print(
        "  its own: \(round1(own)) MB; the rest is of files, programs and libraries, that it shares and the system may drop"
      )
    }
  }

  /// Seconds of a processor that it has used.
  private static func processor(_ pid: Int32) -> Double? {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[end...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { return nil }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Megabytes.
  private static func status(_ pid: Int32, _ name: String) -> Double? {
    let lines = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8))?.split(separator: "\n") ?? []
    let line = lines.first { $0.hasPrefix(name + ":") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Double($0) }.map { $0 / 1024 }
  }
}
