// SPDX-License-Identifier: Apache-2.0
import MEP

/// The classic file format of packet captures, link type 147 (`USER0`): a packet is an octet that tells whose it is, then a
/// frame with its length field. `Wireshark/osgp-mep.lua` makes sense of them.
public enum PacketCapture {
  static let linkType: UInt32 = 147
  /// The first octet of a packet, one of these or both.
  static let fromMeter: UInt8 = 1
  static let noFrame: UInt8 = 2

  static var header: [UInt8] {
    words(0xA1B2_C3D4) + [2, 0, 4, 0] + words(0, 0, 65_535, linkType)
  }

  static func packet(_ record: CaptureRecord, isFrame: Bool) -> [UInt8] {
    let count = UInt32(truncatingIfNeeded: record.octets.count + 1)
    let (seconds, rest) = record.time.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    let head = words(UInt32(truncatingIfNeeded: seconds), UInt32(truncatingIfNeeded: rest), count, count)
    return head + [(record.speaker == .meter ? fromMeter : 0) | (isFrame ? 0 : noFrame)] + record.octets
  }

  /// Least significant octet first, as the first word of the file tells its readers.
  private static func words(_ values: UInt32...) -> [UInt8] {
    values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
  }
}
