// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// The role of a device at a MEP port that the grid's head-end talks to through the meter: who makes modules has it
/// register, answer what the grid asks, and show values on the display. Whoever only reads needs none of it.
public struct MEPDevice: Sendable {
  public let meter: Meter
  public let port: MEPPort

  /// Finds out the port.
  public init(_ meter: Meter) async throws(MeterError) {
    self.meter = meter
    port = try await meter.mepPort()
  }

  /// What the meter knows of the device at this port.
  public struct Status: Sendable {
    public let port: MEPPort
    /// ET50.
    public let entry: ClientEntry
    /// ET51.
    public let settings: ClientSettings
    /// ET14.
    public let device: MBusDevices.Device
    /// Why the meter alerts the device (ET13).
    public let alerts: MEPAlerts
    /// Whose house icon is on the display (ET55); nil on meters before firmware 4.0, which show that of their only client.
    public let houseIcon: HouseIconControl?
    /// ET15, with the other devices' requests.
    public let requests: OnDemandRequests

    /// What the meter calls the device; nil as long as there is none.
    public var handle: UInt16? { device.handle == 0 ? nil : device.handle }

    public var registration: Registration {
      switch (handle, entry.isRegistered) {
      case (nil, false): .none
      case (nil, true): .awaited
      case (let handle?, false): .silent(handle)
      case (let handle?, true): .registered(handle)
      }
    }
  }

  /// How far a registration has come.
  public enum Registration: Equatable, Sendable {
    /// Nobody is registered.
    case none
    /// A device has registered, and the meter has given it no handle.
    case awaited
    /// There is a handle, but the flag of ET50 was cleared: no alerts come, and EP39 is refused.
    case silent(UInt16)
    case registered(UInt16)
  }

  public func status() async throws(MeterError) -> Status {
    let (entry, device) = (try await entry(), try await device())
    let table = try await meter.read(.et51)
    guard let settings = ClientSettings(table, port: port.number) else { throw MeterError.tooShort(table) }
    var houseIcon: HouseIconControl?
    if let firmware = try await meter.firmware(), firmware >= FirmwareVersion(4, 0) {
      houseIcon = HouseIconControl(configuration: try await meter.read(.et55))
    }
    return Status(
      port: port, entry: entry, settings: settings, device: device,
      alerts: try await meter.readAlertReasons(port: port.number), houseIcon: houseIcon,
      requests: try await meter.readOnDemandRequests())
  }

  func entry() async throws(MeterError) -> ClientEntry {
    let table = try await meter.read(.et50)
    guard let entry = ClientEntry(table, port: port.number) else { throw MeterError.tooShort(table) }
    return entry
  }

  private func device() async throws(MeterError) -> MBusDevices.Device {
    let table = try await meter.read(.et14)
    let devices = MBusDevices(status: table).devices
    guard port.slot < devices.count else { throw MeterError.tooShort(table) }
    return devices[port.slot]
  }

  /// The handle in ET14, 0 where there is none, and the flag in ET50.
  func standing() async throws(MeterError) -> (handle: UInt16, isRegistered: Bool) {
    let handle = try await meter.single(.et14, "m_bus_mep_status[\(port.slot)].device_handle") ?? 0
    let flag = try await meter.single(.et50, port.entry("mep_device_registered"))
    return (UInt16(truncatingIfNeeded: handle), flag == 1)
  }

  /// Gives fields new values where they have others, and reads them back.
  func set(_ table: Table, _ values: [(path: String, value: String)]) async throws(MeterError) {
    try await meter.write(table, setting: values)
  }
}

extension MeterError {
  static func tooShort(_ table: Decoded) -> MeterError {
    .short(table.layout.table, wanted: table.layout.octets, got: table.octets.count)
  }
}
