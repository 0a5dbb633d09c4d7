// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// What a write would change, found out by reading first.
public struct WritePlan: Sendable {
  public let table: Table
  public let changes: [Change]
  /// The octets to be written, and where; those of bits that are not changed are as they were read.
  public let parts: [(offset: Int, octets: [UInt8])]

  public struct Change: Sendable {
    public let place: Place
    public let old: Raw
    public let new: Raw
  }
}

extension Meter {
  /// Reads the fields of these paths and works out what giving them these values would write.
  ///
  /// Values are read as ``Place/raw(parsing:)`` does. Nothing is written yet.
  public func plan(_ table: Table, setting values: [(path: String, value: String)]) async throws(MeterError)
    -> WritePlan
  {
    try permit(table.id)
    let selection = try await read(table, paths: values.map(\.path))
    var octets = selection.octets
    var changes: [WritePlan.Change] = []
    for (path, value) in values {
      let places = try selection.layout.places(matching: [path])
      guard places.count == 1, let place = places.first, let old = place.raw(in: selection.octets) else {
        throw .severalFields(table.id, path)
      }
      guard let new = place.raw(parsing: value), place.store(new, in: &octets) else {
        throw .badValue(table.id, path, value)
      }
      if new != old { changes.append(WritePlan.Change(place: place, old: old, new: new)) }
    }
    let ranges = changes.map { $0.place.offset..<$0.place.end }.sorted { $0.lowerBound < $1.lowerBound }
    var parts: [Range<Int>] = []
    for range in ranges {
      if let last = parts.last, range.lowerBound <= last.upperBound {
        parts[parts.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        parts.append(range)
      }
    }
    return WritePlan(table: table, changes: changes, parts: parts.map { ($0.lowerBound, Array(octets[$0])) })
  }

  /// Writes what was planned and reads it back.
  public func carryOut(_ plan: WritePlan) async throws(MeterError) {
    for (offset, octets) in plan.parts { try await write(plan.table.id, offset: offset, octets) }
    for (offset, octets) in plan.parts { try await compare(plan.table.id, offset: offset, octets) }
  }

  /// Writes octets, and reads them back.
  public func writeAndCompare(_ table: TableID, offset: Int = 0, _ octets: [UInt8]) async throws(MeterError) {
    try await write(table, offset: offset, octets)
    try await compare(table, offset: offset, octets)
  }

  private func compare(_ table: TableID, offset: Int, _ octets: [UInt8]) async throws(MeterError) {
    try await alone { () async throws(MeterError) in
      for start in stride(from: 0, to: octets.count, by: MessageLimit.read) {
        let wanted = Array(octets[start...].prefix(MessageLimit.read))
        let first = offset + start
        guard try await part(of: table, first..<first + wanted.count) == wanted else { throw .notKept(table) }
      }
    }
  }
}
