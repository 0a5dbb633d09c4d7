// SPDX-License-Identifier: Apache-2.0
import C1219

extension Table {
  /// Who made the meter. Octets 12, 13 and 16 to 23 are described in the Optical Port Programmer's Guide only.
  public static let bt01 = Table(
    .basic(1), "General Manufacturer Information", page: 204, memory: .write,
    [
      .text("Manufacturer", octets: 4, .host),
      .text("Model", octets: 8, .host),
      .uint8("Hardware Version Number", .meter),
      .uint8("Hardware Revision Number", .meter),
      .uint8("Main Firmware Version Number", .meter),
      .uint8("Firmware Revision Number", .meter),
      .octets("Manufacturer Serial Number", .exactly(8), .host),
    ])
}

/// Typed view of BT01.
public struct GeneralManufacturerInformation: Equatable, Sendable {
  /// "ELON", "NES".
  public let manufacturer: [UInt8]
  /// "83331-3I".
  public let model: [UInt8]
  public let hardware: FirmwareVersion
  public let firmware: FirmwareVersion

  /// Nil where the octets end before the firmware version.
  public init?(_ octets: [UInt8]) {
    guard octets.count >= 16 else { return nil }
    manufacturer = Self.text(octets[0..<4])
    model = Self.text(octets[4..<12])
    hardware = FirmwareVersion(main: octets[12], revision: octets[13])
    firmware = FirmwareVersion(main: octets[14], revision: octets[15])
  }

  private static func text(_ octets: ArraySlice<UInt8>) -> [UInt8] { Array(octets.prefix { $0 != 0 && $0 != 0x20 }) }
}
