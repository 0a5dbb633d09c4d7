// SPDX-License-Identifier: Apache-2.0
import C1219

/// A combinable ("orthogonal") VIFE: what it adds to the quantity of the VIF.
enum VIFExtension {
  case noError
  case qualifier(StaticString)
  case error(StaticString)
  /// The value is this power of ten larger.
  case power(Int8)
  /// The data are what is to be added to the value, with this power of ten.
  case additiveConstant(Int8)
  /// The data are a date, of something that the quantity did.
  case date(StaticString)
  case duration(StaticString, Quantity)
  case count(StaticString)
  /// The next one is a code of the second table.
  case nextTable
  /// All that follow are the manufacturer's.
  case manufacturer
  case unknown

  enum Table { case first, second }

  init(_ code: UInt8, in table: Table) {
    if table == .second {
      self = Self.place(code)
      return
    }
    switch code {
    case 0x00: self = .noError
    case 0x01...0x1F: self = Self.recordError(code)
    case 0x20...0x3F: self = Self.relation(code)
    case 0x40...0x6F: self = Self.limit(code)
    case 0x70...0x77: self = .power(Int8(code & 7) - 6)
    case 0x78...0x7B: self = .additiveConstant(Int8(code & 3) - 3)
    case 0x7C: self = .nextTable
    case 0x7D: self = .power(3)
    case 0x7E: self = .qualifier("in the future")
    case 0x7F: self = .manufacturer
    default: self = .unknown
    }
  }

  private static func recordError(_ code: UInt8) -> VIFExtension {
    switch code {
    case 0x01: .error("too many DIFEs")
    case 0x02: .error("storage number not implemented")
    case 0x03: .error("unit number not implemented")
    case 0x04: .error("tariff number not implemented")
    case 0x05: .error("function not implemented")
    case 0x06: .error("data class not implemented")
    case 0x07: .error("data size not implemented")
    case 0x0B: .error("too many VIFEs")
    case 0x0C: .error("illegal VIF group")
    case 0x0D: .error("illegal VIF exponent")
    case 0x0E: .error("VIF and DIF do not match")
    case 0x0F: .error("action not implemented")
    case 0x12: .qualifier("average")
    case 0x15: .error("no data available")
    case 0x16: .error("data overflow")
    case 0x17: .error("data underflow")
    case 0x18: .error("data error")
    case 0x1C: .error("premature end of record")
    default: .unknown
    }
  }

  private static func relation(_ code: UInt8) -> VIFExtension {
    switch code {
    case 0x20: .qualifier("per second")
    case 0x21: .qualifier("per minute")
    case 0x22: .qualifier("per hour")
    case 0x23: .qualifier("per day")
    case 0x24: .qualifier("per week")
    case 0x25: .qualifier("per month")
    case 0x26: .qualifier("per year")
    case 0x27: .qualifier("per revolution or measurement")
    case 0x28: .qualifier("per input pulse on channel 0")
    case 0x29: .qualifier("per input pulse on channel 1")
    case 0x2A: .qualifier("per output pulse on channel 0")
    case 0x2B: .qualifier("per output pulse on channel 1")
    case 0x2C: .qualifier("per litre")
    case 0x2D: .qualifier("per m³")
    case 0x2E: .qualifier("per kg")
    case 0x2F: .qualifier("per K")
    case 0x30: .qualifier("per kWh")
    case 0x31: .qualifier("per GJ")
    case 0x32: .qualifier("per kW")
    case 0x33: .qualifier("per K·l")
    case 0x34: .qualifier("per V")
    case 0x35: .qualifier("per A")
    case 0x36: .qualifier("times s")
    case 0x37: .qualifier("times s/V")
    case 0x38: .qualifier("times s/A")
    case 0x39: .date("start date")
    case 0x3A: .qualifier("uncorrected")
    case 0x3B: .qualifier("positive contributions only")
    case 0x3C: .qualifier("absolute value of negative contributions only")
    case 0x3E: .qualifier("at base conditions")
    default: .unknown
    }
  }

  private static func limit(_ code: UInt8) -> VIFExtension {
    switch code {
    case 0x40: .qualifier("lower limit")
    case 0x48: .qualifier("upper limit")
    case 0x41: .count("times below the lower limit")
    case 0x49: .count("times above the upper limit")
    case 0x42...0x4F where code & 2 != 0: .date(crossing(code))
    case 0x50...0x53: .duration("first time below the lower limit", MBusQuantity.seconds(code))
    case 0x54...0x57: .duration("last time below the lower limit", MBusQuantity.seconds(code))
    case 0x58...0x5B: .duration("first time above the upper limit", MBusQuantity.seconds(code))
    case 0x5C...0x5F: .duration("last time above the upper limit", MBusQuantity.seconds(code))
    case 0x60...0x63: .duration("first duration", MBusQuantity.seconds(code))
    case 0x64...0x67: .duration("last duration", MBusQuantity.seconds(code))
    case 0x68: .qualifier("while below the lower limit")
    case 0x69: .qualifier("leakage")
    case 0x6C: .qualifier("while above the upper limit")
    case 0x6D: .qualifier("overflow")
    case 0x6A: .date("begin of the first")
    case 0x6B: .date("end of the first")
    case 0x6E: .date("begin of the last")
    case 0x6F: .date("end of the last")
    default: .unknown
    }
  }

  /// When a limit was crossed: bit 3 the upper one, bit 2 for the last time, bit 0 back again.
  private static func crossing(_ code: UInt8) -> StaticString {
    switch code & 0x0D {
    case 0x00: "begin of the first time below the lower limit"
    case 0x01: "end of the first time below the lower limit"
    case 0x04: "begin of the last time below the lower limit"
    case 0x05: "end of the last time below the lower limit"
    case 0x08: "begin of the first time above the upper limit"
    case 0x09: "end of the first time above the upper limit"
    case 0x0C: "begin of the last time above the upper limit"
    default: "end of the last time above the upper limit"
    }
  }

  private static func place(_ code: UInt8) -> VIFExtension {
    switch code {
    case 0x01: .qualifier("at phase L1")
    case 0x02: .qualifier("at phase L2")
    case 0x03: .qualifier("at phase L3")
    case 0x04: .qualifier("at neutral")
    case 0x05: .qualifier("between L1 and L2")
    case 0x06: .qualifier("between L2 and L3")
    case 0x07: .qualifier("between L3 and L1")
    case 0x08: .qualifier("in quadrant 1")
    case 0x09: .qualifier("in quadrant 2")
    case 0x0A: .qualifier("in quadrant 3")
    case 0x0B: .qualifier("in quadrant 4")
    case 0x0C: .qualifier("import less export")
    default: .unknown
    }
  }
}
