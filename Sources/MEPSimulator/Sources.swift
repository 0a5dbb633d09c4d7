// SPDX-License-Identifier: Apache-2.0

/// Source numbers in the order in which meters list them, and one real reading.
enum Sources {
  /// BT23's first eleven summations (guide, BT23).
  static let summations: [UInt8] = [0, 1, 2, 3, 4, 5, 6, 7, 26, 27, 28]

  /// Reactive energy by quadrant, then apparent energy by quadrant. The guide's list has no number for the latter: 245 to
  /// 248 are the simulator's choice, and show a client what an unlisted source looks like.
  static let quadrants: [UInt8] = [108, 109, 110, 111, 245, 246, 247, 248]

  /// The 84 present values of BT28: 22 from the start, 26 from firmware 3.10, 41 from 3.50, 55 from 3.70, 72 from 4.0,
  /// 75 from 4.10, all from 4.30.
  static let presentValues: [UInt8] =
    Array(8...25) + Array(81...84) + Array(104...107) + Array(185...199) + Array(202...215) + Array(216...244)

  /// A reading of a real 83331-3I with firmware 3.84.6 that its owner published.
  static let realReading: [UInt8: Int64] = {
    var values: [UInt8: Int64] = [
      0: 115_921_469, 1: 201, 6: 115_921_670, 7: 115_921_268,
      8: 701, 9: 0, 10: 139, 11: 0, 12: 1536, 13: 1874, 14: 139, 15: 232_591, 16: 233_879, 17: 234_387,
      18: 875, 19: 50_000, 20: 822, 21: 836, 22: 837, 81: 701, 83: 139, 104: 139,
      208: 701, 209: 0,
    ]
    let forward: [Int64] = [311, 366, 25]
    let current: [Int64] = [1536, 1874, 139]
    let continuous: [Int64] = [232_507, 233_922, 234_246]
    let average: [Int64] = [232_185, 232_990, 234_229]
    for phase in 0..<3 {
      let i = UInt8(phase)
      (values[185 + i], values[191 + i], values[210 + i]) = (forward[phase], forward[phase], forward[phase])
      values[197 + i] = current[phase]
      values[202 + i] = continuous[phase]
      values[205 + i] = average[phase]
    }
    return values
  }()
}

extension Household {
  /// What a source reads now, as a meter stores it; `energy` is that of the totals or of a tier.
  func value(of source: UInt8, energy: Energy) -> Int64 {
    let m = measurement
    let (power, reactive) = (m.totalActivePower, m.totalReactivePower)
    func whole(_ value: Double) -> Int64 { Int64(value.rounded()) }
    func milli(_ value: Double) -> Int64 { whole(value * 1000) }
    func phase(_ first: UInt8) -> Int { Int(source - first) % 3 }
    switch source {
    case 0: return register(energy.forwardActive)
    case 1: return register(energy.reverseActive)
    case 2: return register(energy.importReactive)
    case 3: return register(energy.exportReactive)
    case 4: return energy.secondsOff
    case 5: return energy.outages
    case 6: return register(energy.forwardActive) + register(energy.reverseActive)
    case 7: return max(0, register(energy.forwardActive) - register(energy.reverseActive))
    case 108...111: return register(energy.reactive[Int(source - 108)])
    // Of VAh the guide does not say that they come in other units.
    case 245...248: return register(energy.apparent[Int(source - 245)], unit: 1)
    case 8, 81: return whole(max(power, 0))
    case 9, 82: return whole(max(-power, 0))
    case 10, 83: return whole(max(reactive, 0))
    case 11, 84: return whole(max(-reactive, 0))
    case 12...14, 197...199: return milli(m.current[source < 20 ? phase(12) : phase(197)])
    case 15...17: return milli(m.voltage[phase(15)])
    case 18: return milli(m.powerFactor[0])
    case 21, 22: return milli(m.powerFactor[Int(source) - 20])
    case 19: return milli(m.frequency)
    case 20: return whole(m.totalApparentPower)
    case 23...25: return milli(m.sinPhi[phase(23)])
    case 104...107: return Int(source - 104) == quadrant(power, reactive) ? whole(abs(reactive)) : 0
    case 185...187, 191...193: return whole(max(m.activePower[phase(185)], 0))
    case 188...190, 194...196: return whole(max(-m.activePower[phase(185)], 0))
    // The meter's continuous voltage is a slower filter of the same measurement.
    case 202...204: return milli((m.voltage[phase(202)] + average.voltage[phase(202)]) / 2)
    case 205...207: return milli(average.voltage[phase(205)])
    case 208: return whole(average.totalForwardActivePower)
    case 209: return whole(average.totalReverseActivePower)
    case 210...212: return whole(average.forwardActivePower[phase(210)])
    case 213...215: return whole(average.reverseActivePower[phase(213)])
    case 216...219: return Int(source - 216) == quadrant(power, reactive) ? whole(m.totalApparentPower) : 0
    case 220...231:
      let (line, wanted) = Int(source - 220).quotientAndRemainder(dividingBy: 4)
      return wanted == quadrant(m.activePower[line], m.reactivePower[line]) ? whole(m.apparentPower[line]) : 0
    case 233...235: return milli(average.current[phase(233)])
    case 236...238:
      let first = phase(236)
      let angle = m.voltageAngle[(first + 1) % 3] - m.voltageAngle[first]
      return whole((angle < 0 ? angle + 360 : angle) * 100)
    case 239...241: return whole(max(m.reactivePower[phase(239)], 0))
    case 242...244: return whole(max(-m.reactivePower[phase(242)], 0))
    // Pulse inputs, errors and the neutral's current: none in this house.
    default: return 0
    }
  }

  /// Decimal digits of the registers: so many fit into 31 bits. They begin anew when they are full.
  static let registerDigits = 9

  private func register(_ energy: Double, unit: Int? = nil) -> Int64 {
    Int64(energy) / Int64(unit ?? registerUnit) % 1_000_000_000
  }

  private func quadrant(_ active: Double, _ reactive: Double) -> Int {
    reactive < 0 ? (active < 0 ? 2 : 3) : (active < 0 ? 1 : 0)
  }
}
