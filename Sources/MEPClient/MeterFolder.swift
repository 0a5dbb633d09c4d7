// SPDX-License-Identifier: Apache-2.0
import Glibc
import MEPTransport

/// What this computer keeps of meters: a folder for each in one that it may share with others.
enum MeterFolder {
  static func path(of meter: String, in folder: String) -> String {
    let name = meter.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    return folder + "/" + (name.isEmpty ? "unnamed" : name)
  }

  static func all(in folder: String) throws(StateProblem) -> [String] {
    guard let names = Files.readNames(in: folder) else {
      // One that is there and cannot be read is not an empty one.
      guard errno == ENOENT else { throw StateProblem(folder, errno) }
      return []
    }
    return names.map { folder + "/" + $0 }
  }

  /// Waits until no other program has it; the lock ends with the descriptor, also when the program is killed.
  static func lock(_ path: String) throws(StateProblem) -> Int32 {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StateProblem(path, errno) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else {
        let failure = errno
        close(descriptor)
        throw StateProblem(path, failure)
      }
    }
    return descriptor
  }
}

/// A file in that folder that cannot be read or written.
public struct StateProblem: Error, Sendable {
  public let path: String
  public let reason: String

  init(_ path: String, _ number: Int32) { (self.path, reason) = (path, String(cString: strerror(number))) }
}
