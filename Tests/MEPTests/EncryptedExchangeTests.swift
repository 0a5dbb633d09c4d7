// SPDX-License-Identifier: Apache-2.0
import MEP
import Testing

/// The encrypted mode: the guide has no example, so its RC4 Example 1 was encrypted apart, with OpenSSL.
@Suite("Encrypted exchange") struct EncryptedExchangeTests {
  let plain = GuideExample.named("second read")
  let request = hex("00 14 54 45 EC 99 F5 CB 4C 26 5D F2 68 C1 13 DB 85 A1 35 A0 57 5E")
  let response = hex(
    """
    00 37 7A C3 79 64 88 72 6E B5 0B 0B B9 3A 2F 43 41 C1 41 75 64 93 0E 62 45 80 1A D3 08 93 82 51 20 80 F2 FD AB 15
    C8 E3 0C D3 2E CA 3F 17 98 B2 FB AD DC B8 2C 3D 41 7F 91
    """)

  @Test func bothEndsGiveTheOctetsOfAnIndependentCipher() throws {
    let sealed = Exchange.seal(
      try plain.parsedRequest(), sequence: plain.sequence, key: defaultKey, encrypted: true)
    #expect(sealed.frame == request)
    #expect(try sealed.exchange.open(response: response.dropFirst(2)) == plain.responseBody)
    let opened = try #require(Exchange.open(message: request.dropFirst(2), key: defaultKey))
    #expect(opened.exchange.isEncrypted)
    #expect(opened.body == plain.requestBody)
    #expect(opened.sequence == plain.sequence)
    #expect(opened.exchange.seal(response: plain.responseBody) == response)
  }

  @Test func onlyWhatLiesBetweenLengthAndDigestIsEncrypted() throws {
    #expect(request.prefix(2) == plain.request.prefix(2))
    #expect(request.suffix(8) == plain.request.suffix(8))
    #expect(response.prefix(2) == plain.response.prefix(2))
    #expect(response.suffix(8) == plain.response.suffix(8))
  }

  @Test func testingAFrameLeavesTheKeyStreamWhereItWas() throws {
    let sealed = Exchange.seal(
      try plain.parsedRequest(), sequence: plain.sequence, key: defaultKey, encrypted: true)
    #expect(throws: SealFlaw.wrongDigest) { try sealed.exchange.open(response: plain.response.dropFirst(2)) }
    #expect(try sealed.exchange.open(response: response.dropFirst(2)) == plain.responseBody)
  }

  private func server(sequence: UInt32) -> ServerConnection {
    ServerConnection(basic: AccessKey(dummy: 2), advanced: AccessKey(dummy: 3), sequence: sequence)
  }

  private func client(key: UInt8, first: UInt32, encrypted: Bool = true) -> ClientConnection {
    ClientConnection(key: AccessKey(dummy: key), firstSequence: first, encrypted: encrypted)
  }

  @Test(arguments: [true, false], [UInt8(2), 3]) func theServerAnswersAsItWasAsked(encrypted: Bool, key: UInt8) throws {
    var client = client(key: key, first: 10, encrypted: encrypted)
    var server = server(sequence: 10)
    client.send(.read(.basic(1), length: 16), at: .zero)
    server.receive(try client.transmit(at: .zero), at: .zero)
    let accepted = try server.request()
    #expect(accepted.security == (encrypted ? .encrypted : .digest))
    #expect(accepted.level == (key == 3 ? .advanced : .basic))
    server.respond(.data([0xAA, 0xBB, 0xCC, 0xDD]), at: .zero)
    let answer = try server.transmit(at: .zero)
    #expect((Array(answer[2..<9]) == hex("00 00 04 AA BB CC DD")) == !encrypted)
    client.receive(answer, at: .milliseconds(20))
    let outcome = try client.outcome()
    #expect(outcome.result == .success(.data([0xAA, 0xBB, 0xCC, 0xDD])))
  }

  @Test func anInvalidSequenceNumberIsAnsweredEncrypted() throws {
    var client = client(key: 3, first: 10)
    var server = server(sequence: 500)
    client.send(.read(.basic(1), length: 16), at: .zero)
    server.receive(try client.transmit(at: .zero), at: .zero)
    let refused = server.takeRequest()
    #expect(refused == nil)
    let answer = try server.transmit(at: .zero)
    #expect(answer.count == 15)
    #expect(Array(answer[2..<7]) != hex("0C 00 00 01 F4"))
    client.receive(answer, at: .milliseconds(20))
    server.receive(try client.transmit(at: .milliseconds(100)), at: .milliseconds(110))
    _ = try server.request()
    #expect(server.sequence == 501)
  }

  @Test func anAuthenticationFailureIsNeverEncrypted() throws {
    var client = client(key: 9, first: 10)
    var server = server(sequence: 10)
    client.send(.read(.basic(1), length: 16), at: .zero)
    server.receive(try client.transmit(at: .zero), at: .zero)
    let refused = server.takeRequest()
    #expect(refused == nil)
    let answer = try server.transmit(at: .zero)
    #expect(Array(answer.prefix(3)) == hex("00 09 0B"))
    #expect(answer.count == 11)
  }
}
