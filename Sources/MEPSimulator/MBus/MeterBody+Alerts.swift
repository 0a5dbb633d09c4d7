// SPDX-License-Identifier: Apache-2.0
import OSGPTables

/// Why MEP ports are alerted: the flags of ET13.
extension MeterBody {
  /// Raises an alert's reason; a port that the meter does not have is left alone.
  mutating func alert(_ reason: MEPAlerts, port: Int) {
    guard (1...profile.ports).contains(port) else { return }
    reasons[port, default: []].insert(reason)
    showReasons(port)
  }

  /// A device's state has changed, or the load profile has a value of one.
  mutating func alertMBusChange() {
    for port in 1...profile.ports where flag("m_bus_alerts", of: port) { alert(.mbusChange, port: port) }
  }

  mutating func endAlert(_ reason: MEPAlerts, port: Int) {
    reasons[port, default: []].remove(reason)
    showReasons(port)
  }

  mutating func showReasons(_ port: Int) {
    guard (1...profile.ports).contains(port) else { return }
    let flags: [(String, MEPAlerts)] = [
      ("scheduled_read_request_alert", .scheduledRead), ("on_demand_request_in_et15", .onDemandRequest),
      ("m_bus_change", .mbusChange), ("delta_data_alert", .deltaData),
    ]
    for (name, flag) in flags {
      let isSet = reasons[port, default: []].contains(flag)
      tables.set(.et13, "device_config[\(Self.slot(ofPort: port))].\(name)", isSet ? 1 : 0)
    }
  }

  /// Whether alerts go out: only a client that is registered gets them.
  mutating func isAlerted(_ port: Int) -> Bool {
    alerts.contains(port) || reasons[port]?.isEmpty == false && isRegistered(port)
  }

  mutating func isRegistered(_ port: Int) -> Bool { flag("mep_device_registered", of: port) }

  /// A flag of ET50 that the client at a port sets.
  mutating func flag(_ name: String, of port: Int) -> Bool { tables.integer(.et50, Self.entry(name, port)) == 1 }

  /// A path of ET50.
  static func entry(_ field: String, _ port: Int) -> String { "mep_inbound_configuration[\(port - 1)].\(field)" }

  /// A field of ET51.
  mutating func setting(_ field: String, of port: Int) -> Int64 {
    tables.integer(.et51, Self.settingPath(field, port))
  }

  static func settingPath(_ field: String, _ port: Int) -> String { "mep_device_configuration[\(port - 1)].\(field)" }

  /// The handle of the client at a port; 0 while none is registered.
  mutating func handle(ofPort port: Int) -> Int64 {
    tables.integer(.et14, Self.status(Self.slot(ofPort: port), "device_handle"))
  }

  static func slot(ofPort port: Int) -> Int { mbusSlots + port - 1 }

  /// Sets an alarm of BT03, by which the head-end learns that there is something to look at.
  mutating func raise(_ alarm: String) { tables.set(.bt03, alarm, 1) }
}
