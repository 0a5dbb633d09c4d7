// SPDX-License-Identifier: Apache-2.0
import MEPClient

/// A meter that is to be named in a configuration.
public struct NewMeter: Decodable, Sendable {
  public let name: String
  public let address: String
  /// As the grid company gave it.
  public let key: String?
  /// The house's, where the configuration does not say it yet.
  public let timeZone: String?

  /// A configuration's text in which it is named; what was there stays.
  ///
  /// - Parameter keyFile: the path of the file with its key.
  public func named(in text: String, keyFile: String?) -> String {
    let fields: [(String, String?)] = [("name", name), ("address", address), ("key_file", keyFile)]
    // JSON's quotes are YAML's, too: whatever is between them is a text.
    let item = fields.compactMap { key, value in value.map { "\(key): \(JSON.string($0))" } }
    let lines = "\n  - " + item.joined(separator: "\n    ")
    var text = text
    // Somebody may have begun already.
    if let begun = text.firstMatch(of: /^meters:[ \t]*(?:#.*)?$/.anchorsMatchLineEndings()) {
      text.insert(contentsOf: lines, at: begun.range.upperBound)
    } else {
      if !text.isEmpty { text += text.hasSuffix("\n") ? "\n" : "\n\n" }
      text += "meters:\(lines)\n"
    }
    if let timeZone, !Self.hasZone(text) {
      text += "\(text.hasSuffix("\n") ? "" : "\n")time_zone: \(JSON.string(timeZone))\n"
    }
    return text
  }

  /// Whether a configuration's text says the house's time zone.
  public static func hasZone(_ text: String) -> Bool { text.contains(/^time_zone:/.anchorsMatchLineEndings()) }
}
