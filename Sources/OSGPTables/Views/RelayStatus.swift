// SPDX-License-Identifier: Apache-2.0
import C1219

/// What ET46 and ET54 tell of the load disconnect contactor and the control relays; nil what the meter does not have, or
/// what was not read. Whether the contactor is closed is in ET23.
public struct RelayStatus: Equatable, Sendable {
  /// What opens the contactor when it is too much.
  public let limited: Limited?
  /// Wh that may be used behind the end of prepaid credit before the contactor opens.
  public let negativeCredit: Int64?
  /// When a limit of power, average power or current opened the contactor last; nil also where none did.
  public let openedByLimit: Moment?
  /// Its push button does not close it yet: ten seconds must be between two operations.
  public let isButtonLocked: Bool?
  /// The threshold of power is exceeded, and sets the tier.
  public let isOverPower: Bool?
  /// Operations of control relay 1 and 2 that are put off by a random time; nil where none is.
  public let pending: [Pending?]

  public enum Limited: Equatable, Sendable {
    case power, current
    /// One that the guide does not have.
    case other(Int)
  }

  public struct Pending: Equatable, Sendable {
    /// Seconds until it is carried out.
    public let remaining: Int
    /// Seconds that it is put off altogether.
    public let total: Int
  }

  public init(output: Decoded?, status: Decoded?) {
    limited = output?.integer(named: "Disconnect Control Type").map { type in
      type == 0 ? .power : type == 1 ? .current : .other(Int(type))
    }
    negativeCredit = output?.integer(named: "Prepay Negative Credit")
    openedByLimit =
      output?.octets(named: "Maximum Power/Current/Average Power Disconnect Open Time").flatMap { Moment($0) }
    isButtonLocked = status?.flag(named: "Disconnect Push Button Close Temporarily Locked")
    isOverPower = status?.flag(named: "Over Power Threshold Exceeded")
    pending = [
      status.flatMap {
        Pending(
          $0, "Control Relay 1 Random Operation Pending", "Control Relay 1 Random Duration",
          "Control Relay 1 Random Start Duration")
      },
      status.flatMap {
        Pending(
          $0, "Control Relay 2 Random Operation Pending", "Control Relay 2 Random Duration",
          "Control Relay 2 Random Start Duration")
      },
    ]
  }
}

extension RelayStatus.Pending {
  fileprivate init?(_ status: Decoded, _ pending: StaticString, _ remaining: StaticString, _ total: StaticString) {
    guard status.flag(named: pending) == true, let remaining = status.integer(named: remaining),
      let total = status.integer(named: total)
    else { return nil }
    self.init(remaining: Int(remaining), total: Int(total))
  }
}
