// SPDX-License-Identifier: Apache-2.0
import CTLS
import Glibc
import MEP

/// A file with a meter's key: 16 to 20 ASCII characters, or the 32 or 40 hexadecimal digits of 16 or 20 octets.
/// The first 16 octets are the key. Twenty characters are ASCII even if they look hexadecimal.
public enum KeyFile {
  /// From now on this process leaves no core dump, and others of the same user cannot read its memory, where keys are.
  public static func keepOutOfDumps() { CTLSForbidDumps() }

  /// The key.
  public static func read(_ path: String) throws(KeyFileError) -> AccessKey { try readings(path)[0] }

  /// The key, and what else the file could mean: digits may be characters.
  public static func readings(_ path: String) throws(KeyFileError) -> [AccessKey] {
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
    var content = [UInt8](repeating: 0, count: limit + 1)
    defer { content.withUnsafeMutableBytes { AccessKey.overwrite($0) } }
    let count = try fill(&content, from: descriptor, path)
    return try readings(of: content.prefix(count), path)
  }

  private static let limit = 1024

  private static func fill(
    _ content: inout [UInt8], from descriptor: Int32, _ path: String
  ) throws(KeyFileError) -> Int {
    var count = 0
    while count <= limit {
      let more = content.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count) }
      if more == 0 { return count }
      if more > 0 {
        count += more
      } else if errno != EINTR {
        throw .unreadable(path: path, reason: LinkError.words(for: errno))
      }
    }
    throw .tooLong(path: path)
  }

  /// The same of what is in a file, or is to be.
  public static func readings(of content: ArraySlice<UInt8>, _ path: String) throws(KeyFileError) -> [AccessKey] {
    let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
    var text = content.starts(with: byteOrderMark) ? content.dropFirst(3) : content
    // The text is only narrowed: a change would make a copy.
    while let last = text.last, " \r\n\t".utf8.contains(last) { text = text.dropLast() }
    if text.isEmpty { throw .empty(path: path) }
    guard text.allSatisfy({ (0x20...0x7e).contains($0) }) else { throw .notASCII(path: path) }
    switch text.count {
    case 16...20: return [AccessKey(text)!]
    case 32, 40:
      guard text.allSatisfy({ digit($0) != nil }) else { throw .notHexadecimal(path: path, count: text.count) }
      let octets = (0..<AccessKey.length).lazy.map { at in
        let pair = text.dropFirst(2 * at).prefix(2)
        return digit(pair.first!)! << 4 | digit(pair.last!)!
      }
      return [AccessKey(octets)!, AccessKey(text.prefix(AccessKey.length))!]
    case ..<16: throw .tooShort(path: path)
    case ..<32: throw .betweenForms(path: path)
    default: throw .tooLong(path: path)
    }
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    Character(UnicodeScalar(character)).hexDigitValue.map { UInt8($0) }
  }
}
