// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import OSGPTables

extension MEPDevice {
  /// What a device wants of the meter; nil leaves a setting as it is.
  public struct Wishes: Sendable {
    /// To be alerted when something changes at the M-Bus.
    public var mbusAlerts: Bool?
    /// To be alerted when a source of ET71 changes.
    public var deltaDataAlerts: Bool?
    /// Whether the meter takes the device for down when it has heard nothing of it for the health timeout.
    public var monitorsHealth: Bool?
    /// In seconds.
    public var healthTimeout: Int?
    /// Seconds after which a request in ET15 counts as not answered. With two devices at one meter each may have to wait
    /// for the other's answer: more may be needed.
    public var requestTimeout: Int?

    public init(
      mbusAlerts: Bool? = nil, deltaDataAlerts: Bool? = nil, monitorsHealth: Bool? = nil, healthTimeout: Int? = nil,
      requestTimeout: Int? = nil
    ) {
      self.mbusAlerts = mbusAlerts
      self.deltaDataAlerts = deltaDataAlerts
      self.monitorsHealth = monitorsHealth
      self.healthTimeout = healthTimeout
      self.requestTimeout = requestTimeout
    }
  }

  /// Registers this device in ET50 and waits until the meter has given it a handle in ET14; the meter tells the utility.
  /// A device that is registered already keeps its handle, and only what differs is written.
  ///
  /// What the guide says of replacing: another device's registration is ended first (EP17), if `replacing` says so. Do not
  /// call it again and again after the utility has ended the registration: each one uses up a handle, and once they are
  /// used up the utility takes no data of any device at the port.
  ///
  /// CPM 0600 and 6010 modules want the scheduled billing reads of the device off before (ET13, frequency "never").
  ///
  /// - Parameter patience: how long to wait for the meter.
  /// - Returns: the handle.
  @discardableResult
  public func register(
    _ identification: ClientIdentification, wishes: Wishes = Wishes(), replacing: Bool = false,
    patience: Instant.Span = .milliseconds(60_000)
  ) async throws(MeterError) -> UInt16 {
    let (present, handle) = (try await entry(), try await standing().handle)
    let isOccupied = (present.isRegistered || handle != 0) && present.identification != identification
    guard !isOccupied || replacing else { throw .device(.occupied(present.identification, handle: handle)) }
    var flags = [("m_bus_alerts", wishes.mbusAlerts), ("delta_data_alerts", wishes.deltaDataAlerts)]
    // Where newer devices are to look for the answers to procedures. The second port has no choice.
    if port.number == 1, try await meter.firmware().map({ $0.isModule || $0 >= FirmwareVersion(3, 0) }) == true {
      flags.append(("et59_response", true))
    }
    let values = flags.compactMap { flag, value in value.map { (port.entry(flag), $0 ? "yes" : "no") } }
    let name = (port.entry("identification_string_mep_id"), Hex.text(identification.octets))
    let registered = port.entry("mep_device_registered")
    var steps: [(String, @Sendable () async throws(MeterError) -> Void)] = []
    if isOccupied, handle != 0 {
      steps.append(
        ("the end of the other registration", { () async throws(MeterError) in try await remove(patience: patience) }))
    }
    if isOccupied {
      // A meter that has not looked yet would take the new device for the old one.
      steps.append(("its flag", { () async throws(MeterError) in try await set(.et50, [(registered, "no")]) }))
    }
    let settings = settings(for: wishes)
    if !settings.isEmpty {
      steps.append(
        ("the device's wishes (ET51)", { () async throws(MeterError) in try await set(.et51, settings) }))
    }
    steps.append(
      ("its identification (ET50)", { () async throws(MeterError) in try await set(.et50, [name] + values) }))
    // Last, when all is there that the meter will look at.
    steps.append(
      ("the registration (ET50)", { () async throws(MeterError) in try await set(.et50, [(registered, "yes")]) }))
    try await meter.inOrder(steps)
    return try await Unfinished.following("the registration (ET50)", by: "looking for its handle") {
      () async throws(MeterError) in
      try await awaitHandle(patience)
    }
  }

  /// Ends the registration of whatever device is at this port (EP17). The utility is told.
  public func remove(patience: Instant.Span = .milliseconds(60_000)) async throws(MeterError) {
    let handle = try await standing().handle
    guard handle != 0 else { throw .device(.notRegistered) }
    do throws(MeterError) { try await meter.call(RemoveMEPDevice(handle)) } catch {
      switch error {
      // Not complete yet, or already under way: ET14 tells when it has ended.
      case .procedure(let answer) where answer.result == 1 || answer.result == 4: break
      default: throw error
      }
    }
    let isGone = try await Unfinished.following("the procedure (EP17)", by: "looking for its end") {
      () async throws(MeterError) in
      try await wait(patience) { () async throws(MeterError) in
        try await standing().handle != handle ? true : nil
      }
    }
    if isGone == nil { throw .device(.notRemoved(handle)) }
  }

  /// Fields of ET51 and their values.
  private func settings(for wishes: Wishes) -> [(String, String)] {
    let values: [(String, String?)] = [
      ("monitor_mep_health", wishes.monitorsHealth.map { $0 ? "yes" : "no" }),
      ("mep_health_timeout", wishes.healthTimeout.map { "\($0)" }),
      ("on_demand_and_one_time_read_timeout", wishes.requestTimeout.map { "\($0)" }),
    ]
    return values.compactMap { field, value in value.map { (port.setting(field), $0) } }
  }

  private func awaitHandle(_ patience: Instant.Span) async throws(MeterError) -> UInt16 {
    let handle = try await wait(patience) { () async throws(MeterError) in
      let handle = try await standing().handle
      return handle == 0 ? nil : handle
    }
    guard let handle else { throw .device(.noHandle(seconds: Int(patience.microseconds / 1_000_000))) }
    guard port.handles.contains(handle) else { throw .device(.foreignHandle(handle)) }
    return handle
  }

  /// Looks once a second; nil when it has taken too long.
  private func wait<T>(
    _ patience: Instant.Span, until look: () async throws(MeterError) -> T?
  ) async throws(MeterError) -> T? {
    let end = Instant.now() + patience
    while true {
      if let found = try await look() { return found }
      if Instant.now() >= end { return nil }
      do { try await Task.sleep(for: .seconds(1)) } catch { throw .link(.cancelled) }
    }
  }
}
