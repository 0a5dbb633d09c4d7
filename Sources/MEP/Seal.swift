// SPDX-License-Identifier: Apache-2.0

/// What both ends keep of a request until it is answered: its digest so far and, when it was encrypted, the key stream.
public struct Exchange: Sendable {
  public let request: Request?
  private var digest: Digest
  private var cipher: RC4?
  /// The digest that the request carried.
  public let requestDigest: [UInt8]

  public var isEncrypted: Bool { cipher != nil }

  /// Signs a request, and encrypts it when asked to. `frame` is what goes over the wire, its length field first.
  public static func seal(
    _ request: Request, sequence: UInt32, key: AccessKey, encrypted: Bool = false
  ) -> (frame: [UInt8], exchange: Exchange) {
    var content = request.body + sequence.octets
    var digest = Digest(key: key)
    digest.absorb(content)
    let value = digest.value()
    var cipher = encrypted ? RC4(key: key, digest: value) : nil
    if cipher != nil { content = cipher!.apply(content) }
    let exchange = Exchange(request: request, digest: digest, cipher: cipher, requestDigest: value)
    return (Frame.framed(content + value), exchange)
  }

  /// Verifies a request under one key, first as it stands, then decrypted; nil when neither digest is right.
  public static func open(message: ArraySlice<UInt8>, key: AccessKey) -> Opened? {
    guard message.count >= MessageLimit.shortestRequest else { return nil }
    let carried = Array(message.suffix(Digest.length))
    let content = message.dropLast(Digest.length)
    if let opened = verify(Array(content), carried: carried, key: key, cipher: nil) { return opened }
    var cipher = RC4(key: key, digest: carried)
    return verify(cipher.apply(content), carried: carried, key: key, cipher: cipher)
  }

  /// A request whose digest is right.
  public struct Opened: Sendable {
    /// The octets from the code on, decrypted, without sequence number and digest.
    public let body: [UInt8]
    public let sequence: UInt32
    public let exchange: Exchange
  }

  private static func verify(_ content: [UInt8], carried: [UInt8], key: AccessKey, cipher: RC4?) -> Opened? {
    var digest = Digest(key: key)
    digest.absorb(content)
    guard digest.matches(carried) else { return nil }
    let body = Array(content.dropLast(MessageLimit.sequenceNumber))
    var number = Reader(content.suffix(MessageLimit.sequenceNumber))
    let exchange = Exchange(request: try? Request(body: body), digest: digest, cipher: cipher, requestDigest: carried)
    return Opened(body: body, sequence: number.uint32() ?? 0, exchange: exchange)
  }

  /// Signs the response body and encrypts it as the request was. 0x0B is never encrypted, and no key can sign it.
  public func seal(response body: [UInt8]) -> [UInt8] {
    var digest = digest
    digest.absorb(body)
    var cipher = cipher
    let content = cipher?.apply(body) ?? body
    return Frame.framed(content + digest.value())
  }

  /// What is wrong with a response message, or its decrypted body when its digest is right.
  public func open(response message: ArraySlice<UInt8>) throws(SealFlaw) -> [UInt8] {
    guard message.count >= MessageLimit.shortestResponse else { throw .tooShort }
    let carried = message.suffix(Digest.length)
    let content = message.dropLast(Digest.length)
    var cipher = cipher
    let body = cipher?.apply(content) ?? Array(content)
    var digest = digest
    digest.absorb(body)
    guard digest.matches(carried) else { throw .wrongDigest }
    return body
  }
}

/// Why a message cannot be believed.
public enum SealFlaw: Error, Equatable, Sendable {
  case tooShort
  case wrongDigest
}
