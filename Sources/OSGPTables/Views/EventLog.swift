// SPDX-License-Identifier: Apache-2.0
import C1219

/// Typed view of BT74 and ET79: what happened, oldest first.
///
/// Both logs share one run of sequence numbers, so either may skip some.
public struct EventLog: Sendable {
  /// Entries were overwritten before they were read.
  public let hasOverflowed: Bool
  /// How many of the newest entries nobody has marked as read.
  public let unreadEntries: Int
  /// The number of the newest entry; older firmware begins anew when the log is cleared.
  public let lastSequence: UInt32
  public let entries: [Entry]

  public struct Entry: Equatable, Sendable {
    /// Where in the array it is.
    public let index: Int
    public let sequence: UInt32
    /// UTC; nil where the meter had no time.
    public let time: Moment?
    public let user: User
    public let id: EventID
    /// As the meter has it: two octets in every meter that is known, least significant first.
    public let argument: [UInt8]
    public let isUnread: Bool

    public init(
      index: Int, sequence: UInt32, time: Moment?, user: User, id: EventID, argument: [UInt8], isUnread: Bool
    ) {
      self.index = index
      self.sequence = sequence
      self.time = time
      self.user = user
      self.id = id
      self.argument = argument
      self.isUnread = isUnread
    }

    /// Nil for an event whose number is not published.
    public var event: Event? { Event.event(id) }

    /// What the argument says; empty where nobody has told, or where there is none.
    public var arguments: [EventArgument] {
      guard argument.count >= 2 else { return [] }
      return event?.arguments(UInt16(argument[1]) << 8 | UInt16(argument[0])) ?? []
    }
  }

  /// On whose behalf it happened.
  public enum User: Equatable, Sendable {
    case nobody
    /// A PLC, P2P or G3 message.
    case network
    case mepClient
    /// Who was logged in at the optical port, or the client ID that a TLS client gave.
    case id(UInt16)

    public init(code: UInt16) {
      switch code {
      case 0xFFFF: self = .nobody
      case 0xFFFE: self = .network
      case 0xFFFD: self = .mepClient
      default: self = .id(code)
      }
    }

    public var code: UInt16 {
      switch self {
      case .nobody: 0xFFFF
      case .network: 0xFFFE
      case .mepClient: 0xFFFD
      case .id(let id): id
      }
    }

    public var words: StaticString {
      switch self {
      case .nobody: "nobody"
      case .network: "network"
      case .mepClient: "MEP client"
      case .id: "user"
      }
    }
  }

  /// Entries that the octets do not hold whole are left out.
  ///
  /// Nil for another table, where the octets end within the header, and where that puts the newest entry outside the log.
  ///
  /// - Parameter newest: how many of the entries to take, for octets that have only the newest ones.
  public init?(_ table: Decoded, newest: Int = .max) {
    guard table.layout.table == .basic(74) || table.layout.table == .extended(79) else { return nil }
    let records = table.layout.entries(of: "History Record Array")
    guard let ring = Ring(table), let order = ring.entries(of: records.count, newest: newest) else { return nil }
    hasOverflowed = ring.hasOverflowed
    unreadEntries = ring.unreadEntries
    lastSequence = ring.lastSequence

    // Entries have the low half of their number. From the newest one on back, each is below the one before it.
    var sequence = ring.lastSequence
    var entries: [Entry] = []
    for place in order.reversed() {
      var fields = FieldReader(table, records[place.index])
      guard let time = fields.octetString(), let low = fields.integer(UInt16.self),
        let user = fields.integer(UInt16.self), let event = fields.integer(UInt16.self),
        let argument = fields.octetString()
      else { continue }
      sequence &-= UInt32(UInt16(truncatingIfNeeded: sequence) &- low)
      entries.append(
        Entry(
          index: place.index, sequence: sequence, time: Moment(time),
          user: User(code: user), id: EventID(code: event),
          argument: argument, isUnread: place.isUnread))
    }
    self.entries = entries.reversed()
  }
}
