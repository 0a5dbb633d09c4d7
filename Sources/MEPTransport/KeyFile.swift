// SPDX-License-Identifier: Apache-2.0
import CTLS
import Glibc
import MEP

/// A file with a meter's key: 16 to 20 ASCII characters, or the 32 or 40 hexadecimal digits of 16 or 20 octets.
/// The first 16 octets are the key. Twenty characters are ASCII even if they look hexadecimal.
public enum KeyFile {
  /// From now on this process leaves no core dump, and others of the same user cannot read its memory, where keys are.
  public static func keepOutOfDumps() { CTLSForbidDumps() }

  /// The 16 octets of the key.
  public static func read(_ path: String) throws(KeyFileError) -> [UInt8] { try octets(path)[0] }

  /// The key, and what else the file could mean: digits may be characters.
  public static func readings(_ path: String) throws(KeyFileError) -> [AccessKey] {
    try octets(path).compactMap { AccessKey($0) }
  }

  private static func octets(_ path: String) throws(KeyFileError) -> [[UInt8]] {
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
    // Where a service manager gives a file to one user by an access list, the group's bits stand for the list.
    let isCredential = Files.folder(of: path) == getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) + "/" }
    guard file.st_mode & (isCredential ? 0o037 : 0o077) == 0 else { throw .tooOpen(path: path) }
    return try readings(of: content(descriptor, path), path)
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

  private static func readings(of content: [UInt8], _ path: String) throws(KeyFileError) -> [[UInt8]] {
    let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
    var text = content.starts(with: byteOrderMark) ? content[3...] : content[...]
    while let last = text.last, " \r\n\t".utf8.contains(last) { text.removeLast() }
    if text.isEmpty { throw .empty(path: path) }
    guard text.allSatisfy({ (0x20...0x7e).contains($0) }) else { throw .notASCII(path: path) }
    let characters = Array(text.prefix(16))
    switch text.count {
    case 16...20: return [characters]
    case 32, 40:
      let digits = text.prefix(32).map { Character(UnicodeScalar($0)).hexDigitValue }
      guard text.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else {
        throw .notHexadecimal(path: path, count: text.count)
      }
      let octets = stride(from: 0, to: 32, by: 2).map { UInt8(digits[$0]! * 16 + digits[$0 + 1]!) }
      return [octets, characters]
    case ..<16: throw .tooShort(path: path)
    case ..<32: throw .betweenForms(path: path)
    default: throw .tooLong(path: path)
    }
  }
}
