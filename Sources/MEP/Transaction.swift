// SPDX-License-Identifier: Apache-2.0
import C1219

/// What ET52 and ET53 hold (guide, "Table Transaction Guidelines"): messages between two copies of a number. Lengths and
/// numbers of the transaction are least significant octet first, those inside the messages most significant first.
///
/// The meter carries out what ET52 holds once its closing number is written, with the rights of the key that wrote it, each
/// request by itself atomic. It does so again when power failed meanwhile, so what is asked must be repeatable.
public struct Transaction: Equatable, Sendable {
  public var type: TransactionType
  /// Chosen by the client, and never that of the transaction before.
  public var number: UInt16
  /// Of a group broadcast: who is to carry it out. 0xYYFF are all sub-groups of group YY, 0xFFYY are all groups.
  public var groups: [UInt16]
  /// Requests without sequence number and digest, or responses without digest.
  public var records: [[UInt8]]
  /// Whether the records' lengths fill the room for them exactly. Where they do not, `records` are those before the first
  /// wrong length: so far a meter goes, and answers with ``TransactionType/partialResponses``.
  public let isWhole: Bool

  /// Octets around the records: size, type, number, closing number.
  static let frame = 7
  /// The first octets of ET53, which tell its state: see ``TransactionState``.
  public static let head = 5

  public init(_ type: TransactionType, number: UInt16, groups: [UInt16] = [], records: [[UInt8]]) {
    self.type = type
    self.number = number
    self.groups = groups
    self.records = records
    isWhole = true
  }

  /// Octets that it takes, its size field included.
  public var size: Int {
    var size = Self.frame + (type == .groupRequests ? 1 + 2 * groups.count : 0)
    for record in records { size += 2 + record.count }
    return size
  }

  /// ET52 or ET53 up to the closing number. Counts that their fields cannot hold are cut: see ``fits(_:)``.
  public var octets: [UInt8] {
    var octets = UInt16(truncatingIfNeeded: size).leastFirst + [type.rawValue] + number.leastFirst
    if type == .groupRequests {
      octets.append(UInt8(truncatingIfNeeded: groups.count))
      for group in groups { octets += group.leastFirst }
    }
    for record in records { octets += UInt16(truncatingIfNeeded: record.count).leastFirst + record }
    return octets + number.leastFirst
  }

  /// Whether it fits a table of so many octets (ET11.7 or ET11.9), and all its counts their fields.
  public func fits(_ limit: Int) -> Bool {
    size <= min(limit, Int(UInt16.max)) && groups.count <= Int(UInt8.max) && records.allSatisfy { !$0.isEmpty }
  }

  /// Reads a table from its start; octets behind the closing number are of older transactions.
  public init(octets: some Collection<UInt8>) throws(TransactionFlaw) {
    let octets = Array(octets)
    guard let size = UInt16(leastFirst: octets, at: 0).map({ Int($0) }), size >= Self.frame else { throw .none }
    guard size <= octets.count, let first = UInt16(leastFirst: octets, at: 3),
      let last = UInt16(leastFirst: octets, at: size - 2)
    else { throw .cutOff(size: size) }
    guard first == last else { throw .torn(first: first, last: last) }
    type = TransactionType(octets[2])
    number = first
    var room = octets[Self.head..<size - 2]
    groups = []
    if type == .groupRequests {
      guard let count = room.popFirst(), room.count >= 2 * Int(count) else { throw .cutOff(size: size) }
      for i in 0..<Int(count) { groups.append(UInt16(leastFirst: octets, at: Self.head + 1 + 2 * i) ?? 0) }
      room = room.dropFirst(2 * Int(count))
    }
    records = []
    while let length = UInt16(leastFirst: octets, at: room.startIndex).map({ Int($0) }), length > 0,
      room.count >= 2 + length
    {
      records.append(Array(room.dropFirst(2).prefix(length)))
      room = room.dropFirst(2 + length)
    }
    isWhole = room.isEmpty
  }
}

/// The third octet of ET52 and ET53. Types that the guide does not list are kept as they came.
public struct TransactionType: Equatable, Sendable {
  public let rawValue: UInt8
  public init(_ rawValue: UInt8) { self.rawValue = rawValue }

  public static let requests = TransactionType(0)
  public static let responses = TransactionType(1)
  /// Not all responses fit the table, or a request had a wrong length.
  public static let partialResponses = TransactionType(2)
  /// Requests to all meters of some groups.
  public static let groupRequests = TransactionType(3)
  /// The meter is in none of these groups.
  public static let groupDenied = TransactionType(4)
}

/// Why octets are not a transaction.
public enum TransactionFlaw: Error, Equatable, Sendable {
  /// The size is too small for one: none has been written yet.
  case none
  /// The octets end before the transaction does, or it before its groups do.
  case cutOff(size: Int)
  /// The numbers differ: it was written in part, or another one replaced it while it was read.
  case torn(first: UInt16, last: UInt16)
}
