// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables

/// Makes sense of the frames on a line: pairs each response with the request before it, verifies digests and opens TLS
/// when it has the key, and decodes tables, learning the meter's dimensions as they pass by.
public struct Transcript: Sendable {
  /// What is known of a message's digest, or of its record of TLS.
  public enum Verdict: String, Sendable {
    case verified
    case wrong
    /// There is no key to check it with, or no request to chain it to.
    case notChecked = "not checked"
  }

  /// How a request is protected.
  public enum Protection: String, Sendable {
    case digest, encrypted, tls
  }

  /// What a frame turned out to be.
  public enum Entry: Sendable {
    case alert
    /// `request` is nil when its digest is wrong or its octets are none. In TLS there is no sequence number.
    case request(code: UInt8, Request?, sequence: UInt32?, Verdict, Protection)
    /// `response` is nil when its digest is wrong, or its lengths are.
    case response(code: UInt8, Response?, to: Request?, Verdict, Protection, Contents?)
    /// A message of TLS that is no request, or cannot be opened.
    case tls(code: UInt8, TLSMessage.Kind, Speaker, [TLSTap.Content])
    /// Octets that cannot be a frame, and why.
    case broken(String)

    /// Of a request or a response.
    public var verdict: Verdict? {
      switch self {
      case .request(_, _, _, let verdict, _), .response(_, _, _, let verdict, _, _): verdict
      case .alert, .tls, .broken: nil
      }
    }
  }

  /// A table, or the part of it that a response held.
  public enum Contents: Sendable {
    case whole(Table, Decoded)
    case part(Table, octets: [UInt8], places: [Place], range: Range<Int>)
    /// Octets of a table, and why they could not be decoded.
    case octets([UInt8], String)
  }

  /// What waits for its answer.
  private enum Pending {
    case nothing
    case request(Request?, Exchange?)
    case tls(TLSMessage.Kind, Request?)
  }

  private let key: AccessKey?
  private var dimensions: Dimensions
  private var pending = Pending.nothing
  private var tap: TLSTap

  /// - Parameter dimensions: what is assumed of the meter until its own dimension tables pass by.
  public init(key: AccessKey? = nil, dimensions: Dimensions = Dimensions()) {
    self.key = key
    self.dimensions = dimensions
    tap = TLSTap(key: key)
  }

  /// Takes the next frame, its length field first.
  ///
  /// - Parameter speaker: who said it; nil where nobody knows.
  public mutating func take(_ frame: [UInt8], from speaker: Speaker? = nil) -> Entry {
    let entry = entry(of: frame, speaker)
    // What is broken may have been a request, and the next response its answer: only a digest can tell.
    if case .broken = entry, key == nil { pending = .nothing }
    return entry
  }

  /// Whether a message (its length field taken off) looks like one that this side can have said now.
  func isLikely(_ message: ArraySlice<UInt8>, from speaker: Speaker) -> Bool {
    switch (speaker, pending) {
    case (.client, _):
      if TLSMessage(message: message) != nil { return true }
      guard message.count >= MessageLimit.shortestRequest else { return false }
      if let key, Exchange.open(message: message, key: key) != nil { return true }
      return (try? Request(body: Self.signed(message))) != nil
    case (.meter, .tls): return TLSMessage.Answer(message: message) != nil
    case (.meter, .request(let request, let exchange)):
      if let exchange, (try? exchange.open(response: message)) != nil { return true }
      return Self.isLikely(response: message, to: request)
    case (.meter, .nothing):
      // The first records of an answer tell a session whose request was not heard.
      return Self.isLikely(response: message, to: nil)
        || TLSMessage.Answer(message: message).map { !$0.octets.isEmpty } == true
    }
  }

  private static func isLikely(response message: ArraySlice<UInt8>, to request: Request?) -> Bool {
    guard message.count >= MessageLimit.shortestResponse, let code = message.first,
      code <= ResponseCode.invalidSequenceNumber.rawValue
    else { return false }
    let body = message.dropLast(Digest.length)
    let requests = request.map { [$0] } ?? [.read(.basic(0), length: .max), .write(.basic(0), [])]
    return requests.contains { (try? Response(body: body, to: $0)) != nil }
  }

  /// What stands before the sequence number and the digest of a request.
  private static func signed(_ message: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    message.dropLast(Digest.length + MessageLimit.sequenceNumber)
  }

  private mutating func entry(of frame: [UInt8], _ speaker: Speaker?) -> Entry {
    if frame == Frame.alert, speaker != .client { return .alert }
    // 0xEE begins a packet of the optical port; as a length it would be far too long.
    if frame.first == 0xEE { return .broken("this is a packet of the optical port (C12.18), not a MEP frame") }
    guard frame.count > MessageLimit.lengthField else { return .broken("a frame has at least 3 octets") }
    let length = Int(frame[0]) << 8 | Int(frame[1])
    let message = frame[MessageLimit.lengthField...]
    guard length == message.count else {
      return .broken("its length field says \(length) octets, and \(message.count) follow: the frame is cut or damaged")
    }
    guard let code = message.first else { return .broken("it is empty") }
    // By its digest first: the first octet of an encrypted answer may look like any code.
    if speaker != .client, case .request(_, let exchange?) = pending, (try? exchange.open(response: message)) != nil {
      return response(code, message)
    }
    if speaker != .meter, let key, let opened = Exchange.open(message: message, key: key) {
      pending = .request(opened.exchange.request, opened.exchange)
      return .request(
        code: opened.body.first ?? 0, opened.exchange.request, sequence: opened.sequence, .verified,
        opened.exchange.isEncrypted ? .encrypted : .digest)
    }
    if speaker != .meter, let message = TLSMessage(message: message) { return tls(message) }
    if speaker != .client, case .tls(let kind, let request) = pending,
      let answer = TLSMessage.Answer(message: message)
    {
      return tls(answer, to: kind, request)
    }
    guard message.count >= MessageLimit.shortestResponse else { return .broken("it is too short to carry a digest") }
    let isRequest = speaker.map { $0 == .client } ?? [0x30, 0x3F, 0x40, 0x4F].contains(code)
    return isRequest ? request(code, message) : response(code, message)
  }

  private mutating func request(_ code: UInt8, _ message: ArraySlice<UInt8>) -> Entry {
    guard message.count >= MessageLimit.shortestRequest else { return .broken("it is too short for a request") }
    let number = message.dropLast(Digest.length).suffix(MessageLimit.sequenceNumber)
    let sequence = number.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let request = try? Request(body: Self.signed(message))
    pending = .request(request, nil)
    return .request(
      code: code, key == nil ? request : nil, sequence: sequence, key == nil ? .notChecked : .wrong, .digest)
  }

  private mutating func response(_ code: UInt8, _ message: ArraySlice<UInt8>) -> Entry {
    guard case .request(let request, let exchange) = pending else {
      return .broken("it is a response, and no request stands before it")
    }
    pending = .nothing
    var body = Array(message.dropLast(Digest.length))
    var verdict = Verdict.notChecked
    if let exchange {
      do throws(SealFlaw) {
        body = try exchange.open(response: message)
        verdict = .verified
      } catch {
        // No key can sign a refusal of the key.
        if body != [ResponseCode.authenticationFailure.rawValue] { verdict = .wrong }
      }
    } else if key != nil, body != [ResponseCode.authenticationFailure.rawValue] {
      verdict = .wrong
    }
    let protection: Protection = exchange?.isEncrypted == true ? .encrypted : .digest
    guard verdict != .wrong, let request else {
      return .response(code: code, nil, to: request, verdict, protection, nil)
    }
    return answer(body, to: request, verdict, protection)
  }

  private mutating func answer(
    _ body: [UInt8], to request: Request, _ verdict: Verdict, _ protection: Protection
  ) -> Entry {
    let code = body.first ?? 0
    guard let response = try? Response(body: body, to: request) else {
      // Without the key a request that is encrypted may by chance look like another one.
      if verdict == .notChecked { return .response(code: code, nil, to: nil, verdict, protection, nil) }
      return .broken("its lengths do not fit the request: \(body.count) octets answer a request for \(request.table)")
    }
    var found: Contents?
    if case .data(let octets) = response { found = contents(octets, of: request) }
    return .response(code: code, response, to: request, verdict, protection, found)
  }

  // MARK: TLS

  private mutating func tls(_ message: TLSMessage) -> Entry {
    let contents =
      message.kind == .terminate
      ? [] : tap.take(message.octets, from: .client, isHello: message.kind == .handshake)
    if message.kind == .terminate { tap.end() }
    guard message.kind == .table, case .octets(let body)? = contents.first, contents.count == 1 else {
      pending = .tls(message.kind, nil)
      return .tls(code: message.kind.rawValue, message.kind, .client, contents)
    }
    let request = try? Request(body: body)
    pending = .tls(message.kind, request)
    return .request(code: body.first ?? 0, request, sequence: nil, .verified, .tls)
  }

  private mutating func tls(_ answer: TLSMessage.Answer, to kind: TLSMessage.Kind, _ request: Request?) -> Entry {
    pending = .nothing
    let contents = tap.take(answer.octets, from: .meter)
    guard let request, case .octets(let body)? = contents.first, contents.count == 1 else {
      return .tls(code: answer.code.rawValue, kind, .meter, contents)
    }
    return self.answer(body, to: request, .verified, .tls)
  }

  // MARK: Tables

  private mutating func contents(_ octets: [UInt8], of request: Request) -> Contents {
    guard let table = Catalogue.table(request.table) else {
      return .octets(octets, "the guide does not describe \(request.table)")
    }
    do throws(LayoutError) {
      if case .readPart(_, let offset, _) = request {
        guard !table.describesItself else {
          return .octets(octets, "only the whole table tells how it is laid out.")
        }
        let range = Int(offset)..<Int(offset) + octets.count
        let layout = try table.layout(in: dimensions)
        let places = layout.places.filter { $0.offset >= range.lowerBound && $0.end <= range.upperBound }
        return .part(table, octets: [UInt8](repeating: 0, count: Int(offset)) + octets, places: places, range: range)
      }
      let decoded = Decoded(layout: try table.layout(in: dimensions, image: octets), octets: octets)
      try learn(table, octets)
      return .whole(table, decoded)
    } catch {
      return .octets(octets, error.description)
    }
  }

  private mutating func learn(_ table: Table, _ octets: [UInt8]) throws(LayoutError) {
    if table.id == Table.bt01.id, let info = GeneralManufacturerInformation(octets) {
      dimensions.firmware = info.firmware
    }
    if Catalogue.shapesOthers(table.id) { try dimensions.learn(table, octets) }
  }
}
