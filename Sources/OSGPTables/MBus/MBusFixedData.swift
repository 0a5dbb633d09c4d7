// SPDX-License-Identifier: Apache-2.0
import C1219

/// The fixed data structure of older devices (EN 1434-3, CI 0x73): two counters.
public struct MBusFixedData: Sendable {
  /// 8 digits of BCD, most significant octet first.
  public let identification: [UInt8]
  public let accessNumber: UInt8
  /// Bits 2 to 7; the lower two say how the counters are coded.
  public let status: MBusStatus
  public let medium: MBusMedium
  public let counters: [Counter]

  public struct Counter: Sendable {
    public let quantity: StaticString
    public let unit: Unit
    /// A number, octets of a time or a date, or invalid.
    public let value: MBusRecord.Value
    /// The value is that of the fixed date, not of now.
    public let isStored: Bool
  }

  static let octets = 16

  /// Nil for fewer than 16 octets.
  init?(_ octets: [UInt8], mostSignificantFirst: Bool = false) {
    guard octets.count >= Self.octets else { return nil }
    func ordered(_ start: Int) -> [UInt8] {
      let part = octets[start..<start + 4]
      return mostSignificantFirst ? part.reversed() : Array(part)
    }
    identification = ordered(0).reversed()
    accessNumber = octets[4]
    status = MBusStatus(octet: octets[5])
    // Medium and units keep their order in mode 2.
    medium = Self.medium(octets[6] >> 6 | (octets[7] >> 6) << 2)
    let (first, second) = (octets[6] & 0x3F, octets[7] & 0x3F)
    let (isBinary, isStored) = (octets[5] & 1 != 0, octets[5] & 2 != 0)
    func counter(_ unit: UInt8, _ start: Int, isStored: Bool) -> Counter {
      let quantity = Self.quantity(unit)
      return Counter(
        quantity: quantity.words, unit: quantity.scale.unit,
        value: Self.value(ordered(start), isBinary: isBinary, quantity), isStored: isStored)
    }
    counters = [
      counter(first, 8, isStored: isStored),
      // "The same, but historic".
      second == 0x3E ? counter(first, 12, isStored: true) : counter(second, 12, isStored: isStored),
    ]
  }

  private static func value(_ octets: [UInt8], isBinary: Bool, _ quantity: MBusQuantity) -> MBusRecord.Value {
    if case .time = quantity.coding { return .octets(octets) }
    if isBinary { return octets.signed.map { .number(quantity.scale.value(of: $0)) } ?? .invalid }
    guard case .number(let digits) = octets.integerOfBCD else { return .invalid }
    return .number(quantity.scale.value(of: digits))
  }

  /// Four bits, of which the upper half are devices that answer most significant octet first.
  private static func medium(_ code: UInt8) -> MBusMedium {
    switch code {
    case 0x0A: MBusMedium(code: 0x03)
    case 0x0B: MBusMedium(code: 0x04)
    case 0x0C: MBusMedium(code: 0x06)
    case 0x0D: MBusMedium(code: 0x07)
    case 0x0E: MBusMedium(code: 0x08)
    case 0x09, 0x0F: MBusMedium(code: 0xFF)
    default: MBusMedium(code: code)
    }
  }

  /// Six bits: each unit in steps of ten.
  private static func quantity(_ code: UInt8) -> MBusQuantity {
    let n = Int(code)
    return switch code {
    case 0x00: MBusQuantity("time of day", .count, .time)
    case 0x01: MBusQuantity("date", .count, .time)
    case 0x02...0x0A: MBusQuantity("energy", .wattHour, n - 0x02)
    case 0x0B...0x13: MBusQuantity("energy", .joule, n - 0x0B + 3)
    case 0x14...0x1C: MBusQuantity("power", .watt, n - 0x14)
    case 0x1D...0x25: MBusQuantity("power", .joulePerHour, n - 0x1D + 3)
    case 0x26...0x2E: MBusQuantity("volume", .cubicMetre, n - 0x26 - 6)
    case 0x2F...0x37: MBusQuantity("volume flow", .cubicMetrePerHour, n - 0x2F - 6)
    case 0x38: MBusQuantity("temperature", .celsius, -3)
    case 0x39: MBusQuantity("heat cost allocation")
    case 0x3F: MBusQuantity("value")
    default: MBusQuantity("unknown")
    }
  }
}
