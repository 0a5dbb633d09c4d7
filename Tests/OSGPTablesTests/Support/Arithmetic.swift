// SPDX-License-Identifier: Apache-2.0

/// Works out what the guide prints for an offset: "BT21.3 + BT21.4", "A+44", "95+ (ET11.32*ET11.33)".
///
/// "BT21.3" is octet 3 of BT21, "BT21.0.2" bit 2 of octet 0; letters are symbols that stand for more of the same.
struct Arithmetic {
  var images: [String: [UInt8]] = [:]
  var symbols: [String: String] = [:]

  struct Unreadable: Error { let text: String }

  func value(_ text: String) throws -> Int {
    var rest = Substring(text.filter { !$0.isWhitespace })
    let value = try sum(&rest)
    guard rest.isEmpty else { throw Unreadable(text: text) }
    return value
  }

  private func sum(_ text: inout Substring) throws -> Int {
    var value = try product(&text)
    while let sign = text.first, sign == "+" || sign == "-" {
      text.removeFirst()
      let next = try product(&text)
      value = sign == "+" ? value + next : value - next
    }
    return value
  }

  private func product(_ text: inout Substring) throws -> Int {
    var value = try factor(&text)
    while let sign = text.first, sign == "*" || sign == "/" {
      text.removeFirst()
      let next = try factor(&text)
      value = sign == "*" ? value * next : value / next
    }
    return value
  }

  private func factor(_ text: inout Substring) throws -> Int {
    if text.first == "(" {
      text.removeFirst()
      let value = try sum(&text)
      guard text.first == ")" else { throw Unreadable(text: String(text)) }
      text.removeFirst()
      return value
    }
    let word = text.prefix { $0.isLetter || $0.isNumber || $0 == "." }
    text.removeFirst(word.count)
    // The size of a record is a symbol in parentheses.
    if word == "sizeof" { return try factor(&text) }
    if let number = Int(word) { return number }
    if let symbol = symbols[String(word)] { return try value(symbol) }
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, let image = images[String(parts[0])], let octet = Int(parts[1]),
      octet < image.count
    else { throw Unreadable(text: String(word)) }
    guard parts.count == 3 else { return Int(image[octet]) }
    guard let bit = Int(parts[2]), bit < 8 else { throw Unreadable(text: String(word)) }
    return Int(image[octet] >> UInt8(bit) & 1)
  }
}
