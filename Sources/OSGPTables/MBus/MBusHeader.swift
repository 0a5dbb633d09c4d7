// SPDX-License-Identifier: Apache-2.0
import C1219

/// The 12 octets before the records of a variable data structure: who sends them, and how it is.
public struct MBusHeader: Equatable, Sendable {
  /// The serial number: 8 digits of BCD, most significant octet first.
  public let identification: [UInt8]
  /// Three letters, such as "KAM".
  public let manufacturer: [UInt8]
  public let version: UInt8
  public let medium: MBusMedium
  /// One more with each answer.
  public let accessNumber: UInt8
  public let status: MBusStatus
  /// Also "configuration word".
  public let signature: UInt16

  static let octets = 12

  /// Nil for fewer than 12 octets.
  init?(_ octets: [UInt8], mostSignificantFirst: Bool = false) {
    guard octets.count >= Self.octets else { return nil }
    func ordered(_ range: Range<Int>) -> [UInt8] {
      mostSignificantFirst ? octets[range].reversed() : Array(octets[range])
    }
    identification = ordered(0..<4).reversed()
    manufacturer = Self.letters(ordered(4..<6).unsigned)
    version = octets[6]
    medium = MBusMedium(code: octets[7])
    accessNumber = octets[8]
    status = MBusStatus(octet: octets[9])
    signature = UInt16(truncatingIfNeeded: ordered(10..<12).unsigned)
  }

  /// How the records are encrypted, 0 not at all, 2 and 3 by DES, 5 and 7 by AES.
  public var encryptionMode: UInt8 { UInt8(signature >> 8 & 0x1F) }

  /// Three letters, the first in the highest of 15 bits; "@" where it is none.
  static func letters(_ code: UInt64) -> [UInt8] {
    [10, 5, 0].map { UInt8(code >> $0 & 0x1F) + 0x40 }
  }
}

/// The device's own alarms.
public struct MBusStatus: Equatable, Sendable {
  public let octet: UInt8

  public var isPowerLow: Bool { octet & 0x04 != 0 }
  public var hasPermanentError: Bool { octet & 0x08 != 0 }
  public var hasTemporaryError: Bool { octet & 0x10 != 0 }
  /// Bits 5 to 7, by the manufacturer's book.
  public var manufacturerSpecific: UInt8 { octet >> 5 }

  /// All that is set, in words; empty for a device that is well.
  public var words: [StaticString] { applicationWords + alarmWords }

  /// Bits 0 and 1, which in a fixed data structure mean something else.
  private var applicationWords: [StaticString] {
    switch octet & 3 {
    case 1: ["application busy"]
    case 2: ["application error"]
    case 3: ["reserved application status"]
    default: []
    }
  }

  var alarmWords: [StaticString] {
    var words: [StaticString] = []
    if isPowerLow { words.append("power low") }
    if hasPermanentError { words.append("permanent error") }
    if hasTemporaryError { words.append("temporary error") }
    if manufacturerSpecific != 0 { words.append("manufacturer specific status") }
    return words
  }
}
