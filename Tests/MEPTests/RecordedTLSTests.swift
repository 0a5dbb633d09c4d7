// SPDX-License-Identifier: Apache-2.0
import CRecordedTLS
import MEP
import Testing

/// The TLS session that the guide prints, opened with the published default key.
@Suite struct RecordedTLSTests {
  /// What the records of the session hold, decrypted and verified.
  private struct Session {
    var hello: [UInt8] { Array(GuideExample.tls[0].request.dropFirst(3 + 5)) }
    /// Server hello, and hello done.
    var answer: [UInt8] {
      let octets = GuideExample.tls[0].response.dropFirst(3)
      return Array(octets.dropFirst(5).prefix(0x51)) + octets.suffix(4)
    }
    var keyExchange: [UInt8] { Array(GuideExample.tls[1].request.dropFirst(3 + 5).prefix(9)) }

    let master: [UInt8]
    let keys: [UInt8]

    init(key: [UInt8]) throws {
      let randoms = (
        client: Array(GuideExample.tls[0].request[14..<46]), server: Array(GuideExample.tls[0].response[14..<46])
      )
      let secret: [UInt8] = [0, 16] + [UInt8](repeating: 0, count: 16) + [0, 16] + key
      master = try Self.prf(secret, "master secret", randoms.client + randoms.server, 48)
      keys = try Self.prf(master, "key expansion", randoms.server + randoms.client, 72)
    }

    static func prf(_ secret: [UInt8], _ label: String, _ seed: [UInt8], _ count: Int) throws -> [UInt8] {
      var octets = [UInt8](repeating: 0, count: count)
      try #require(RecordedPRF(secret, secret.count, label, seed, seed.count, &octets, count) == 0)
      return octets
    }

    /// The octets in a record; nil when its tag is wrong.
    func open(_ record: some Collection<UInt8>, fromClient: Bool, number: UInt8) -> [UInt8]? {
      let record = Array(record)
      let key = Array(fromClient ? keys[0..<32] : keys[32..<64])
      let nonce = Array(fromClient ? keys[64..<68] : keys[68..<72]) + record[5..<13]
      let sealed = Array(record[13...])
      let additional: [UInt8] =
        [0, 0, 0, 0, 0, 0, 0, number] + record[0..<3] + [0, UInt8(sealed.count - 16)]
      var octets = [UInt8](repeating: 0, count: sealed.count - 16)
      let result = RecordedOpen(key, nonce, additional, additional.count, sealed, sealed.count, &octets)
      return result == 0 ? octets : nil
    }

    func finished(_ label: String, after messages: [UInt8]) throws -> [UInt8] {
      var hash = [UInt8](repeating: 0, count: 48)
      try #require(RecordedSHA384(messages, messages.count, &hash) == 0)
      return [0x14, 0, 0, 12] + (try Self.prf(master, label, hash, 12))
    }
  }

  private let dummy = [UInt8](repeating: 1, count: 16)
  private var finishedRecord: ArraySlice<UInt8> { GuideExample.tls[1].request.suffix(5 + 0x28) }
  private var finishedAnswer: ArraySlice<UInt8> { GuideExample.tls[1].response.suffix(5 + 0x28) }

  @Test func theSuiteIsTheOneWeOffer() throws {
    let hello = try Session(key: dummy).hello
    #expect(Array(hello.suffix(8)) == [0, 4, 0x00, 0xA9, 0x00, 0xFF, 1, 0])
    let answer = try Session(key: dummy).answer
    #expect(Array(answer[(4 + 2 + 32 + 1 + 32)...].prefix(2)) == [0x00, 0xA9])
  }

  @Test func bothEndsProveTheDefaultKey() throws {
    let session = try Session(key: dummy)
    let before = session.hello + session.answer + session.keyExchange
    let mine = try session.finished("client finished", after: before)
    #expect(session.open(finishedRecord, fromClient: true, number: 0) == mine)
    #expect(
      session.open(finishedAnswer, fromClient: false, number: 0)
        == (try session.finished("server finished", after: before + mine)))
  }

  @Test func theRequestAndItsAnswerAreThePrintedOnes() throws {
    let session = try Session(key: dummy)
    let request = try #require(session.open(GuideExample.tls[3].request.dropFirst(3), fromClient: true, number: 1))
    let parsed = try Request(body: request)
    #expect(parsed == .readPart(.extended(70), offset: 142, length: 1))
    let answer = try #require(session.open(GuideExample.tls[3].response.dropFirst(3), fromClient: false, number: 1))
    #expect(try Response(body: answer, to: parsed) == .data([2]))
  }

  @Test func anotherKeyOpensNothing() throws {
    let session = try Session(key: [UInt8](repeating: 2, count: 16))
    #expect(session.open(GuideExample.tls[3].request.dropFirst(3), fromClient: true, number: 1) == nil)
  }
}
