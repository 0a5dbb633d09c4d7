// SPDX-License-Identifier: Apache-2.0
import Logging
import MEP
import MEPTransport
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct WrapperTests {
  @Test func memoryLinksAreJoined() async throws {
    let (a, b) = MemoryLink.pair()
    try await a.send([1])
    try await a.send([2])
    #expect(try await b.receive(until: nil) == [1, 2])
    try await b.send([3])
    b.close()
    #expect(try await a.receive(until: nil) == [3])
    #expect(await failure { () throws(LinkError) in _ = try await a.receive(until: nil) }?.isClosed == true)
    #expect(await failure { () throws(LinkError) in try await a.send([1]) }?.isClosed == true)
    #expect(await failure { () throws(LinkError) in try await b.send([1]) }?.isClosed == true)
  }

  @Test(arguments: [9600, 19_200]) func pacedSendingTakesTheTimeOfTheLine(baud: Int) async throws {
    let (a, b) = MemoryLink.pair()
    let paced = PacedLink(a, baud: baud)
    let octets = (0..<UInt8(96)).map { $0 }
    let start = Instant.now()
    async let sending: Void = paced.send(octets)
    #expect(try await collect(96, from: b) == octets)
    #expect(Instant.now() - start >= Instant.Span(microseconds: 96 * 10_000_000 / Int64(baud)))
    try await sending
  }

  @Test(arguments: [9600, 19_200]) func pacedReceivingTakesTheTimeOfTheLine(baud: Int) async throws {
    let (a, b) = MemoryLink.pair()
    let paced = PacedLink(a, baud: baud)
    let octets = (0..<UInt8(96)).map { $0 }
    let start = Instant.now()
    try await b.send(octets)
    b.close()
    var count = 0
    while count < 96 {
      let part = try await paced.receive(until: soon())
      #expect(part == Array(octets[count..<count + part.count]))
      count += part.count
      #expect(Instant.now() - start >= Instant.Span(microseconds: Int64(count) * 10_000_000 / Int64(baud)))
    }
    #expect(await failure { () throws(LinkError) in _ = try await paced.receive(until: nil) }?.isClosed == true)
  }

  @Test func aPacedDeadlineComesBeforeTheOctets() async throws {
    let (a, b) = MemoryLink.pair()
    let paced = PacedLink(a, baud: 50)
    try await b.send([1])
    let start = Instant.now()
    let early = try await paced.receive(until: start + .milliseconds(10))
    // A busy machine may wake this test after the octet's time; before it, there is nothing.
    #expect(early == [] || Instant.now() - start >= .milliseconds(200))
    if early.isEmpty { #expect(try await paced.receive(until: soon()) == [1]) }
  }

  @Test func tracingWritesHexadecimal() async throws {
    let lines = Lines()
    var log = Logger(label: "test") { _ in lines }
    log.logLevel = .trace
    let (a, b) = MemoryLink.pair()
    let traced = TracingLink(a, log: log)
    try await traced.send([0x00, 0x0f, 0xa5])
    try await b.send([0xff])
    _ = try await traced.receive(until: nil)
    _ = try await traced.receive(until: .now())
    #expect(lines.all == ["sent 00 0f a5", "received ff"])
  }

  @Test func capturingSeesBothDirections() async throws {
    let seen = Mutex<[(Direction, [UInt8])]>([])
    let (a, b) = MemoryLink.pair()
    let start = Instant.now()
    let link = CapturingLink(a) { moment, direction, octets in
      #expect(moment >= start)
      seen.withLock { $0.append((direction, octets)) }
    }
    try await link.send([1])
    try await b.send([2, 3])
    _ = try await link.receive(until: nil)
    _ = try await link.receive(until: .now())
    let result = seen.withLock { $0 }
    #expect(result.map(\.0) == [.sent, .received])
    #expect(result.map(\.1) == [[1], [2, 3]])
  }
}

/// Keeps what is logged.
private final class Lines: LogHandler {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(event: LogEvent) { lines.withLock { $0.append("\(event.message)") } }
}
