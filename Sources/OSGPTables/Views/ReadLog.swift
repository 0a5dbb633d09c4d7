// SPDX-License-Identifier: Apache-2.0
import C1219

/// Typed view of ET45 and ET74: the scheduled reads of all M-Bus devices and MEP clients, oldest first. What is unread in
/// ET74 waits for a place in ET45.
public struct ReadLog: Sendable {
  public let ring: Ring
  public let entries: [Entry]

  public struct Entry: Sendable {
    /// Its place in the table, its sequence number and whether it is unread.
    public let position: Ring.Entry
    /// 1 to 999 M-Bus, 1000 and up MEP client 1, 2000 and up MEP client 2.
    public let handle: UInt16
    /// It waits for a place in ET45, where it will have another number.
    public let isWaiting: Bool
    /// It was read late, at a power-up.
    public let isDelayed: Bool
    public let isSuccess: Bool
    public let read: BillingRead
    /// As the table has it, from the handle on.
    public let octets: [UInt8]
  }

  /// Entries that the octets do not hold as far as their length says are left out.
  ///
  /// Nil for another table, where the octets end within the header, and where that puts the newest entry outside the log.
  ///
  /// - Parameter newest: how many of the entries to take, for octets that have only the newest ones.
  public init?(_ table: Decoded, newest: Int = .max) {
    guard table.layout.table == .extended(45) || table.layout.table == .extended(74) else { return nil }
    let slots = table.layout.entries(of: "Log Entries")
    guard let ring = Ring(table), let order = ring.entries(of: slots.count, newest: newest) else { return nil }
    self.ring = ring
    entries = order.compactMap { Entry(table, slots[$0.index], $0) }
  }
}

extension ReadLog.Entry {
  /// The guide counts the length "including the handle", and does not say whether what is before it as well: two octets
  /// more than it says may not be of the entry.
  fileprivate init?(_ table: Decoded, _ places: Slice<Places>, _ position: Ring.Entry) {
    func number(_ name: StaticString) -> Int64? { table.integers(named: name, entry: position.index).first }
    let start = places.first { $0.path.last?.isCalled("Handle") == true }?.offset
    guard let length = number("Length"), let handle = number("Handle"), let status = number("Execution Status"),
      let result = number("Result"), let start, start + Int(length) <= table.octets.count + 2,
      // Handle, status and result are before the read.
      let read = BillingRead(table, entry: position.index, octets: Int(length) - 4)
    else { return nil }
    self.position = position
    isWaiting = table.layout.table == .extended(74)
    self.handle = UInt16(truncatingIfNeeded: handle)
    isDelayed = status == 2
    isSuccess = result == 4
    self.read = read
    octets = Array(table.octets[start..<min(start + Int(length), table.octets.count)])
  }
}
