// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Whatever is printed, written or left behind: no key is in it, in no spelling.
@Suite struct RedactionTests {
  private static let keys = [Bench.basic, Bench.advanced, "not its key 1234"]

  /// The spellings in which a key might slip out.
  private static let spellings: [String] = keys.flatMap { spellings(of: Array($0.utf8)) }

  private static func spellings(of octets: [UInt8]) -> [String] {
    let hex: [String] = octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    let decimal: [String] = octets.map { "\($0)" }
    var all: [String] = [String(decoding: octets, as: UTF8.self), Data(octets).base64EncodedString()]
    for count in [octets.count, 6] {
      all.append(hex.prefix(count).joined())
      all.append(hex.prefix(count).joined(separator: " "))
      all.append(decimal.prefix(count).joined(separator: ", "))
    }
    // As a register holds eight of them.
    all.append(hex.prefix(8).reversed().joined())
    return all.map { $0.lowercased() }
  }

  private func expectNone(_ text: String, _ where: String) {
    #expect(!shows(text), "a key is in \(`where`)")
  }

  private func shows(_ text: String) -> Bool {
    let text = text.lowercased()
    return Self.spellings.contains { text.contains($0) }
  }

  /// Everything in the folder but the key files themselves.
  private func expectNone(in folder: URL) throws {
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey])
    for case let file as URL in try #require(files) {
      guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true,
        !["mbk", "mak", "other", "dummy"].contains(file.lastPathComponent)
      else { continue }
      expectNone(String(decoding: try Data(contentsOf: file), as: UTF8.self), file.lastPathComponent)
    }
  }

  @Test(.timeLimit(.minutes(3)), arguments: ["digest", "encrypted", "tls"])
  func aFullRunShowsNoKey(security: String) async throws {
    let bench = try Bench()
    let simulator = try await bench.simulate("--profile", "gen4", "--baud", "0", "-vv")
    let meter = ["--meter", "serial:meter", "--security", security]
    let runs: [[String]] = [
      ["info", "--key-file", "mbk", "--capture", "info.mepcap"], ["info", "--key-file", "mak", "-v"],
      ["read", "BT01", "BT28", "ET97", "--key-file", "mak", "-vv", "--json"],
      ["read", "BT01", "--key-file", "other", "-vv"],
      ["write", "ET50.mep_inbound_configuration[0].mep_status=1", "--key-file", "mbk", "-vv", "--yes"],
      ["call", "EP17", "--key-file", "mak", "-vv"], ["settings", "--key-file", "mak"],
      ["events", "--key-file", "mbk", "-v"],
      ["transaction", "read", "BT28", "--key-file", "mak", "-vv", "--capture", "transaction.mepcap"],
      ["doctor", "--key-file", "other", "-vv", "--save", "report", "--capture", "doctor.mepcap"],
      ["alerts", "--key-file", "mbk", "-vv"], ["profile", "--key-file", "mbk", "--resume", "mark", "--last", "1"],
    ]
    for run in runs {
      let outcome = try await Tool.run(run + meter, in: bench.folder, environment: ["XDG_STATE_HOME": "state"])
      expectNone(outcome.out + outcome.err, run.joined(separator: " "))
    }
    let heard = try await bench.run("monitor", "info.mepcap", "--key-file", "mbk", "--pcap", "info.pcap")
    #expect(heard.status == 0)
    expectNone(heard.out + heard.err, "what the monitor shows")
    simulator.signal(SIGTERM)
    let served = try await simulator.ended()
    #expect(served.err.contains("received"))
    expectNone(served.out + served.err, "what the simulator tells")
    try expectNone(in: bench.folder)
  }

  /// What Swift prints of a crash, where that is switched on: the memory that each register points to is in it.
  @Test func aCrashShowsNoKey() async throws {
    let bench = try Bench()
    let watch = try Running(
      Tool.path, ["watch", "--meter", "sim:gen3", "--key-file", "mbk", "-v"], in: bench.folder,
      environment: ["SWIFT_BACKTRACE": "enable=yes,color=no,output-to=stderr,registers=all,images=none,symbolicate=off"]
    )
    try await eventually("it watches") { watch.out.contains("fwd_active_power_w") }
    watch.signal(SIGSEGV)
    try await eventually("it reports") { watch.err.contains("Backtrace took") }
    // A signal from outside does not come again: it would go on.
    watch.signal(SIGKILL)
    let outcome = try await watch.ended()
    #expect(outcome.err.contains("crashed"))
    expectNone(outcome.out + outcome.err, "the crash report")
  }

  /// That this suite would see one.
  @Test func aKeyWouldBeSeen() {
    #expect(shows("x \(Bench.basic) y") && shows(Bench.advanced.utf8.map { "\($0)" }.joined(separator: ", ")))
  }
}
