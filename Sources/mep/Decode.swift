// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import Glibc
import MEP
import MEPClient
import MEPSimulator
import MEPTransport

struct Decode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decodes captured frames and says of each digest whether it is right.",
    discussion: """
      One frame a line, in hexadecimal, its length field first; # begins a comment.
      A response belongs to the request before it. Without a key digests are "not
      checked"; a frame whose digest is wrong is never decoded. Tables that others
      shape (BT23, BT28) need those in the capture too, or --assume.
        mep decode --assume gen3 capture.txt
      """)

  @Option(
    help: ArgumentHelp(
      "Lay tables out as this simulated meter has them: " + Profile.all.map(\.name).joined(separator: ", ") + ".",
      valueName: "profile"))
  var assume: String?

  @Option(
    help: ArgumentHelp("The meter's key, in a file that only you can read. Or set MEP_KEY_FILE.", valueName: "path"))
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
        _ = transcript.take([])
        entry = .broken("this is not hexadecimal: digits 0 to 9 and a to f, two an octet")
      }
      flaws.note(entry)
      Output.line(
        json
          ? entry.json(line: number).description
          : entry.lines(line: number, assumed: assume != nil).joined(separator: "\n"))
    }
    try flaws.judge(file)
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
      var octets = UnsafeBufferPointer(start: buffer, count: count).map { UInt8(bitPattern: $0) }[...]
      if number == 1, octets.starts(with: [0xEF, 0xBB, 0xBF]) { octets = octets.dropFirst(3) }
      body(number, String(decoding: octets, as: UTF8.self).trimmedLine)
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

  func judge(_ file: String) throws {
    if frames == 0 { throw Failure(.wrongUse, "\(file) holds no frames: one a line, in hexadecimal.") }
    if wrong > 0, verified == 0 {
      throw Failure(.keyNotAccepted, "No digest is right under this key: it is not the key of this meter.")
    }
    if wrong + broken > 0 {
      let flaws = [(wrong, "wrong digest"), (broken, "damaged or not MEP")].filter { $0.0 > 0 }
      throw Failure(
        .brokenProtocol,
        "Not decoded: \(wrong + broken) of \(frames) frames ("
          + flaws.map { "\($1): \($0)" }.joined(separator: ", ") + "). What is printed for each says why.")
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
