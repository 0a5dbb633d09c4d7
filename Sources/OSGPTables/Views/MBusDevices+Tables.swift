// SPDX-License-Identifier: Apache-2.0
import C1219

extension MBusDevices.Device {
  init?(
    _ slot: Int, _ status: Decoded, configuration: Decoded?, more: Decoded?, control: Decoded?, data: Decoded?
  ) {
    func number(_ name: StaticString) -> Int64 { status.integers(of: name, entry: slot).first ?? 0 }
    func moment(_ name: StaticString) -> Moment? {
      guard case .octets(let octets)? = status.values(of: name, entry: slot).first else { return nil }
      return Moment(octets)
    }
    self.slot = slot
    kind = Slots.mbus.contains(slot) ? .mbus : .client(slot - Slots.mbus.upperBound)
    isOccupied = Self.occupancy(status) >> UInt8(min(slot, 8)) & 1 == 1
    handle = UInt16(truncatingIfNeeded: number("Device Handle"))
    state = MBusDevices.State(code: UInt8(truncatingIfNeeded: number("Device Status")))
    alarms = Self.alarmNames.compactMap { number($0.field) == 1 ? $0.words : nil }
    deviceAlarms = MBusStatus(octet: UInt8(truncatingIfNeeded: number("MEP Device Alarms")))
    readAttempts = UInt32(truncatingIfNeeded: number("Read Attempts"))
    readAnswers = UInt32(truncatingIfNeeded: number("Read Answers"))
    lastStatusRead = moment("Status Read Timestamp")
    lastReadAttempt = moment("Last Read Attempt")
    schedule = configuration.flatMap { ReadSchedule($0, slot: slot) }
    customer = configuration.flatMap { table in
      guard case .octets(let text)? = table.values(of: "Customer ID", entry: slot).first else { return nil }
      return Array(text.prefix { $0 != 0 })
    }
    alerts = configuration.flatMap { MEPAlerts($0, slot: slot) }
    locators = more.flatMap { TimeLocators($0, slot: slot) }
    controlStatus = control?.integers(of: "Control Status", entry: slot).first.map { UInt8(truncatingIfNeeded: $0) }
    let octets = Int(truncatingIfNeeded: number("Billing Read Length"))
    read = octets == 0 ? nil : data.flatMap { BillingRead($0, entry: slot, octets: octets) }
  }

  private static func occupancy(_ status: Decoded) -> UInt8 {
    guard case .octets(let octets)? = status.values(of: "Device Occupancy").first else { return 0 }
    return octets.first ?? 0
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
