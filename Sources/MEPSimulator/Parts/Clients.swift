// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// Who is registered at the MEP ports, and whether they are still heard of.
struct ClientsPart: Part {
  /// The handle that the next client of each port gets.
  private var nextHandles: [Int: UInt16] = [:]
  /// Seconds of silence after which the client at a port is down, where the meter cares.
  private var patience: [Int: Int64] = [:]
  /// When (by true time) a port was last used, and whether its client has been down since.
  private var heard: [Int: Int64] = [:]
  private var down: Set<Int> = []

  // MARK: Coming and going

  mutating func written(_ table: TableID, _ range: Range<Int>, by access: PortAccess, _ body: inout MeterBody) {
    hear(access.port, &body)
    switch table {
    case Table.et50.id:
      for port in 1...body.profile.ports where body.isRegistered(port) && body.handle(ofPort: port) == 0 {
        register(port, &body)
      }
    case Table.et51.id:
      for port in 1...body.profile.ports {
        // The line that resets the client is let go again.
        body.tables.set(.et51, MeterBody.settingPath("reset_mep_now", port), 0)
      }
    default: return
    }
    watch(&body)
  }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    switch happening {
    case .order(.removeClient(let port)) where body.handle(ofPort: port) != 0: remove(port, &body)
    case .powerReturned: for port in heard.keys { heard[port] = body.household.now }
    default: break
    }
  }

  /// EP17.
  mutating func call(_ call: ProcedureCall, by access: PortAccess, _ body: inout MeterBody) -> ProcedureOutcome? {
    hear(access.port, &body)
    guard call.number == Procedure.ep17.id.number else { return nil }
    guard let order = RemoveMEPDevice(octets: call.parameters) else { return .invalidParameter }
    let clients = (1...body.profile.ports).filter { body.handle(ofPort: $0) != 0 }
    if order.handle == RemoveMEPDevice.allDevices {
      for port in clients where port == access.port || access.level == .advanced { remove(port, &body) }
      let devices = body.profile.deviceSlots
      return access.level == .advanced && !devices.isEmpty ? remove(devices, &body) : ProcedureOutcome(result: 0)
    }
    guard let port = clients.first(where: { body.handle(ofPort: $0) == Int64(order.handle) }) else {
      guard let slot = body.slot(ofHandle: Int64(order.handle)) else { return .noSuchDevice }
      return access.level == .advanced ? remove([slot], &body) : .notAuthorized
    }
    // Whether the MBK removes another port's client is not said.
    guard port == access.port || access.level == .advanced else { return .notAuthorized }
    remove(port, &body)
    return ProcedureOutcome(result: 0)
  }

  /// A client that has registered gets its place in ET14, and a handle that none before it had.
  private mutating func register(_ port: Int, _ body: inout MeterBody) {
    let first = UInt16(port) * 1000
    let handle = nextHandles[port] ?? first
    nextHandles[port] = handle == first + 999 ? first : handle + 1
    let slot = MeterBody.slot(ofPort: port)
    body.tables.set(.et14, MeterBody.status(slot, "device_handle"), Int64(handle))
    body.tables.set(.et14, MeterBody.status(slot, "device_status"), 3)
    body.occupy(slot, true)
    if body.tables.octets(.et50, MeterBody.entry("identification_string_mep_id", port))
      == body.tables.octets(.et89, "prior_mep_\(port)_id")
    {
      for field in ["requests", "allowed"] {
        let path = "mep_\(port)_re_register_\(field)"
        body.tables.set(.et89, path, (body.tables.integer(.et89, path) + 1) & 0xFF)
      }
    }
    body.raise("mep_installed_or_removed")
    body.tell(.event(.manufacturer(16)))
    body.tell(.event(.manufacturer(32), MeterBody.device(slot) | 5))
  }

  /// Each is told its new address, which takes a while.
  private func remove(_ devices: [Int], _ body: inout MeterBody) -> ProcedureOutcome {
    guard body.removal == nil else { return ProcedureOutcome(result: 4) }
    body.removal = (devices, body.utc + MBusDevice.telegramTime)
    return .notComplete
  }

  /// What the guide has under "Replacing a MEP Client Device".
  private mutating func remove(_ port: Int, _ body: inout MeterBody) {
    let slot = MeterBody.slot(ofPort: port)
    body.tables.set(.et89, "prior_mep_\(port)_handle", body.handle(ofPort: port))
    body.tables.set(
      .et89, "prior_mep_\(port)_id", body.tables.octets(.et50, MeterBody.entry("identification_string_mep_id", port)))
    for field in ["mep_device_registered", "house_icon", "short_bar", "medium_bar", "long_bar"] {
      body.tables.set(.et50, MeterBody.entry(field, port), 0)
    }
    body.clearStatus(slot)
    watch(&body)
    body.raise("mep_installed_or_removed")
    body.tell(.clientRemoved(port: port))
  }

  // MARK: Health

  func due(_ body: MeterBody) -> Int64? {
    patience.compactMap { port, span in down.contains(port) ? nil : heard[port].map { $0 + span + body.clockError } }
      .min()
  }

  mutating func act(_ body: inout MeterBody) {
    for (port, span) in patience.sorted(by: { $0.key < $1.key }) {
      guard !down.contains(port), let last = heard[port], body.household.now - last >= span else { continue }
      down.insert(port)
      let slot = MeterBody.slot(ofPort: port)
      body.tables.set(.et14, MeterBody.status(slot, "device_status"), 4)
      body.tables.set(.et14, MeterBody.status(slot, "failed_comms_on_read"), 1)
      body.raise("m_bus_alarm")
      body.tell(.event(.manufacturer(17), MeterBody.device(slot) | 4))
    }
  }

  mutating func refresh(_ table: TableID, for access: PortAccess, _ body: inout MeterBody) {
    hear(access.port, &body)
  }

  private mutating func hear(_ port: Int, _ body: inout MeterBody) {
    heard[port] = body.household.now
    guard down.remove(port) != nil else { return }
    body.tables.set(.et14, MeterBody.status(MeterBody.slot(ofPort: port), "device_status"), 3)
  }

  /// Looks up whom the meter cares for: clients that it knows, where ET51 says so.
  private mutating func watch(_ body: inout MeterBody) {
    patience = [:]
    for port in 1...body.profile.ports where body.handle(ofPort: port) != 0 {
      guard body.setting("monitor_mep_health", of: port) == 1 else { continue }
      patience[port] = body.setting("mep_health_timeout", of: port)
    }
    down.formIntersection(patience.keys)
  }
}
