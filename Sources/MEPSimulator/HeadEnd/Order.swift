// SPDX-License-Identifier: Apache-2.0
import MEP

/// What the grid, or fate, does to a meter.
public enum Order: Sendable, Equatable {
  /// The grid asks the device at a port for something, at once (ET15).
  case onDemandRequest(port: Int, type: UInt8, data: [UInt8])
  /// The grid reads the device at a port by its schedule.
  case scheduledRead(port: Int)
  /// Data for the device at a port that can wait (ET13); no alert tells of them.
  case downlink(port: Int, data: [UInt8])
  /// The grid removes the device at a port, as EP17 does.
  case removeClient(port: Int)
  /// The grid has the meter copy its energy registers (ET31).
  case oneTimeRead
  /// The tariff is switched by hand; nil goes back to the calendar.
  case tariff(tier: Int?)
  /// The clock is moved by so many seconds.
  case clock(seconds: Int64)
  case powerOutage(seconds: Int64)
  /// A phase, 1 to 3, loses its voltage.
  case phaseLoss(phase: Int, seconds: Int64)
  /// The voltage of a phase goes to so many percent of what it was.
  case voltage(phase: Int, percent: Int, seconds: Int64)
  /// Something happens to the next transaction.
  case transaction(Mishap)
  /// The IDT version is counted up, the sequence numbers go on by 25.
  case configurationChange
  /// The advanced key becomes 16 times this octet: published dummies, no secrets.
  case advancedKey(dummy: UInt8)
  /// The utility closes a port, or opens it again.
  case port(Int, isOpen: Bool)
  /// Somebody reads the optical port for so many seconds: on meters of the second and third generation the MEP port is deaf
  /// meanwhile.
  case opticalSession(seconds: Int64)
  /// The port takes TLS only and refuses digests, or takes these again (nil). Meters without ET97 know no TLS.
  case tls(port: Int, DigestRefusal?)
}

/// What a port that takes TLS only says to a request with a digest: the guide does not tell.
public enum DigestRefusal: Sendable, Equatable {
  case silence
  /// 0x0B is signed by nobody, other codes are signed as all answers are.
  case code(ResponseCode)

  /// What the port does; codes other than 0x0B are the meter's answer to a request that was taken.
  var rule: ServerConnection.Digests {
    switch self {
    case .silence: .ignored
    case .code(.authenticationFailure): .refused
    case .code: .taken
    }
  }
}
