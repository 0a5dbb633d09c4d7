// SPDX-License-Identifier: Apache-2.0
import C1219

/// What a meter is fitted with (ET29).
public struct HardwareSettings: Sendable {
  /// The guide's names of the options that are set: "Cover Tamper", "No LCD".
  public let options: [StaticString]
  /// Whether the port for MEP client 1 is enabled, and that for client 2 on meters that have one (from 4.0 on).
  public let mepPorts: [Bool]
  /// Nil where neither or both kinds are stated.
  public let phases: Phases?
  /// Whether it measures behind external current transformers.
  public let hasExternalCT: Bool
  /// Whether it can disconnect the load.
  public let hasDisconnect: Bool
  public let controlRelays: [ControlRelay]
  /// What the three serial ports of the board serve; empty before 4.0.
  public let ports: [Port]
  /// Nil before 4.0.
  public let battery: Battery?
  /// Nil before 4.0.
  public let lineSensor: Sensor?
  /// Nil before 4.0.
  public let neutralSensor: Sensor?

  public enum Phases: Sendable {
    case single, poly
  }

  public enum Battery: Int64, Sendable {
    case none = 0
    case standard = 1
    case supercapacitor = 3
  }

  public enum Sensor: Int64, Sendable {
    case shunt = 0
    case pcbCoil = 1
    case earthFaultTransformer = 2
  }

  public struct ControlRelay: Equatable, Sendable {
    /// 1 or 2.
    public let number: Int
    /// Nil before 4.30.
    public let isLatching: Bool?
  }

  /// One serial port of the board.
  public struct Port: Equatable, Sendable {
    /// 1 wireless, 2 wired, 3 PLC.
    public let board: UInt8
    /// 1 MEP, 2 M-Bus, 3 PLC.
    public let kind: UInt8
    /// For MEP ports the client's number, 1 or 2.
    public let number: UInt8

    /// The MEP client that this port is for; nil for other ports.
    public var mepClient: Int? { kind == 1 && (number == 1 || number == 2) ? Int(number) : nil }
  }

  /// Nil where the octets end before the internal configuration.
  public init?(_ hardware: Decoded) {
    guard let first = hardware.flag(named: "MEP Client 1 Port"), let relay1 = hardware.flag(named: "Control Relay 1"),
      let externalCT = hardware.flag(named: "External CT"),
      let disconnect = hardware.flag(named: "Disconnect and Buzzer"), let single = hardware.flag(named: "Single Phase"),
      let poly = hardware.flag(named: "Polyphase")
    else { return nil }
    (hasExternalCT, hasDisconnect) = (externalCT, disconnect)
    phases = single == poly ? nil : single ? .single : .poly
    mepPorts = [first] + (hardware.flag(named: "MEP Client 2 Port").map { [$0] } ?? [])
    var relays: [ControlRelay] = []
    if relay1 { relays.append(ControlRelay(number: 1, isLatching: hardware.flag(named: "Control Relay 1 Type"))) }
    if hardware.flag(named: "Control Relay 2") == true {
      relays.append(ControlRelay(number: 2, isLatching: hardware.flag(named: "Control Relay 2 Type")))
    }
    controlRelays = relays
    options = hardware.optionsSet
    ports = (0..<3).compactMap { hardware.port($0) }
    battery = hardware.integer(named: "Battery Type").flatMap { Battery(rawValue: $0) }
    lineSensor = hardware.integer(named: "Line Current Sensor").flatMap { Sensor(rawValue: $0) }
    neutralSensor = hardware.integer(named: "Neutral Current Sensor").flatMap { Sensor(rawValue: $0) }
  }
}

extension Decoded {
  /// Those that are there or not; how others work is told by their meanings.
  fileprivate var optionsSet: [StaticString] {
    places.compactMap { place in
      place.field.type == .flag && place.field.meanings.isEmpty && place.integer(in: octets) == 1
        ? place.field.name : nil
    }
  }

  fileprivate func port(_ n: Int) -> HardwareSettings.Port? {
    guard let board = integer(named: "Board", n), let kind = integer(named: "Port", n),
      let number = integer(named: "Sequence Number", n)
    else { return nil }
    return HardwareSettings.Port(
      board: UInt8(truncatingIfNeeded: board), kind: UInt8(truncatingIfNeeded: kind),
      number: UInt8(truncatingIfNeeded: number))
  }
}
