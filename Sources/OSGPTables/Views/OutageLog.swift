// SPDX-License-Identifier: Apache-2.0
import C1219

/// Typed view of ET81: when power was out, oldest first.
public struct OutageLog: Sendable {
  /// Entries were overwritten before they were read.
  public let hasOverflowed: Bool
  /// How many of the newest entries nobody has marked as read.
  public let unreadEntries: Int
  public let entries: [Entry]

  public struct Entry: Equatable, Sendable {
    /// Where in the array it is.
    public let index: Int
    public let sequence: UInt16
    /// Local time; nil where the meter had none.
    public let start: Moment?
    /// Local time; nil where the meter had none.
    public let end: Moment?
    public let isUnread: Bool

    /// How long it took, clock changes reckoned with; nil where the times do not tell.
    public func seconds(in zone: LocalZone) -> Int64? {
      guard let start, let end else { return nil }
      return zone.seconds(from: start, to: end)
    }
  }

  /// Entries that the octets do not hold whole are left out.
  ///
  /// Nil for another table, where the octets end within the header, and where that puts the newest entry outside the log.
  ///
  /// - Parameter newest: how many of the entries to take, for octets that have only the newest ones.
  public init?(_ table: Decoded, newest: Int = .max) {
    guard table.layout.table == .extended(81) else { return nil }
    let records = table.layout.entries(of: "Log Entries")
    guard let ring = Ring(table), let order = ring.entries(of: records.count, newest: newest) else { return nil }
    hasOverflowed = ring.hasOverflowed
    unreadEntries = ring.unreadEntries
    entries = order.compactMap { place in
      var fields = FieldReader(table, records[place.index])
      guard let start = fields.octetString(), let end = fields.octetString() else { return nil }
      return Entry(
        index: place.index, sequence: UInt16(truncatingIfNeeded: place.sequence), start: Moment(start),
        end: Moment(end), isUnread: place.isUnread)
    }
  }
}
