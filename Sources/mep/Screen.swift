// SPDX-License-Identifier: Apache-2.0
import Glibc
import MEP
import MEPTransport

/// Where readings are shown: in place on a terminal, else one line each.
struct Screen {
  private let isTerminal = isatty(STDOUT_FILENO) == 1 && environment("TERM") != "dumb"
  private var reading: Reading?
  private var problem: String?
  private var isOpen = false

  mutating func show(_ new: Reading) {
    (reading, problem) = (new, nil)
    if isTerminal { draw() } else { Output.line(new.line) }
  }

  /// The last reading stays on a terminal, and is called stale.
  mutating func show(problem new: String) {
    defer { problem = new }
    if !isTerminal, new != problem { Exit.complain(new) }
    if isTerminal {
      problem = new
      draw()
    }
  }

  /// Draws again every second meanwhile: a stale reading grows older, and the terminal may have another size.
  mutating func wait(until due: Instant) async throws(LinkError) {
    while Instant.now() < due {
      try await Instant.sleep(until: isTerminal ? min(due, .now() + .milliseconds(1000)) : due)
      if isTerminal { draw() }
    }
  }

  /// Gives the terminal back, the last reading left on it.
  func leave() {
    guard isOpen else { return }
    Output.write("\u{1B}[?1049l\u{1B}[?25h" + lines(hint: "").joined(separator: "\n") + "\n")
  }

  private func lines(hint: String) -> [String] {
    guard let reading else { return [] }
    let age = (Instant.now() - reading.at).microseconds / 1_000_000
    let head = problem == nil ? "Read at \(reading.time).\(hint)" : "STALE: these values are \(age) s old."
    return [head] + Self.wrapped(problem ?? "", to: Self.size().columns) + [""] + reading.screen
  }

  /// On the terminal's second screen, which needs no care of what the first one shows, whatever size it gets.
  private mutating func draw() {
    let begin = isOpen ? "" : "\u{1B}[?1049h\u{1B}[?25l"
    isOpen = true
    let size = Self.size()
    let shown = lines(hint: " Ctrl-C ends.").prefix(size.rows).map { $0.prefix(size.columns) + "\u{1B}[K" }
    Output.write(begin + "\u{1B}[H" + shown.joined(separator: "\r\n") + "\u{1B}[J")
  }

  /// The sentence ends in what to do, which must not fall off the edge.
  private static func wrapped(_ text: String, to width: Int) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  private static func size() -> (rows: Int, columns: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else { return (24, 80) }
    return (Int(size.ws_row), Int(size.ws_col))
  }
}
