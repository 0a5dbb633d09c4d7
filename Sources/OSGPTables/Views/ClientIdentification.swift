// SPDX-License-Identifier: Apache-2.0

/// Who a MEP client says that it is: the identification string of ET50.
public struct ClientIdentification: Equatable, Sendable {
  /// As ET50 has them: 30, unused ones behind being 0.
  public let octets: [UInt8]

  public static let length = 30
  /// Nobody has said anything.
  public static let none = ClientIdentification(padded: [])

  /// The OSGP Alliance's form of it, which bit 7 of the first octet marks.
  public struct Standard: Equatable, Sendable {
    /// 23 bits that the OSGP Alliance gives out.
    public var manufacturer: UInt32
    /// 0 LonTalk, 1 ZigBee, 4 C-Band, 5 OSGP.
    public var deviceClass: UInt8
    /// What kind of device it is: 4 octets (type, sub-type, interface version, implementation revision) or 6 (type,
    /// sub-type, interface version, firmware's major, minor and revision), or whatever its class has; may be empty.
    public var program: [UInt8]
    /// Which one it is; may be empty.
    public var uniqueID: [UInt8]

    public init(manufacturer: UInt32, deviceClass: UInt8, program: [UInt8] = [], uniqueID: [UInt8] = []) {
      self.manufacturer = manufacturer
      self.deviceClass = deviceClass
      self.program = program
      self.uniqueID = uniqueID
    }
  }

  /// Nil for more than 30 octets; fewer are filled up with zeros.
  public init?(_ octets: [UInt8]) {
    guard octets.count <= Self.length else { return nil }
    self.init(padded: octets)
  }

  /// Nil for a manufacturer of more than 23 bits, and where program and unique ID have more than 24 octets together.
  public init?(_ standard: Standard) {
    guard standard.manufacturer <= Self.manufacturers, standard.program.count + standard.uniqueID.count <= Self.room
    else { return nil }
    self.init(
      padded: [
        UInt8(truncatingIfNeeded: standard.manufacturer >> 16) | Self.mark,
        UInt8(truncatingIfNeeded: standard.manufacturer >> 8), UInt8(truncatingIfNeeded: standard.manufacturer),
        standard.deviceClass, UInt8(standard.program.count),
      ] + standard.program + [UInt8(standard.uniqueID.count)] + standard.uniqueID)
  }

  /// Nil for another form, and where the lengths in it are longer than the string.
  public var standard: Standard? {
    guard octets[0] & Self.mark != 0 else { return nil }
    let program = Int(octets[4])
    guard program <= Self.room else { return nil }
    let uniqueID = Int(octets[5 + program])
    guard program + uniqueID <= Self.room else { return nil }
    return Standard(
      manufacturer: UInt32(octets[0] & ~Self.mark) << 16 | UInt32(octets[1]) << 8 | UInt32(octets[2]),
      deviceClass: octets[3], program: Array(octets[5..<5 + program]),
      uniqueID: Array(octets[6 + program..<6 + program + uniqueID]))
  }

  private init(padded octets: [UInt8]) {
    self.octets = octets + [UInt8](repeating: 0, count: Self.length - octets.count)
  }

  private static let mark: UInt8 = 0x80
  private static let manufacturers: UInt32 = 0x7F_FFFF
  /// Behind the octets that every string has.
  private static let room = length - 6
}

extension ClientIdentification.Standard {
  /// The guide's name for the class; nil for one that it does not name.
  public var className: StaticString? {
    switch deviceClass {
    case 0: "LonTalk"
    case 1: "ZigBee"
    case 4: "C-Band"
    case 5: "OSGP"
    default: nil
    }
  }
}
