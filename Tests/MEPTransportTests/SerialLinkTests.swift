// SPDX-License-Identifier: Apache-2.0
import CSerial
import Glibc
import MEP
import MEPTransport
import Testing

@Suite(.timeLimit(.minutes(1))) struct SerialLinkTests {
  let terminal: PseudoTerminal

  init() throws { terminal = try PseudoTerminal() }

  @Test func everyOctetGoesBothWaysUnchanged() async throws {
    let port = try SerialLink.open(terminal.path, baud: 115_200)
    let all = (0...255).map { UInt8($0) }
    try await port.send(all)
    #expect(try await collect(256, from: terminal.link) == all)
    try await terminal.link.send(all)
    #expect(try await collect(256, from: port) == all)
  }

  @Test(arguments: [300, 9600, 10_400, 123_456]) func anyRateIsSet(baud: Int) throws {
    let port = try SerialLink.open(terminal.path, baud: baud)
    defer { port.close() }
    let descriptor = open(terminal.path, O_RDWR | O_NOCTTY)
    defer { close(descriptor) }
    var rate: UInt32 = 0
    #expect(CSerialRate(descriptor, &rate) == 0)
    #expect(rate == baud)
  }

  @Test func sendingLastsAsLongAsTheLineIsBusy() async throws {
    let port = try SerialLink.open(terminal.path, baud: 10_000)
    let start = Instant.now()
    try await port.send([UInt8](repeating: 0x55, count: 100))
    #expect(Instant.now() - start >= .milliseconds(100))
  }

  @Test func badRateIsRefused() {
    #expect(throws: LinkError.unsupportedBaud(0)) { try SerialLink.open(terminal.path, baud: 0) }
  }

  @Test func secondOpenIsRefusedAndNamesTheHolder() async throws {
    let port = try SerialLink.open(terminal.path)
    let error = await failure { () throws(LinkError) in _ = try SerialLink.open(terminal.path) }
    guard case .inUse(let path, let holder?) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path == terminal.path)
    #expect(holder.pid == getpid())
    #expect(!holder.name.isEmpty)
    port.close()
    try SerialLink.open(terminal.path).close()
  }

  @Test func aReopenedPortForgetsWhatCameBefore() async throws {
    try SerialLink.open(terminal.path).close()
    try await terminal.link.send([1, 2, 3])
    try await octetsArrive(3)
    let port = try SerialLink.open(terminal.path)
    #expect(try await port.receive(until: .now() + .milliseconds(20)) == [])
  }

  /// Waits until so many octets lie there for whoever opens the terminal: the system may bring them a little later.
  private func octetsArrive(_ count: Int32) async throws {
    let descriptor = open(terminal.path, O_RDWR | O_NOCTTY)
    defer { close(descriptor) }
    let deadline = soon()
    var waiting: Int32 = 0
    while ioctl(descriptor, UInt(FIONREAD), &waiting) == 0, waiting < count, Instant.now() < deadline {
      try await Instant.sleep(until: .now() + .milliseconds(1))
    }
    #expect(waiting == count)
  }

  @Test func theMasterOutlivesItsClients() async throws {
    for octet: UInt8 in 1...3 {
      let port = try SerialLink.open(terminal.path, baud: 115_200)
      try await port.send([octet])
      #expect(try await collect(1, from: terminal.link) == [octet])
      port.close()
    }
    #expect(try await terminal.link.receive(until: .now() + .milliseconds(20)) == [])
  }

  @Test func pulledAdapterClosesTheLinkAfterItsLastOctets() async throws {
    let port = try SerialLink.open(terminal.path)
    try await terminal.link.send([7])
    #expect(try await collect(1, from: port) == [7])
    async let waiting = failure { () throws(LinkError) in _ = try await port.receive(until: soon()) }
    terminal.close()
    #expect(await waiting?.isClosed == true)
    #expect(await failure { () throws(LinkError) in _ = try await port.receive(until: nil) }?.isClosed == true)
    #expect(await failure { () throws(LinkError) in try await port.send([1]) }?.isClosed == true)
    port.close()
  }

  @Test func aCancelledReceiveEndsAndLosesNothing() async throws {
    let port = try SerialLink.open(terminal.path)
    let task = Task { await failure { () throws(LinkError) in _ = try await port.receive(until: nil) } }
    try await Instant.sleep(until: .now() + .milliseconds(20))
    task.cancel()
    #expect(await task.value == .cancelled)
    try await terminal.link.send([9])
    #expect(try await collect(1, from: port) == [9])
  }

  @Test func closingEndsAReceiveThatWaits() async throws {
    let port = try SerialLink.open(terminal.path)
    async let waiting = failure { () throws(LinkError) in _ = try await port.receive(until: nil) }
    try await Instant.sleep(until: .now() + .milliseconds(20))
    port.close()
    port.close()
    #expect(await waiting?.isClosed == true)
  }

  @Test func theDeadlineGivesNothingAndNotTooSoon() async throws {
    let deadline = Instant.now() + .milliseconds(30)
    #expect(try await terminal.link.receive(until: deadline) == [])
    #expect(Instant.now() >= deadline)
  }

  @Test func aPseudoTerminalHasNoLinesAndThatDoesNoHarm() throws {
    for line in EnableLine.allCases { try SerialLink.open(terminal.path, enable: line).close() }
  }

  @Test func whatIsNoPortIsRefused() {
    let folder = TemporaryFolder()
    let file = folder.write("file", "")
    #expect(throws: LinkError.notFound(path: "/dev/nothing")) { try SerialLink.open("/dev/nothing") }
    for path in [file, folder.path, "/dev/null"] {
      #expect(throws: LinkError.notASerialPort(path: path)) { try SerialLink.open(path) }
    }
  }

  @Test func manyLinksWaitAtOnce() async throws {
    let terminals = try (0..<100).map { _ in try PseudoTerminal() }
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for terminal in terminals {
        let port = try SerialLink.open(terminal.path, baud: 115_200)
        group.addTask { try await collect(2, from: port) }
        group.addTask {
          try await terminal.link.send([1, 2])
          return [1, 2]
        }
      }
      for try await octets in group { #expect(octets == [1, 2]) }
    }
  }

  @Test func unreadOctetsWaitInOrder() async throws {
    let port = try SerialLink.open(terminal.path)
    let all = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * 7 / 3) }
    async let sending: Void = terminal.link.send(all)
    // Long enough for the mailbox to fill and the reading to pause.
    try await Instant.sleep(until: .now() + .milliseconds(100))
    #expect(try await collect(all.count, from: port) == all)
    try await sending
  }
}
