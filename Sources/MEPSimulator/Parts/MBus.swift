// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// The devices behind the meter, and when it reads them: ET13, ET14, ET16, ET34, ET45, ET58, ET74.
struct MBusPart: Part {
  /// By slot.
  private var schedules: [ReadSchedule?] = []
  /// The next read of each slot, and when the head-end collects the log.
  private var reads: [Int64?] = []
  private var collection: Int64?

  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError) {
    switch sheet.id {
    case Table.et13.id:
      for slot in 0..<MeterBody.mbusSlots + profile.ports {
        let path = "device_config[\(slot)]."
        let device = profile.device(in: slot)
        // A weekly read on a day that no week has is how reads are disabled.
        sheet.set(path + "scheduled_billing_read_day", device == nil ? 39 : 0)
        sheet.set(path + "scheduled_billing_read_frequency", device == nil ? 2 : device == .water ? 0 : 1)
        guard let device else { continue }
        sheet.set(path + "scheduled_billing_read_minute", Int64(1 + slot))
        sheet.set(path + "baud_rate", 4)
        sheet.set(path + "customer_id", device == .water ? "Water" : "Heating")
      }
    case Table.et14.id:
      for slot in profile.deviceSlots {
        sheet.set(MeterBody.status(slot, "device_handle"), Int64(slot + 1))
        sheet.set(MeterBody.status(slot, "device_status"), 1)
        sheet.set(MeterBody.status(slot, "baud_rate"), 4)
      }
      sheet.set("device_occupancy", [profile.deviceSlots.reduce(0) { $0 | 1 << UInt8($1) }])
    case Table.et34.id: for slot in profile.devices.indices { sheet.set("device_config[\(slot)].group_mask", [1]) }
    case Table.et58.id:
      for (slot, kind) in profile.devices.enumerated() where kind == .water {
        sheet.set("device_status[\(slot)].control_status", 1)
      }
    default: break
    }
  }

  /// The meter has known its devices for long: each was read when it last was due.
  mutating func start(_ body: inout MeterBody) {
    plan(&body)
    for slot in body.profile.devices.indices {
      guard let schedule = schedules[slot], var last = schedule.next(after: body.utc - 90_000, body.calendar) else {
        continue
      }
      while let next = schedule.next(after: last, body.calendar), next <= body.utc { last = next }
      body.noteReadAttempt(slot, at: last)
      if let read = body.billingRead(slot, at: last) { body.keep(read, of: slot) }
      body.noteStatusRead(slot, at: last)
    }
  }

  func due(_ body: MeterBody) -> Int64? { (reads + [collection, body.removal?.due]).lazy.compactMap { $0 }.min() }

  mutating func act(_ body: inout MeterBody) {
    removeDevice(&body)
    for slot in reads.indices {
      guard let due = reads[slot], due <= body.utc else { continue }
      reads[slot] = schedules[slot]?.next(after: body.utc, body.calendar)
      if slot < MeterBody.mbusSlots {
        // After a power failure it comes late.
        read(slot, isDelayed: body.utc - due >= 60, &body)
      } else {
        body.alert(.scheduledRead, port: slot - MeterBody.mbusSlots + 1)
      }
    }
    if let due = collection, due <= body.utc {
      body.collectReads()
      collection = Self.nextCollection(after: body.utc)
    }
  }

  private func removeDevice(_ body: inout MeterBody) {
    guard let (slots, due) = body.removal, due <= body.utc else { return }
    body.removeDevice(slots[0])
    if slots.count > 1 {
      body.removal = (Array(slots.dropFirst()), body.utc + MBusDevice.telegramTime)
    } else {
      body.removal = nil
      body.tell(.procedureEnded(number: Procedure.ep17.id.number, result: 0))
    }
  }

  private func read(_ slot: Int, isDelayed: Bool, _ body: inout MeterBody) {
    body.noteReadAttempt(slot, at: body.utc)
    guard let read = body.billingRead(slot, at: body.utc) else { return }
    // ET16 has the latest read too, for head-ends that know no ET45.
    body.keep(read, of: slot)
    body.tables.set(.et14, MeterBody.status(slot, "billing_data_collected"), 1)
    body.noteStatusRead(slot, at: body.utc)
    body.log(read, handle: body.tables.integer(.et14, MeterBody.status(slot, "device_handle")), isDelayed: isDelayed)
  }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    switch happening {
    case .clockMoved(let span):
      body.removal?.due += span
      plan(&body)
    case .configurationChanged, .deviceRemoved: plan(&body)
    default: break
    }
  }

  mutating func written(_ table: TableID, _ range: Range<Int>, by access: PortAccess, _ body: inout MeterBody) {
    if table == Table.et13.id || LocalCalendar.tables.contains(table) { plan(&body) }
  }

  private mutating func plan(_ body: inout MeterBody) {
    guard let layout = body.tables.layout(of: .et13), let octets = body.tables[Table.et13.id] else { return }
    let configuration = Decoded(layout: layout, octets: octets)
    schedules = (0..<MeterBody.mbusSlots + body.profile.ports).map { slot in
      let isEmpty = slot < MeterBody.mbusSlots && body.device(in: slot) == nil
      return isEmpty ? nil : ReadSchedule(configuration, slot: slot)
    }
    reads = schedules.map { $0?.next(after: body.utc, body.calendar) }
    collection = body.profile.deviceSlots.isEmpty ? nil : Self.nextCollection(after: body.utc)
  }

  /// Once a day, at 03:30 UTC.
  private static func nextCollection(after second: Int64) -> Int64 {
    ((second - 12_600).floored(by: CivilTime.day).quotient + 1) * CivilTime.day + 12_600
  }
}
