// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import MEPTransport
import OSGPTables

extension Transcript.Entry {
  /// Lines for a person. `assumed`: whether dimensions were assumed already.
  func lines(line: Int, assumed: Bool) -> [String] {
    let lead = "line \(line): "
    switch self {
    case .alert: return [lead + "alert"]
    case .broken(let why): return [lead + "not decoded: \(why)"]
    case .tls(let code): return [lead + "TLS frame, code 0x\(Hex.text([code]))"]
    case .request(let code, let request, let sequence, let verdict, let isEncrypted):
      let what = request?.words ?? (verdict == .wrong ? "not decoded" : "code 0x\(Hex.text([code])), wrong length")
      return [
        lead + "request \(what), sequence \(Hex.text(withUnsafeBytes(of: sequence.bigEndian, Array.init)))"
          + "\(isEncrypted ? ", encrypted" : ""), digest \(verdict.rawValue)"
      ]
    case .response(let code, let response, let request, let verdict, let contents):
      guard let response else { return [lead + "response not decoded, digest \(verdict.rawValue)"] }
      return [lead + "response 0x\(Hex.text([code])) \(response.words), digest \(verdict.rawValue)"]
        + (contents?.lines(request?.table, assumed: assumed).map { "  " + $0 } ?? [])
    }
  }

  func json(line: Int) -> JSON {
    var members: [(String, JSON)] = [("line", .integer(Int64(line)))]
    switch self {
    case .alert: members.append(("kind", .string("alert")))
    case .broken(let why): members += [("kind", .string("broken")), ("reason", .string(why))]
    case .tls(let code): members += [("kind", .string("tls")), ("code", .string("0x" + Hex.text([code])))]
    case .request(let code, let request, let sequence, let verdict, let isEncrypted):
      members += [("kind", .string("request")), ("code", .string("0x" + Hex.text([code])))]
      if let request { members += [("table", .string("\(request.table)")), ("request", .string(request.words))] }
      members += [
        ("sequence", .integer(Int64(sequence))), ("encrypted", .bool(isEncrypted)),
        ("digest", .string(verdict.rawValue)),
      ]
    case .response(let code, let response, let request, let verdict, let contents):
      members += [("kind", .string("response"))]
      if let response {
        members += [("code", .string("0x" + Hex.text([code]))), ("words", .string(response.words))]
      }
      members.append(("digest", .string(verdict.rawValue)))
      if let contents, let request {
        members += contents.report(request.table).members
        if case .octets(_, let why) = contents { members.append(("not_decoded", .string(why))) }
      }
    }
    return .object(members)
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
