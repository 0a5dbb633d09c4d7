// SPDX-License-Identifier: Apache-2.0

/// Which event of the log it is: a standard one (ANSI C12.19) or one of the manufacturer's.
public struct EventID: Equatable, Sendable {
  public let isManufacturer: Bool
  /// Counted from 0 in each of the two kinds.
  public let number: UInt16

  private init(isManufacturer: Bool, number: UInt16) {
    self.isManufacturer = isManufacturer
    self.number = number
  }

  public static func standard(_ number: UInt16) -> EventID { EventID(isManufacturer: false, number: number) }
  public static func manufacturer(_ number: UInt16) -> EventID { EventID(isManufacturer: true, number: number) }

  /// From bits 0 to 11 of an entry; higher ones are dropped.
  ///
  /// By ANSI C12.19 bit 11 marks the manufacturer's events; the manufacturer's lists count them on from 64 instead, where
  /// the standard ones end. No code means two events, so both are understood.
  public init(code: UInt16) {
    let number = code & 0x07FF
    if code & 0x0800 != 0 {
      self = .manufacturer(number)
    } else if number >= Self.standardEvents {
      self = .manufacturer(number - Self.standardEvents)
    } else {
      self = .standard(number)
    }
  }

  /// As entries have it: bit 11 marks the manufacturer's events.
  public var code: UInt16 { isManufacturer ? 0x0800 | number : number }

  /// The number that the manufacturer's lists have for it: the manufacturer's own events follow the 64 standard ones.
  public var listed: UInt16 { isManufacturer ? number + Self.standardEvents : number }

  private static let standardEvents: UInt16 = 64
}
