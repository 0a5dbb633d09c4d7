// SPDX-License-Identifier: Apache-2.0
import C1219
import Glibc
import MEPTransport
import OSGPTables

/// How far a data set of a meter's load profile was read: a file of lines, a name and a value each.
struct Bookmark {
  let path: String
  /// What the file was made for; another one's is refused.
  private let owner: [(name: String, value: String)]
  private(set) var mark: LoadProfile.Mark?
  /// The names of the columns that were printed; nil before the first of them.
  private(set) var columns: String?

  /// Whether rows can be printed behind those that were.
  var isContinued: Bool { columns != nil }

  /// Reads the file, where there is one, and sees whether it can be written.
  init(_ path: String, meter: String, set: Int, format: String) throws {
    self.path = path
    owner = [("meter", meter), ("set", "\(set)"), ("format", format)]
    if let lines = try Self.lines(path) { try take(lines) }
    try seeWhetherItCanBeWritten()
  }

  private mutating func take(_ lines: [String: String]) throws {
    for (name, value) in owner {
      guard let held = lines[name] else { throw foreign }
      if held != value {
        throw Failure(
          .wrongUse, "\(path) belongs to \(name) \(held), and this is \(name) \(value): name another file for it.")
      }
    }
    columns = lines["columns"]
    guard let end = lines["end"] else { return }
    guard let end = Since.moment(end), let configuration = lines["configuration"].flatMap({ UInt32($0) }),
      let sequence = lines["block"].flatMap({ UInt32($0) }), let interval = lines["interval"].flatMap({ Int($0) }),
      let octets = lines["octets"].flatMap({ Hex.octets($0) })
    else { throw foreign }
    mark = LoadProfile.Mark(
      configuration: configuration, sequence: sequence, interval: interval, end: end, octets: octets)
  }

  /// Rows of these columns are to come behind those that were printed.
  mutating func begin(_ columns: String) throws {
    if let before = self.columns, before != columns {
      throw Failure(
        .wrongUse,
        "\(path) belongs to rows of other columns (\(before)): the meter's load profile records something "
          + "else by now. Name another file, and print to another one.")
    }
    self.columns = columns
  }

  mutating func write(_ mark: LoadProfile.Mark?) throws {
    self.mark = mark ?? self.mark
    var lines = owner
    if let columns { lines.append(("columns", columns)) }
    if let mark = self.mark {
      lines += [
        ("configuration", "\(mark.configuration)"), ("block", "\(mark.sequence)"), ("interval", "\(mark.interval)"),
        ("end", Clock.text(mark.end, utc: true)), ("octets", Hex.text(mark.octets)),
      ]
    }
    try replace(with: lines.map { "\($0) \($1)\n" }.joined())
  }

  /// Never half a file: the new one takes the old one's place at once.
  private func replace(with text: String) throws {
    if let failure = Files.replace(path, with: text) { throw unwritable(failure) }
  }

  /// Sees it before the meter is asked for hours.
  private func seeWhetherItCanBeWritten() throws {
    let trial = path + ".new"
    if let failure = Files.replace(trial, with: "") { throw unwritable(failure) }
    unlink(trial)
  }

  /// Nil where there is no such file yet.
  private static func lines(_ path: String) throws -> [String: String]? {
    guard let text = Files.text(path) else {
      if errno == ENOENT { return nil }
      throw Failure(.other, "\(path) cannot be read: \(String(cString: strerror(errno))).")
    }
    var lines: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      if parts.count == 2 { lines[parts[0]] = parts[1] }
    }
    return lines
  }

  private var foreign: Failure {
    Failure(.wrongUse, "\(path) is no file of --resume: name another one, which will be made.")
  }

  private func unwritable(_ number: Int32) -> Failure {
    Failure(.other, "\(path) cannot be written: \(String(cString: strerror(number))).")
  }
}
