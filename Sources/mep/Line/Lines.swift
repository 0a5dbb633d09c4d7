// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The lines of a text file, or of standard input, as they come.
enum Lines {
  /// - Parameter file: a path, or "-" for standard input.
  static func each(of file: String, _ body: (_ number: Int, _ line: String) throws -> Void) throws {
    guard let stream = file == "-" ? fdopen(STDIN_FILENO, "r") : fopen(file, "r") else {
      throw Failure(.wrongUse, "\(file) cannot be read: \(String(cString: strerror(errno))).")
    }
    defer { if file != "-" { fclose(stream) } }
    var buffer: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(buffer) }
    var number = 0
    while true {
      errno = 0
      let count = getline(&buffer, &capacity, stream)
      guard count >= 0, let buffer else { break }
      number += 1
      var octets = UnsafeBufferPointer(start: buffer, count: count).map { UInt8(bitPattern: $0) }[...]
      if number == 1, octets.starts(with: [0xEF, 0xBB, 0xBF]) { octets = octets.dropFirst(3) }
      while let last = octets.last, [0x0A, 0x0D].contains(last) { octets.removeLast() }
      try body(number, String(decoding: octets, as: UTF8.self))
    }
    if ferror(stream) != 0 { throw Failure(.wrongUse, "\(file) cannot be read: \(String(cString: strerror(errno))).") }
  }
}
