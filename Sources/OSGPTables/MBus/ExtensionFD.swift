// SPDX-License-Identifier: Apache-2.0
import C1219

extension MBusQuantity {
  /// EN 13757-3, the VIFE behind VIF 0xFD: who the device is, how it is set up, electricity. Nil for reserved codes.
  static func extensionFD(_ code: UInt8) -> MBusQuantity? {
    let nn = Int(code & 3)
    return switch code {
    case 0x00...0x03: MBusQuantity("credit", .currency, nn - 3)
    case 0x04...0x07: MBusQuantity("debit", .currency, nn - 3)
    case 0x08...0x1F: identity(code)
    case 0x20: MBusQuantity("first storage number for cyclic storage", .count, .unsigned)
    case 0x21: MBusQuantity("last storage number for cyclic storage", .count, .unsigned)
    case 0x22: MBusQuantity("size of storage block", .count, .unsigned)
    case 0x24...0x27: duration("storage interval", code)
    case 0x28: MBusQuantity("storage interval", .month, 0)
    case 0x29: MBusQuantity("storage interval", .year, 0)
    case 0x2A: MBusQuantity("operator specific data")
    case 0x2B: MBusQuantity("time point", .second, 0)
    case 0x2C...0x2F: duration("duration since last readout", code)
    case 0x30: MBusQuantity("start of tariff", .count, .time)
    case 0x31...0x33: duration("duration of tariff", code)
    case 0x34...0x37: duration("period of tariff", code)
    case 0x38: MBusQuantity("period of tariff", .month, 0)
    case 0x39: MBusQuantity("period of tariff", .year, 0)
    case 0x3A: MBusQuantity("dimensionless value")
    case 0x40...0x4F: MBusQuantity("voltage", .volt, Int(code & 15) - 9)
    case 0x50...0x5F: MBusQuantity("current", .ampere, Int(code & 15) - 12)
    case 0x60: MBusQuantity("reset counter", .count, .unsigned)
    case 0x61: MBusQuantity("cumulation counter", .count, .unsigned)
    case 0x62: MBusQuantity("control signal", .count, .bits)
    case 0x63: MBusQuantity("day of week", .count, .unsigned)
    case 0x64: MBusQuantity("week number", .count, .unsigned)
    case 0x65: MBusQuantity("time point of day change")
    case 0x66: MBusQuantity("state of parameter activation", .count, .bits)
    case 0x67: MBusQuantity("special supplier information", .count, .bits)
    case 0x68...0x6B: hoursToYears("duration since last cumulation", code)
    case 0x6C...0x6F: hoursToYears("operating time of battery", code)
    case 0x70: MBusQuantity("date of battery change", .count, .time)
    case 0x71: MBusQuantity("RF level", .decibelMilliwatt, 0)
    case 0x74: MBusQuantity("remaining battery life", Quantity(.second, factor: 86_400))
    case 0x75: MBusQuantity("number of stops", .count, .unsigned)
    default: nil
    }
  }

  private static func identity(_ code: UInt8) -> MBusQuantity? {
    switch code {
    case 0x08: MBusQuantity("access number", .count, .unsigned)
    case 0x09: MBusQuantity("medium", .count, .unsigned)
    case 0x0A: MBusQuantity("manufacturer", .count, .manufacturer)
    case 0x0B: MBusQuantity("parameter set identification", .count, .unsigned)
    case 0x0C: MBusQuantity("model or version", .count, .unsigned)
    case 0x0D: MBusQuantity("hardware version", .count, .unsigned)
    case 0x0E: MBusQuantity("firmware version", .count, .unsigned)
    case 0x0F: MBusQuantity("software version", .count, .unsigned)
    case 0x10: MBusQuantity("customer location", .count, .unsigned)
    case 0x11: MBusQuantity("customer", .count, .unsigned)
    case 0x12: MBusQuantity("access code, user", .count, .unsigned)
    case 0x13: MBusQuantity("access code, operator", .count, .unsigned)
    case 0x14: MBusQuantity("access code, system operator", .count, .unsigned)
    case 0x15: MBusQuantity("access code, developer", .count, .unsigned)
    case 0x16: MBusQuantity("password", .count, .unsigned)
    case 0x17: MBusQuantity("error flags", .count, .bits)
    case 0x18: MBusQuantity("error mask", .count, .bits)
    case 0x1A: MBusQuantity("digital output", .count, .bits)
    case 0x1B: MBusQuantity("digital input", .count, .bits)
    case 0x1C: MBusQuantity("baud rate", Quantity(.baud), .unsigned)
    case 0x1D: MBusQuantity("response delay", Quantity(.bitTime), .unsigned)
    case 0x1E: MBusQuantity("retry", .count, .unsigned)
    case 0x1F: MBusQuantity("remote control", .count, .bits)
    default: nil
    }
  }

  private static func hoursToYears(_ words: StaticString, _ code: UInt8) -> MBusQuantity {
    switch code & 3 {
    case 0: MBusQuantity(words, Quantity(.second, factor: 3600))
    case 1: MBusQuantity(words, Quantity(.second, factor: 86_400))
    case 2: MBusQuantity(words, .month, 0)
    default: MBusQuantity(words, .year, 0)
    }
  }
}
