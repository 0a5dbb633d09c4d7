// SPDX-License-Identifier: Apache-2.0
import C1219

/// Why the meter sends a MEP client the alert sequence, once a second, until the client has done what ends it (ET13).
public struct MEPAlerts: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let scheduledRead = MEPAlerts(rawValue: 1)
  public static let onDemandRequest = MEPAlerts(rawValue: 2)
  /// Needs "M-Bus Alerts" in ET50.
  public static let mbusChange = MEPAlerts(rawValue: 8)
  /// Needs "Delta Data Alerts" in ET50, and firmware 3.40.
  public static let deltaData = MEPAlerts(rawValue: 16)

  /// Each reason that is set, and what ends it.
  public var reasons: [(why: StaticString, remedy: StaticString)] {
    var reasons: [(why: StaticString, remedy: StaticString)] = []
    if contains(.scheduledRead) {
      reasons.append(("a scheduled read is due", "post the read data with EP39"))
    }
    if contains(.onDemandRequest) {
      reasons.append(("an on-demand request waits in ET15", "carry it out and post its result with EP39"))
    }
    if contains(.mbusChange) {
      reasons.append(
        (
          "an M-Bus control value has changed, or there are new M-Bus data in the load profile",
          "read ET58, BT63 and BT64, then clear the M-Bus alert with EP39"
        ))
    }
    if contains(.deltaData) {
      reasons.append(
        ("a source that ET71 monitors has changed", "read ET71, then clear the delta data alert with EP39"))
    }
    return reasons
  }
}

extension MEPAlerts {
  /// Nil for the slot of an M-Bus device, or one that the table does not have.
  ///
  /// - Parameter slot: that of the port in ET13: 4 for MEP client 1, 5 for MEP client 2.
  public init?(_ configuration: Decoded, slot: Int) {
    let flags: [(StaticString, MEPAlerts)] = [
      ("Scheduled Read Request Alert", .scheduledRead), ("On-demand Request in ET15", .onDemandRequest),
      ("M-Bus Change", .mbusChange), ("Delta Data Alert", .deltaData),
    ]
    var set: UInt8 = 0
    for (name, flag) in flags {
      guard let value = configuration.integers(named: name, entry: slot).first else { return nil }
      if value != 0 { set |= flag.rawValue }
    }
    self.init(rawValue: set)
  }
}
