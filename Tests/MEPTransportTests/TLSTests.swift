// SPDX-License-Identifier: Apache-2.0
import C1219
import Logging
import MEP
import Synchronization
import Testing

@testable import MEPTransport

/// TLS sessions between both our ends: over memory, through the whole client and port.
@Suite struct TLSTests {
  private let basic = AccessKey(dummy: 1)
  private let advanced = AccessKey(dummy: 2)
  private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// Answers reads with the level and the table's number; counts writes.
  private actor Meter: RequestHandler {
    private(set) var writes = 0
    private(set) var requests: [ServerConnection.Accepted] = []
    /// What is answered instead, and how long the next request takes.
    var other: Response?
    var pause = Duration.zero
    var port = PortStatus(digests: .refused, takesTLS: true)
    /// How often the port has seen that there is no power.
    private var darkLooks = 0

    func answer(_ accepted: ServerConnection.Accepted) async -> Response {
      requests.append(accepted)
      let pause = pause
      self.pause = .zero
      if pause > .zero { try? await Task.sleep(for: pause) }
      if let other { return other }
      guard let request = try? Request(body: accepted.body) else { return .refused(.unrecognizedRequest) }
      guard request.isRead else {
        writes += 1
        return .done
      }
      return .data([accepted.level.rawValue, UInt8(truncatingIfNeeded: request.table.number)])
    }

    func status() async -> PortStatus {
      if port.isOff { darkLooks += 1 }
      return port
    }

    func set(_ change: @Sendable (inout PortStatus) -> Void) { change(&port) }
    func answer(_ other: Response?, after pause: Duration = .zero) { (self.other, self.pause) = (other, pause) }

    /// By a power cut that lasts until the port has seen it.
    func loseSession() async throws {
      (port.isOff, darkLooks) = (true, 0)
      for _ in 0..<2000 where darkLooks == 0 { try await Task.sleep(for: .milliseconds(10)) }
      port.isOff = false
    }
  }

  private var timers: Timers {
    var timers = Timers.unpaced
    timers.response = .milliseconds(2000)
    (timers.silence, timers.requestGap) = (.milliseconds(100), .milliseconds(100))
    return timers
  }

  private func plug(_ meter: Meter) -> any Link {
    let (near, far) = MemoryLink.pair()
    let connection = ServerConnection(basic: basic, advanced: advanced, sequence: 7, timers: timers)
    let log = quiet
    Task {
      var server = ExchangeServer(connection, handler: meter, log: log)
      try? await server.serve(far)
    }
    return near
  }

  private func client(_ link: any Link, _ options: TLSOptions) -> ExchangeClient {
    ExchangeClient(
      ClientConnection(key: options.key, firstSequence: 7, timers: timers), over: link, tls: options, log: quiet)
  }

  private let read = Request.read(TableID(number: 23), length: 100)
  private let write = Request.write(TableID(number: 7), [1, 2, 3])

  @Test(arguments: [AccessLevel.basic, .advanced]) func aRequestIsAskedInASession(_ level: AccessLevel) async throws {
    let meter = Meter()
    let key = level == .basic ? basic : advanced
    let client = client(plug(meter), TLSOptions(key: key, client: 0x0164, level: level))
    defer { client.close() }
    #expect(try await client.perform(read).result == .success(.data([level.rawValue, 23])))
    #expect(try await client.perform(write).result == .success(.done))
    #expect(await meter.requests.map(\.security) == [.tls(client: 0x0164), .tls(client: 0x0164)])
    #expect(await client.provenLevel == level)
    #expect(await meter.writes == 1)
  }

  @Test func theLevelIsFoundOut() async throws {
    let client = client(plug(Meter()), TLSOptions(key: advanced))
    defer { client.close() }
    #expect(try await client.perform(read).result == .success(.data([AccessLevel.advanced.rawValue, 23])))
    #expect(await client.provenLevel == .advanced)
  }

  @Test func anotherKeyIsNotAccepted() async throws {
    let meter = Meter()
    let client = client(plug(meter), TLSOptions(key: AccessKey(dummy: 3)))
    defer { client.close() }
    let outcome = try await client.perform(read)
    #expect(outcome.result == .failure(ExchangeError(.identityNotAccepted, mayHaveBeenExecuted: false)))
    #expect(await meter.requests.isEmpty)
  }

  @Test func aKeyOfTheOtherLevelIsNotAccepted() async throws {
    let client = client(plug(Meter()), TLSOptions(key: advanced, level: .basic))
    defer { client.close() }
    let outcome = try await client.perform(read)
    #expect(outcome.result == .failure(ExchangeError(.identityNotAccepted, mayHaveBeenExecuted: false)))
  }

  /// Handshake, two reads: a bit of one octet, sent or received, is wrong. What is read is right, or there is an error.
  @Test(arguments: [true, false]) func aFlippedBitAnywhereInASession(isSent: Bool) async throws {
    var timers = timers
    (timers.response, timers.longestResponse) = (.milliseconds(400), .milliseconds(800))
    (timers.silence, timers.requestGap) = (.milliseconds(40), .milliseconds(40))
    let (key, log, requests) = (basic, quiet, [23, 24].map { Request.read(TableID(number: $0), length: 100) })
    let links = (0..<256).map { FlippingLink(plug(Meter()), isSent: isSent, position: $0) }
    let right = await withTaskGroup(of: Int.self) { [timers] group in
      var sum = 0
      for (i, link) in links.enumerated() {
        // No more at a time than a busy computer answers in time.
        if i >= 16 { sum += await group.next() ?? 0 }
        group.addTask {
          defer { link.close() }
          let client = ExchangeClient(
            ClientConnection(key: key, firstSequence: 7, timers: timers), over: link, tls: TLSOptions(key: key),
            log: log)
          var right = 0
          for request in requests {
            guard case .success(let response)? = try? await client.perform(request).result else { continue }
            #expect(response == .data([0, UInt8(request.table.number)]), "\(link)")
            right += 1
          }
          return right
        }
      }
      return await group.reduce(sum, +)
    }
    // Most of it is mended by asking again, or lay behind the end.
    #expect(right > links.count)
    #expect(links.filter(\.hasFlipped).count > links.count * 3 / 4)
  }

  @Test func aPortWithoutTLSIsToldApart() async throws {
    let meter = Meter()
    await meter.set { ($0.takesTLS, $0.digests) = (false, .taken) }
    let link = plug(meter)
    defer { link.close() }
    let strict = client(link, TLSOptions(key: basic))
    #expect(
      try await strict.perform(read).result == .failure(ExchangeError(.noTLS, mayHaveBeenExecuted: false)))
    let lenient = client(link, TLSOptions(key: basic, isOptional: true))
    #expect(try await lenient.perform(read).result == .success(.data([0, 23])))
    #expect(await meter.requests.map(\.security) == [.digest])
  }

  /// Whoever has spoken TLS with a meter is not talked out of it.
  @Test func aSessionIsNeverFollowedByDigests() async throws {
    let meter = Meter()
    let client = client(plug(meter), TLSOptions(key: basic, isOptional: true))
    defer { client.close() }
    _ = try await client.perform(read)
    await meter.set { ($0.takesTLS, $0.digests) = (false, .taken) }
    let outcome = try await client.perform(read)
    #expect(outcome.result == .failure(ExchangeError(.noTLS, mayHaveBeenExecuted: false)))
    #expect(await meter.requests.map(\.security) == [.tls(client: 0)])
  }

  /// Its answer comes when the next request waits for its own: it must not pass for that.
  @Test func theAnswerToACancelledRequestIsNobodys() async throws {
    let meter = Meter()
    let client = client(plug(meter), TLSOptions(key: basic))
    defer { client.close() }
    _ = try await client.perform(read)
    await meter.answer(nil, after: .milliseconds(300))
    let (request, other) = (read, Request.read(TableID(number: 24), length: 100))
    let task = Task { try await client.perform(request) }
    try await Task.sleep(for: .milliseconds(100))
    task.cancel()
    _ = await task.result
    #expect(try await client.perform(other).result == .success(.data([0, 24])))
  }

  /// The meter answers after all, while the next session is opened already: that answer is let pass.
  @Test func anAnswerThatComesTooLateIsNobodys() async throws {
    let meter = Meter()
    let sent = Mutex(0)
    let link = DroppingLink(plug(meter)) { _ in
      sent.withLock { $0 += 1 }
      return false
    }
    var timers = timers
    timers.response = .milliseconds(3000)
    let client = ExchangeClient(
      ClientConnection(key: basic, firstSequence: 7, timers: timers), over: link, tls: TLSOptions(key: basic),
      log: quiet)
    defer { client.close() }
    #expect(try await client.perform(read).result == .success(.data([0, 23])))
    let before = sent.withLock { $0 }
    // Far from the end of the wait for it, and from that of the wait in which it is let pass.
    await meter.answer(nil, after: .milliseconds(4500))
    #expect(try await client.perform(read).result == .success(.data([0, 23])))
    // The read, two messages of a handshake, the read again.
    #expect(sent.withLock { $0 } - before == 4)
  }

  @Test func aSequenceNumberInASessionIsNoAnswer() async throws {
    let meter = Meter()
    let client = client(plug(meter), TLSOptions(key: basic))
    defer { client.close() }
    await meter.answer(.sequence(7))
    #expect(
      try await client.perform(write).result
        == .failure(ExchangeError(.sequenceNumber, mayHaveBeenExecuted: true)))
  }

  @Test func whatDoesNotFitARecordIsRefused() async throws {
    let meter = Meter()
    let client = client(plug(meter), TLSOptions(key: basic))
    defer { client.close() }
    let longest = Request.read(TableID(number: 23), length: 443)
    await meter.answer(.data([UInt8](repeating: 1, count: 444)))
    #expect(try await client.perform(longest).result == .success(.refused(.operationNotPossible)))
    await meter.answer(.data([UInt8](repeating: 1, count: 443)))
    #expect(try await client.perform(longest).result == .success(.data([UInt8](repeating: 1, count: 443))))
  }

  /// Digests are for ports that show no sign of TLS.
  @Test func aPortThatSaysHelloIsNotAskedByDigests() async throws {
    let meter = Meter()
    await meter.set { $0.digests = .taken }
    let link = DroppingLink(plug(meter)) { $0.dropFirst(2).first == TLSMessage.Kind.handshakeContinued.rawValue }
    let client = client(link, TLSOptions(key: basic, isOptional: true))
    defer { client.close() }
    #expect(try await client.perform(read).result == .failure(ExchangeError(.noAnswer, mayHaveBeenExecuted: false)))
    #expect(await meter.requests.isEmpty)
  }

  /// Its second message gets lost, or its answer: the same octets again, and the same answer (guide, TLS example 1).
  @Test(arguments: [true, false]) func aHandshakeThatLosesAMessageGoesOn(isSent: Bool) async throws {
    let meter = Meter()
    let lost = Mutex(false)
    let isLost: @Sendable ([UInt8]) -> Bool = { octets in
      guard isSent ? octets[2] == TLSMessage.Kind.handshakeContinued.rawValue : octets[3] == 20 else { return false }
      return lost.withLock { lost in
        defer { lost = true }
        return !lost
      }
    }
    let none: @Sendable ([UInt8]) -> Bool = { _ in false }
    let link = DroppingLink(plug(meter), isSent ? isLost : none, received: isSent ? none : isLost)
    let client = client(link, TLSOptions(key: basic, level: .basic))
    defer { client.close() }
    #expect(try await client.perform(read).result == .success(.data([0, 23])))
    #expect(lost.withLock { $0 })
    #expect(await meter.requests.count == 1)
  }

  /// The line ends in the middle of a handshake: an error, and nothing asked in another way.
  @Test func aHandshakeThatIsCutIsAnError() async throws {
    let meter = Meter()
    await meter.set { $0.digests = .taken }
    let base = plug(meter)
    let link = DroppingLink(base) { octets in
      if octets[2] == TLSMessage.Kind.handshakeContinued.rawValue { base.close() }
      return false
    }
    let client = client(link, TLSOptions(key: basic, isOptional: true))
    await #expect(throws: LinkError.self) { try await client.perform(read) }
    #expect(await meter.requests.isEmpty)
  }

  /// Somebody says again what the client has said, a read or a write: it is carried out once, and the client gets what it
  /// asks for in a new session.
  @Test(arguments: [true, false]) func aReplayedRecordIsNotTaken(isWrite: Bool) async throws {
    let meter = Meter()
    let base = plug(meter)
    let recorded = Mutex<[UInt8]>([])
    let link = DroppingLink(base) { octets in
      if octets[2] == TLSMessage.Kind.table.rawValue { recorded.withLock { $0 = octets } }
      return false
    }
    let client = client(link, TLSOptions(key: basic, level: .basic))
    defer { client.close() }
    _ = try await client.perform(isWrite ? write : read)
    // The first octets of the next request do not fall into it.
    try await base.send(recorded.withLock { $0 })
    _ = try await base.receive(until: .now() + .milliseconds(2000))
    #expect(await meter.requests.count == 1)
    #expect(try await client.perform(read).result == .success(.data([0, 23])))
    #expect(await meter.writes == (isWrite ? 1 : 0))
    #expect(await meter.requests.count == 2)
  }

  @Test func aHandshakeThatGoesNowhereEnds() async throws {
    let (near, far) = MemoryLink.pair()
    Task {
      while let octets = try? await far.receive(until: nil) {
        if !octets.isEmpty { try? await far.send([0, 1, 0]) }
      }
    }
    let client = client(near, TLSOptions(key: basic))
    defer { client.close() }
    #expect(try await client.perform(read).result == .failure(ExchangeError(.tls(0), mayHaveBeenExecuted: false)))
  }

  @Test func aLostSessionIsOpenedAgainForARead() async throws {
    let meter = Meter()
    let client = client(plug(meter), TLSOptions(key: basic))
    defer { client.close() }
    _ = try await client.perform(read)
    try await meter.loseSession()
    let outcome = try await client.perform(read)
    #expect(outcome.result == .success(.data([0, 23])))
    #expect(outcome.sequenceReplaced)
  }

  @Test func aWriteIntoALostSessionIsNotSentAgain() async throws {
    let meter = Meter()
    let client = client(plug(meter), TLSOptions(key: basic))
    defer { client.close() }
    _ = try await client.perform(read)
    try await meter.loseSession()
    guard case .failure(let error) = try await client.perform(write).result else { throw Wrong() }
    #expect(error.mayHaveBeenExecuted)
    #expect(await meter.writes == 0)
    #expect(try await client.perform(read).result == .success(.data([0, 23])))
  }

  @Test func goodbyeLetsDigestsInAgain() async throws {
    let meter = Meter()
    await meter.set { $0.digests = .taken }
    let link = plug(meter)
    defer { link.close() }
    let inside = client(link, TLSOptions(key: basic))
    _ = try await inside.perform(read)
    let outside = ExchangeClient(
      ClientConnection(key: basic, firstSequence: 7, timers: timers), over: link, log: quiet)
    guard case .failure(let error) = try await outside.perform(read).result else { throw Wrong() }
    #expect(error.reason == .keyNotAccepted)
    await inside.endSession()
    #expect(try await outside.perform(read).result == .success(.data([0, 23])))
  }

  @Test func whatDoesNotFitIsNotSent() async throws {
    let client = client(plug(Meter()), TLSOptions(key: basic))
    defer { client.close() }
    let outcome = try await client.perform(.read(TableID(number: 23), length: 444))
    #expect(outcome.result == .failure(ExchangeError(.requestTooLong, mayHaveBeenExecuted: false)))
  }

  private struct Wrong: Error {}

  // MARK: The port alone

  private func opened() throws -> (TLSSession, TLSServer) {
    var server = TLSServer(basic: basic, advanced: advanced)
    let session = try TLSSession(TLSIdentity(level: .basic), key: basic)
    var step = try session.handshake([])
    var kind = TLSMessage.Kind.handshake
    while !step.isOver {
      guard case .answer(let answer) = server.take(TLSMessage(kind, step.records)), answer.code == .ok else {
        throw Wrong()
      }
      step = try session.handshake(answer.octets)
      kind = .handshakeContinued
    }
    return (session, server)
  }

  /// As the guide's example has it.
  @Test func anAnswerOfTheHandshakeIsGivenAgain() throws {
    var server = TLSServer(basic: basic, advanced: advanced)
    let session = try TLSSession(TLSIdentity(level: .basic), key: basic)
    let hello = TLSMessage(.handshake, try session.handshake([]).records)
    guard case .answer(let first) = server.take(hello), case .answer(let second) = server.take(hello) else {
      throw Wrong()
    }
    #expect(first == second)
    let keys = TLSMessage(.handshakeContinued, try session.handshake(first.octets).records)
    guard case .answer(let third) = server.take(keys), case .answer(let fourth) = server.take(keys) else {
      throw Wrong()
    }
    #expect(third == fourth)
    #expect(try session.handshake(fourth.octets).isOver)
  }

  @Test func aReplayedRecordEndsTheSession() throws {
    var (session, server) = try opened()
    let record = TLSMessage(.table, try session.seal(read.body))
    guard case .request(let body) = server.take(record) else { throw Wrong() }
    #expect(body == read.body)
    guard case .answer(let answer) = server.take(record) else { throw Wrong() }
    #expect(answer.code == .tlsError)
    #expect(server.identity == nil)
    guard case .answer(let next) = server.take(TLSMessage(.table, try session.seal(read.body))) else { throw Wrong() }
    #expect(next.code == .invalidServiceSequenceState)
  }

  @Test func everyFlippedBitOfARecordIsSeen() throws {
    let length = try opened().0.seal(read.body).count
    for position in 0..<length {
      var (session, server) = try opened()
      var record = try session.seal(read.body)
      record[position] ^= 1 << UInt8(position % 8)
      guard case .answer(let answer) = server.take(TLSMessage(.table, record)) else { throw Wrong() }
      #expect(answer.code == .tlsError)
    }
  }

  @Test func anAnswerThatWasTouchedIsNotOpened() throws {
    let length = try { () throws -> Int in
      var (_, server) = try opened()
      return server.seal(.data([1, 2, 3])).octets.count
    }()
    for position in 0..<length {
      var (session, server) = try opened()
      var octets = server.seal(.data([1, 2, 3])).octets
      octets[position] ^= 1 << UInt8(position % 8)
      #expect(throws: TLSFailure.self) { try session.open(octets) }
    }
  }

  @Test func otherSuitesAndVersionsAreRefused() throws {
    let session = try TLSSession(TLSIdentity(level: .basic), key: basic)
    let hello = try session.handshake([]).records
    // The suite 00A9 becomes 00A8, and the version 1.2 becomes 1.1.
    let suite = try #require(hello.indices.dropLast().first { hello[$0] == 0x00 && hello[$0 + 1] == 0xA9 })
    for (position, octet) in [(suite + 1, UInt8(0xA8)), (10, 0x02)] {
      var changed = hello
      changed[position] = octet
      var server = TLSServer(basic: basic, advanced: advanced)
      guard case .answer(let answer) = server.take(TLSMessage(.handshake, changed)) else { throw Wrong() }
      #expect(answer.code == .tlsError)
    }
  }

  @Test func nothingWithoutASession() {
    var server = TLSServer(basic: basic, advanced: advanced)
    for message in [
      TLSMessage(.table, [23, 3, 3, 0, 1, 0]), .terminate, TLSMessage(.handshakeContinued, [22, 3, 3, 0, 1, 0]),
    ] {
      guard case .answer(let answer) = server.take(message) else { continue }
      #expect(answer.code == .invalidServiceSequenceState)
    }
  }
}
