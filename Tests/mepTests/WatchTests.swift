// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite struct WatchTests {
  @Test func pipedItIsALineAReading() async throws {
    let outcome = try await Tool.run(["watch", "--interval", "0.2", "--count", "3", "--meter", "sim:gen3-frozen"])
    #expect(outcome.status == 0)
    #expect(outcome.lines.count == 3)
    for part in ["fwd_active_power_w=701", "voltage_l1_v=232.591", "current_l3_a=0.139", "frequency_hz=50.000"] {
      #expect(outcome.lines.allSatisfy { $0.contains(" \(part)") })
    }
    #expect(outcome.lines.allSatisfy { $0.hasSuffix("fwd_active_energy_wh=115921469 rev_active_energy_wh=201") })
    #expect(!outcome.out.contains("\u{1B}"))
  }

  /// Whether the system ends it by a signal, or the signal is ignored.
  @Test(arguments: ["", "trap '' PIPE; "])
  func aReaderThatHasEnoughEndsItQuietly(before: String) async throws {
    let line = "\(before)\"$mep\" watch --interval 0.2 --meter sim:gen3 | head -2"
    let outcome = try await Tool.shell(line)
    #expect(outcome.status == 0)
    #expect(outcome.lines.count == 2)
    #expect(outcome.err == "")
  }

  @Test func aReaderThatIsGoneIsNoFailure() async throws {
    let outcome = try await Tool.shell(#"(sleep 0.2; "$mep" tables; echo "status $?" >&2) | true"#)
    #expect(outcome.err == "status 0\n")
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func aSignalEndsItInOrder(number: Int32) async throws {
    let bench = try Bench()
    let watch = try bench.start("watch", "--interval", "60", "--meter", "sim:gen3")
    try await eventually("a reading") { !watch.out.isEmpty }
    watch.signal(number)
    let outcome = try await watch.ended()
    #expect(outcome.status == 0)
    #expect(outcome.err == "")
  }

  @Test func itRecoversWhenTheMeterComesBack() async throws {
    let bench = try Bench()
    let first = try await bench.simulate("--frozen")
    let watch = try bench.start("watch", "--interval", "0.5", "--meter", "serial:meter", "--key-file", "mbk")
    try await eventually("a reading") { !watch.out.isEmpty }
    bench.lose(first)
    try await eventually("a complaint") { !watch.err.isEmpty }
    let count = watch.out.components(separatedBy: "\n").count
    try await bench.simulate("--frozen")
    try await eventually("readings again") { watch.out.components(separatedBy: "\n").count > count + 1 }
    watch.signal(SIGINT)
    let outcome = try await watch.ended()
    #expect(outcome.status == 0)
    // Each problem is named once, however often it is met.
    #expect(Set(outcome.err.components(separatedBy: "\n")).count == outcome.err.components(separatedBy: "\n").count)
  }

  @Test func aTerminalIsRedrawnAndGivenBack() async throws {
    let bench = try Bench()
    let meter = try await bench.simulate("--frozen")
    let terminal = try Terminal(rows: 12, columns: 40)
    let watch = try bench.start(
      "watch", "--interval", "0.3", "--meter", "serial:meter", "--key-file", "mbk", output: terminal.end)
    try await eventually("three drawings") { terminal.text.components(separatedBy: "\u{1B}[H").count > 3 }
    let drawing = try #require(terminal.text.components(separatedBy: "\u{1B}[H").dropFirst().first)
    #expect(drawing.components(separatedBy: "\r\n").count == 12)
    #expect(drawing.contains("Forward power          701 W"))
    let widths = drawing.components(separatedBy: "\r\n").map { $0.components(separatedBy: "\u{1B}")[0].count }
    #expect(widths.max() == 40)
    #expect(terminal.text.hasPrefix("\u{1B}[?1049h\u{1B}[?25l"))
    bench.lose(meter)
    try await eventually("a reading that ages") {
      // A busy computer may leave one out.
      Set(terminal.text.matches(of: /STALE: these values are (\d+) s old\./).map { $0.output.1 }).count > 1
    }
    let stale = terminal.text.count
    try await bench.simulate("--frozen")
    try await eventually("a fresh reading") { terminal.text.dropFirst(stale).contains("Read at ") }
    watch.signal(SIGINT)
    #expect(try await watch.ended().status == 0)
    try await eventually("the cursor") { terminal.text.contains("\u{1B}[?1049l\u{1B}[?25h") }
    try await eventually("the last reading behind it") {
      let left = terminal.text.components(separatedBy: "\u{1B}[?1049l\u{1B}[?25h").last ?? ""
      return left.contains("Read at ") && left.contains("Reverse energy         201 Wh")
    }
  }
}

/// A terminal that a program writes to.
private final class Terminal: @unchecked Sendable {
  let end: FileHandle
  private let lock = NSLock()
  private var octets: [UInt8] = []

  var text: String { lock.withLock { String(decoding: octets, as: UTF8.self) } }

  init(rows: UInt16, columns: UInt16) throws {
    let (master, slave, _) = try openTerminal()
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(slave, UInt(TIOCSWINSZ), &size)
    end = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
    Thread.detachNewThread { [weak self] in
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = read(master, &buffer, buffer.count)
        guard count > 0, let self else { break }
        self.lock.withLock { self.octets += buffer.prefix(count) }
      }
      close(master)
    }
  }
}
