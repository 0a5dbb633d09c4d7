// SPDX-License-Identifier: Apache-2.0

/// Lines for spreadsheets.
public enum CSV {
  /// A line of cells as RFC 4180 has it, but that it ends as everywhere else in this program.
  public static func line(_ cells: [String]) -> String {
    cells.map { cell in
      cell.contains { $0 == "," || $0 == "\"" || $0.isNewline }
        ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
    }.joined(separator: ",")
  }
}

extension JSON {
  /// What a cell shows: nothing for null, lists separated by blanks.
  package var plain: String {
    switch self {
    case .string(let text): text.printable
    case .null: ""
    case .array(let items): items.map(\.plain).joined(separator: " ")
    case .bool(let value): value ? "yes" : "no"
    default: description
    }
  }
}

extension String {
  /// Without what could steer a terminal.
  package var printable: String {
    String(
      String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "?" : $0 }))
  }

  /// Without the blanks at its end.
  package var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
