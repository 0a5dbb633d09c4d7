// SPDX-License-Identifier: Apache-2.0
import C1219

extension MBusQuantity {
  /// EN 13757-3, the VIFE behind VIF 0xFB: larger and other units. Nil for reserved codes.
  static func extensionFB(_ code: UInt8) -> MBusQuantity? {
    let (n, nn) = (Int(code & 1), Int(code & 3))
    return switch code {
    case 0x00...0x01: MBusQuantity("energy", .wattHour, n + 5)
    case 0x02...0x03: MBusQuantity("reactive energy", .varHour, n + 3)
    case 0x04...0x05: MBusQuantity("apparent energy", .voltAmpereHour, n + 3)
    case 0x08...0x09: MBusQuantity("energy", .joule, n + 8)
    case 0x0C...0x0F: MBusQuantity("energy", .calorie, nn + 5)
    case 0x10...0x11: MBusQuantity("volume", .cubicMetre, n + 2)
    case 0x14...0x17: MBusQuantity("reactive power", .var, nn)
    case 0x18...0x19: MBusQuantity("mass", .kilogram, n + 5)
    case 0x1A...0x1B: MBusQuantity("relative humidity", .percent, n - 1)
    case 0x20: MBusQuantity("volume", .cubicFoot, 0)
    case 0x21: MBusQuantity("volume", .cubicFoot, -1)
    case 0x22: MBusQuantity("volume", .gallon, -1)
    case 0x23: MBusQuantity("volume", .gallon, 0)
    case 0x24: MBusQuantity("volume flow", .gallonPerHour, factor: 60, -3)
    case 0x25: MBusQuantity("volume flow", .gallonPerHour, factor: 60, 0)
    case 0x26: MBusQuantity("volume flow", .gallonPerHour, 0)
    case 0x28...0x29: MBusQuantity("power", .watt, n + 5)
    case 0x2A: MBusQuantity("phase between voltages", .degree, -1)
    case 0x2B: MBusQuantity("phase between voltage and current", .degree, -1)
    case 0x2C...0x2F: MBusQuantity("frequency", .hertz, nn - 3)
    case 0x30...0x31: MBusQuantity("power", .joulePerHour, n + 8)
    case 0x34...0x37: MBusQuantity("apparent power", .voltAmpere, nn)
    case 0x58...0x5B: MBusQuantity("flow temperature", .fahrenheit, nn - 3)
    case 0x5C...0x5F: MBusQuantity("return temperature", .fahrenheit, nn - 3)
    case 0x60...0x63: MBusQuantity("temperature difference", .fahrenheit, nn - 3)
    case 0x64...0x67: MBusQuantity("external temperature", .fahrenheit, nn - 3)
    case 0x70...0x73: MBusQuantity("cold/warm temperature limit", .fahrenheit, nn - 3)
    case 0x74...0x77: MBusQuantity("cold/warm temperature limit", .celsius, nn - 3)
    case 0x78...0x7F: MBusQuantity("cumulated maximum power", .watt, Int(code & 7) - 3)
    default: nil
    }
  }
}
