// SPDX-License-Identifier: Apache-2.0

/// The 8-octet digest that ends every message in digest mode (guide, Appendix A).
///
/// One octet is absorbed for each bit of the key, one and a half times through the key: 192 octets are a pass, and a
/// message is padded with zeros to a whole pass. Zeros at a message's end therefore go unseen: lengths are checked apart.
public struct Digest: Sendable {
  /// Octets of a digest on the wire.
  public static let length = 8
  /// Octets that one pass over the key absorbs.
  public static let pass = AccessKey.length * 8 * 3 / 2

  private let key: InlineArray<16, UInt8>
  private var state = InlineArray<8, UInt8>(repeating: 0)
  private var last: UInt8 = 0
  private var position = 0
  private var absorbed = 0

  public init(key: AccessKey) { self.key = key.octets }

  public mutating func absorb(_ octets: some Sequence<UInt8>) {
    for octet in octets {
      step(octet)
      absorbed += 1
    }
  }

  /// The digest of what was absorbed; the state itself goes on, so that an answer can be chained to its request.
  ///
  /// - Parameter extraPass: run a pass of zeros also when the message fills its passes exactly. The guide describes both
  ///   ways to finish and does not say which one a meter takes.
  public func value(extraPass: Bool = false) -> [UInt8] {
    var copy = self
    if extraPass || absorbed == 0 { copy.step(0) }
    while copy.position != 0 { copy.step(0) }
    return [UInt8](unsafeUninitializedCapacity: Self.length) { buffer, count in
      for i in 0..<Self.length { buffer[i] = copy.state[i] }
      count = Self.length
    }
  }

  /// Whether the two ways to finish differ for what was absorbed.
  public var isAmbiguous: Bool { absorbed > 0 && position == 0 }

  private mutating func step(_ octet: UInt8) {
    let bit = key[position / 8 % AccessKey.length] >> UInt8(position % 8) & 1
    let v = 7 - position % 8
    let n = ~(state[v] &+ UInt8(v))
    let turned = bit == 1 ? n << 1 | n >> 7 : 0 &- (n >> 1 | n << 7)
    last = last &+ octet &+ turned
    state[v] = last
    position = position + 1 == Self.pass ? 0 : position + 1
  }

  /// Whether a message that carries this digest is the one absorbed, by either way to finish where they differ.
  func matches(_ carried: some Collection<UInt8>) -> Bool {
    Self.same(value(), carried) || isAmbiguous && Self.same(value(extraPass: true), carried)
  }

  /// Compares without telling by its duration where two digests differ.
  private static func same(_ a: [UInt8], _ b: some Collection<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    var difference: UInt8 = 0
    for (x, y) in zip(a, b) { difference |= x ^ y }
    return difference == 0
  }
}
