// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// Which entries of a log to read.
public enum LogExtent: Equatable, Sendable {
  case all
  /// So many of the newest ones.
  case last(Int)
  /// Those that the utility has not marked as read.
  case unread
  /// Those after the one of this number, which was once the newest of the same log; all of them when that was cleared
  /// since and counts anew.
  case since(UInt32)
}

/// A list of which only the newest entries were read.
struct ReadList {
  /// The whole table; entries that were not wanted are 0.
  let table: Decoded
  let ring: Ring
  let newest: Int
}

extension Meter {
  /// Reads the header of a list (``Ring``), the entries that are wanted, and the header again: what the meter has
  /// overwritten meanwhile is left out.
  ///
  /// - Parameters:
  ///   - array: the guide's name for the entries. Of entries that begin with their length no more is read than that says.
  ///   - progress: octets of entries read so far, and of all that are wanted.
  func readList(
    _ table: Table, _ array: StaticString, _ extent: LogExtent, _ progress: @Sendable (Int, Int) -> Void
  ) async throws(MeterError) -> ReadList {
    try await alone { () async throws(MeterError) in
      try await settled(table) { () async throws(MeterError) in
        let layout = try await currentLayout(of: table)
        let entries = layout.entries(of: array)
        for _ in 0..<3 {
          if let list = try await readOnce(table, layout, entries, extent, progress) { return list }
        }
        throw .unsettled(table.id)
      }
    }
  }

  /// As ``readList(_:_:_:_:)``; nil where the meter lacks the table, or gives it no entries.
  func readListIfKept(
    _ table: Table, _ array: StaticString, _ extent: LogExtent, _ progress: @Sendable (Int, Int) -> Void
  ) async throws(MeterError) -> ReadList? {
    guard
      let list = try await ifKept({ () async throws(MeterError) in
        try await self.readList(table, array, extent, progress)
      })
    else { return nil }
    return list.table.layout.entries(of: array).isEmpty ? nil : list
  }

  /// Nil where the list changed too much meanwhile.
  private func readOnce(
    _ table: Table, _ layout: Layout, _ entries: [Slice<Places>], _ extent: LogExtent,
    _ progress: @Sendable (Int, Int) -> Void
  ) async throws(MeterError) -> ReadList? {
    let header = 0..<(entries.first?.first?.offset ?? layout.octets)
    var octets = try await part(of: layout.table, header)
    guard let ring = Ring(Decoded(layout: layout, octets: octets)) else {
      throw .short(layout.table, wanted: header.count, got: octets.count)
    }
    guard let held = ring.entries(of: entries.count) else { throw .inconsistent(layout.table) }
    let newest =
      switch extent {
      case .all: held.count
      case .last(let count): min(held.count, max(0, count))
      case .unread: min(held.count, ring.unreadEntries)
      case .since(let sequence): min(held.count, ring.distance(from: sequence) ?? held.count)
      }
    octets += [UInt8](repeating: 0, count: layout.octets - octets.count)
    guard newest > 0 else { return ReadList(table: Decoded(layout: layout, octets: octets), ring: ring, newest: 0) }

    let wanted = held.suffix(newest).map { entries[$0.index] }
    if table.describesItself {
      let stride = entries.count > 1 ? (entries[1].first?.offset ?? 0) - header.count : layout.octets - header.count
      // Each begins with its length.
      guard stride >= 2 else { throw .inconsistent(table.id) }
      let room = self.room.read
      for (i, places) in wanted.enumerated() {
        let start = places.first?.offset ?? 0
        let end = start + stride
        try await fetch(start..<min(end, start + room), of: layout, into: &octets)
        // The length does not count itself.
        let length = Int(octets[start]) + Int(octets[start + 1]) << 8 + 2
        let last = min(end, start + length)
        for next in Swift.stride(from: start + room, to: last, by: room) {
          try await fetch(next..<min(last, next + room), of: layout, into: &octets)
        }
        progress(i + 1, wanted.count)
      }
    } else {
      let ranges = Fetch.ranges(of: wanted.flatMap { $0 }, within: room.read)
      let total = ranges.reduce(0) { $0 + $1.count }
      var done = 0
      for range in ranges {
        try await fetch(range, of: layout, into: &octets)
        done += range.count
        progress(done, total)
      }
    }
    let after = try await part(of: layout.table, header)
    guard let later = Ring(Decoded(layout: layout, octets: after)),
      let overwritten = ring.overwritten(until: later, of: entries.count)
    else { return nil }
    return ReadList(
      table: Decoded(layout: table.describesItself ? try laidOut(table, image: octets) : layout, octets: octets),
      ring: ring, newest: min(newest, held.count - overwritten))
  }

  private func fetch(_ range: Range<Int>, of layout: Layout, into octets: inout [UInt8]) async throws(MeterError) {
    let part = try await part(of: layout.table, range)
    guard part.count == range.count else { throw .short(layout.table, wanted: range.count, got: part.count) }
    octets.replaceSubrange(range, with: part)
  }
}
