// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// Scheduled reads: they wait in ET74 until ET45 has an entry that the head-end has read.
extension MeterBody {
  /// Enters a read. Without ET74 it goes to ET45 at once, over the oldest one.
  mutating func log(_ read: [UInt8], handle: Int64, isDelayed: Bool) {
    let content: [UInt8] = [UInt8(handle & 0xFF), UInt8(handle >> 8), isDelayed ? 2 : 0, 4] + read
    let length = content.count + 2
    let entry = [UInt8(length & 0xFF), UInt8(length >> 8), 0, 0] + content
    tables.append(entry, to: extendedEntries > 0 ? .et74 : .et45, array: "Log Entries")
    moveReads()
  }

  /// Octets of a read that an entry has room for behind its own header.
  var loggedRead: Int {
    mutating get { entrySize > Self.entryHeader ? entrySize - Self.entryHeader : .max }
  }

  private static let entryHeader = 8

  /// The head-end has read all of ET45.
  mutating func collectReads() {
    tables.set(.et45, "number_of_unread_entries", 0)
    tables.set(.et45, "overflow", 0)
    moveReads()
  }

  private mutating func moveReads() {
    let capacity = extendedEntries
    while capacity > 0 {
      let waiting = tables.integer(.et74, "number_of_unread_entries")
      guard waiting > 0, tables.integer(.et45, "number_of_unread_entries") < loggedEntries else { return }
      let index = (tables.integer(.et74, "last_entry_element") - waiting + 1 + capacity) % capacity
      guard let start = tables.offset(.et74, "log_entries[\(index)].length"), let held = tables[Table.et74.id] else {
        return
      }
      tables.append(Array(held[start..<start + entrySize]), to: .et45, array: "Log Entries")
      tables.set(.et74, "number_of_unread_entries", waiting - 1)
    }
  }

  private var entrySize: Int {
    mutating get { Int(tables.integer(.et36, "actual_dimension_list[4].entry_size")) }
  }

  private var loggedEntries: Int64 {
    mutating get { tables.integer(.et36, "actual_dimension_list[4].current_entries") }
  }

  private var extendedEntries: Int64 {
    mutating get { tables.integer(.et54, "et74_entry_count") }
  }
}
