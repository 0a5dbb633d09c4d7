// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The program that has a port open.
public struct PortHolder: Equatable, Sendable, CustomStringConvertible {
  /// The process identifier.
  public var pid: Int32
  /// The name of the program, as `ps` has it; empty if it cannot be read.
  public var name: String

  public init(pid: Int32, name: String) {
    self.pid = pid
    self.name = name
  }

  public var description: String { name.isEmpty ? "process \(pid)" : "\(name) (process \(pid))" }

  /// The process that holds a lock on the file, else one that has it open, as far as this user may see.
  static func find(_ path: String, _ file: stat) -> PortHolder? {
    (locker(of: file) ?? opener(of: path)).map {
      PortHolder(pid: $0, name: Files.line("/proc/\($0)/comm") ?? "")
    }
  }

  /// A line of /proc/locks is `1: FLOCK  ADVISORY  WRITE 1234 00:19:5 0 EOF`: the process, then device and inode.
  private static func locker(of file: stat) -> Int32? {
    // The C library's `major` and `minor` are macros, which do not reach Swift.
    let major = (file.st_dev >> 8) & 0xfff
    let minor = (file.st_dev & 0xff) | ((file.st_dev >> 12) & 0xfff00)
    let device = [major, minor].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    let identity = "\(device[0]):\(device[1]):\(file.st_ino)"
    for line in (Files.text("/proc/locks") ?? "").split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count > 5, words[1] == "FLOCK", words[5] == identity { return Int32(words[4]) }
    }
    return nil
  }

  private static func opener(of path: String) -> Int32? {
    for pid in Files.names(in: "/proc").compactMap({ Int32($0) }) {
      let folder = "/proc/\(pid)/fd"
      if Files.names(in: folder).contains(where: { Files.target(of: "\(folder)/\($0)") == path }) { return pid }
    }
    return nil
  }
}
