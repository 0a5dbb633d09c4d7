// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import Testing

/// Messages of TLS on the line: what they are, what is sent again, what is taken for an answer.
@Suite struct TLSMessageTests {
  private func message(_ i: Int) throws -> TLSMessage {
    try #require(TLSMessage(message: GuideExample.tls[i].request.dropFirst(2)))
  }

  @Test(arguments: GuideExample.tls) func thePrintedMessagesAreRead(_ example: GuideExample) throws {
    let message = try #require(TLSMessage(message: example.request.dropFirst(2)))
    #expect(Frame.framed(message.message) == example.request)
    let answer = try #require(TLSMessage.Answer(message: example.response.dropFirst(2)))
    #expect(answer.code == .ok)
    #expect(Frame.framed(answer.message) == example.response)
  }

  @Test func theirKindsAreThePrintedOnes() throws {
    let kinds = try GuideExample.tls.indices.map { try message($0).kind }
    #expect(kinds == [.handshake, .handshakeContinued, .handshakeContinued, .table])
  }

  /// "64 00 01" stands in the recorded key exchange.
  @Test func anIdentityIsThreeOctets() throws {
    let identity = TLSIdentity(client: 0x0064, level: .advanced)
    #expect(identity.octets == [0x64, 0, 1])
    let exchange = try message(1).octets
    #expect(Array(exchange[11..<14]) == identity.octets)
    #expect(TLSIdentity(exchange[11..<14]) == identity)
    #expect(TLSIdentity([0x64, 0]) == nil)
    #expect(TLSIdentity([0x64, 0, 2]) == nil)
    #expect(TLSIdentity([0x64, 0, 0, 0]) == nil)
  }

  @Test func aRecordHasRoomFor446Octets() {
    #expect(MessageLimit.inTLS == 446)
    let table = TableID(number: 23)
    #expect(Request.read(table, length: 443).fitsTLS)
    #expect(!Request.read(table, length: 444).fitsTLS)
    #expect(Request.write(table, [UInt8](repeating: 0, count: 441)).fitsTLS)
    #expect(!Request.write(table, [UInt8](repeating: 0, count: 442)).fitsTLS)
    #expect(Request.writePart(table, offset: 0, [UInt8](repeating: 0, count: 438)).fitsTLS)
    #expect(!Request.writePart(table, offset: 0, [UInt8](repeating: 0, count: 439)).fitsTLS)
  }

  @Test(arguments: GuideExample.all) func messagesWithDigestsAreNotOfTLS(_ example: GuideExample) {
    #expect(TLSMessage(message: example.request.dropFirst(2)) == nil)
  }

  @Test func brokenRecordsAreNoMessage() throws {
    let whole = try message(0).message
    #expect(TLSMessage(message: whole.dropLast()) == nil)
    #expect(TLSMessage(message: whole + [0]) == nil)
    #expect(TLSMessage(message: [0x58]) == nil)
    #expect(TLSMessage(message: []) == nil)
    #expect(TLSMessage(message: [0x57]) == nil)
    #expect(TLSMessage(message: [0x57, 9]) == TLSMessage(.terminate, [9]))
  }

  @Test func answersAreCodesOrRecords() {
    #expect(TLSMessage.Answer(message: [0x0A])?.code == .invalidServiceSequenceState)
    #expect(TLSMessage.Answer(message: [0x00])?.octets == [])
    #expect(TLSMessage.Answer(message: [0x00, 1]) == nil)
    #expect(TLSMessage.Answer(message: [0x77]) == nil)
    // A port without TLS: as if a digest were wrong.
    #expect(TLSMessage.Answer(message: [0x0B] + [UInt8](repeating: 0, count: 8))?.code == .authenticationFailure)
    #expect(TLSMessage.Answer(message: [0x00] + [UInt8](repeating: 0, count: 8)) == nil)
  }

  // MARK: The client's end

  @Test func aHandshakeIsRepeatedAsItWas() throws {
    var client = ClientConnection(key: defaultKey, firstSequence: 0)
    client.send(try message(1), at: .zero)
    let sent = client.runOut()
    #expect(sent.map(\.octets) == [[UInt8]](repeating: GuideExample.tls[1].request, count: 3))
    let outcome = try client.outcomeInTLS()
    #expect(outcome.attempts == 3)
    guard case .failure(let error) = outcome.result else { throw Missing.outcome }
    #expect(error.reason == .noAnswer)
  }

  /// The meter may have taken it, and takes a record once.
  @Test(arguments: [TLSMessage(.table, [23, 3, 3, 0, 1, 0]), .terminate])
  func othersAreSentOnce(_ message: TLSMessage) throws {
    var client = ClientConnection(key: defaultKey, firstSequence: 0)
    client.send(message, at: .zero)
    #expect(client.runOut().count == 1)
    #expect(try client.outcomeInTLS().attempts == 1)
  }

  @Test func thePrintedAnswersAreTaken() throws {
    var client = ClientConnection(key: defaultKey, firstSequence: 0)
    for (i, example) in GuideExample.tls.enumerated() {
      let now = Instant.milliseconds(Int64(i) * 1000)
      client.send(try message(i), at: now)
      #expect(try client.transmit(at: now) == example.request)
      // An alert and an octet of noise come first.
      client.receive([0, 0, 0x55] + example.response, at: now + .milliseconds(50))
      client.advance(to: now + .milliseconds(400))
      #expect(
        try client.outcomeInTLS().result == .success(TLSMessage.Answer(.ok, Array(example.response.dropFirst(3)))))
    }
  }

  @Test func anEchoIsNoAnswer() throws {
    var client = ClientConnection(key: defaultKey, firstSequence: 0)
    client.send(try message(3), at: .zero)
    client.receive(try client.transmit(at: .zero), at: .milliseconds(10))
    _ = client.runOut()
    guard case .failure(let error) = try client.outcomeInTLS().result else { throw Missing.outcome }
    #expect(error.reason == .echo)
  }

  /// A request with a digest that follows is not answered by a code alone.
  @Test func digestsAreAskedForAgainAfterwards() throws {
    var client = ClientConnection(key: defaultKey, firstSequence: 0)
    client.send(try message(3), at: .zero)
    _ = try client.transmit(at: .zero)
    client.receive([0, 1, 0x0A], at: .milliseconds(10))
    client.advance(to: .milliseconds(300))
    #expect(try client.outcomeInTLS().result == .success(TLSMessage.Answer(.invalidServiceSequenceState)))
    client.send(.read(TableID(number: 0), length: 10), at: .milliseconds(1000))
    _ = try client.transmit(at: .milliseconds(1000))
    client.receive([0, 1, 0x05], at: .milliseconds(1010))
    _ = client.runOut()
    guard case .failure(let error) = try client.outcome().result else { throw Missing.outcome }
    #expect(error.reason == .noAnswer)
  }

  // MARK: The meter's end

  private func server(takesTLS: Bool) -> ServerConnection {
    var server = ServerConnection(basic: defaultKey, advanced: AccessKey(dummy: 2), sequence: 0)
    server.takesTLS = takesTLS
    return server
  }

  @Test(arguments: GuideExample.tls) func aPortTakesThem(_ example: GuideExample) throws {
    var server = server(takesTLS: true)
    server.receive(example.request, at: .zero)
    let nobody = server.takeRequest()
    #expect(nobody == nil)
    let taken = server.takeTLS()
    let message = try #require(taken)
    #expect(Frame.framed(message.message) == example.request)
    let again = server.takeTLS()
    #expect(again == nil)
    server.respond(try #require(TLSMessage.Answer(message: example.response.dropFirst(2))), at: .milliseconds(1))
    #expect(try server.segments().flatMap(\.octets) == example.response)
  }

  @Test func aPortWithoutTLSSeesAWrongDigest() throws {
    var server = server(takesTLS: false)
    server.receive(GuideExample.tls[0].request, at: .zero)
    let message = server.takeTLS()
    #expect(message == nil)
    #expect(try server.segments().flatMap(\.octets) == [0, 9, 0x0B] + [UInt8](repeating: 0, count: 8))
  }

  @Test func aPortWithTLSTakesDigestsToo() throws {
    var server = server(takesTLS: true)
    let sealed = Exchange.seal(.read(TableID(number: 0), length: 10), sequence: 1, key: defaultKey)
    server.receive(sealed.frame, at: .zero)
    #expect(try server.request().security == .digest)
  }
}
