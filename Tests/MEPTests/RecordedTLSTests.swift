// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport
import Testing

/// The TLS session that the guide prints, opened with the published default key.
@Suite struct RecordedTLSTests {
  /// What its records hold, in their order: the length field and the code of each message taken off.
  private func contents(key: AccessKey?) -> [[TLSTap.Content]] {
    var tap = TLSTap(key: key)
    return GuideExample.tls.flatMap { example in
      let request = Array(example.request.dropFirst(3))
      let response = Array(example.response.dropFirst(3))
      return [tap.take(request, from: .client), tap.take(response, from: .meter)]
    }
  }

  @Test func theSuiteIsTheOneWeOffer() {
    let hello = GuideExample.tls[0].request.dropFirst(3 + 5)
    #expect(Array(hello.suffix(8)) == [0, 4, 0x00, 0xA9, 0x00, 0xFF, 1, 0])
    let answer = GuideExample.tls[0].response.dropFirst(3 + 5)
    #expect(Array(answer.dropFirst(4 + 2 + 32 + 1 + 32).prefix(2)) == [0x00, 0xA9])
  }

  @Test func theDefaultKeyOpensAllOfIt() throws {
    let contents = contents(key: AccessKey(dummy: 1))
    #expect(contents[0] == [.handshake(1)])
    #expect(contents[1] == [.handshake(2), .handshake(14)])
    #expect(contents[2] == [.keys(TLSIdentity(client: 100, level: .advanced)), .changeCipher, .finished])
    #expect(contents[3] == [.changeCipher, .finished])
    guard case .octets(let request)? = contents[6].first, case .octets(let answer)? = contents[7].first else {
      Issue.record("\(contents)")
      return
    }
    let parsed = try Request(body: request)
    #expect(parsed == .readPart(.extended(70), offset: 142, length: 1))
    #expect(try Response(body: answer, to: parsed) == .data([2]))
  }

  /// Whatever was heard, nothing that was not said is made of it.
  @Test func damagedOctetsNeverTrap() {
    let messages = GuideExample.tls.flatMap {
      [(Speaker.client, Array($0.request.dropFirst(3))), (.meter, Array($0.response.dropFirst(3)))]
    }
    let whole = Set(contents(key: AccessKey(dummy: 1)).flatMap { $0 }.compactMap(octets))
    for (i, message) in messages.enumerated() {
      for position in message.1.indices {
        var tap = TLSTap(key: AccessKey(dummy: 1))
        var heard: [TLSTap.Content] = []
        for (j, (speaker, octets)) in messages.enumerated() {
          var octets = octets
          if i == j { octets[position] ^= UInt8(1 + position % 255) }
          heard += tap.take(
            i == j && position.isMultiple(of: 3) ? Array(octets.prefix(position)) : octets, from: speaker)
        }
        #expect(Set(heard.compactMap(octets)).isSubset(of: whole))
      }
    }
  }

  private func octets(_ content: TLSTap.Content) -> [UInt8]? {
    if case .octets(let octets) = content { octets } else { nil }
  }

  @Test(arguments: [AccessKey(dummy: 2), nil]) func anotherKeyOpensNothing(_ key: AccessKey?) {
    let contents = contents(key: key)
    #expect(contents[2].last == .sealed(40))
    guard case .sealed? = contents[6].first, case .sealed? = contents[7].first else {
      Issue.record("\(contents)")
      return
    }
  }
}
