// SPDX-License-Identifier: Apache-2.0
import MEP
import Testing

@Suite("Server") struct ServerTests {
  private func server() -> ServerConnection {
    ServerConnection(basic: AccessKey(dummy: 2), advanced: defaultKey, sequence: 10)
  }

  private func request(_ sequence: UInt32, key: AccessKey = defaultKey) -> [UInt8] {
    Exchange.seal(.read(.basic(1), length: 465), sequence: sequence, key: key).frame
  }

  @Test func aLongResponseGoesOutInSegmentsOf117OctetsWith25MillisecondsBetween() throws {
    var server = server()
    server.receive(request(11), at: .zero)
    _ = try server.request()
    server.respond(.data([UInt8](repeating: 1, count: 465)), at: .zero)
    var now = Instant.zero
    var counts: [Int] = []
    while server.deadline != nil {
      let octets = try #require({ server.takeTransmission(at: now) }())
      counts.append(octets.count)
      let early = server.takeTransmission(at: now + .milliseconds(500))
      #expect(early == nil, "while it sends")
      now = now + Instant.Span(microseconds: Int64(octets.count) * 1042)
      server.transmitted(at: now)
      guard server.deadline != nil else { break }
      #expect(server.deadline == now + .milliseconds(25))
      let hasty = server.takeTransmission(at: now + Instant.Span(microseconds: 24_999))
      #expect(hasty == nil, "in the pause")
      now = now + .milliseconds(25)
    }
    #expect(counts == [117, 117, 117, 117, 10])
  }

  @Test func responsesAreAtLeast100MillisecondsApart() throws {
    var server = server()
    server.receive(request(11), at: .zero)
    _ = try server.request()
    server.respond(.refused(.noPermission), at: .milliseconds(10))
    _ = try server.transmit(at: .milliseconds(10))
    server.receive(request(12), at: .milliseconds(40))
    _ = try server.request()
    server.respond(.refused(.noPermission), at: .milliseconds(50))
    #expect(server.deadline == .milliseconds(110))
    let early = server.takeTransmission(at: .milliseconds(109))
    #expect(early == nil)
    _ = try server.transmit(at: .milliseconds(110))
  }

  @Test(arguments: [1, 2, 12, 18]) func aPartOfARequestIsDroppedAfter50MillisecondsOfSilence(count: Int) throws {
    var server = server()
    server.receive(Array(request(11).prefix(count)), at: .zero)
    #expect(server.deadline == .milliseconds(50))
    server.advance(to: .milliseconds(50))
    #expect(server.deadline == nil)
    server.receive(request(11), at: .milliseconds(51))
    let accepted = try server.request()
    #expect(accepted.body == Request.read(.basic(1), length: 465).body)
  }

  @Test func aPauseOfLessThan50MillisecondsIsBorne() throws {
    var server = server()
    var now = Instant.zero
    for octet in request(11) {
      server.receive([octet], at: now)
      now = now + .milliseconds(49)
      server.advance(to: now)
    }
    _ = try server.request()
  }

  @Test func theSilenceCountsAlsoWhenNobodyAskedMeanwhile() throws {
    var server = server()
    server.receive(Array(request(11).prefix(9)), at: .zero)
    server.receive(request(11), at: .milliseconds(60))
    _ = try server.request()
  }

  @Test func theAdvancedKeyIsTriedFirst() throws {
    for (key, level) in [(defaultKey, AccessLevel.advanced), (AccessKey(dummy: 2), .basic)] {
      var server = server()
      server.receive(request(11, key: key), at: .zero)
      let accepted = try server.request()
      #expect(accepted.level == level)
    }
    var same = ServerConnection(basic: defaultKey, advanced: defaultKey, sequence: 10)
    same.receive(request(11), at: .zero)
    let accepted = try same.request()
    #expect(accepted.level == .advanced)
  }

  @Test func aWrongKeyIsAnsweredByAnUnsignedCode() throws {
    var server = server()
    server.receive(request(11, key: AccessKey(dummy: 9)), at: .zero)
    let answer = try server.transmit(at: .zero)
    #expect(answer.prefix(3) == [0x00, 0x09, 0x0B])
    #expect(server.refused == 1 && server.accepted == 0 && server.sequence == 10)
  }

  @Test func aRequestIsHandedOutOnce() throws {
    var server = server()
    server.receive(request(11), at: .zero)
    _ = try server.request()
    let again = server.takeRequest()
    #expect(again == nil)
  }

  @Test func aRequestThatComesWhileAnotherIsAnsweredWaits() throws {
    var server = server()
    server.receive(request(11), at: .zero)
    _ = try server.request()
    server.receive(request(12), at: .milliseconds(10))
    server.advance(to: .milliseconds(300))
    #expect(server.deadline == nil)
    let early = server.takeRequest()
    #expect(early == nil)
    server.respond(.refused(.noPermission), at: .milliseconds(300))
    _ = try server.transmit(at: .milliseconds(300))
    let second = try server.request()
    #expect(second.body == Request.read(.basic(1), length: 465).body)
    #expect(server.sequence == 12)
  }

  /// A flood while a request is in hand is not kept for later.
  @Test func onlySoManyRequestsWait() throws {
    var server = server()
    server.receive(request(11), at: .zero)
    _ = try server.request()
    for number in UInt32(12)..<1000 { server.receive(request(number), at: .milliseconds(1)) }
    var now = Instant.milliseconds(2)
    var taken = 1
    while taken < 1000 {
      server.respond(.refused(.noPermission), at: now)
      now = server.deadline ?? now
      while server.takeTransmission(at: now) != nil { server.transmitted(at: now) }
      guard server.takeRequest() != nil else { break }
      taken += 1
    }
    #expect(taken > 1 && taken <= 1 + 2 * (2 + 476) / request(12).count)
  }

  @Test func whatCannotBeARequestIsNotAnswered() {
    var server = server()
    for octets in [hex("00 00"), hex("00 01"), hex("01 DD 00 00"), hex("FF FF FF FF")] {
      server.receive(octets, at: .zero)
      server.advance(to: .milliseconds(100))
    }
    let answer = server.takeTransmission(at: .milliseconds(200))
    #expect(answer == nil)
    #expect(server.deadline == nil)
  }

  @Test func aCodeThatIsNoRequestIsLeftToTheOwner() throws {
    var server = server()
    let content = hex("55 00 00 00 0B")
    var digest = Digest(key: defaultKey)
    digest.absorb(content)
    server.receive(Frame.framed(content + digest.value()), at: .zero)
    let accepted = try server.request()
    #expect(accepted.body == [0x55])
    #expect(throws: RequestFlaw.unrecognized) { try Request(body: accepted.body) }
    server.respond(.refused(.unrecognizedRequest), at: .zero)
    let answer = try server.transmit(at: .zero)
    #expect(answer.prefix(3) == [0x00, 0x09, 0x01])
  }
}
