// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// Makes sense of captured frames: pairs each response with the request before it, verifies digests when it has the key,
/// and decodes tables, learning the meter's dimensions as they pass by.
public struct Transcript: Sendable {
  /// What is known of a digest.
  public enum Verdict: String, Sendable {
    case verified
    case wrong
    /// There is no key to check it with, or no request to chain it to.
    case notChecked = "not checked"
  }

  /// What a frame turned out to be.
  public enum Entry: Sendable {
    case alert
    /// `request` is nil when its digest is wrong or its octets are none.
    case request(code: UInt8, Request?, sequence: UInt32, Verdict, isEncrypted: Bool)
    /// `response` is nil when its digest is wrong, or its lengths are.
    case response(code: UInt8, Response?, to: Request?, Verdict, Contents?)
    /// A frame of a TLS session.
    case tls(code: UInt8)
    /// Octets that cannot be a frame, and why.
    case broken(String)
  }

  /// A table, or the part of it that a response held.
  public enum Contents: Sendable {
    case whole(Table, Decoded)
    case part(Table, octets: [UInt8], places: [Place], range: Range<Int>)
    /// Octets of a table, and why they could not be decoded.
    case octets([UInt8], String)
  }

  private let key: AccessKey?
  private var dimensions: Dimensions
  private var pending: (request: Request?, exchange: Exchange?)?

  /// - Parameter dimensions: what is assumed of the meter until its own dimension tables pass by.
  public init(key: AccessKey? = nil, dimensions: Dimensions = Dimensions()) {
    self.key = key
    self.dimensions = dimensions
  }

  /// Takes the next frame, its length field first.
  public mutating func take(_ frame: [UInt8]) -> Entry {
    let entry = entry(of: frame)
    // What is broken may have been a request, and the next response its answer: only a digest can tell.
    if case .broken = entry, key == nil { pending = nil }
    return entry
  }

  private mutating func entry(of frame: [UInt8]) -> Entry {
    if frame == Frame.alert { return .alert }
    // 0xEE begins a packet of the optical port; as a length it would be far too long.
    if frame.first == 0xEE { return .broken("this is a packet of the optical port (C12.18), not a MEP frame") }
    guard frame.count > MessageLimit.lengthField else { return .broken("a frame has at least 11 octets") }
    let length = Int(frame[0]) << 8 | Int(frame[1])
    let message = frame[MessageLimit.lengthField...]
    guard length == message.count else {
      return .broken("its length field says \(length) octets, and \(message.count) follow: the frame is cut or damaged")
    }
    guard let code = message.first, message.count >= MessageLimit.shortestResponse else {
      return .broken("it is too short to carry a digest")
    }
    // By its digest first: the first octet of an encrypted answer may look like any code.
    if let exchange = pending?.exchange, (try? exchange.open(response: message)) != nil {
      return response(code, message)
    }
    if let key, let opened = Exchange.open(message: message, key: key) {
      pending = (opened.exchange.request, opened.exchange)
      return .request(
        code: opened.body.first ?? 0, opened.exchange.request, sequence: opened.sequence, .verified,
        isEncrypted: opened.exchange.isEncrypted)
    }
    switch code {
    case 0x30, 0x3F, 0x40, 0x4F: return request(code, message)
    case 0x57, 0x58, 0x59, 0x80: return .tls(code: code)
    default: return response(code, message)
    }
  }

  private mutating func request(_ code: UInt8, _ message: ArraySlice<UInt8>) -> Entry {
    guard message.count >= MessageLimit.shortestRequest else { return .broken("it is too short for a request") }
    let content = message.dropLast(Digest.length)
    let sequence = content.suffix(MessageLimit.sequenceNumber).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let request = try? Request(body: content.dropLast(MessageLimit.sequenceNumber))
    pending = (request, nil)
    return .request(
      code: code, key == nil ? request : nil, sequence: sequence, key == nil ? .notChecked : .wrong, isEncrypted: false)
  }

  private mutating func response(_ code: UInt8, _ message: ArraySlice<UInt8>) -> Entry {
    guard let (request, exchange) = pending else { return .broken("it is a response, and no request stands before it") }
    pending = nil
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
    let opened = body.first ?? code
    guard verdict != .wrong, let request else { return .response(code: code, nil, to: request, verdict, nil) }
    guard let response = try? Response(body: body, to: request) else {
      return .broken("its lengths do not fit the request: \(body.count) octets answer a request for \(request.table)")
    }
    guard case .data(let octets) = response else {
      return .response(code: opened, response, to: request, verdict, nil)
    }
    return .response(code: opened, response, to: request, verdict, contents(octets, of: request))
  }

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
