// SPDX-License-Identifier: Apache-2.0
import Glibc
import MEP
import MEPTransport

/// A folder of its own for one test, removed afterwards.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var name = Array("/tmp/mep-test-XXXXXX".utf8CString)
    path = String(cString: mkdtemp(&name))
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: String) {
    if let stream = opendir(path) {
      while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        var file = stat()
        let child = "\(path)/\(name)"
        if name == "." || name == ".." || lstat(child, &file) != 0 { continue }
        if file.st_mode & S_IFMT == S_IFDIR { remove(child) } else { unlink(child) }
      }
      closedir(stream)
    }
    rmdir(path)
  }

  /// Writes a file and the folders above it.
  @discardableResult
  func write(_ name: String, _ content: [UInt8], mode: mode_t = 0o600) -> String {
    makeFolders(above: name)
    let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode)
    _ = Glibc.write(descriptor, content, content.count)
    fchmod(descriptor, mode)
    close(descriptor)
    return "\(path)/\(name)"
  }

  @discardableResult
  func write(_ name: String, _ content: String, mode: mode_t = 0o600) -> String {
    write(name, Array(content.utf8), mode: mode)
  }

  /// Makes a symbolic link and the folders above it.
  func link(_ name: String, to target: String) {
    makeFolders(above: name)
    symlink(target, "\(path)/\(name)")
  }

  private func makeFolders(above name: String) {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/\(part)"
      mkdir(folder, 0o700)
    }
  }
}

/// A moment so far off that a test which reaches it has failed.
func soon() -> Instant { .now() + .milliseconds(10_000) }

/// Exactly so many octets, or fewer when no more come.
func collect(_ count: Int, from link: any Link) async throws(LinkError) -> [UInt8] {
  let deadline = soon()
  var octets: [UInt8] = []
  while octets.count < count {
    let part = try await link.receive(until: deadline)
    if part.isEmpty { break }
    octets += part
  }
  return octets
}

/// The error that the body throws.
func failure(_ body: () async throws(LinkError) -> Void) async -> LinkError? {
  do throws(LinkError) {
    try await body()
    return nil
  } catch {
    return error
  }
}

extension LinkError {
  var isClosed: Bool { if case .closed = self { true } else { false } }
}
