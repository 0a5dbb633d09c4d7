// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The little that is needed of a file system, without Foundation.
public enum Files {
  /// The whole of a text file; nil if it cannot be read.
  public static func text(_ path: String) -> String? { octets(path).map { String(decoding: $0, as: UTF8.self) } }

  /// The whole of a file, or of what comes through a pipe; nil if it cannot be read.
  public static func octets(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var octets: [UInt8] = []
    while true {
      var isRead = false
      let part = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
        let got = read(descriptor, buffer.baseAddress, buffer.count)
        (isRead, count) = (got >= 0, max(0, got))
      }
      if !isRead, errno == EINTR { continue }
      // A folder can be opened, but not read.
      guard isRead else { return nil }
      if part.isEmpty { return octets }
      octets += part
    }
  }

  /// Puts a text in the place of a file's, at once and so that it is there after a power failure; the number of the error
  /// that kept it from that, which leaves the old text.
  ///
  /// - Parameter keepsMode: whether those who could read the old one can read the new one, and not only this user.
  public static func replace(_ path: String, with text: String, keepsMode: Bool = false) -> Int32? {
    // A name of its own: whoever is killed half-way leaves nothing that another one would take for the file.
    var name = Array((path + ".XXXXXX").utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { return errno }
    var former = stat()
    if keepsMode, stat(path, &former) == 0 {
      // Only root can give it to somebody else, and another group reads nothing that was not for it.
      _ = fchown(descriptor, former.st_uid, gid_t.max)
      let isGroupKept = fchown(descriptor, uid_t.max, former.st_gid) == 0
      fchmod(descriptor, former.st_mode & (isGroupKept ? 0o777 : 0o707))
    }
    var failure = put(text, into: descriptor)
    if failure == nil, rename(name, path) != 0 { failure = errno }
    guard failure == nil else {
      unlink(name)
      return failure
    }
    return sync(folder(of: path))
  }

  /// Makes a file that only this user can read; the number of the error that kept it from that, EEXIST where there is one.
  public static func make(_ path: String, with text: String) -> Int32? {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return errno }
    guard let failure = put(text, into: descriptor) ?? sync(folder(of: path)) else { return nil }
    unlink(path)
    return failure
  }

  /// Writes a text to the disk, and closes its file.
  private static func put(_ text: String, into descriptor: Int32) -> Int32? {
    var failure = write(Array(text.utf8), to: descriptor)
    if failure == nil, fsync(descriptor) != 0 { failure = errno }
    if close(descriptor) != 0, failure == nil { failure = errno }
    return failure
  }

  /// Makes a folder, and those that it is in, for this user only; the number of the error that kept it from that.
  public static func makeFolder(_ path: String) -> Int32? {
    var made = ""
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
      made += part + "/"
      if mkdir(made, 0o700) == 0 {
        if let failure = sync(folder(of: String(made.dropLast()))) { return failure }
      } else if errno != EEXIST {
        return errno
      }
    }
    return nil
  }

  /// The folder that a file is in, with its last slash.
  public static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  }

  /// A new name in a folder outlives a power failure once the folder itself was written, where its file system can do that.
  private static func sync(_ folder: String) -> Int32? {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    return fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP ? nil : errno
  }

  /// Writes all of it; the number of the error that kept it from that.
  static func write(_ octets: [UInt8], to descriptor: Int32) -> Int32? {
    var rest = octets[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { return errno }
    }
    return nil
  }

  /// The first line of a text file, which may be empty; nil if it cannot be read.
  public static func firstLine(_ path: String) -> String? { text(path).map { String($0.prefix { !$0.isNewline }) } }

  /// The same; nil if there is nothing in it either.
  static func line(_ path: String) -> String? { firstLine(path).flatMap { $0.isEmpty ? nil : $0 } }

  /// The names in a folder, in order; none if it cannot be read.
  public static func names(in folder: String) -> [String] { readNames(in: folder) ?? [] }

  /// As ``names(in:)``; nil if it cannot be read, and `errno` tells why.
  public static func readNames(in folder: String) -> [String]? {
    guard let stream = opendir(folder) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// What a symbolic link says; nil if it is none.
  static func target(of link: String) -> String? {
    let octets = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
      count = max(0, buffer.withMemoryRebound(to: CChar.self) { readlink(link, $0.baseAddress!, $0.count) })
    }
    return octets.isEmpty ? nil : String(decoding: octets, as: UTF8.self)
  }

  /// The path without symbolic links; nil if nothing is there.
  static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The last name of a path.
  static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
