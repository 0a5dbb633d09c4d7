// SPDX-License-Identifier: Apache-2.0
import C1219

/// What the client at a MEP port tells the meter (ET50).
public struct ClientEntry: Equatable, Sendable {
  public let identification: ClientIdentification
  /// Without it the meter sends no alerts and takes no EP39. EP17 clears it.
  public let isRegistered: Bool
  /// The answers to procedures are in ET59 and not in BT08; the second port's are in ET85 either way.
  public let usesET59: Bool
  public let wantsMBusAlerts: Bool
  public let wantsDeltaDataAlerts: Bool
  /// Values for the display and the load profile, ET11.22 of them.
  public let sources: [DisplaySource]
  /// From firmware 4.0 on only one client's counts: see ``HouseIconControl``.
  public let houseIcon: IconState

  /// Nil for a port that the table has no entry for.
  ///
  /// - Parameter port: 1 or 2.
  public init?(_ table: Decoded, port: Int) {
    func flag(_ name: StaticString) -> Bool? { table.flag(named: name, port - 1) }
    guard let octets = table.octets(named: "Identification String (MEP ID)", port - 1),
      let identification = ClientIdentification(octets), let isRegistered = flag("MEP Device Registered"),
      let usesET59 = flag("ET59 Response"), let wantsMBusAlerts = flag("M-Bus Alerts"),
      let wantsDeltaDataAlerts = flag("Delta Data Alerts"),
      let houseIcon = table.integer(named: "House Icon", port - 1)
    else { return nil }
    self.identification = identification
    self.isRegistered = isRegistered
    self.usesET59 = usesET59
    self.wantsMBusAlerts = wantsMBusAlerts
    self.wantsDeltaDataAlerts = wantsDeltaDataAlerts
    let icons = table.integers(named: "Data Sources Icon Display Control", entry: port - 1)
    let values = table.integers(named: "Data For Display/Load Profile Sources", entry: port - 1)
    sources = zip(icons, values).map {
      DisplaySource(
        value: Int32(truncatingIfNeeded: $1), icons: DisplayIcons(rawValue: UInt16(truncatingIfNeeded: $0)))
    }
    self.houseIcon = IconState(rawValue: UInt8(truncatingIfNeeded: houseIcon)) ?? .unknown
  }
}

/// A value that a client gives the meter, and the icons that go with it on the display.
public struct DisplaySource: Equatable, Sendable {
  public var value: Int32
  public var icons: DisplayIcons

  public init(value: Int32, icons: DisplayIcons = []) {
    self.value = value
    self.icons = icons
  }
}

/// Icons of the display (ET50, Data Sources Icon Display Control); any of them together.
public struct DisplayIcons: OptionSet, Sendable {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let euro = DisplayIcons(rawValue: 1)
  public static let dollar = DisplayIcons(rawValue: 2)
  public static let date = DisplayIcons(rawValue: 4)
  public static let time = DisplayIcons(rawValue: 8)
  public static let kvarh = DisplayIcons(rawValue: 16)
  public static let kWh = DisplayIcons(rawValue: 32)
  public static let kvar = DisplayIcons(rawValue: 64)
  public static let kW = DisplayIcons(rawValue: 128)
  public static let negative = DisplayIcons(rawValue: 256)

  /// Every icon by its name.
  public static let named: [(name: StaticString, icon: DisplayIcons)] = [
    ("euro", .euro), ("dollar", .dollar), ("date", .date), ("time", .time), ("kvarh", .kvarh), ("kWh", .kWh),
    ("kvar", .kvar), ("kW", .kW), ("negative", .negative),
  ]

  public var names: [StaticString] { Self.named.filter { contains($0.icon) }.map { $0.name } }
}

/// How the display shows an icon of a client's.
public enum IconState: UInt8, Sendable {
  case off, on
  /// A second on, a second off.
  case flashing
  /// One that the guide does not have.
  case unknown = 255

  public var words: StaticString {
    switch self {
    case .off: "off"
    case .on: "on"
    case .flashing: "flashing"
    case .unknown: "unknown"
    }
  }
}

/// Which client's house icon the display shows (ET55), on meters with firmware 4.0 and later.
public enum HouseIconControl: Equatable, Sendable {
  case neither
  /// 1 or 2.
  case client(Int)

  /// Nil for a table that has no such field.
  public init?(configuration: Decoded) {
    guard let control = configuration.integer(named: "House Icon Control") else { return nil }
    self = control == 0 ? .neither : .client(Int(control))
  }
}
