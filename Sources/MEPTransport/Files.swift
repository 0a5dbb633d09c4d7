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

  /// The first line of a text file; nil if there is none.
  static func line(_ path: String) -> String? {
    text(path)?.split(separator: "\n").first.map(String.init)
  }

  /// The names in a folder, in order; none if it cannot be read.
  static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
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

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The last name of a path.
  static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
