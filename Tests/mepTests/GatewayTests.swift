// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// `mep serve`, and what works through it.
@Suite struct GatewayTests {
  private let bench: Bench
  private var environment: [String: String] {
    ["XDG_RUNTIME_DIR": bench.folder.path, "XDG_STATE_HOME": bench.folder.appendingPathComponent("state").path]
  }

  init() throws { bench = try Bench() }

  private func serve(_ more: String...) async throws -> Running {
    let gateway = try Running(
      Tool.path, ["serve", "--meter", "serial:meter", "--key-file", "mbk", "--web", "off"] + more, in: bench.folder,
      environment: environment)
    try await eventually("an answer of the meter") { gateway.err.contains("the meter answers") }
    return gateway
  }

  /// A busy computer's meter may be away for a moment.
  private func ask(_ arguments: String...) async throws -> Outcome {
    var outcome = try await Tool.run(arguments, in: bench.folder, environment: environment)
    for _ in 0..<5 where outcome.status == 3 {
      try await Task.sleep(for: .seconds(2))
      outcome = try await Tool.run(arguments, in: bench.folder, environment: environment)
    }
    return outcome
  }

  /// The gateway holds the port; who asks through it gets what the meter would have said.
  @Test func othersAskThroughIt() async throws {
    try await bench.simulate("--frozen")
    let alone = try await ask("read", "BT01", "BT21", "--json", "--meter", "serial:meter", "--key-file", "mbk")
    let gateway = try await serve()
    let through = try await ask("read", "BT01", "BT21", "--json", "--meter", "gateway:")
    #expect(through.status == 0, "\(through.err)")
    // The port itself is taken, as long as the meter answers.
    let direct = try await Tool.run(
      ["read", "BT01", "--meter", "serial:meter", "--key-file", "mbk"], in: bench.folder, environment: environment)
    #expect(direct.status == 1 && direct.err.contains("in use by mep"))
    func fields(_ outcome: Outcome) throws -> [String] {
      try outcome.objects().map { "\($0["table"] ?? "") \($0["octets"] ?? "")" }
    }
    #expect(try fields(through) == fields(alone))
    // A table that is larger than a message, two programs at once, a write, and what the meter refuses.
    try await withThrowingTaskGroup(of: Void.self) { group in
      for arguments in [["read", "BT23", "--meter", "gateway:meter"], ["events", "--meter", "gateway:"]] {
        let (folder, variables) = (bench.folder, environment)
        group.addTask {
          let outcome = try await Tool.run(arguments, in: folder, environment: variables)
          #expect(outcome.status == 0 || outcome.err.contains("the gateway has closed"), "\(outcome.err)")
        }
      }
      try await group.waitForAll()
    }
    let written = try await ask("write", "ET11.msg_text=HELLO", "--dry-run", "--meter", "gateway:")
    let refused = try await Tool.run(
      ["write", "BT52.clock_calendar=1", "--yes", "--meter", "gateway:"], in: bench.folder, environment: environment)
    #expect(refused.status != 0 && written.status != 3, "\(written.err)\(refused.err)")
    gateway.signal(SIGINT)
    let outcome = try await gateway.ended()
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(!bench.has("mep/meter.sock"))
    let late = try await Tool.run(["read", "BT01", "--meter", "gateway:"], in: bench.folder, environment: environment)
    #expect(late.status == 1 && late.err.contains("No gateway reads a meter here"))
  }

  /// What it has read outlives it; who is killed leaves a socket that the next one replaces.
  @Test func itGoesOnWhereItWas() async throws {
    try await bench.simulate("--frozen")
    let killed = try await serve()
    killed.signal(SIGKILL)
    _ = try await killed.ended()
    let next = try await serve()
    let other = try await Tool.run(
      ["serve", "--meter", "serial:meter", "--key-file", "mbk", "--web", "off"], in: bench.folder,
      environment: environment)
    #expect(other.status == 1 && other.err.contains("Another gateway has this database"), "\(other.err)")
    let names = try await Tool.run(
      ["read", "BT01", "--meter", "gateway:other"], in: bench.folder, environment: environment)
    #expect(names.status == 1 && names.err.contains("The gateway reads meter, and no other."))
    next.signal(SIGTERM)
    #expect(try await next.ended().status == 0)
  }

  /// What it has kept is written out and copied while it runs.
  @Test func whatIsKeptIsWrittenOut() async throws {
    try await bench.simulate("--frozen")
    let gateway = try await serve()
    let store = "state/mep/serial-meter.db"
    // Written every ten seconds.
    try await eventually("readings in the store") { bench.has(store) }
    var readings = try await ask("export", "--by", "reading", "--store", store)
    for _ in 0..<30 where readings.lines.count < 3 {
      try await Task.sleep(for: .seconds(1))
      readings = try await ask("export", "--by", "reading", "--store", store)
    }
    #expect(readings.status == 0 && readings.lines.count > 2, "\(readings.err)")
    #expect(readings.lines.first?.hasPrefix("measured_at,origin,") == true)
    let one = try await ask(
      "export", "meter", "--by", "reading", "--json", "--series", "fwd_active_power_w", "--store", store)
    #expect(try one.objects().first?["fwd_active_power_w"] as? Int == 701)
    let other = try await ask("export", "house", "--store", store)
    #expect(other.status == 2 && other.err.contains("has meter."))
    let backup = try await ask("backup", "copy.db", "--store", store)
    #expect(backup.status == 0 && bench.has("copy.db"), "\(backup.err)")
    let again = try await ask("backup", "copy.db", "--store", store)
    #expect(again.status == 1 && again.err.contains("is not written over"))
    let refused = try await ask("restore", "copy.db", "--store", store)
    #expect(refused.status == 1 && refused.err.contains("Another gateway has this database"), "\(refused.err)")
    gateway.signal(SIGTERM)
    #expect(try await gateway.ended().status == 0)
    let restored = try await ask("restore", "copy.db", "--store", store)
    #expect(restored.status == 0 && restored.out.contains("What was there is"), "\(restored.err)")
  }

  @Test func aPasswordIsMadeIntoALine() async throws {
    let made = try await Tool.run(["config", "password"], input: "correct horse\n")
    #expect(made.status == 0 && made.lines.count == 1 && made.out.hasPrefix("pbkdf2-sha256$200000$"))
    #expect(!made.out.contains("horse"))
    let short = try await Tool.run(["config", "password"], input: "horse\n")
    #expect(short.status == 2 && short.err.contains("8 characters or more"))
  }
}
