// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file with a meter's key: 16 to 20 ASCII characters, or the 32 or 40 hexadecimal digits of 16 or 20 octets.
/// The first 16 octets are the key. Twenty characters are ASCII even if they look hexadecimal.
public enum KeyFile {
  /// The 16 octets of the key.
  public static func read(_ path: String) throws(KeyFileError) -> [UInt8] {
    // Without O_NONBLOCK, a pipe without a writer would be waited for.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .opening(path, errno) }
    defer { close(descriptor) }
    var file = stat()
    guard fstat(descriptor, &file) == 0 else { throw .unreadable(path: path, reason: LinkError.words(for: errno)) }
    switch file.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .isDirectory(path: path)
    default: throw .notAFile(path: path)
    }
    guard file.st_mode & 0o077 == 0 else { throw .tooOpen(path: path) }
    return try key(in: content(descriptor, path), path)
  }

  private static func content(_ descriptor: Int32, _ path: String) throws(KeyFileError) -> [UInt8] {
    let limit = 1024
    var octets: [UInt8] = []
    while octets.count <= limit {
      var part = [UInt8](repeating: 0, count: limit + 1)
      let count = Glibc.read(descriptor, &part, part.count)
      if count == 0 { return octets }
      if count > 0 {
        octets += part.prefix(count)
      } else if errno != EINTR {
        throw .unreadable(path: path, reason: LinkError.words(for: errno))
      }
    }
    throw .tooLong(path: path)
  }

  private static func key(in content: [UInt8], _ path: String) throws(KeyFileError) -> [UInt8] {
    let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
    var text = content.starts(with: byteOrderMark) ? content[3...] : content[...]
    while let last = text.last, " \r\n\t".utf8.contains(last) { text.removeLast() }
    if text.isEmpty { throw .empty(path: path) }
    guard text.allSatisfy({ (0x20...0x7e).contains($0) }) else { throw .notASCII(path: path) }
    switch text.count {
    case 16...20: return Array(text.prefix(16))
    case 32, 40:
      let digits = text.prefix(32).map { Character(UnicodeScalar($0)).hexDigitValue }
      guard text.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else {
        throw .notHexadecimal(path: path, count: text.count)
      }
      return stride(from: 0, to: 32, by: 2).map { UInt8(digits[$0]! * 16 + digits[$0 + 1]!) }
    case ..<16: throw .tooShort(path: path)
    case ..<32: throw .betweenForms(path: path)
    default: throw .tooLong(path: path)
    }
  }
}
