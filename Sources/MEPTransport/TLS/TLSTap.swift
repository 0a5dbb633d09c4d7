// SPDX-License-Identifier: Apache-2.0
import CTLS
import Glibc
import MEP

/// Listens to the TLS sessions of others. The suite has no forward secrecy: with the key it reads all that was said since
/// the hello.
public struct TLSTap: Sendable {
  /// What a record holds.
  public enum Content: Equatable, Sendable {
    /// A message of a handshake that everybody can read, by its number in RFC 5246.
    case handshake(UInt8)
    /// The client's keys, and who it says it is; nil for an identity that no MEP client has.
    case keys(TLSIdentity?)
    case changeCipher
    /// The last message of a handshake, which proves the key.
    case finished
    /// Octets of a request or an answer.
    case octets([UInt8])
    /// So many octets that could not be opened: the key is not known or another one, or the hello was not heard.
    case sealed(Int)
    case alert
  }

  /// What is known of one side.
  private struct Side {
    var random: [UInt8] = []
    var isSealed = false
    var key: [UInt8] = []
    var salt: [UInt8] = []
    /// The number of the next record.
    var number: UInt64 = 0
    var last: (octets: [UInt8], contents: [Content])?

    mutating func forget() { wipe(&key) }
  }

  private let key: AccessKey?
  private var client = Side()
  private var meter = Side()
  /// What both sides have said of the handshake.
  private var messages: [UInt8] = []
  private var isExtended = false

  public init(key: AccessKey?) { self.key = key }

  /// The records that one side has put into a message; the same ones again are what they were.
  ///
  /// - Parameter isHello: whether it is the message that begins a handshake, in clear though there was a session.
  public mutating func take(_ octets: [UInt8], from speaker: Speaker, isHello: Bool = false) -> [Content] {
    if let last = side(speaker).last, last.octets == octets { return last.contents }
    if isHello { end() }
    var contents: [Content] = []
    var rest = octets[...]
    while rest.count >= TLSRecord.header {
      let length = Int(rest[rest.startIndex + 3]) << 8 | Int(rest[rest.startIndex + 4])
      let record = rest.prefix(TLSRecord.header + length)
      rest = rest.dropFirst(record.count)
      contents += read(Array(record), speaker)
    }
    update(speaker) { $0.last = (octets, contents) }
    return contents
  }

  /// The session is over.
  public mutating func end() {
    for speaker in Speaker.allCases { update(speaker) { $0.forget() } }
    (client, meter, messages, isExtended) = (Side(), Side(), [], false)
  }

  private func side(_ speaker: Speaker) -> Side { speaker == .client ? client : meter }

  private mutating func update(_ speaker: Speaker, _ change: (inout Side) -> Void) {
    if speaker == .client { change(&client) } else { change(&meter) }
  }

  private mutating func read(_ record: [UInt8], _ speaker: Speaker) -> [Content] {
    let body = record.dropFirst(TLSRecord.header)
    switch record[0] {
    case 20:
      update(speaker) { ($0.isSealed, $0.number) = (true, 0) }
      return [.changeCipher]
    case 22 where !side(speaker).isSealed: return handshake(Array(body), speaker)
    case 22: return [open(record, speaker).map { _ in .finished } ?? .sealed(body.count)]
    case 23: return [open(record, speaker).map { .octets($0) } ?? .sealed(body.count)]
    case 21: return [.alert]
    default: return [.sealed(body.count)]
    }
  }

  // MARK: Handshake

  private mutating func handshake(_ octets: [UInt8], _ speaker: Speaker) -> [Content] {
    var contents: [Content] = []
    var rest = octets[...]
    while rest.count >= 4 {
      let length = rest.dropFirst().prefix(3).reduce(0) { $0 << 8 | Int($1) }
      let message = Array(rest.prefix(4 + length))
      rest = rest.dropFirst(message.count)
      contents.append(take(message: message, speaker))
    }
    return contents
  }

  private mutating func take(message: [UInt8], _ speaker: Speaker) -> Content {
    let body = message.dropFirst(4)
    switch (message[0], speaker) {
    case (1, .client):
      end()
      client.random = Array(body.dropFirst(2).prefix(32))
    case (2, .meter):
      meter.random = Array(body.dropFirst(2).prefix(32))
      isExtended = Self.isExtended(hello: Array(body.dropFirst(34)))
    default: break
    }
    messages += message
    guard message[0] == 16 else { return .handshake(message[0]) }
    // Two octets of a length, and the identity.
    if speaker == .client { derive() }
    return .keys(TLSIdentity(body.dropFirst(2)))
  }

  /// Whether a server's hello, from its session on, takes the extended master secret (RFC 7627).
  private static func isExtended(hello: [UInt8]) -> Bool {
    guard let session = hello.first else { return false }
    // The session, two octets of a suite, one of compression, two of a length.
    var rest = hello.dropFirst(1 + Int(session) + 2 + 1 + 2)
    while rest.count >= 4 {
      let head = rest.prefix(4).map(Int.init)
      if head[0] << 8 | head[1] == 0x17 { return true }
      rest = rest.dropFirst(4 + (head[2] << 8 | head[3]))
    }
    return false
  }

  /// RFC 4279, section 2, and RFC 5246, sections 6.3 and 8.1.
  private mutating func derive() {
    guard let key, client.random.count == 32, meter.random.count == 32 else { return }
    var secret = [UInt8](repeating: 0, count: 2 * (2 + AccessKey.length))
    (secret[1], secret[2 + AccessKey.length + 1]) = (UInt8(AccessKey.length), UInt8(AccessKey.length))
    key.withOctets { octets in secret.withUnsafeMutableBytes { $0[(4 + AccessKey.length)...].copyBytes(from: octets) } }
    defer { wipe(&secret) }
    var master: [UInt8]
    if isExtended {
      var hash = [UInt8](repeating: 0, count: Int(CTLSHashLength))
      guard CTLSHash(messages, messages.count, &hash) == 0 else { return }
      master = Self.derived(from: secret, "extended master secret", hash, 48)
    } else {
      master = Self.derived(from: secret, "master secret", client.random + meter.random, 48)
    }
    defer { wipe(&master) }
    var keys = Self.derived(from: master, "key expansion", meter.random + client.random, 72)
    defer { wipe(&keys) }
    (client.key, meter.key) = (Array(keys[0..<32]), Array(keys[32..<64]))
    (client.salt, meter.salt) = (Array(keys[64..<68]), Array(keys[68..<72]))
  }

  private static func derived(from secret: [UInt8], _ label: String, _ seed: [UInt8], _ count: Int) -> [UInt8] {
    var octets = [UInt8](repeating: 0, count: count)
    _ = CTLSDerive(secret, secret.count, label, seed, seed.count, &octets, count)
    return octets
  }

  // MARK: Records

  /// Records that may have been missed in front of one that was heard.
  private static let missed: UInt64 = 8

  private mutating func open(_ record: [UInt8], _ speaker: Speaker) -> [UInt8]? {
    let side = side(speaker)
    let text = record.count - TLSRecord.overhead
    guard !side.key.isEmpty, text >= 0 else { return nil }
    let nonce = side.salt + record[TLSRecord.header..<TLSRecord.header + 8]
    let sealed = Array(record[(TLSRecord.header + 8)...])
    var octets = [UInt8](repeating: 0, count: text)
    for number in side.number...side.number + Self.missed {
      let additional = Self.octets(number) + record[0..<3] + Self.octets(UInt16(text))
      let result = CTLSOpen(
        side.key, nonce, additional, additional.count, sealed, sealed.count, &octets)
      guard result == 0 else { continue }
      update(speaker) { $0.number = number + 1 }
      return octets
    }
    return nil
  }

  /// Most significant first.
  private static func octets(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian, Array.init)
  }
}

/// Leaves nothing of a secret.
private func wipe(_ octets: inout [UInt8]) {
  octets.withUnsafeMutableBytes { if let base = $0.baseAddress { explicit_bzero(base, $0.count) } }
}
