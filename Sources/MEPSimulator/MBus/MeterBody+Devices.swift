// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// What reading a device leaves in ET14 and ET16.
extension MeterBody {
  /// Slots of ET13, ET14 and ET16 that M-Bus devices have; MEP clients have those behind them.
  static let mbusSlots = 4

  /// The device in a slot; nil for an empty one, and for that of a MEP client.
  func device(in slot: Int) -> MBusDevice? {
    profile.device(in: slot).map { MBusDevice($0, seed: seed) }
  }

  /// The slot of the device that has a handle.
  mutating func slot(ofHandle handle: Int64) -> Int? {
    guard handle > 0 else { return nil }
    return (0..<Self.mbusSlots + profile.ports).first {
      tables.integer(.et14, Self.status($0, "device_handle")) == handle
    }
  }

  /// The local time of a UTC second as LTIME_DATE.
  func longTime(_ second: Int64) -> [UInt8] { calendar.local(utc: second).octets }

  mutating func noteReadAttempt(_ slot: Int, at second: Int64) {
    count(slot, "read_attempts")
    tables.set(.et14, Self.status(slot, "last_read_attempt"), longTime(second))
  }

  /// Does without an M-Bus device from now on. What was read of it stays.
  mutating func removeDevice(_ slot: Int) {
    profile.devices[slot] = nil
    clearStatus(slot)
    raise("mep_installed_or_removed")
    tell(.deviceRemoved(slot: slot))
  }

  /// What an M-Bus device answers to a billing read at a second of the meter's clock, as ET16 and ET45 have it.
  mutating func billingRead(_ slot: Int, at second: Int64) -> [UInt8]? {
    guard let device = device(in: slot) else { return nil }
    count(slot, "read_answers")
    let telegram = device.telegram(
      at: second - clockError, clock,
      access: UInt8(truncatingIfNeeded: tables.integer(.et14, Self.status(slot, "read_answers"))),
      valve: UInt8(truncatingIfNeeded: tables.integer(.et58, "device_status[\(slot)].control_status")))
    // The length counts a zero behind the records.
    return longTime(second) + [0, UInt8(telegram.count + 1)] + telegram + [0]
  }

  /// Puts a read into the device's entry of ET16.
  mutating func keep(_ read: [UInt8], of slot: Int) {
    guard let start = tables.offset(.et16, "device_table[\(slot)].timestamp") else { return }
    let held = read.prefix(Int(tables.integer(.et11, "data_entry_size")))
    tables.put(Array(held), at: start, of: Table.et16.id)
    tables.set(.et14, Self.status(slot, "billing_read_length"), Int64(held.count))
    if held.count < read.count { tables.set(.et14, Self.status(slot, "billing_read_overflow"), 1) }
  }

  mutating func noteStatusRead(_ slot: Int, at second: Int64) {
    tables.set(.et14, Self.status(slot, "status_read_timestamp"), longTime(second))
  }

  /// Forgets what ET14 has of a slot.
  mutating func clearStatus(_ slot: Int) {
    guard let start = tables.offset(.et14, Self.status(slot, "device_handle")) else { return }
    let size = Int(tables.integer(.et11, "status_entry_size"))
    tables.put([UInt8](repeating: 0, count: size), at: start, of: Table.et14.id)
    occupy(slot, false)
  }

  mutating func occupy(_ slot: Int, _ isOccupied: Bool) {
    let set = (tables.octets(.et14, "device_occupancy").first ?? 0) & ~(1 << UInt8(slot))
    tables.set(.et14, "device_occupancy", [set | (isOccupied ? 1 << UInt8(slot) : 0)])
  }

  /// A path of ET14.
  static func status(_ slot: Int, _ field: String) -> String { "m_bus_mep_status[\(slot)].\(field)" }

  /// The device in the arguments of events.
  static func device(_ slot: Int) -> UInt16 { UInt16(slot + 1) << 13 }

  mutating func count(_ slot: Int, _ field: String) {
    let path = Self.status(slot, field)
    tables.set(.et14, path, (tables.integer(.et14, path) + 1) & 0xFFFF_FFFF)
  }
}
