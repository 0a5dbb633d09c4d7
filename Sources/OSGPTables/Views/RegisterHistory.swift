// SPDX-License-Identifier: Apache-2.0
import C1219

/// A ring of snapshots: self-reads (BT26), one-time reads (ET31) or demand resets (ET41).
public struct RegisterHistory: Sendable {
  public let ring: Ring
  /// Oldest first. Those that the octets do not hold whole are left out.
  public let entries: [Entry]

  public struct Entry: Sendable {
    /// Its place in the table, its sequence number and whether it is unread.
    public let position: Ring.Entry
    public let snapshot: RegisterSnapshot
  }

  /// Nil for any other table, and where the header is cut off or names a newest entry that the table does not have.
  ///
  /// - Parameters:
  ///   - newest: how many of the entries to take, for octets that have only the newest ones.
  ///   - selection: BT22, which tells maxima from minima and which demand a coincident value belongs to.
  ///   - unit: what ET55 tells.
  public init?(
    _ table: Decoded, newest: Int = .max, selection: Decoded? = nil, unit: EnergyRegisterUnit = .unknown
  ) {
    let array: StaticString
    switch table.layout.table {
    case Table.bt26.id: array = "Self-read Entries"
    case Table.et31.id: array = "One-time Read Entries"
    case Table.et41.id: array = "Demand Reset Entries"
    default: return nil
    }
    let slots = table.layout.entries(of: array)
    guard let ring = Ring(table), let positions = ring.entries(of: slots.count, newest: newest) else { return nil }
    let selection = DemandSelection(selection)
    self.ring = ring
    entries = positions.compactMap { position in
      let places = slots[position.index]
      guard let last = places.last, last.end <= table.octets.count else { return nil }
      return Entry(
        position: position, snapshot: RegisterSnapshot(places, depth: 1, in: table.octets, selection, unit))
    }
  }
}
