// SPDX-License-Identifier: Apache-2.0
import MEPTransport
import Testing

@testable import MEP

@Suite("RC4") struct RC4Tests {
  /// RFC 6229, 128-bit key 0x0102…10; checked against OpenSSL as well.
  @Test(arguments: [
    0: "9a c7 cc 9a 60 9d 1e f7 b2 93 28 99 cd e4 1b 97 52 48 c4 95 90 14 12 6a 6e 8a 84 f1 1d 1a 9e 1c",
    240: "06 59 02 e4 b6 20 f6 cc 36 c8 58 9f 66 43 2f 2b d3 9d 56 6b c6 bc e3 01 07 68 15 15 49 f3 87 3f",
  ])
  func theKeyStreamIsThePublishedOne(offset: Int, keyStream: String) {
    var cipher = RC4(key: InlineArray<16, UInt8> { UInt8($0 + 1) })
    _ = cipher.apply([UInt8](repeating: 0, count: offset))
    #expect(cipher.apply([UInt8](repeating: 0, count: 32)) == hex(keyStream))
  }

  @Test(arguments: UInt64(0)..<10) func itIsItsOwnInverse(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let digest = random.octets(8)
    let plain = random.octets(in: 1...476)
    var sender = RC4(key: defaultKey, digest: digest)
    var receiver = RC4(key: defaultKey, digest: digest)
    let sent = sender.apply(plain)
    #expect(sent != plain, "seed \(seed)")
    #expect(receiver.apply(sent) == plain, "seed \(seed)")
  }

  @Test(arguments: 0..<8) func everyOctetOfTheDigestChangesTheKeyStream(_ index: Int) {
    var digest = [UInt8](repeating: 0, count: 8)
    var plain = RC4(key: defaultKey, digest: digest)
    digest[index] = 1
    var other = RC4(key: defaultKey, digest: digest)
    #expect(plain.apply([UInt8](repeating: 0, count: 16)) != other.apply([UInt8](repeating: 0, count: 16)))
  }
}
