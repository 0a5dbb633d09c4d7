// SPDX-License-Identifier: Apache-2.0
import C1219

/// The devices behind the meter: what is at its M-Bus, and who its MEP clients are.
public struct MBusDevices: Sendable {
  /// One for each slot, empty ones included.
  public let devices: [Device]
  /// The meter is looking for M-Bus devices and not polling those that it knows.
  public let isDiscovering: Bool

  /// - Parameters:
  ///   - status: ET14, which knows the slots.
  ///   - configuration: ET13; without it no device has a schedule, a customer or alerts.
  ///   - control: ET58.
  ///   - data: ET16; without it no device has a medium, an identification or records.
  public init(
    status: Decoded, configuration: Decoded? = nil, control: Decoded? = nil, data: Decoded? = nil
  ) {
    isDiscovering = status.integers(named: "Mode").first == 1
    devices = status.integers(named: "Device Handle").indices.compactMap { slot in
      Device(slot, status, configuration: configuration, control: control, data: data)
    }
  }

  public struct Device: Sendable {
    /// From 0, as in the tables: 0 to 3 are M-Bus, from 4 on MEP clients.
    public let slot: Int
    public let kind: Kind
    public let isOccupied: Bool
    /// 1 to 999 M-Bus, 1000 and up MEP client 1, 2000 and up MEP client 2; 0 none.
    public let handle: UInt16
    public let state: State
    /// What the meter noticed, in words. Each stays until EP18 clears it. Nil, as what follows, where it does not tell.
    public let alarms: [StaticString]?
    /// What the device itself reported with a status read. Each bit stays until EP18 clears it.
    public let deviceAlarms: MBusStatus?
    public let readAttempts: UInt32?
    public let readAnswers: UInt32?
    /// Local time, as all times of these tables; nil where it never was.
    public let lastStatusRead: Moment?
    public let lastReadAttempt: Moment?
    public let schedule: ReadSchedule?
    /// ISO 8859-1; of M-Bus devices.
    public let customer: [UInt8]?
    /// Why the meter alerts this client; nil for M-Bus devices.
    public let alerts: MEPAlerts?
    /// The latest control value, such as of a valve.
    public let controlStatus: UInt8?
    public let read: BillingRead?
  }

  public enum Kind: Equatable, Sendable {
    case mbus
    /// 1 or 2.
    case client(Int)
  }

  public enum State: Equatable, Sendable {
    case empty, up, down
    case unknown(UInt8)

    public var words: StaticString {
      switch self {
      case .empty: "empty slot"
      case .up: "up"
      case .down: "down: communication lost"
      case .unknown: "unknown"
      }
    }
  }
}

extension MBusDevices.Device {
  /// When the device was last read with success.
  public var lastRead: Moment? { read?.timestamp }

  public var telegrams: [MBusTelegram] { read?.telegrams ?? [] }

  /// 8 digits of BCD, most significant octet first; of an M-Bus device that has answered.
  public var identification: [UInt8]? { read?.identification }
  public var medium: MBusMedium? { read?.medium }
  public var records: [MBusRecord] { telegrams.flatMap { $0.records } }
}
