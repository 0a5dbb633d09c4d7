// SPDX-License-Identifier: Apache-2.0

/// The stream cipher of the encrypted mode (guide, Appendix B). Broken by published work; kept because meters speak it.
public struct RC4: Sendable {
  private var box: InlineArray<256, UInt8>
  private var x: UInt8 = 0
  private var y: UInt8 = 0

  init(key: InlineArray<16, UInt8>) {
    box = InlineArray<256, UInt8> { UInt8($0) }
    var j: UInt8 = 0
    for i in 0..<256 {
      j = j &+ box[i] &+ key[i % 16]
      box.swapAt(i, Int(j))
    }
  }

  /// The key stream of one exchange: the access key run over the guide's constant, the request's digest laid over it.
  init(key: AccessKey, digest: some Collection<UInt8>) {
    var constant: InlineArray<16, UInt8> = [
      0x38, 0x8B, 0x8F, 0xBC, 0x36, 0xA8, 0x55, 0x85, 0x87, 0xAF, 0xC9, 0x0F, 0xB2, 0x3A, 0x3B, 0x99,
    ]
    var cipher = RC4(key: key.octets)
    for i in 0..<16 { constant[i] ^= cipher.next() }
    var i = 0
    for octet in digest.prefix(Digest.length) {
      constant[i] ^= octet
      i += 1
    }
    self.init(key: constant)
  }

  /// Encrypts or decrypts: the cipher is its own inverse.
  mutating func apply(_ octets: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    for octet in octets { result.append(octet ^ next()) }
    return result
  }

  private mutating func next() -> UInt8 {
    x = x &+ 1
    y = y &+ box[Int(x)]
    box.swapAt(Int(x), Int(y))
    return box[Int(box[Int(x)] &+ box[Int(y)])]
  }
}
