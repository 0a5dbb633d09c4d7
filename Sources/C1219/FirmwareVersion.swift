// SPDX-License-Identifier: Apache-2.0

/// A firmware version x.yy.zz. Control Point and OSGP Modules count from 1, meters from 2.
public struct FirmwareVersion: Equatable, Comparable, Sendable {
  public let major: UInt8
  public let minor: UInt8
  public let build: UInt8

  public init(_ major: UInt8, _ minor: UInt8, _ build: UInt8 = 0) {
    self.major = major
    self.minor = minor
    self.build = build
  }

  /// From the two octets of BT01, the first being the higher: 4 bits major, 7 bits minor, 5 bits build.
  public init(main: UInt8, revision: UInt8) {
    let word = UInt16(main) << 8 | UInt16(revision)
    self.init(UInt8(word >> 12), UInt8(word >> 5 & 0x7F), UInt8(word & 0x1F))
  }

  /// The two octets of BT01.
  public var octets: (main: UInt8, revision: UInt8) {
    let word = UInt16(major & 0x0F) << 12 | UInt16(minor & 0x7F) << 5 | UInt16(build & 0x1F)
    return (UInt8(word >> 8), UInt8(word & 0xFF))
  }

  /// Whether it is of a Control Point or OSGP Module and not of a meter.
  public var isModule: Bool { major < 2 }

  /// Whether it has what came with this version of meters, or with that of modules; nil where modules do not have it.
  public func isFrom(_ meter: FirmwareVersion, module: FirmwareVersion?) -> Bool {
    isModule ? module.map { self >= $0 } ?? false : self >= meter
  }

  public static func < (a: FirmwareVersion, b: FirmwareVersion) -> Bool {
    (a.major, a.minor, a.build) < (b.major, b.minor, b.build)
  }
}

#if !hasFeature(Embedded)
  extension FirmwareVersion: CustomStringConvertible {
    public var description: String { "\(major).\(minor).\(build)" }

    /// "3.60" for its first build, as the guide speaks of versions.
    var short: String { build == 0 ? "\(major).\(minor)" : description }
  }
#endif
