// SPDX-License-Identifier: Apache-2.0
import CTLS
import Glibc
import MEPTransport

/// A file with a line for each password or token that opens the gateway: not themselves, but what nobody can find them by.
public struct PasswordFile: Sendable {
  /// PBKDF2 by HMAC-SHA-256: a person waits a tenth of a second, and who guesses does so each time.
  private struct Line: Sendable {
    let rounds: UInt32
    let salt: [UInt8]
    let hash: [UInt8]

    init?(_ text: Substring) {
      let parts = text.split(separator: "$")
      guard parts.count == 4, parts[0] == Self.name, let rounds = UInt32(parts[1]), (1...10_000_000).contains(rounds),
        let salt = Hex.octets(String(parts[2])), let hash = Hex.octets(String(parts[3])), hash.count == Self.count
      else { return nil }
      (self.rounds, self.salt, self.hash) = (rounds, salt, hash)
    }

    init(_ password: [UInt8], rounds: UInt32, salt: [UInt8]) {
      (self.rounds, self.salt) = (rounds, salt)
      hash = [UInt8](unsafeUninitializedCapacity: Self.count) { buffer, count in
        CTLSStretch(password, password.count, salt, salt.count, rounds, buffer.baseAddress, Self.count)
        count = Self.count
      }
    }

    var text: String { "\(Self.name)$\(rounds)$\(Hex.text(salt))$\(Hex.text(hash))" }

    /// Takes as long for a password that is nearly right.
    func fits(_ password: [UInt8]) -> Bool {
      let other = Line(password, rounds: rounds, salt: salt)
      return zip(hash, other.hash).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static let name: Substring = "pbkdf2-sha256"
    private static let count = 32
  }

  private let lines: [Line]

  public struct Flaw: Error, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// - Throws: where it cannot be read, has no line, or one that was not made by ``line(for:)``.
  public init(_ path: String) throws(Flaw) {
    guard let text = Files.text(path) else {
      throw Flaw(description: "\(path) cannot be read: \(String(cString: strerror(errno))).")
    }
    var file = stat()
    guard stat(path, &file) == 0, file.st_mode & 0o007 == 0 else {
      throw Flaw(description: "\(path) can be read by everybody: chmod 600 \(path)")
    }
    var lines: [Line] = []
    for (n, text) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !text.isEmpty && text.first != "#" {
      // A password itself stands here sooner or later: it is not shown.
      guard let line = Line(text) else {
        throw Flaw(description: "\(path):\(n + 1): this is no line that `mep config password` makes.")
      }
      lines.append(line)
    }
    if lines.isEmpty { throw Flaw(description: "\(path) has no password: `mep config password` makes a line for it.") }
    self.lines = lines
  }

  /// The line for a password.
  public static func line(for password: String) -> String {
    var random = SystemRandomNumberGenerator()
    let salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
    return Line(Array(password.utf8), rounds: 200_000, salt: salt).text
  }

  /// Whether it is one of them. This takes a while.
  func has(_ password: [UInt8]) -> Bool { lines.contains { $0.fits(password) } }
}
