// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport
import Testing

@Suite("Digest") struct DigestTests {
  private func digest(of octets: [UInt8], key: AccessKey = defaultKey) -> Digest {
    var digest = Digest(key: key)
    digest.absorb(octets)
    return digest
  }

  @Test func aPassIsOneAndAHalfTimesTheKeyInBits() {
    #expect(Digest.pass == 192)
    #expect(Digest.length == 8)
  }

  @Test(arguments: [1, 12, 100, 191, 192, 193, 384, 488]) func aMessageIsPaddedWithZerosToAWholePass(_ count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    let message = random.octets(count)
    let whole = (count + Digest.pass - 1) / Digest.pass * Digest.pass
    let padded = message + [UInt8](repeating: 0, count: whole - count)
    #expect(digest(of: message).value() == digest(of: padded).value())
  }

  /// A documented weakness, which is why every length is checked apart.
  @Test func zerosAtTheEndGoUnseenInsideAPass() {
    let message = hex("00 00 2C 5E B8")
    for zeros in 0...Digest.pass - message.count {
      #expect(digest(of: message + [UInt8](repeating: 0, count: zeros)).value() == digest(of: message).value())
    }
    let beyond = message + [UInt8](repeating: 0, count: Digest.pass - message.count + 1)
    #expect(digest(of: beyond).value() != digest(of: message).value())
  }

  /// The same weakness again: the digest of "ok" proves that the request was seen, not that the answer is whole.
  @Test func theDigestOfOkIsTheDigestOfTheRequest() {
    for count in 1..<180 {
      let sealed = Exchange.seal(
        .write(.basic(7), [UInt8](repeating: 0xA5, count: count)), sequence: 7, key: defaultKey)
      // A request that fills its pass gives one more pass to the answer.
      #expect(sealed.exchange.seal(response: [0]).suffix(8).elementsEqual(sealed.exchange.requestDigest))
    }
  }

  @Test(arguments: UInt64(0)..<20) func absorbingInPartsIsAbsorbingAtOnce(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let message = random.octets(in: 0...500)
    var parts = Digest(key: defaultKey)
    var rest = message[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...rest.count, using: &random)
      parts.absorb(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    #expect(parts.value() == digest(of: message).value(), "seed \(seed)")
    #expect(parts.value(extraPass: true) == digest(of: message).value(extraPass: true), "seed \(seed)")
  }

  @Test func askingForTheValueLeavesTheStateAsItIs() {
    var asked = digest(of: [1, 2, 3])
    _ = asked.value()
    asked.absorb([4])
    #expect(asked.value() == digest(of: [1, 2, 3, 4]).value())
  }

  @Test(arguments: 0..<16) func everyOctetOfTheKeyCounts(_ index: Int) throws {
    var octets = [UInt8](repeating: 1, count: 16)
    octets[index] ^= 0x80
    let key = try #require(AccessKey(octets))
    #expect(digest(of: [1, 2, 3], key: key).value() != digest(of: [1, 2, 3]).value())
  }

  @Test(arguments: 0..<12) func everyBitOfAMessageCounts(_ index: Int) {
    let message = GuideExample.all[0].request.dropFirst(2).dropLast(8)
    for bit in 0..<8 {
      var changed = Array(message)
      changed[index] ^= 1 << bit
      #expect(digest(of: changed).value() != digest(of: Array(message)).value())
    }
  }

  @Test(arguments: [0: false, 1: false, 191: false, 192: true, 193: false, 384: true])
  func theTwoWaysToFinishDifferOnlyWhereAPassIsFilledExactly(count: Int, ambiguous: Bool) {
    var random = SeededGenerator(seed: UInt64(count))
    let filled = digest(of: random.octets(count))
    #expect(filled.isAmbiguous == ambiguous)
    #expect((filled.value() != filled.value(extraPass: true)) == ambiguous)
  }

  /// Requests of which the guide does not say how their digest ends: 192 or 384 octets with the sequence number.
  static let ambiguous: [Request] = [
    .writePart(.extended(52), offset: 0, (0..<180).map { UInt8($0) }),
    .write(.extended(52), (0..<183).map { UInt8($0) }),
    .writePart(.extended(52), offset: 0, (0..<372).map { UInt8($0 % 251) }),
    .write(.extended(52), (0..<375).map { UInt8($0 % 251) }),
  ]

  @Test(arguments: ambiguous) func theServerTakesEitherWayToFinish(_ request: Request) throws {
    let content = request.body + [0, 0, 0, 1]
    let state = digest(of: content)
    #expect(state.isAmbiguous)
    for extraPass in [false, true] {
      let message = content + state.value(extraPass: extraPass)
      let opened = try #require(Exchange.open(message: message[...], key: defaultKey))
      #expect(opened.exchange.request == request)
      #expect(opened.exchange.requestDigest == state.value(extraPass: extraPass))
    }
  }
}
