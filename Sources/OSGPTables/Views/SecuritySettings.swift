// SPDX-License-Identifier: Apache-2.0
import C1219

/// What a meter demands of who connects to it: ET97, ET55, ET54 and ET04 say it, each from some firmware on. What is not
/// known, as its table was not read or does not go that far, is nil.
public struct SecuritySettings: Equatable, Sendable {
  /// Whether the ports demand TLS, whose keys are the first 16 octets of MBK and MAK as they are with RC4.
  public let tls: TLS
  /// Whether the optical port is switched off (from 4.0 on).
  public let isOpticalDisabled: Bool?
  /// What ends long optical sessions. It holds for meters with both MEP ports in use; others have it in ET51.
  public let opticalSession: OpticalSession?
  /// From 4.30 on.
  public let opticalLockout: Lockout?
  /// From 4.30 on.
  public let plcLockout: Lockout?
  /// How messages on the power line are secured.
  public let plcMode: PLCMode?
  /// Bit n stands for ``PLCMode`` n.
  public let supportedPLCModes: UInt8?
  /// Uses of a key on the power line that are allowed for; at 80 % of them there is an event.
  public let maximumKeyUses: UInt32?
  public let unicastKeyUses: UInt32?
  public let broadcastKeyUses: UInt32?

  public struct TLS: Equatable, Sendable {
    public let optical: Bool?
    public let mep1: Bool?
    public let mep2: Bool?

    /// Of the port for this MEP client, 1 or 2.
    public func isRequired(ofClient client: Int) -> Bool? {
      switch client {
      case 1: mep1
      case 2: mep2
      default: nil
      }
    }
  }

  public struct OpticalSession: Equatable, Sendable {
    /// Whether the times are enforced.
    public let isLimited: Bool
    /// Seconds until a session is ended.
    public let timeout: UInt16
    /// Seconds during which no session is let in after that.
    public let holdOff: UInt16
  }

  /// What follows on failed authentications.
  public struct Lockout: Equatable, Sendable {
    /// Failures in a row that are put up with. The factory has 0; the guide recommends 30 for PLC.
    public let threshold: UInt8
    /// Minutes during which nobody is let in then.
    public let minutes: UInt8
  }

  public enum PLCMode: Int64, Sendable {
    case rc4 = 0
    /// OSGP-AES-128-PSK.
    case aes128 = 2
  }

  /// - Parameters:
  ///   - ports: ET97.
  ///   - configuration: ET55.
  ///   - status: ET54.
  ///   - system: ET04.
  public init(ports: Decoded?, configuration: Decoded?, status: Decoded?, system: Decoded?) {
    tls = TLS(
      optical: ports?.flag(named: "Require TLS on Optical port"), mep1: ports?.flag(named: "Require TLS on MEP1 port"),
      mep2: ports?.flag(named: "Require TLS on MEP2 port"))
    isOpticalDisabled = configuration?.flag(named: "Disable Optical Port")
    opticalSession = configuration?.opticalSession
    opticalLockout = configuration?.lockout(
      "Optical Failed Authentication Lockout Threshold", "Optical Failed Authentication Lockout Duration")
    plcLockout = configuration?.lockout(
      "PLC Failed Authentication Lockout Threshold", "PLC Failed Authentication Lockout Duration")
    plcMode = system?.integer(named: "Security Mode").flatMap { PLCMode(rawValue: $0) }
    supportedPLCModes = status?.integer(named: "Supported Security Modes").map { UInt8(truncatingIfNeeded: $0) }
    maximumKeyUses = system?.integer(named: "Maximum Key Usage Count").map { UInt32(truncatingIfNeeded: $0) }
    unicastKeyUses = status?.integer(named: "Unicast Key Usage Count").map { UInt32(truncatingIfNeeded: $0) }
    broadcastKeyUses = status?.integer(named: "Broadcast Key Usage Count").map { UInt32(truncatingIfNeeded: $0) }
  }
}

extension Decoded {
  fileprivate var opticalSession: SecuritySettings.OpticalSession? {
    guard let isLimited = flag(named: "Enable Optical D.O.S. Timer"),
      let timeout = integer(named: "Optical Session Timeout"), let holdOff = integer(named: "Optical Session Hold-Off")
    else { return nil }
    return SecuritySettings.OpticalSession(
      isLimited: isLimited, timeout: UInt16(truncatingIfNeeded: timeout),
      holdOff: UInt16(truncatingIfNeeded: holdOff))
  }

  fileprivate func lockout(_ threshold: StaticString, _ minutes: StaticString) -> SecuritySettings.Lockout? {
    guard let threshold = integer(named: threshold), let minutes = integer(named: minutes) else { return nil }
    return SecuritySettings.Lockout(
      threshold: UInt8(truncatingIfNeeded: threshold), minutes: UInt8(truncatingIfNeeded: minutes))
  }
}
