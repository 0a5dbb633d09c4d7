// SPDX-License-Identifier: Apache-2.0
import C1219

/// What a change touches that somebody pays for, lives by or is protected by.
public enum Consequence: UInt8, CaseIterable, Sendable {
  case billing, supply, security, clock

  public var words: StaticString {
    switch self {
    case .billing: "what is billed"
    case .supply: "whether the house has power"
    case .security: "who may do what with the meter"
    case .clock: "the meter's clock"
    }
  }
}

extension Table {
  /// What writing it may touch; nothing for tables that only concern the port, the display or devices behind the meter.
  public var consequences: [Consequence] {
    switch id {
    // By these any procedure is called, and any table written.
    case .basic(7), .extended(52): Consequence.allCases
    case .basic(15), .basic(23), .basic(24): [.billing]
    case .basic(53): [.clock]
    case .basic(54): [.billing, .clock]
    case .extended(4): [.supply, .security, .clock]
    case .extended(47): [.billing]
    case .extended(55): [.billing, .supply, .security]
    case .extended(61), .extended(80): [.supply]
    case .extended(97): [.supply, .security]
    default: []
    }
  }
}

extension Procedure {
  /// What calling it may touch; everything where nobody says what it does.
  public var consequences: [Consequence] {
    switch id {
    case .extended(16): [.clock]
    // These concern the port, its client and the devices behind the meter.
    case .extended(17), .extended(19), .extended(39), .extended(61): []
    default: Consequence.allCases
    }
  }
}
