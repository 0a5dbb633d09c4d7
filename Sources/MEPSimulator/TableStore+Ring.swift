// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension TableStore {
  /// Enters a record into a list that begins with the guide's header (``Ring``): behind the newest one, in the oldest
  /// one's place where the list is full. Nothing happens where the list has no room at all.
  ///
  /// - Parameters:
  ///   - record: the entry's octets; those that are missing at its end are 0.
  ///   - array: the guide's name for the entries.
  ///   - sequence: its number; nil for the one after the last.
  mutating func append(_ record: [UInt8], to table: Table, array: StaticString, sequence: Int64? = nil) {
    guard let layout = layout(of: table), let octets = self[table.id],
      let ring = Ring(Decoded(layout: layout, octets: octets))
    else { return }
    let entries = layout.entries(of: array)
    guard !entries.isEmpty else { return }
    let index = ring.validEntries == 0 ? 0 : (ring.lastEntry + 1) % entries.count
    guard let start = entries[index].first?.offset, let end = entries[index].last?.end else { return }
    put(
      (record + [UInt8](repeating: 0, count: max(0, end - start - record.count))).prefix(end - start), at: start,
      of: table.id)

    let header = Array(layout.places.lazy.filter { $0.field.bits == nil }.prefix(4))
    let number = sequence ?? Int64(ring.lastSequence) + 1
    let new = [
      Int64(min(ring.validEntries + 1, entries.count)), Int64(index),
      number & (1 << Int64(8 * header[2].octets) - 1),
      Int64(min(ring.unreadEntries + 1, entries.count)),
    ]
    for (place, value) in zip(header, new) { set(table, place, .integer(value)) }
    if ring.unreadEntries == entries.count { set(table, "overflow", 1) }
  }
}
