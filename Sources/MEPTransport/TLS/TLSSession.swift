// SPDX-License-Identifier: Apache-2.0
import CTLS
import MEP
import Synchronization

/// One end of a TLS 1.2 session with a pre-shared key, by mbedTLS. It does no I/O: records of the other end are handed in,
/// records for it are handed out. After an error it is good for nothing.
final class TLSSession: Sendable {
  private struct Engine: ~Copyable {
    let session: OpaquePointer
    /// Who opened the session. A meter knows it once the client's keys have come.
    var identity: TLSIdentity?

    deinit { CTLSFree(session) }
  }

  private let engine: Mutex<Engine>
  /// Of a meter: the key that an identity has.
  private let key: (@Sendable (TLSIdentity) -> AccessKey?)?

  var identity: TLSIdentity? { engine.withLock { $0.identity } }

  /// The client's end.
  init(_ identity: TLSIdentity, key: AccessKey) throws(TLSFailure) {
    let name = identity.octets
    guard let session = key.withOctets({ CTLSClient($0.baseAddress, name, name.count) }) else { throw .memory }
    engine = Mutex(Engine(session: session, identity: identity))
    self.key = nil
  }

  /// The meter's end.
  init(key: @escaping @Sendable (TLSIdentity) -> AccessKey?) throws(TLSFailure) {
    guard let session = CTLSServer() else { throw .memory }
    engine = Mutex(Engine(session: session, identity: nil))
    self.key = key
  }

  struct Step {
    let isOver: Bool
    /// For the other end.
    let records: [UInt8]
  }

  /// A step of the handshake: takes the other end's records and gives those for it; a client begins with none.
  func handshake(_ records: [UInt8]) throws(TLSFailure) -> Step {
    try engine.withLock { engine throws(TLSFailure) in
      try Self.receive(records, engine.session)
      var search = Search(key: key)
      let result = withUnsafeMutablePointer(to: &search) { search in
        CTLSHandshake(
          engine.session,
          { search, name, count, octets in
            guard let search = search?.assumingMemoryBound(to: Search.self), let octets,
              let key = search.pointee.find(UnsafeBufferPointer(start: name, count: count))
            else { return 0 }
            key.withOctets { octets.update(from: $0.baseAddress!, count: $0.count) }
            return 1
          }, search)
      }
      if let found = search.found { engine.identity = found }
      if result < 0 { throw .library(result) }
      return Step(isOver: result == 1, records: Self.take(engine.session))
    }
  }

  /// Finds the key of an identity while a handshake goes on.
  private struct Search {
    let key: (@Sendable (TLSIdentity) -> AccessKey?)?
    var found: TLSIdentity?

    mutating func find(_ name: UnsafeBufferPointer<UInt8>) -> AccessKey? {
      guard let identity = TLSIdentity(name), let key = key?(identity) else { return nil }
      found = identity
      return key
    }
  }

  /// The octets as one record.
  func seal(_ octets: [UInt8]) throws(TLSFailure) -> [UInt8] {
    try engine.withLock { engine throws(TLSFailure) in
      let result = CTLSWrite(engine.session, octets, octets.count)
      if result < 0 { throw .library(result) }
      // What does not fit a record is left out.
      guard result == octets.count else { throw .notOneRecord }
      return Self.take(engine.session)
    }
  }

  /// The octets in a record: one, and nothing behind it.
  func open(_ record: [UInt8]) throws(TLSFailure) -> [UInt8] {
    try engine.withLock { engine throws(TLSFailure) in
      try Self.receive(record, engine.session)
      var octets = [UInt8](repeating: 0, count: Int(CTLSRoom))
      let count = CTLSRead(engine.session, &octets, octets.count)
      if count < 0 { throw .library(count) }
      guard count > 0, CTLSWaiting(engine.session) == 0 else { throw .notOneRecord }
      return Array(octets.prefix(Int(count)))
    }
  }

  private static func receive(_ octets: [UInt8], _ session: OpaquePointer) throws(TLSFailure) {
    guard CTLSReceive(session, octets, octets.count) != 0 else { throw .notOneRecord }
  }

  private static func take(_ session: OpaquePointer) -> [UInt8] {
    var octets = [UInt8](repeating: 0, count: Int(CTLSRoom))
    let count = CTLSTake(session, &octets, octets.count)
    return Array(octets.prefix(count))
  }
}

/// What went wrong in a TLS session at this end.
public enum TLSFailure: Error, Equatable, Sendable {
  /// No memory or no entropy to begin.
  case memory
  /// An error code of mbedTLS: a record that is not the other end's, a key that is another one.
  case library(Int32)
  /// A message held no whole record, or more than one.
  case notOneRecord

  /// Of the library; 0 where it did not see the error.
  public var code: Int32 { if case .library(let code) = self { code } else { 0 } }
}

extension TLSFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .memory: return "TLS cannot begin: no memory, or no random numbers."
    case .notOneRecord: return "A message held no whole record of TLS, or more than one."
    case .library(let code):
      var text = [CChar](repeating: 0, count: Int(CTLSWordsLength))
      CTLSWords(code, &text, text.count)
      let words = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      return "TLS failed: \(words) (-0x\(String(-code, radix: 16)))."
    }
  }
}
