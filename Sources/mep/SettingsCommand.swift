// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import MEPClient
import OSGPTables

struct SettingsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings",
    abstract: "Shows what the meter is fitted with, and what it demands of who connects.",
    discussion: """
      From ET29, ET97, ET55, ET54 and ET04. What this meter does not tell, or this
      key may not read, is "not told", and null in JSON.
        mep settings
        mep settings --json
      """)

  @Flag(help: "One JSON object.")
  var json = false

  @OptionGroup var options: MeterOptions

  func run() async throws {
    let settings = try await options.withMeter { try await $0.readSettings() }
    if json {
      Output.line(JSON.object(settings.facts.map { ($0.key, $0.value) } + [("read_at", .string(Clock.now()))]))
    } else {
      let facts = settings.facts
      let width = (facts.map(\.label.count).max() ?? 0) + 2
      for fact in facts {
        for (i, words) in fact.words.enumerated() {
          Output.line(((i == 0 ? fact.label : "").padded(to: width) + words).trimmed)
        }
      }
    }
  }
}

extension MeterSettings {
  /// One thing that a meter tells of itself.
  fileprivate struct Fact {
    let key: String
    let label: String
    let value: JSON
    /// A line each.
    let words: [String]

    init(_ key: String, _ label: String, _ value: JSON, _ words: [String]? = nil) {
      (self.key, self.label, self.value) = (key, label, value)
      self.words = words ?? [Self.words(value)]
    }

    private static func words(_ value: JSON) -> String {
      switch value {
      case .null: "not told"
      case .bool(let flag): flag ? "yes" : "no"
      case .string(let text): text
      default: value.description
      }
    }

    init(_ key: String, _ label: String, _ flag: Bool?) { self.init(key, label, flag.map { .bool($0) } ?? .null) }

    init(_ key: String, _ label: String, _ number: (some BinaryInteger)?, _ unit: String = "") {
      self.init(
        key, label, number.map { .integer(Int64($0)) } ?? .null, number.map { ["\($0) \(unit)".trimmed] })
    }

    init(_ key: String, _ label: String, _ list: [String]?) {
      self.init(
        key, label, list.map { .array($0.map { .string($0) }) } ?? .null,
        list.map { $0.isEmpty ? ["none"] : $0 })
    }
  }

  fileprivate var facts: [Fact] { fittings + ports + guards }

  private var fittings: [Fact] {
    let relays = hardware?.controlRelays.map { relay in
      "\(relay.number)" + (relay.isLatching.map { $0 ? " (latching)" : " (not latching)" } ?? "")
    }
    return [
      Fact("phases", "Phases", hardware?.phases.map { .string($0 == .single ? "single" : "poly") } ?? .null),
      Fact("external_ct", "External current transformers", hardware?.hasExternalCT),
      Fact("energy_register_unit_wh", "One count of an energy register", energyUnit.multiplier, "Wh"),
      Fact("load_disconnect", "Load disconnect", hardware?.hasDisconnect),
      Fact("control_relays", "Control relays", relays),
      Fact("options", "Options", hardware?.options.map(\.description)),
      Fact("battery", "Battery", hardware?.battery.map { .string($0.words) } ?? .null),
      Fact("line_sensor", "Line current sensor", hardware?.lineSensor.map { .string($0.words) } ?? .null),
      Fact("neutral_sensor", "Neutral current sensor", hardware?.neutralSensor.map { .string($0.words) } ?? .null),
    ]
  }

  private var ports: [Fact] {
    let boards = hardware.flatMap { $0.ports.isEmpty ? nil : $0.ports.map(\.words) }
    return [
      Fact("board_ports", "Serial ports of the board", boards),
      Fact("mep_1_enabled", "MEP port 1 enabled", hardware?.mepPorts.first),
      Fact("mep_2_enabled", "MEP port 2 enabled", hardware?.mepPorts.dropFirst().first),
      Fact("tls_mep_1", "MEP port 1 takes TLS only", security.tls.mep1),
      Fact("tls_mep_2", "MEP port 2 takes TLS only", security.tls.mep2),
      Fact("tls_optical", "Optical port takes TLS only", security.tls.optical),
      Fact("optical_disabled", "Optical port switched off", security.isOpticalDisabled),
    ]
  }

  private var guards: [Fact] {
    let (session, optical, plc) = (security.opticalSession, security.opticalLockout, security.plcLockout)
    return [
      Fact("optical_session_limited", "Optical sessions limited", session?.isLimited),
      Fact("optical_session_timeout_s", "Optical session, at most", session?.timeout, "s"),
      Fact("optical_session_hold_off_s", "Then nobody is let in for", session?.holdOff, "s"),
      Fact("optical_lockout_failures", "Failures until the optical port is locked", optical?.threshold),
      Fact("optical_lockout_s", "It is locked for", optical.map { Int($0.minutes) * 60 }, "s"),
      Fact("plc_lockout_failures", "Failures until the power line is locked", plc?.threshold),
      Fact("plc_lockout_s", "It is locked for (power line)", plc.map { Int($0.minutes) * 60 }, "s"),
      Fact("plc_security", "Security on the power line", security.plcMode.map { .string($0.words) } ?? .null),
      Fact("plc_key_uses_maximum", "Uses of a key allowed for", security.maximumKeyUses),
      Fact("plc_unicast_key_uses", "Uses of the unicast key", security.unicastKeyUses),
      Fact("plc_broadcast_key_uses", "Uses of the broadcast key", security.broadcastKeyUses),
    ]
  }
}

extension HardwareSettings.Battery {
  fileprivate var words: String {
    switch self {
    case .none: "none"
    case .standard: "standard"
    case .supercapacitor: "supercapacitor"
    }
  }
}

extension HardwareSettings.Sensor {
  fileprivate var words: String {
    switch self {
    case .shunt: "shunt"
    case .pcbCoil: "PCB coil"
    case .earthFaultTransformer: "earth fault transformer"
    }
  }
}

extension HardwareSettings.Port {
  /// "MEP 1 (wired)".
  fileprivate var words: String {
    let kinds = [1: "MEP", 2: "M-Bus", 3: "PLC"]
    let boards = [1: "wireless", 2: "wired", 3: "PLC"]
    return "\(kinds[Int(kind)] ?? "kind \(kind)") \(number) (\(boards[Int(board)] ?? "board \(board)"))"
  }
}

extension SecuritySettings.PLCMode {
  fileprivate var words: String { self == .rc4 ? "RC4" : "OSGP-AES-128-PSK" }
}
