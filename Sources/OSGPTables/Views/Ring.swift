// SPDX-License-Identifier: Apache-2.0
import C1219

/// The header of a history list (self-reads, logs): which entries of its array hold data, and in what order they came.
///
/// A meter may add an entry between two partial reads: read the header after the entries too, and leave out what was
/// ``overwritten(until:of:)`` meanwhile.
public struct Ring: Equatable, Sendable {
  /// Order: entry N is newer than N+1. Every list of the guide is ascending.
  public let isDescending: Bool
  /// Entries were overwritten before they were read.
  public let hasOverflowed: Bool
  /// List Type: a circular queue, not a first-in, first-out one.
  public let isCircular: Bool
  /// New entries are dropped when the list is full of unread ones.
  public let inhibitsOverflow: Bool
  public let validEntries: Int
  /// The index of the newest entry.
  public let lastEntry: Int
  public let lastSequence: UInt32
  public let unreadEntries: Int
  /// The largest sequence number; 0 comes behind it.
  private let mostSequence: UInt32

  /// One entry of the array that holds data.
  public struct Entry: Equatable, Sendable {
    public let index: Int
    public let sequence: UInt32
    public let isUnread: Bool
  }

  /// From a table that begins with such a header; nil where its octets end within it.
  ///
  /// Tables differ in how they spell the fields, and in whether counts have one or two octets, sequence numbers two or
  /// four, but not in the order.
  ///
  /// - Parameter entry: the index in the outermost array, where a table has a header for each of its data sets.
  public init?(_ table: Decoded, entry: Int? = nil) {
    let places = table.layout.places.lazy.filter { entry == nil || $0.path.first?.index == entry }
    var header = places.filter { $0.field.bits == nil }.prefix(4).makeIterator()
    guard let start = places.first?.offset, table.octets.indices.contains(start), let valid = header.next(),
      let last = header.next(),
      let sequence = header.next(), let unread = header.next(),
      valid.octets <= 2, last.octets <= 2, sequence.octets <= 4, unread.octets <= 2,
      let validEntries = valid.integer(in: table.octets), let lastEntry = last.integer(in: table.octets),
      let lastSequence = sequence.integer(in: table.octets), let unreadEntries = unread.integer(in: table.octets)
    else { return nil }
    let flags = table.octets[start]
    isDescending = flags & 1 != 0
    hasOverflowed = flags & 2 != 0
    isCircular = flags & 4 != 0
    inhibitsOverflow = flags & 8 != 0
    self.validEntries = Int(clamping: validEntries)
    self.lastEntry = Int(clamping: lastEntry)
    self.lastSequence = UInt32(truncatingIfNeeded: lastSequence)
    self.unreadEntries = Int(clamping: unreadEntries)
    mostSequence = sequence.octets == 4 ? .max : 1 << UInt32(8 * sequence.octets) - 1
  }

  /// The entries that hold data, oldest first, in an array of `count`. The newest ones are those unread.
  ///
  /// No more than `count` whatever the header says; nil when it puts the newest one outside the array, so that nobody
  /// can tell which is the oldest.
  ///
  /// - Parameter newest: how many of them are wanted.
  public func entries(of count: Int, newest: Int = .max) -> [Entry]? {
    let valid = min(validEntries, count, newest)
    guard valid > 0 else { return [] }
    guard lastEntry >= 0, lastEntry < count else { return nil }
    return (0..<valid).reversed().map { age in
      let index = isDescending ? lastEntry + age : lastEntry - age
      return Entry(
        index: index < 0 ? index + count : index >= count ? index - count : index,
        sequence: (lastSequence &- UInt32(truncatingIfNeeded: age)) & mostSequence, isUnread: age < unreadEntries)
    }
  }
}

extension Ring {
  /// How many numbers went by from this one to the newest entry's; nil where the list has not come that far, as after it
  /// was cleared by a meter that then counts anew.
  public func distance(from sequence: UInt32) -> Int? {
    let distance = (lastSequence &- sequence) & mostSequence
    return distance > mostSequence / 2 ? nil : Int(distance)
  }

  /// How many of the oldest entries are gone where the list, an array of `count`, has come to `later` since; nil where
  /// nobody can tell.
  public func overwritten(until later: Ring, of count: Int) -> Int? {
    guard let numbers = later.distance(from: lastSequence), numbers < count, later.validEntries >= validEntries,
      later.isDescending == isDescending
    else { return nil }
    // Numbers may be skipped, places are not.
    let step = isDescending ? lastEntry - later.lastEntry : later.lastEntry - lastEntry
    return max(0, min(validEntries, count) + (step < 0 ? step + count : step) - count)
  }

  /// The header as tables declare it.
  ///
  /// - Parameters:
  ///   - counts: octets of the numbers of entries.
  ///   - sequence: octets of the sequence number.
  static func header(counts: Int = 1, sequence: Int = 2) -> [Element] {
    func uint(_ name: StaticString, _ octets: Int) -> Element {
      .field(Field(name, .unsigned, size: .exactly(octets), control: .meter))
    }
    return [
      .bits(
        "List Status", octets: 1,
        [
          .flag(0, "Order", .fixed, meanings: [Meaning(0, "ascending"), Meaning(1, "descending")]),
          .flag(1, "Overflow", .meter),
          .flag(2, "List Type", .fixed, factory: true, meanings: [Meaning(0, "FIFO"), Meaning(1, "circular")]),
          .flag(3, "Inhibit Overflow", .fixed),
          .fill(4...7),
        ]),
      uint("Number of Valid Entries", counts),
      uint("Last Entry Element", counts),
      uint("Last Entry Sequence Number", sequence),
      uint("Number of Unread Entries", counts),
    ]
  }
}
