// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// One bad input: what is typed, how it ends, and what the sentence on standard error must say.
struct Mishap: CustomTestStringConvertible, Sendable {
  let arguments: [String]
  let code: Int32
  let words: [String]
  /// What stands on the pseudo-terminal `meter`.
  var meter = Standing.nothing

  enum Standing: Sendable { case nothing, simulated, gen4, silent, alerting, garbage }

  init(_ line: String, _ code: Int32, _ words: String..., meter: Standing = .nothing) {
    arguments = line.split(separator: " ").map { $0 == "''" ? "" : String($0) }
    (self.code, self.words, self.meter) = (code, words, meter)
  }

  var testDescription: String { (["mep"] + arguments).joined(separator: " ") }
}

@Suite struct ExitCodeTests {
  static let serial = "--meter serial:meter --key-file"
  static let sim = "--meter sim:gen3"
  static let simulate = "simulate --mbk-file mbk --mak-file mak"

  static let wrongUse = [
    Mishap("foo", 2, "no command \"foo\"", "`mep --help`"),
    Mishap("--bogus", 2, "--bogus", "mep --help"),
    Mishap("info --bogus", 2, "--bogus", "mep info --help"),
    Mishap("tables foo", 2, "'foo'", "mep tables --help"),
    Mishap("info", 2, "Which meter?", "MEP_METER", "--meter sim:gen3"),
    Mishap("info --meter ''", 2, "empty", "tcp://host:port"),
    Mishap("info --meter meter", 2, "\"meter\"", "serial:/dev/ttyUSB0"),
    Mishap("info --meter /dev/ttyUSB0", 2, "write serial:/dev/ttyUSB0"),
    Mishap("info --meter serial:/dev/x?baud=fast", 2, "\"fast\"", "9600"),
    Mishap("info --meter serial:/dev/x?enable=yes", 2, "enable=rts"),
    Mishap("info --meter tcp://host", 2, "tcp://host:port"),
    Mishap(
      "info --meter sim:nope", 2, "\"nope\"",
      "gen3, gen3-old, gen3-demand, gen3-ct, gen4, gen4-compatible, module, gen3-frozen"),
    Mishap("info --meter serial:/dev/nope", 2, "Which key?", "--key-file", "MEP_KEY_FILE"),
    Mishap("info \(serial) nope", 2, "no key file nope", "chmod 600 nope"),
    Mishap("info \(serial) open", 2, "`chmod 600 open`"),
    Mishap("info \(serial) short", 2, "fewer than 16", "16 to 20"),
    Mishap("info \(serial) nohex", 2, "not all hexadecimal"),
    Mishap("info \(serial) .", 2, "is a folder"),
    Mishap("read \(sim)", 2, "table[.field]"),
    Mishap("read BT \(sim)", 2, "\"BT\" names no table", "`mep tables`"),
    Mishap("read 99999 \(sim)", 2, "\"99999\" names no table"),
    Mishap("read BT23. \(sim)", 2, "ends before the field's name"),
    Mishap("read BT99.foo \(sim)", 2, "`mep read BT99`"),
    Mishap("read BT21 --json --raw \(sim)", 2, "exclude each other"),
    Mishap("read BT23.sumations[0] \(sim)", 2, "Did you mean summations[0]", "`mep describe BT23`"),
    Mishap("read BT23.summations[99] \(sim)", 2, "Did you mean summations[9]"),
    Mishap("read BT28.rms_volt \(sim)", 2, "Did you mean rms_voltage_l1"),
    Mishap("read BT21.qqqqqqqq \(sim)", 2, "no field \"qqqqqqqq\". `mep describe BT21`"),
    Mishap("watch --interval 0 \(sim)", 2, "0.2 to 86400"),
    Mishap("watch --count 0 \(sim)", 2, "1 or more"),
    Mishap("describe", 2, "<table>"),
    Mishap("describe foo", 2, "\"foo\" names no table", "`mep tables`"),
    Mishap("describe BT99", 2, "`mep read BT99`"),
    Mishap("decode", 2, "<file>"),
    Mishap("decode nope", 2, "nope cannot be read: No such file"),
    Mishap("decode .", 2, "Is a directory"),
    Mishap("decode --assume foo mbk", 2, "\"foo\"", "gen3-old"),
    Mishap("decode --key-file open mbk", 2, "chmod 600"),
    Mishap("decode /dev/null", 2, "no frames"),
    Mishap("simulate", 2, "--mbk-file"),
    Mishap(simulate, 2, "--listen tcp://127.0.0.1:7000", "--pty"),
    Mishap("\(simulate) --pty p --profile foo", 2, "\"foo\"", "gen3-frozen"),
    Mishap("\(simulate) --pty p --pty q", 2, "one MEP port"),
    Mishap("\(simulate) --pty p --pty q --pty r --profile gen4", 2, "2 MEP ports"),
    Mishap("\(simulate) --listen 7000", 2, "tcp://127.0.0.1:7000"),
    Mishap("\(simulate) --listen tcp://127.0.0.1:99999", 2, "1 to 65535"),
    Mishap("\(simulate) --pty p --speed 0", 2, "--speed"),
    Mishap("\(simulate) --pty p --speed 2 --frozen", 2, "exclude each other"),
    Mishap("\(simulate) --pty p --baud 1", 2, "--baud takes 50"),
    Mishap("\(simulate) --pty p --seq-report foo", 2, "last|next"),
    Mishap("simulate --mbk-file mbk --mak-file open --pty p", 2, "`chmod 600 open`"),
  ]

  static let onTheLine = [
    Mishap("info \(serial) mbk", 1, "no meter", "`mep ports`"),
    Mishap("info --meter serial:/etc/hostname --key-file mbk", 1, "not a serial port", "`mep ports`"),
    Mishap("info --meter tcp://127.0.0.1:1 --key-file mbk", 1, "refused the connection"),
    Mishap("\(simulate) --pty mbk", 1, "mbk exists", "choose another path"),
    Mishap("\(simulate) --pty /nowhere/p", 1, "/nowhere/p", "choose a path"),
    Mishap("read BT21 \(serial) mbk", 3, "did not answer", "ENABLE", meter: .silent),
    Mishap("watch \(serial) mbk", 3, "did not answer", meter: .silent),
    Mishap("read BT21 \(serial) mbk", 3, "did not answer", meter: .alerting),
    Mishap("read BT21 BT22 \(serial) mbk", 3, "did not answer", meter: .silent),
    Mishap("info --security digest \(serial) other", 4, "0x0B, \"Authentication failure\"", meter: .simulated),
    Mishap("info \(serial) other", 4, "for a TLS session (0x03)", "its level", meter: .simulated),
    Mishap("info --security tls \(serial) other", 4, "for a TLS session (0x03)", meter: .simulated),
    Mishap("info --security tls \(serial) mbk", 3, "did not answer", meter: .silent),
    Mishap("info --security foo \(serial) mbk", 2, "auto", "digest", "encrypted", "tls"),
    Mishap("forget 123", 2, "`mep forget` lists"),
    // These call, and write, whatever they hold.
    Mishap("write BT07 --octets 0000 --meter sim:gen3", 2, "--yes", "whether the house has power"),
    Mishap("write ET52 --octets 0000 --meter sim:gen3", 2, "--yes"),
    Mishap(
      "transaction write ET50.mep_inbound_configuration[0].m_bus_alerts=yes write "
        + "ET50.mep_inbound_configuration[0].delta_data_alerts=yes --meter sim:gen3", 2, "behind one"),
    Mishap("events --since 1:30h --meter sim:gen3", 2),
    Mishap("profile --since 1:30h --meter sim:gen3", 2, "no time"),
    Mishap("read BT21 \(serial) other", 4, "did not accept the key", meter: .simulated),
    Mishap("watch \(serial) other", 4, "did not accept the key", meter: .simulated),
    // Twenty characters are characters, whatever they look like.
    Mishap("read BT21 \(serial) hex20", 4, "did not accept the key", meter: .simulated),
    Mishap("read BT99 \(serial) mbk", 5, "refused BT99: 0x05, \"Table operation not possible\"", meter: .simulated),
    Mishap("read ET85 \(serial) mak", 5, "refused ET85: 0x05", "`mep read BT00`", meter: .simulated),
    Mishap("read BT21 \(serial) mbk", 6, "none of them passed its digest", meter: .garbage),
  ]

  @Test(arguments: wrongUse + onTheLine)
  func badInputEndsInASentence(mishap: Mishap) async throws {
    let bench = try Bench()
    try bench.file("open", Bench.basic, mode: 0o644)
    try bench.file("short", "0123456789")
    try bench.file("nohex", "zz" + String(repeating: "01", count: 15))
    try bench.file("hex20", "01010101010101010101")
    var fake: FakeMeter?
    switch mishap.meter {
    case .nothing: break
    case .simulated: try await bench.simulate()
    case .gen4: try await bench.simulate("--profile", "gen4")
    case .silent: fake = try FakeMeter(link: bench.folder.appendingPathComponent("meter"), answer: FakeMeter.silent)
    case .alerting: fake = try FakeMeter(link: bench.folder.appendingPathComponent("meter"), answer: [0, 0])
    case .garbage: fake = try FakeMeter(link: bench.folder.appendingPathComponent("meter"), answer: FakeMeter.garbage)
    }
    let outcome = try await Tool.run(mishap.arguments, in: bench.folder)
    withExtendedLifetime(fake) {}
    #expect(outcome.status == mishap.code, "\(outcome.err)")
    #expect(outcome.out == "")
    #expect(outcome.err.hasPrefix("mep: "))
    for words in mishap.words { #expect(outcome.err.contains(words)) }
    // One sentence or two, then at most the argument parser's usage; no message of the system's own, no trace.
    #expect(!outcome.err.contains("Fatal") && !outcome.err.contains("Error:"))
  }

  @Test func aWrongKeyIsTriedThreeTimes() async throws {
    let bench = try Bench()
    let meter = try FakeMeter(link: bench.folder.appendingPathComponent("meter"), answer: FakeMeter.keyRefused)
    let outcome = try await bench.run("read", "BT21", "BT22", "BT28", "--meter", "serial:meter", "--key-file", "mbk")
    #expect(outcome.status == 4, "\(outcome.err)")
    // And one that asks for TLS.
    #expect(meter.requests == 4)
  }

  @Test func aPortInUseNamesItsHolder() async throws {
    let bench = try Bench()
    try await bench.simulate()
    let first = try bench.start("watch", "--interval", "0.5", "--meter", "serial:meter", "--key-file", "mbk")
    try await eventually("a reading") { !first.out.isEmpty }
    let second = try await bench.run("info", "--meter", "serial:meter", "--key-file", "mbk")
    #expect(second.status == 1)
    #expect(second.err.contains("meter is in use by mep (process \(first.process.processIdentifier))"))
    first.signal(SIGINT)
    #expect(try await first.ended().status == 0)
  }

  @Test func aFullDiskIsNoSuccess() async throws {
    let outcome = try await Tool.shell("\"$mep\" tables >/dev/full")
    #expect(outcome.status == 1)
    #expect(outcome.err == "mep: The output cannot be written: No space left on device.\n")
  }
}
