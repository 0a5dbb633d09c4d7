// SPDX-License-Identifier: Apache-2.0

extension LoadProfile {
  /// What happened in an interval, for all of its channels.
  public struct CommonStatus: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Daylight saving time was in effect in the interval or at its start. The intervals themselves are in standard time.
    public static let daylightSaving = CommonStatus(rawValue: 1)
    public static let powerFail = CommonStatus(rawValue: 2)
    public static let clockForward = CommonStatus(rawValue: 4)
    public static let clockBackward = CommonStatus(rawValue: 8)
  }

  /// What is to be said of one channel's value in an interval: the weightiest only.
  ///
  /// An ANSI compliant load profile says 4 for 8, 11 and 15, and 0 for 9 and 10.
  public struct ChannelStatus: Equatable, Sendable {
    public let code: UInt8
    public init(code: UInt8) { self.code = code }

    /// Empty where there is nothing to say, nil for a code that the guide does not have.
    public var words: StaticString? {
      switch code {
      case 0: ""
      case 1: "overflow"
      case 2: "partial interval"
      case 3: "long interval"
      case 4: "skipped"
      case 5: "test mode data"
      case 8: "M-Bus or MEP decryption failure"
      case 9: "clock error"
      case 10: "M-Bus or MEP device missing"
      case 11: "not current"
      case 12: "skipped by opt-out"
      case 15: "no M-Bus data yet"
      default: nil
      }
    }

    /// Whether it speaks of a value that was measured; ``Value/isMeasured`` knows more.
    public var isMeasured: Bool {
      switch code {
      case 4, 8, 10, 12, 15: false
      default: true
      }
    }
  }
}
