// SPDX-License-Identifier: Apache-2.0
import Foundation
import Yams

/// What is wrong in a configuration file, and where.
public struct ConfigurationFlaw: Error, Equatable, Sendable, CustomStringConvertible {
  public let file: String
  /// From 1 on; nil for what is missing.
  public let line: Int?
  public let words: String

  public var description: String { file + (line.map { ":\($0)" } ?? "") + ": " + words }

  /// More words, at the same place.
  func with(_ more: String) -> ConfigurationFlaw { ConfigurationFlaw(file: file, line: line, words: words + more) }
}

/// All that is wrong in it: who mends a file does not want to be told one thing at a time.
public struct ConfigurationFlaws: Error, Sendable, CustomStringConvertible {
  public let flaws: [ConfigurationFlaw]

  /// In the order of their lines.
  public init(_ flaws: [ConfigurationFlaw]) { self.flaws = flaws.sorted { ($0.line ?? 0) < ($1.line ?? 0) } }

  public var description: String { flaws.map(\.description).joined(separator: "\n") }
}

/// A place in a configuration: in the file, or in the environment, which goes before it. What is wrong with it is noted, and
/// something that is right put in its place, so that the rest can be looked at.
struct Entry {
  /// Knows the environment, and notes what is wrong.
  final class Notes {
    let file: String
    private(set) var flaws: [ConfigurationFlaw] = []
    /// Where each text stands, as a flaw that only lacks the words: what is wrong with a file that is named is found out later.
    private(set) var places: [String: ConfigurationFlaw] = [:]
    /// Of this program.
    private let variables: [String: String]
    private var known: Set<String> = []

    init(file: String, environment: [String: String]) {
      (self.file, variables) = (file, environment.filter { $0.key.hasPrefix("MEP_") && !$0.value.isEmpty })
    }

    func note(_ flaw: ConfigurationFlaw) { flaws.append(flaw) }
    func note(_ words: String, at line: Int?) { note(ConfigurationFlaw(file: file, line: line, words: words)) }

    fileprivate func remember(_ text: String, at place: ConfigurationFlaw) { places[text] = places[text] ?? place }

    fileprivate func value(of variable: String) -> String? {
      known.insert(variable)
      return variables[variable]
    }

    fileprivate func hasVariables(inside variable: String) -> Bool {
      variables.keys.contains { $0.hasPrefix(variable + "_") }
    }

    /// The elements that are in the environment: MEP_METERS_0_NAME and MEP_METERS_1_NAME are of two.
    fileprivate func count(inside variable: String) -> Int {
      let numbers = variables.keys.filter { $0.hasPrefix(variable + "_") }.compactMap { name in
        Int(name.dropFirst(variable.count + 1).prefix { $0 != "_" })
      }
      // More of them than anybody means would be as many flaws.
      return (numbers.max() ?? -1) < 1000 ? (numbers.max() ?? -1) + 1 : 0
    }

    /// Variables of some sections that nobody asked for are misspelt.
    func noteUnknown(in sections: [String]) {
      for name in variables.keys.sorted() where !known.contains(name) {
        guard sections.contains(where: { name.hasPrefix("MEP_\($0.uppercased())_") }) else { continue }
        note(
          ConfigurationFlaw(
            file: name, line: nil,
            words: "is not known here: its name is that of a place in the configuration, such as MEP_METERS_0_NAME."))
      }
    }
  }

  /// "meters[0].address"
  let path: String
  private let node: Node?
  /// What says so, where it is not the file.
  private let variable: String?
  private let notes: Notes

  init(_ text: String, _ notes: Notes) {
    (path, variable, self.notes) = ("", nil, notes)
    do { node = try Yams.compose(yaml: text) } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        notes.note("no YAML: \(problem)", at: mark.line)
      // The line itself may hold a secret.
      case .reader(let problem, _, _, _): notes.note("no YAML: \(problem)", at: nil)
      case .duplicatedKeysInMapping(let names, let context):
        // The library's own words hold the whole file, and whatever secret somebody wrote there.
        notes.note("\(names.sorted().joined(separator: ", ")) stands there twice.", at: context.mark.line)
      default: notes.note("no YAML: \(error)", at: nil)
      }
      node = nil
    } catch {
      notes.note("no YAML: \(error)", at: nil)
      node = nil
    }
  }

  private init(path: String, node: Node?, notes: Notes) {
    (self.path, self.notes) = (path, notes)
    let name = Self.variable(path)
    let value = notes.value(of: name)
    (self.node, variable) = value.map { (Node($0), name) } ?? (node, nil)
  }

  /// "meters[0].key_file": "MEP_METERS_0_KEY_FILE".
  private static func variable(_ path: String) -> String {
    "MEP_" + path.uppercased().replacing("[", with: "_").replacing("]", with: "").replacing(".", with: "_")
  }

  /// Whether anything is said here.
  var isThere: Bool { isNode || notes.hasVariables(inside: Self.variable(path)) }
  private var isNode: Bool { node.map { $0.null == nil } ?? false }
  var line: Int? { node?.mark?.line }

  func flaw(_ words: String) { notes.note(place.with(words)) }

  private var place: ConfigurationFlaw {
    if let variable { return ConfigurationFlaw(file: variable, line: nil, words: "") }
    return ConfigurationFlaw(file: notes.file, line: line, words: path.isEmpty ? "" : path + ": ")
  }

  // MARK: Inside it

  /// What stands under some names; other names are flaws.
  func fields(_ names: String...) -> [String: Entry] { fields(names) }

  func fields(_ names: [String]) -> [String: Entry] {
    var fields = Dictionary(uniqueKeysWithValues: names.map { ($0, child($0, nil)) })
    guard isNode, let node else { return fields }
    guard let mapping = node.mapping else {
      if !isOff { flaw("takes names with values (\(names.joined(separator: ", "))).") }
      return fields
    }
    for (key, value) in mapping {
      let name = key.string ?? "?"
      guard names.contains(name) else {
        notes.note(
          "\(child(name, nil).path) is not known here: there are \(names.joined(separator: ", ")).",
          at: key.mark?.line)
        continue
      }
      fields[name] = child(name, value)
    }
    return fields
  }

  var list: [Entry] {
    var nodes: [Node?] = []
    if isNode, let node {
      if let sequence = node.sequence {
        nodes = Array(sequence)
      } else if variable != nil {
        nodes = (node.scalar?.string ?? "").split { ", ".contains($0) }.map { Node(String($0)) }
      } else {
        flaw("takes a list: lines that begin with a dash.")
      }
    }
    nodes += Array(repeating: nil, count: max(0, notes.count(inside: Self.variable(path)) - nodes.count))
    return nodes.enumerated().map { Entry(path: "\(path)[\($0)]", node: $1, notes: notes) }
  }

  private func child(_ name: String, _ node: Node?) -> Entry {
    Entry(path: path.isEmpty ? name : "\(path).\(name)", node: node, notes: notes)
  }

  // MARK: What it says

  /// Nil where nothing is said, or no text.
  var text: String? {
    guard isNode, let node else { return nil }
    guard let text = node.scalar?.string, !text.isEmpty else {
      flaw("takes a text.")
      return nil
    }
    notes.remember(text, at: place)
    return text
  }

  /// YAML's "off" and "false", and nothing else.
  var isOff: Bool { node?.bool == false }
  /// Likewise "on" and "true".
  var isOn: Bool { node?.bool == true }

  /// "all", which is not said otherwise.
  var isAll: Bool { node?.scalar?.string == "all" }

  var flag: Bool? {
    guard let text else { return nil }
    if let flag = node?.bool { return flag }
    flaw("takes true or false, and not \"\(text)\".")
    return nil
  }

  var zone: TimeZone? {
    guard let text else { return nil }
    if let zone = TimeZone(identifier: text) { return zone }
    flaw("there is no time zone \"\(text)\": one is Europe/Copenhagen.")
    return nil
  }

  func number(_ range: ClosedRange<Int>) -> Int? {
    guard let text else { return nil }
    if let number = Int(text), range.contains(number) { return number }
    flaw("takes \(range.lowerBound) to \(range.upperBound), and not \"\(text)\".")
    return nil
  }

  /// Milliseconds of "500ms", "10s", "15m", "1h" or "14d".
  func span(_ range: ClosedRange<Int64>) -> Int64? {
    guard let text else { return nil }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let units: [Substring: Int64] = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
    if let number = Int64(digits), let unit = units[text.dropFirst(digits.count)] {
      let (span, overflow) = number.multipliedReportingOverflow(by: unit)
      if !overflow, range.contains(span) { return span }
      flaw("takes \(Self.words(range.lowerBound)) to \(Self.words(range.upperBound)), and not \(text).")
    } else {
      flaw("takes a span such as 500ms, 10s, 15m, 1h or 14d, and not \"\(text)\".")
    }
    return nil
  }

  static func words(_ span: Int64) -> String {
    for (unit, size) in [("d", Int64(86_400_000)), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]
    where span % size == 0 && span > 0 {
      return "\(span / size)\(unit)"
    }
    return "\(span)ms"
  }

  func one<Choice: RawRepresentable & CaseIterable>(of: Choice.Type) -> Choice? where Choice.RawValue == String {
    guard let text else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    flaw("takes \(Choice.allCases.map(\.rawValue).joined(separator: ", ")), and not \"\(text)\".")
    return nil
  }
}
