// SPDX-License-Identifier: Apache-2.0
import OSGPTables

/// What a meter's display shows besides the list of its own values.
public struct DisplayContent: Equatable, Sendable {
  /// The scheduled message while its time is, its ID and its text; nil while the list is shown.
  public var message: Message?
  /// The house icon, of the client that it belongs to.
  public var house = IconState.off
  /// What MEP clients 1 and 2 gave the meter to show: sources with an icon or a value other than 0. Which number makes
  /// one of them an item of the list is not published, so that they are told here by port and index.
  public var sources: [Source] = []

  public struct Message: Equatable, Sendable {
    /// With a point behind each character that has one.
    public let id: String
    public let text: String
  }

  public struct Source: Equatable, Sendable {
    public let port: Int
    public let index: Int
    public let value: DisplaySource
  }
}

extension DisplayContent: CustomStringConvertible {
  public var description: String {
    var parts = [message.map { "message \"\($0.id)\" \"\($0.text)\"" } ?? "its list"]
    if house != .off { parts.append("house icon \(house.words)") }
    for source in sources {
      let icons = source.value.icons.names.map { " \($0)" }.joined()
      parts.append("client \(source.port) source \(source.index): \(source.value.value)\(icons)")
    }
    return parts.joined(separator: ", ")
  }
}
