// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import MEPTransport

struct Decode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decodes captured frames and says of each digest whether it is right.",
    discussion: """
      A capture is a .mepcap, as --capture and `mep monitor --save` write them; or one
      frame a line, in hexadecimal, its length field first; # begins a comment. A
      response belongs to the request before it. Without a key digests are "not
      checked"; a frame whose digest is wrong is never decoded. Tables that others
      shape (BT23, BT28) need those in the capture too, or --assume.
        mep decode --assume gen3 capture.txt
      """)

  @OptionGroup var options: TranscriptOptions

  @Argument(help: ArgumentHelp("The capture, or - for standard input.", valueName: "file"))
  var file: String

  func run() throws {
    let (key, dimensions) = (try options.key(), try options.dimensions())
    var transcript = Transcript(key: key, dimensions: dimensions)
    var flaws = Flaws()
    var report: LineReport?
    try Lines.each(of: file) { number, line in
      if report == nil, flaws.isEmpty, CaptureRecord(line: line) != nil {
        report = LineReport(options, LineMonitor(key: key, dimensions: dimensions, baud: 0))
      }
      if report != nil {
        report?.take(line: line, number)
        return
      }
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
      show(entry, number)
    }
    if report == nil { try flaws.judge(file) } else { try report?.end(file) }
  }

  private func show(_ entry: Transcript.Entry, _ number: Int) {
    if options.json {
      Output.line(JSON.object([("line", .integer(Int64(number)))] + entry.members))
    } else {
      Output.line("line \(number): " + entry.lines(assumed: options.assume != nil).joined(separator: "\n"))
    }
  }
}
