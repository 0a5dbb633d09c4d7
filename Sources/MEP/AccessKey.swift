// SPDX-License-Identifier: Apache-2.0

/// The two levels at which a meter lets a client in.
public enum AccessLevel: UInt8, Sendable {
  /// By the MEP Basic Key (MBK): every table to read, four to write.
  case basic
  /// By the MEP Advanced Key (MAK): almost every table to write.
  case advanced

  /// What the guide calls the key of this level.
  public var keyName: String { self == .basic ? "MBK" : "MAK" }
}

/// The 16 octets that sign and encrypt. A secret: it has no text form, and its memory is overwritten with the last copy.
public struct AccessKey: Sendable {
  /// Octets of a key that count; a key handed out may be up to ``longest`` octets.
  public static let length = 16
  public static let longest = 20

  private let secret: Secret

  var octets: InlineArray<16, UInt8> { secret.octets }

  /// The first 16 of 16 to 20 octets; nil for any other number.
  public init?(_ octets: some Collection<UInt8>) {
    guard octets.count >= Self.length, octets.count <= Self.longest else { return nil }
    var rest = octets.makeIterator()
    secret = Secret(InlineArray<16, UInt8> { _ in rest.next() ?? 0 })
  }

  /// Lends the octets to what cannot take a key, such as a library for TLS. They must not be kept.
  public func withOctets<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    octets.span.withUnsafeBufferPointer { body($0) }
  }

  /// A published dummy key: one octet, 16 times. The guide's examples use 16 × 01.
  public init(dummy octet: UInt8) { secret = Secret(InlineArray<16, UInt8>(repeating: octet)) }

  /// Overwrites octets that a key was made of, before their memory is somebody else's.
  @inline(never)
  public static func overwrite(_ octets: UnsafeMutableRawBufferPointer) {
    for i in octets.indices { octets[i] = 0 }
  }

  /// The one place of a key's octets that lasts.
  private final class Secret: @unchecked Sendable {
    private(set) var octets: InlineArray<16, UInt8>

    init(_ octets: InlineArray<16, UInt8>) { self.octets = octets }

    deinit { withUnsafeMutableBytes(of: &octets) { AccessKey.overwrite($0) } }
  }
}

#if !hasFeature(Embedded)
  extension AccessKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "AccessKey(secret)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
  }
#endif
