// SPDX-License-Identifier: Apache-2.0
import C1219

extension LoadProfile {
  /// What one column of the load profile records.
  public struct Channel: Sendable {
    /// The source number that BT62 has.
    public let number: UInt8
    public let source: Source
    /// Recorded is what was measured, times `scalar`, divided by `divisor`.
    public let scalar, divisor: Int
    /// Seconds from one read of an M-Bus device to the next, where that is longer than an interval: in between the meter
    /// may record zeros. Nil also where ET34 was not at hand.
    public internal(set) var pollInterval: Int?

    public enum Source: Sendable {
      case register(C1219.Source)
      /// The first four octets of a device's value, which ``MBusDataType/value(of:)`` makes something of. The type has no
      /// headers without ET57.
      case mbus(device: Int, MBusDataType)
      /// A number of 16 bits whose type the guide does not describe.
      case other(UInt16)
      /// One of the numbers 112…163, which only ET66 can tell.
      case mapped
    }

    init(
      _ number: UInt8, _ et66: Decoded?, _ et57: Decoded?, _ unit: EnergyRegisterUnit, scalar: Int64, divisor: Int64
    ) {
      self.number = number
      self.scalar = Int(clamping: scalar)
      self.divisor = Int(clamping: divisor)
      guard ExtendedSource.mapped.contains(number) else {
        source = .register(.numbered(number, unit: unit))
        return
      }
      let ids = et66?.integers(named: "Extended Source IDs") ?? []
      let index = Int(number - ExtendedSource.mapped.lowerBound)
      guard ids.indices.contains(index) else {
        source = .mapped
        return
      }
      switch ExtendedSource(UInt16(truncatingIfNeeded: ids[index])) {
      case .register(let number): source = .register(.numbered(number, unit: unit))
      case .mbus(let device, let type):
        source = .mbus(device: device, et57.map { MBusDataType(type, in: $0) } ?? MBusDataType(type))
      case .other(let id): source = .other(id)
      }
    }

    /// Unit and power of ten of the values, scalar and divisor left out.
    public var quantity: Quantity {
      switch source {
      case .register(let source): source.quantity
      case .mbus(_, let type): type.content.map { Quantity($0.unit) } ?? .count
      case .other, .mapped: .count
      }
    }

    /// Whether its values are four octets and not an INT32.
    public var isOctets: Bool {
      switch source {
      case .register, .other: false
      case .mbus, .mapped: true
      }
    }

    /// A recorded value in its base unit; nil where no number was to be had from it.
    ///
    /// Exact as long as scalar and divisor are 1; else with up to three decimals more, the last of them rounded. A device's
    /// values are as the device gave them.
    public func value(of raw: Raw) -> Decimal? {
      if case .mbus(_, let type) = source, case .octets(let octets) = raw {
        if case .number(let number)? = type.value(of: octets) { return number }
        return nil
      }
      guard case .integer(let integer) = raw, scalar != 0, divisor != 0 else { return nil }
      let (scaled, overflow) = integer.multipliedReportingOverflow(by: Int64(quantity.factor))
      var (mantissa, overflows) = scaled.multipliedReportingOverflow(by: Int64(divisor))
      guard !overflow, !overflows else { return nil }
      let scalar = Int64(scalar)
      var exponent = quantity.exponent
      for _ in 0..<3 where mantissa % scalar != 0 {
        let (more, overflow) = mantissa.multipliedReportingOverflow(by: 10)
        if overflow { break }
        (mantissa, exponent) = (more, exponent - 1)
      }
      let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: scalar)
      let rounding: Int64 = 2 * remainder.magnitude >= scalar.magnitude ? remainder.signum() : 0
      return Decimal(quotient + rounding, exponent: exponent)
    }
  }
}

extension Source {
  fileprivate static func numbered(_ number: UInt8, unit: EnergyRegisterUnit) -> Source {
    unit.scaled(RegisterSource.numbered(number))
  }
}
