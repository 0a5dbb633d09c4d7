// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Why no key could be read from a file. No description ever has a part of the key in it.
public enum KeyFileError: Error, Equatable {
  case missing(path: String)
  case unreadable(path: String, reason: String)
  case isDirectory(path: String)
  case notAFile(path: String)
  /// The group or others may read or write it.
  case tooOpen(path: String)
  case empty(path: String)
  case tooShort(path: String)
  /// More than 20 characters but less than 32.
  case betweenForms(path: String)
  case tooLong(path: String)
  /// As long as hexadecimal digits would be, but not all of them are.
  case notHexadecimal(path: String, count: Int)
  /// Has something in it that is no printable ASCII character.
  case notASCII(path: String)

  static func opening(_ path: String, _ number: Int32) -> KeyFileError {
    switch number {
    case ENOENT, ENOTDIR: .missing(path: path)
    case let number: .unreadable(path: path, reason: LinkError.words(for: number))
    }
  }
}

extension KeyFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let path):
      "There is no key file \(path): make one with the meter's key in it, and `chmod 600 \(quoted(path))`."
    case .unreadable(let path, let reason):
      "The key file \(path) cannot be read (\(reason)): check who owns it and the folders above it."
    case .isDirectory(let path):
      "\(path) is a folder: name the key file in it."
    case .notAFile(let path):
      "\(path) is not a regular file: put the key into one."
    case .tooOpen(let path):
      "Others than you may use the key file \(path): mend that with `chmod 600 \(quoted(path))`."
    case .empty(let path):
      "The key file \(path) is empty: \(forms)."
    case .tooShort(let path):
      "The key file \(path) has fewer than 16 characters: \(forms)."
    case .betweenForms(let path):
      "The key file \(path) has more than 20 characters and fewer than 32: \(forms)."
    case .tooLong(let path):
      "The key file \(path) is too long for a key: \(forms)."
    case .notHexadecimal(let path, let count):
      "The key file \(path) has \(count) characters that are not all hexadecimal digits: \(forms)."
    case .notASCII(let path):
      "The key file \(path) has something else in it than one line of plain characters: \(forms)."
    }
  }

  private var forms: String { "write 16 to 20 ASCII characters, or the 32 or 40 hexadecimal digits of them" }
}

/// The path as one word for a shell.
private func quoted(_ path: String) -> String {
  let isPlain = path.utf8.allSatisfy {
    switch $0 {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case let octet: "/._-+,:@%".utf8.contains(octet)
    }
  }
  if isPlain { return path }
  return "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
