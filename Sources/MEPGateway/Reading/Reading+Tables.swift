// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPClient
import OSGPTables

extension Series {
  /// - Parameter isRegister: whether it stands in BT23, and not in BT28.
  init(_ source: Source, tier: Int? = nil, isRegister: Bool) {
    let tierName = tier.map { "_tier_\($0)" } ?? ""
    self.init(
      source.publishedStem + tierName + source.publishedUnit, exponent: source.quantity.exponent,
      source.isCounter ? .counter : isRegister ? .balance : .live)
  }
}

extension Source {
  /// Whether it counts up. Forward less reverse energy goes both ways.
  fileprivate var isCounter: Bool {
    switch number {
    case 7, 36, 47, 58, 69: false
    case 4, 5, 26...28, 33, 34, 37...39, 44, 45, 48...50, 55, 56, 59...61, 66, 67, 70...80: true
    default: EnergyRegisterUnit.counts(RegisterSource.numbered(number).quantity.unit)
    }
  }
}

extension Reading {
  /// - Parameters:
  ///   - isRegisters: whether they are of BT23, and not of BT28.
  ///   - unit: what the energy registers count.
  init(_ measurements: Measurements, isRegisters: Bool, unit: EnergyRegisterUnit, at time: Timestamp) {
    self.init(at: time, [:])
    for number in measurements.sources {
      guard let value = measurements[number] else { continue }
      put(value.mantissa, unit.scaled(RegisterSource.numbered(number)), isRegister: isRegisters)
    }
  }

  /// All registers that sum up, those of each tier too.
  init(_ registers: EnergyRegisters, at time: Timestamp, origin: Origin = .live) {
    self.init(at: time, origin: origin, [:])
    for (tier, block) in [(nil, registers.total)] + registers.tiers.enumerated().map({ ($0, $1) }) {
      for value in block.summations {
        // A count of nobody knows what is no energy.
        if let source = value.source, !source.isEnergyCount {
          put(value.value.mantissa, source, tier: tier, isRegister: true)
        }
      }
    }
  }

  private mutating func put(_ number: Int64, _ source: Source, tier: Int? = nil, isRegister: Bool) {
    let series = Series(source, tier: tier, isRegister: isRegister)
    // Of 32 bits with a sign, which a register has not: beyond the half it seems to have turned negative.
    values[series] = series.isCounter && number < 0 ? number + 1 << 32 : number
  }
}

extension Reading {
  /// What the meter has counted of the mains: "sags_l1".
  init(_ quality: PowerQuality, at time: Timestamp) {
    self.init(at: time, [:])
    for statistic in quality.statistics {
      if let count = statistic.count { values[Series(statistic)] = Int64(count) }
    }
  }
}

extension Series {
  fileprivate init(_ statistic: PowerQuality.Statistic) {
    self.init(statistic.name + (statistic.phase.map { "_l\($0 + 1)" } ?? ""), .counter)
  }

  /// Whether it counts what happened to the mains.
  var isOfMains: Bool { PowerQuality.counted.contains { name.hasPrefix($0) } }
}

extension LoadProfileReading {
  /// What was recorded: a reading for the end of each interval.
  var readings: [Reading] {
    let names = profile.channels.publishedNames
    return intervals.map { interval in
      var reading = Reading(at: Timestamp(utc: interval.end), origin: .loadProfile, [:])
      for (i, channel) in profile.channels.enumerated() where interval.values.indices.contains(i) {
        guard interval.values[i].isMeasured, let value = channel.value(of: interval.values[i].raw) else { continue }
        var kind = Series.Kind.live
        if case .register(let source) = channel.source {
          if source.isEnergyCount { continue }
          kind = source.isCounter ? .counter : EnergyRegisterUnit.counts(source.quantity.unit) ? .balance : .live
        }
        let number = kind == .counter && value.mantissa < 0 ? value.mantissa + 1 << 32 : value.mantissa
        reading.values[Series(names[i], exponent: value.exponent, kind)] = number
      }
      return reading
    }
  }
}
