// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import C1219
import MEPClient
import MEPTransport
import OSGPTables

struct DeviceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device",
    abstract: "Is a device at the MEP port that the grid talks to: for makers of modules.",
    discussion: """
      Only reading the meter needs none of this. A device registers once, then serves
      what the grid asks of it; its values and icons can be on the meter's display.
        mep device
        mep device register --manufacturer 12ab34 --class osgp --unique-id 0042
        mep device serve --unproven --command ./answer.sh
        mep device show 0=1234,kWh --house on
      """,
    subcommands: [DeviceStatus.self, DeviceRegister.self, DeviceRemove.self, DeviceServe.self, DeviceShow.self],
    defaultSubcommand: DeviceStatus.self)
}

struct DeviceStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Tells which port this is, and what the meter knows of the device there.")

  @Flag(help: "One JSON object.")
  var json = false

  @OptionGroup var options: MeterOptions

  func run() async throws {
    let status = try await options.withMeter { try await MEPDevice($0).status() }
    if json { Output.line(JSON.object(status.members)) } else { Output.line(status.lines.joined(separator: "\n")) }
  }
}

struct DeviceRemove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Ends the registration of the device at this port; the grid is told.",
    discussion: "What the meter has of its data stays. A device that registers again gets another handle.")

  @OptionGroup var options: WriteOptions

  func run() async throws {
    try await options.change { meter in
      let device = try await MEPDevice(meter)
      let status = try await device.status()
      try await device.remove()
      Output.line("Removed: handle \(status.handle ?? 0), \(status.entry.identification).")
    }
  }
}

extension MEPDevice.Status {
  fileprivate var registrationWords: String {
    switch registration {
    case .none: "no device is registered"
    case .awaited: "registered, and no handle given yet"
    case .silent: "the meter knows the device, but its flag in ET50 was cleared: no alerts come"
    case .registered: "registered"
    }
  }

  private var portWords: String {
    "\(port.number)" + (port.clients == 1 ? ", the only one" : " of \(port.clients)")
  }

  private var healthWords: String {
    guard settings.monitorsHealth else { return "not watched" }
    return "down after \(settings.healthTimeout) s of silence" + (settings.resetsWhenDown ? ", and then reset" : "")
  }

  private var waiting: (own: Int, others: Int) {
    let pending = requests.requests.filter { $0.result == .pending }
    let own = pending.filter { $0.client == port.number }.count
    return (own, pending.count - own)
  }

  var houseIconWords: String {
    let state = "\(entry.houseIcon.words)"
    return switch houseIcon {
    case nil: state
    case .neither?: state + ", but the display shows no device's (ET55)"
    case .client(port.number)?: state + ", on the display"
    case .client(let other)?: state + ", but the display shows that of device \(other) (ET55)"
    }
  }

  fileprivate var lines: [String] {
    func yes(_ flag: Bool) -> String { flag ? "yes" : "no" }
    var rows = [
      ("Port", portWords), ("Registration", registrationWords),
      ("Handle", handle.map { "\($0)" } ?? "none"), ("Who", entry.identification.description),
      ("State", device.state.words.description),
      ("Alarms", alarmWords),
      ("Health", healthWords), ("On-demand timeout", "\(settings.requestTimeout) s"),
      ("M-Bus alerts", yes(entry.wantsMBusAlerts)), ("Delta data alerts", yes(entry.wantsDeltaDataAlerts)),
      ("Procedure answers", port.number == 2 ? "ET85" : entry.usesET59 ? "ET59" : "BT08"),
      ("Requests", "\(waiting.own) for this device, \(waiting.others) for others"),
      ("House icon", houseIconWords),
    ]
    for (why, remedy) in alerts.reasons { rows.append(("Alert", "\(why): \(remedy)")) }
    if let deactivates = settings.deactivatesHAN {
      rows.append(("Home network", deactivates ? "to be off" : "may be on"))
    }
    if settings.isDisabled { rows.append(("Disabled", "the port does nothing (ET51)")) }
    return rows.map { $0.0.padded(to: 20) + $0.1.printable }
  }

  private var alarmWords: String {
    guard let alarms = device.alarms else { return "not told" }
    return alarms.isEmpty ? "none" : alarms.map(\.description).joined(separator: ", ")
  }

  fileprivate var members: [(String, JSON)] {
    [
      ("port", .integer(Int64(port.number))), ("clients", .integer(Int64(port.clients))),
      ("registration", .string(registrationName)), ("handle", handle.map { .integer(Int64($0)) } ?? .null),
      ("identification", .string(Hex.text(entry.identification.octets))),
      ("state", .string(device.state.words.description)),
      ("alarms", device.alarms.map { .array($0.map { .string($0.description) }) } ?? .null),
      ("monitors_health", .bool(settings.monitorsHealth)),
      ("health_timeout_s", .integer(Int64(settings.healthTimeout))),
      ("request_timeout_s", .integer(Int64(settings.requestTimeout))),
      ("m_bus_alerts", .bool(entry.wantsMBusAlerts)), ("delta_data_alerts", .bool(entry.wantsDeltaDataAlerts)),
      ("alerts", .array(alerts.names.map { .string($0) })), ("requests", .integer(Int64(waiting.own))),
      ("requests_of_others", .integer(Int64(waiting.others))),
      ("house_icon", .string(entry.houseIcon.words.description)),
      (
        "house_icon_client",
        houseIcon.map { if case .client(let port) = $0 { .integer(Int64(port)) } else { .null } } ?? .null
      ),
      ("disabled", .bool(settings.isDisabled)),
    ]
  }

  private var registrationName: String {
    switch registration {
    case .none: "none"
    case .awaited: "awaited"
    case .silent: "silent"
    case .registered: "registered"
    }
  }
}

extension MEPAlerts {
  /// Published names.
  var names: [String] {
    [
      (MEPAlerts.scheduledRead, "scheduled_read"), (.onDemandRequest, "on_demand_request"),
      (.mbusChange, "m_bus_change"), (.deltaData, "delta_data"),
    ].filter { contains($0.0) }.map(\.1)
  }
}
