// SPDX-License-Identifier: Apache-2.0
import C1219

extension MBusQuantity {
  /// EN 13757-3, primary VIFs. Nil for reserved codes.
  static func primary(_ code: UInt8) -> MBusQuantity? {
    let (n, nn) = (Int(code & 7), Int(code & 3))
    return switch code {
    case 0x00...0x07: MBusQuantity("energy", .wattHour, n - 3)
    case 0x08...0x0F: MBusQuantity("energy", .joule, n)
    case 0x10...0x17: MBusQuantity("volume", .cubicMetre, n - 6)
    case 0x18...0x1F: MBusQuantity("mass", .kilogram, n - 3)
    case 0x20...0x23: duration("on time", code)
    case 0x24...0x27: duration("operating time", code)
    case 0x28...0x2F: MBusQuantity("power", .watt, n - 3)
    case 0x30...0x37: MBusQuantity("power", .joulePerHour, n)
    case 0x38...0x3F: MBusQuantity("volume flow", .cubicMetrePerHour, n - 6)
    case 0x40...0x47: MBusQuantity("volume flow", .cubicMetrePerHour, factor: 60, n - 7)
    case 0x48...0x4F: MBusQuantity("volume flow", .cubicMetrePerHour, factor: 3600, n - 9)
    case 0x50...0x57: MBusQuantity("mass flow", .kilogramPerHour, n - 3)
    case 0x58...0x5B: MBusQuantity("flow temperature", .celsius, nn - 3)
    case 0x5C...0x5F: MBusQuantity("return temperature", .celsius, nn - 3)
    case 0x60...0x63: MBusQuantity("temperature difference", .kelvin, nn - 3)
    case 0x64...0x67: MBusQuantity("external temperature", .celsius, nn - 3)
    case 0x68...0x6B: MBusQuantity("pressure", .bar, nn - 3)
    case 0x6C: MBusQuantity("date", .count, .time)
    case 0x6D: MBusQuantity("date and time", .count, .time)
    case 0x6E: MBusQuantity("heat cost allocation")
    case 0x70...0x73: duration("averaging duration", code)
    case 0x74...0x77: duration("actuality duration", code)
    case 0x78: MBusQuantity("fabrication number", .count, .unsigned)
    case 0x79: MBusQuantity("identification", .count, .unsigned)
    case 0x7A: MBusQuantity("bus address", .count, .unsigned)
    case 0x7E: MBusQuantity("any quantity")
    default: nil
    }
  }
}
