// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import Glibc
import MEP
import MEPClient
import MEPSimulator

struct Decode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decodes captured frames and says of each digest whether it is right.",
    discussion: """
      One frame a line, in hexadecimal, its length field first; # begins a comment. A response belongs to the request
      before it. Without a key digests are "not checked"; an answer whose digest is wrong is never decoded.
      Tables that others shape (BT23, BT28) need those in the capture too, or --assume.
        mep decode --assume gen3 capture.txt
      """)

  @Option(help: ArgumentHelp("Lay tables out as this simulated meter has them: gen3, gen4 …", valueName: "profile"))
  var assume: String?

  @Option(help: ArgumentHelp("The meter's key, in a file that only you can read.", valueName: "path"))
  var keyFile: String?

  @Flag(help: "One JSON object a frame, a line each.")
  var json = false

  @Argument(help: ArgumentHelp("The capture, or - for standard input.", valueName: "file"))
  var file: String

  func run() throws {
    let path = keyFile ?? environment("MEP_KEY_FILE")
    let key = try path.map { try Key.read($0) }
    let dimensions = try assume.map { try Profile.required($0).dimensions } ?? Dimensions()
    var transcript = Transcript(key: key, dimensions: dimensions)
    var flaws = Flaws()
    try Self.eachLine(of: file) { number, line in
      let text = line.prefix { $0 != "#" }
      if text.allSatisfy(\.isWhitespace) { return }
      let entry: Transcript.Entry
      if let octets = Hex.octets(text) {
        entry = transcript.take(octets)
      } else {
        entry = .broken("this is not hexadecimal: digits 0 to 9 and a to f, two an octet")
      }
      flaws.note(entry)
      Output.line(json ? entry.json(line: number).description : entry.lines(line: number).joined(separator: "\n"))
    }
    try flaws.judge(hasKey: key != nil, file: file)
  }

  private static func eachLine(of file: String, _ body: (Int, String) -> Void) throws {
    guard let stream = file == "-" ? fdopen(STDIN_FILENO, "r") : fopen(file, "r") else {
      throw Failure(.wrongUse, "\(file) cannot be read: \(String(cString: strerror(errno))).")
    }
    defer { if file != "-" { fclose(stream) } }
    var buffer: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(buffer) }
    var number = 0
    while true {
      errno = 0
      let count = getline(&buffer, &capacity, stream)
      guard count >= 0, let buffer else { break }
      number += 1
      body(number, String(cString: buffer).trimmedLine)
    }
    if ferror(stream) != 0 { throw Failure(.wrongUse, "\(file) cannot be read: \(String(cString: strerror(errno))).") }
  }
}

/// What a whole capture lacked.
private struct Flaws {
  private var frames = 0
  private var verified = 0
  private var wrong = 0
  private var broken = 0

  mutating func note(_ entry: Transcript.Entry) {
    frames += 1
    switch entry {
    case .request(_, _, _, let verdict, _), .response(_, _, _, let verdict, _):
      if verdict == .wrong { wrong += 1 } else if verdict == .verified { verified += 1 }
    case .broken: broken += 1
    case .alert, .tls: break
    }
  }

  func judge(hasKey: Bool, file: String) throws {
    if frames == 0 { throw Failure(.wrongUse, "\(file) holds no frames: one a line, in hexadecimal.") }
    if wrong > 0, verified == 0 {
      throw Failure(.keyNotAccepted, "No digest is right under this key: it is not the key of this meter.")
    }
    if wrong + broken > 0 {
      throw Failure(
        .brokenProtocol,
        "Of \(frames) frames \(wrong) have a wrong digest and \(broken) are no frames; the others are decoded above.")
    }
  }
}

extension Transcript.Entry {
  fileprivate func lines(line: Int) -> [String] {
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
    case .response(let code, let response, _, let verdict, let contents):
      guard let response else { return [lead + "response not decoded, digest \(verdict.rawValue)"] }
      return [lead + "response 0x\(Hex.text([code])) \(response.words), digest \(verdict.rawValue)"]
        + (contents?.lines.map { "  " + $0 } ?? [])
    }
  }

  fileprivate func json(line: Int) -> JSON {
    var members: [(String, JSON)] = [("line", .integer(Int64(line)))]
    switch self {
    case .alert: members.append(("kind", .string("alert")))
    case .broken(let why): members += [("kind", .string("broken")), ("reason", .string(why))]
    case .tls(let code): members += [("kind", .string("tls")), ("code", .string("0x" + Hex.text([code])))]
    case .request(let code, let request, let sequence, let verdict, let isEncrypted):
      members += [("kind", .string("request")), ("code", .string("0x" + Hex.text([code])))]
      if let request { members += [("table", .string("\(request.table)")), ("request", .string(request.words))] }
      members += [
        ("sequence", .integer(Int64(sequence))), ("encrypted", .bool(isEncrypted)), ("digest", .string(verdict.rawValue)),
      ]
    case .response(let code, let response, let request, let verdict, let contents):
      members += [("kind", .string("response"))]
      if let response {
        members += [("code", .string("0x" + Hex.text([code]))), ("words", .string(response.words))]
      }
      members.append(("digest", .string(verdict.rawValue)))
      if let contents, let request, case .object(let report) = contents.report(request.table).json() {
        members += report
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

  fileprivate var lines: [String] {
    if case .octets(let octets, let why) = self {
      return ["not decoded: \(why) `--assume gen3` lays tables out as a common meter has them.", Hex.text(octets, separator: " ")]
    }
    return report(TableID(number: 0)).lines
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

extension String {
  fileprivate var trimmedLine: String {
    var text = self
    while let last = text.last, last.isNewline { text.removeLast() }
    return text
  }
}
