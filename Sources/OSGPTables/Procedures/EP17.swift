// SPDX-License-Identifier: Apache-2.0
import C1219

extension Procedure {
  /// Ends the registration of a MEP client or of an M-Bus device.
  public static let ep17 = Procedure(
    .extended(17), "Remove MEP Device", "ends the registration of a MEP client or of an M-Bus device",
    .described(page: 249),
    // Called with the MBK, a meter removes MEP clients only.
    access: .any, isIdempotent: true,
    parameters: [
      .uint8("Action", .host, meanings: [Meaning(0, "primary address 0"), Meaning(1, "primary address 250")]),
      .uint16("Device Handle", .host, meanings: [Meaning(0xFFFF, "all devices")]),
    ],
    results: [
      Meaning(1, "Not complete: not all devices have been removed yet"), Meaning(2, "Invalid action"),
      Meaning(3, "No device has this handle"), Meaning(4, "A removal is already under way"),
    ])
}

/// The parameters of EP17.
public struct RemoveMEPDevice: ProcedureParameters {
  public var action: Action
  public var handle: UInt16

  /// Which primary address an M-Bus device gets.
  public enum Action: UInt8, Sendable {
    case address0 = 0
    /// The meter will not find the device again.
    case address250 = 1
  }

  /// The handle that means all devices, whose addresses then stay.
  public static let allDevices: UInt16 = 0xFFFF

  public init(_ handle: UInt16, action: Action = .address0) {
    self.action = action
    self.handle = handle
  }

  public static var procedure: Procedure { .ep17 }
  public var octets: [UInt8] { [action.rawValue] + handle.leastFirst }

  public init?(octets: [UInt8]) {
    guard let first = octets.first, let action = Action(rawValue: first), let handle = UInt16(leastFirst: octets, at: 1)
    else { return nil }
    self.init(handle, action: action)
  }
}
