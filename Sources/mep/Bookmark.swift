// SPDX-License-Identifier: Apache-2.0
import C1219
import Glibc

/// How far a data set of the load profile was read, in a file of one line.
struct Bookmark {
  let path: String
  let set: Int

  /// Nil where there is no such file yet.
  func read() throws -> Moment? {
    guard let file = fopen(path, "r") else {
      if errno == ENOENT { return nil }
      throw Failure(.other, "\(path) cannot be read: \(String(cString: strerror(errno))).")
    }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 64)
    let count = fread(&buffer, 1, buffer.count, file)
    let words = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      .split(whereSeparator: \.isWhitespace).map(String.init)
    guard words.count == 3, words[0] == "set", let moment = Since.moment(words[2]) else {
      throw Failure(.wrongUse, "\(path) is no file of --resume: name another one, which will be made.")
    }
    guard words[1] == "\(set)" else {
      throw Failure(.wrongUse, "\(path) belongs to data set \(words[1]): name another file for data set \(set).")
    }
    return moment
  }

  func write(_ moment: Moment) throws {
    // Never half a line: the new file takes the old one's place at once.
    let fresh = path + ".new"
    guard let file = fopen(fresh, "w") else { throw unwritable }
    let isWritten = fputs("set \(set) \(Clock.text(moment, utc: true))\n", file) >= 0
    guard fclose(file) == 0, isWritten, rename(fresh, path) == 0 else { throw unwritable }
  }

  private var unwritable: Failure {
    Failure(.other, "\(path) cannot be written: \(String(cString: strerror(errno))).")
  }
}
