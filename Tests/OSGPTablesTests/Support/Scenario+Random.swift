// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables

extension Scenario {
  static let firmwares: [FirmwareVersion?] = [
    nil, FirmwareVersion(1, 11), FirmwareVersion(1, 32), FirmwareVersion(2, 1), FirmwareVersion(3, 13, 4),
    FirmwareVersion(3, 30), FirmwareVersion(3, 50), FirmwareVersion(3, 71), FirmwareVersion(3, 84, 6),
    FirmwareVersion(4, 0), FirmwareVersion(4, 10), FirmwareVersion(4, 30),
  ]

  /// Dimensions that a meter might have.
  static func plausible(using random: inout SeededGenerator) -> Scenario {
    func number(_ range: ClosedRange<UInt8>) -> UInt8 { .random(in: range, using: &random) }
    let register = [
      number(0...0x7F), number(0...0x3F), number(0...3), number(0...20), number(0...8), number(0...16), number(0...3),
      number(0...8), number(0...8), number(0...84),
    ]
    let firmware = firmwares.randomElement(using: &random) ?? nil
    let manufacturer = Table.et11Image(
      sources: number(0...20), records: number(0...8), recordSize: number(0...10), channels: number(0...3))
    let octets = (try? Table.et11.layout(in: Dimensions(firmware: firmware)).octets) ?? 0
    return Scenario(
      name: "plausible", firmware: firmware, register: register, manufacturer: Array(manufacturer.prefix(octets)),
      more: Section.combined(Section.all.flatMap { $0.plausible(&random, firmware) }))
  }
}

extension Layout {
  /// The first place that does not begin where the one before ended; nil when they tile the table.
  var flaw: String? {
    var end = 0
    var bit = 0
    for place in places {
      if let bits = place.field.bits {
        if bit == 0 {
          guard place.offset == end else { return place.pathText }
          end = place.end
        }
        guard place.end == end, bits.lowerBound == bit, bits.upperBound < place.octets * 8 else {
          return place.pathText
        }
        bit = (bits.upperBound + 1) % (place.octets * 8)
      } else {
        guard bit == 0, place.offset == end else { return place.pathText }
        end = place.end
      }
    }
    return bit == 0 && end == octets ? nil : "the end"
  }
}
