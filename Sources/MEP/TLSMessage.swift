// SPDX-License-Identifier: Apache-2.0

/// A message of a port's TLS (guide, tables 2.1 to 2.3): a code and octets of TLS, no sequence number and no digest.
public struct TLSMessage: Equatable, Sendable {
  public enum Kind: UInt8, Sendable {
    /// Ends the session; the octets mean nothing.
    case terminate = 0x57
    /// The first message of a handshake: begins a session, and ends one that is there.
    case handshake = 0x58
    /// The further messages of a handshake.
    case handshakeContinued = 0x59
    /// A request for a table inside the session.
    case table = 0x80
  }

  public let kind: Kind
  /// Whole TLS records; never empty.
  public let octets: [UInt8]

  public init(_ kind: Kind, _ octets: [UInt8]) {
    self.kind = kind
    self.octets = octets
  }

  /// The end of a session; one octet has to follow the code.
  public static let terminate = TLSMessage(.terminate, [0])

  /// The octets from the code on.
  public var message: [UInt8] { [kind.rawValue] + octets }

  /// Whether it may be sent again as it is: the answer to a message of a handshake that comes again is given again
  /// (guide, TLS example 1), whereas a record is taken once.
  public var isRepeatable: Bool { kind == .handshake || kind == .handshakeContinued }

  /// Reads a message; nil for what is none of TLS, such as a request with a digest.
  public init?(message: some Collection<UInt8>) {
    guard let kind = message.first.flatMap(Kind.init) else { return nil }
    let octets = Array(message.dropFirst())
    // A longer one may as well be an encrypted request with a digest.
    guard kind == .terminate ? (1...4).contains(octets.count) : TLSRecord.areWhole(octets) else { return nil }
    self.init(kind, octets)
  }

  /// What the meter answers: success with octets of TLS, or another code alone.
  public struct Answer: Equatable, Sendable {
    public let code: ResponseCode
    public let octets: [UInt8]

    public init(_ code: ResponseCode, _ octets: [UInt8] = []) {
      self.code = code
      self.octets = octets
    }

    /// The octets from the code on.
    public var message: [UInt8] { [code.rawValue] + octets }

    /// Reads an answer. A port that knows no TLS takes the message for a request with a wrong digest and answers as to one:
    /// its eight octets behind the code mean nothing.
    public init?(message: some Collection<UInt8>) {
      guard let first = message.first else { return nil }
      let (code, octets) = (ResponseCode(first), Array(message.dropFirst()))
      guard code.isOfTLS, octets.isEmpty || TLSRecord.areWhole(octets) || octets.count == Digest.length && code != .ok
      else { return nil }
      self.init(code, octets.count == Digest.length ? [] : octets)
    }
  }
}

extension ResponseCode {
  /// Codes that the guide gives to answers in TLS, and those of a port that takes the message for something else.
  fileprivate var isOfTLS: Bool { rawValue <= 0x05 || rawValue == 0x0A || rawValue == 0x0B }
}

/// The records of TLS 1.2 (RFC 5246): a type, a version, a length, and so many octets.
public enum TLSRecord {
  /// Octets in front of each record.
  public static let header = 5
  /// What a record of `TLS_PSK_WITH_AES_256_GCM_SHA384` adds to the octets in it: header, nonce and tag.
  public static let overhead = header + 8 + 16

  /// Whether the octets are one or more records, and nothing else.
  static func areWhole(_ octets: [UInt8]) -> Bool {
    var position = 0
    while position < octets.count {
      guard octets.count - position > header, (20...23).contains(octets[position]), octets[position + 1] == 3,
        (1...3).contains(octets[position + 2])
      else { return false }
      position += header + Int(octets[position + 3]) << 8 + Int(octets[position + 4])
    }
    return position == octets.count && position > 0
  }
}

/// Who opens a session: three octets in the client's key exchange (guide, "PSK Identity Hint").
public struct TLSIdentity: Equatable, Sendable {
  /// The meter does not check it, but names it in the events of what the client does.
  public var client: UInt16
  /// The key of the session.
  public var level: AccessLevel

  public init(client: UInt16 = 0, level: AccessLevel) {
    self.client = client
    self.level = level
  }

  /// The client least significant octet first, then 0 for the MBK, 1 for the MAK.
  public var octets: [UInt8] {
    [UInt8(truncatingIfNeeded: client), UInt8(truncatingIfNeeded: client >> 8), level.rawValue]
  }

  public init?(_ octets: some Collection<UInt8>) {
    let octets = Array(octets)
    guard octets.count == 3, let level = AccessLevel(rawValue: octets[2]) else { return nil }
    self.init(client: UInt16(octets[0]) | UInt16(octets[1]) << 8, level: level)
  }
}
