// SPDX-License-Identifier: Apache-2.0

extension String {
  func padded(to width: Int, right: Bool = false) -> String {
    let blank = String(repeating: " ", count: Swift.max(0, width - count))
    return right ? blank + self : self + blank
  }

  var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }

  /// Without what could steer a terminal.
  var printable: String {
    String(
      String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "?" : $0 }))
  }
}
