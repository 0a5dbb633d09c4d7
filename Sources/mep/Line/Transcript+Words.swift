// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPTransport
import OSGPTables

extension Transcript.Entry {
  /// Lines for a person. `assumed`: whether dimensions were assumed already.
  func lines(assumed: Bool) -> [String] {
    switch self {
    case .alert: return ["alert"]
    case .broken(let why): return ["not decoded: \(why)"]
    case .tls(let code, let kind, .client, let contents): return [kind.words(code, contents)]
    case .tls(let code, let kind, .meter, let contents): return [kind.words(answer: code, contents)]
    case .request(let code, let request, let sequence, let verdict, let protection):
      let what =
        request?.words
        ?? (verdict == .wrong ? "not decoded" : "code 0x\(Hex.text([code])), of a wrong length or encrypted")
      let number = sequence.map { ", sequence \(Hex.text(withUnsafeBytes(of: $0.bigEndian, Array.init)))" } ?? ""
      return ["request \(what)\(number)" + protection.words(verdict)]
    case .response(let code, let response, let request, let verdict, let protection, let contents):
      guard let response else { return ["response not decoded" + protection.words(verdict)] }
      return ["response 0x\(Hex.text([code])) \(response.words)" + protection.words(verdict)]
        + (contents?.lines(request?.table, assumed: assumed).map { "  " + $0 } ?? [])
    }
  }

  /// Members of a JSON object.
  var members: [(String, JSON)] {
    switch self {
    case .alert: return [("kind", .string("alert"))]
    case .broken(let why): return [("kind", .string("broken")), ("reason", .string(why))]
    case .tls(let code, let kind, let speaker, let contents):
      let words = speaker == .client ? kind.words(code, contents) : kind.words(answer: code, contents)
      return [
        ("kind", .string("tls")), ("code", .string("0x" + Hex.text([code]))), ("from", .string(speaker.rawValue)),
        ("words", .string(words)),
      ]
    case .request(let code, let request, let sequence, let verdict, let protection):
      var members: [(String, JSON)] = [("kind", .string("request")), ("code", .string("0x" + Hex.text([code])))]
      if let request { members += [("table", .string("\(request.table)")), ("request", .string(request.words))] }
      members += [
        ("sequence", sequence.map { .integer(Int64($0)) } ?? .null), ("encrypted", .bool(protection == .encrypted)),
        ("protection", .string(protection.rawValue)), ("digest", .string(verdict.rawValue)),
      ]
      return members
    case .response(let code, let response, let request, let verdict, let protection, let contents):
      var members: [(String, JSON)] = [("kind", .string("response"))]
      if let response {
        members += [("code", .string("0x" + Hex.text([code]))), ("words", .string(response.words))]
      }
      members += [("protection", .string(protection.rawValue)), ("digest", .string(verdict.rawValue))]
      if let contents, let request {
        members += contents.report(request.table).members
        if case .octets(_, let why) = contents { members.append(("not_decoded", .string(why))) }
      }
      return members
    }
  }
}

extension Transcript.Protection {
  fileprivate func words(_ verdict: Transcript.Verdict) -> String {
    switch self {
    case .digest: ", digest \(verdict.rawValue)"
    case .encrypted: ", encrypted, digest \(verdict.rawValue)"
    case .tls: ", in TLS, \(verdict.rawValue)"
    }
  }
}

extension TLSMessage.Kind {
  fileprivate func words(_ code: UInt8, _ contents: [TLSTap.Content]) -> String {
    let what =
      switch self {
      case .terminate: "ends the session"
      case .handshake: "begins a handshake"
      case .handshakeContinued: "goes on with the handshake"
      case .table: "request"
      }
    return "TLS 0x\(Hex.text([code])) \(what)" + contents.words
  }

  fileprivate func words(answer code: UInt8, _ contents: [TLSTap.Content]) -> String {
    "TLS response 0x\(Hex.text([code])) \(ResponseCode(code).wordsInTLS)" + contents.words
  }
}

extension [TLSTap.Content] {
  fileprivate var words: String { isEmpty ? "" : ": " + map(\.words).joined(separator: ", ") }
}

extension TLSTap.Content {
  fileprivate var words: String {
    switch self {
    case .handshake(1): "client hello"
    case .handshake(2): "server hello"
    case .handshake(12): "identity hint"
    case .handshake(14): "hello done"
    case .handshake(let number): "handshake message \(number)"
    case .keys(let identity?):
      "key exchange of client \(identity.client) with the \(identity.level.keyName)"
    case .keys(nil): "key exchange under an identity that no MEP client has"
    case .changeCipher: "change of cipher"
    case .finished: "finished, verified"
    case .octets(let octets): "\(octets.count) octets, verified"
    case .sealed(let count): "\(count) octets sealed"
    case .alert: "alert"
    }
  }
}

extension Transcript.Contents {
  fileprivate func report(_ id: TableID) -> Report {
    switch self {
    case .whole(let table, let decoded): Report(table, decoded)
    case .part(let table, let octets, let places, let range):
      Report(table, octets: octets, places: places.filter { !$0.isReserved }, ranges: [range])
    case .octets(let octets, _): Report(id, octets: octets)
    }
  }

  fileprivate func lines(_ id: TableID?, assumed: Bool) -> [String] {
    guard case .octets(let octets, let why) = self else { return report(id ?? TableID(number: 0)).lines }
    let isShaped = id.flatMap(Catalogue.table)?.dimensionTables.isEmpty == false
    let advice = isShaped && !assumed ? " --assume gen3 lays it out as a common meter has it." : ""
    return ["not decoded: \(why)\(advice)", Hex.text(octets, separator: " ")]
  }
}

extension Request {
  fileprivate var words: String {
    switch self {
    case .read(let table, let length): "read \(table), up to \(length) octets"
    case .readPart(let table, let offset, let length): "read \(table), \(length) octets from \(offset)"
    case .write(let table, let data): "write \(table), \(data.count) octets: \(Hex.text(data, separator: " "))"
    case .writePart(let table, let offset, let data):
      "write \(table), \(data.count) octets from \(offset): \(Hex.text(data, separator: " "))"
    }
  }
}

extension Response {
  fileprivate var words: String {
    switch self {
    case .data(let octets): "ok, \(octets.count) octets"
    case .done: "ok"
    case .sequence(let number):
      "Invalid sequence number, the meter's is \(Hex.text(withUnsafeBytes(of: number.bigEndian, Array.init)))"
    case .refused(let code): code.words.description
    }
  }
}
