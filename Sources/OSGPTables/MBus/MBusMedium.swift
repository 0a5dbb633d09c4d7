// SPDX-License-Identifier: Apache-2.0

/// What a device measures (EN 13757-3, device types).
public struct MBusMedium: Equatable, Sendable {
  public let code: UInt8

  public init(code: UInt8) { self.code = code }

  public var words: StaticString {
    switch code {
    case 0x00: "other"
    case 0x01: "oil"
    case 0x02: "electricity"
    case 0x03: "gas"
    case 0x04: "heat"
    case 0x05: "steam"
    case 0x06: "hot water"
    case 0x07: "water"
    case 0x08: "heat cost allocator"
    case 0x09: "compressed air"
    case 0x0A: "cooling, volume at outlet"
    case 0x0B: "cooling, volume at inlet"
    case 0x0C: "heat, volume at inlet"
    case 0x0D: "heat and cooling"
    case 0x0E: "bus or system component"
    case 0x0F: "unknown"
    case 0x14: "calorific value"
    case 0x15: "hot water above 90 °C"
    case 0x16: "cold water"
    case 0x17: "hot and cold water"
    case 0x18: "pressure"
    case 0x19: "A/D converter"
    case 0x1A: "smoke detector"
    case 0x1B: "room sensor"
    case 0x1C: "gas detector"
    case 0x20: "electricity breaker"
    case 0x21: "valve"
    case 0x25: "customer unit"
    case 0x28: "waste water"
    case 0x29: "waste"
    case 0x2A: "carbon dioxide"
    case 0x36: "radio converter, system side"
    case 0x37: "radio converter, meter side"
    default: "reserved"
    }
  }
}
