// SPDX-License-Identifier: Apache-2.0
import C1219

extension MBusDevices.Device {
  /// Nil where ET14 ends before the slot.
  init?(_ slot: Int, _ status: Decoded, configuration: Decoded?, control: Decoded?, data: Decoded?) {
    func number(_ name: StaticString) -> Int64? { status.integers(named: name, entry: slot).first }
    func moment(_ name: StaticString) -> Moment? {
      guard case .octets(let octets)? = status.values(named: name, entry: slot).first else { return nil }
      return Moment(octets)
    }
    guard let occupancy = status.octets(named: "Device Occupancy")?.first, slot < 8,
      let handle = number("Device Handle"), let state = number("Device Status"),
      let length = number("Billing Read Length")
    else { return nil }
    self.slot = slot
    kind = Slots.mbus.contains(slot) ? .mbus : .client(slot - Slots.mbus.upperBound)
    isOccupied = occupancy >> UInt8(slot) & 1 == 1
    self.handle = UInt16(truncatingIfNeeded: handle)
    self.state = MBusDevices.State(code: UInt8(truncatingIfNeeded: state))
    alarms =
      number("Billing Data Collected") == nil
      ? nil : Self.alarmNames.compactMap { number($0.field) == 1 ? $0.words : nil }
    deviceAlarms = number("MEP Device Alarms").map { MBusStatus(octet: UInt8(truncatingIfNeeded: $0)) }
    readAttempts = number("Read Attempts").map { UInt32(truncatingIfNeeded: $0) }
    readAnswers = number("Read Answers").map { UInt32(truncatingIfNeeded: $0) }
    lastStatusRead = moment("Status Read Timestamp")
    lastReadAttempt = moment("Last Read Attempt")
    schedule = configuration.flatMap { ReadSchedule($0, slot: slot) }
    customer = configuration.flatMap { table in
      guard case .octets(let text)? = table.values(named: "Customer ID", entry: slot).first else { return nil }
      return Array(text.prefix { $0 != 0 })
    }
    alerts = configuration.flatMap { MEPAlerts($0, slot: slot) }
    controlStatus = control?.integers(named: "Control Status", entry: slot).first.map { UInt8(truncatingIfNeeded: $0) }
    read = length == 0 ? nil : data.flatMap { BillingRead($0, entry: slot, octets: Int(length)) }
  }

  private static let alarmNames: [(field: StaticString, words: StaticString)] = [
    ("Billing Data Collected", "scheduled read collected"),
    ("App Error Response Rcvd", "application error response received"),
    ("New Device Alarm", "the device has a new alarm"),
    ("Billing Read Overflow", "not all data of a read could be stored"),
    ("Failed Comms On Read", "the device did not answer"),
    ("Serial Number Mismatch", "another serial number than before"),
    ("MEP Firmware Switchover Success", "firmware switchover succeeded"),
    ("MEP Firmware Switchover Failure", "firmware switchover failed"),
  ]
}

extension MBusDevices.State {
  init(code: UInt8) {
    switch code {
    case 0: self = .empty
    case 1, 3: self = .up
    case 2, 4: self = .down
    default: self = .unknown(code)
    }
  }
}
