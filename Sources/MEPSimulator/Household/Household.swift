// SPDX-License-Identifier: Apache-2.0

/// A Danish house with a three-phase 230/400 V connection, as the meter in front of it sees it.
///
/// Time is whole seconds since 2000-01-01 00:00:00 UTC. The power of a second depends on the seed and the second only, so
/// that the same seed gives the same year, however the caller steps through it and wherever it starts.
struct Household: Sendable {
  /// The second that is about to be counted.
  private(set) var now: Int64
  /// What the meter sees during the second that starts `now`.
  private(set) var measurement: Measurement
  /// The last complete window of `averageSeconds`, aligned to a multiple of it; zeros until there is one.
  private(set) var average = Average()
  /// What was counted until `now`. It can be set, to start from a register that has run for years.
  var energy = Energy()
  /// The same by tariff tier, always 8.
  var tiers = [Energy](repeating: Energy(), count: 8)
  /// The tier that counts, 0…7, until another one is set; nil for a meter without tiers.
  var tier: Int?
  /// Wh or varh that one count of the meter's registers stands for.
  var registerUnit = 1
  /// The length of the window of `average` in seconds.
  let averageSeconds: Int64
  /// What of the mains is there, as a share of what the grid gives by itself: 0 for a phase that is lost.
  var supply = SIMD3<Double>(repeating: 1) {
    didSet { measurement = measure() }
  }
  private var load: Load
  private var window = Window()

  /// A house that starts at a UTC second with registers at 0.
  /// - Parameters:
  ///   - seed: names the house, its habits and its weather.
  ///   - sun: whether there are 6 kW of solar panels on the roof.
  ///   - car: whether an electric car is charged with 11 kW on some nights.
  init(
    seed: UInt64, sun: Bool = true, car: Bool = true, start: Int64, averageSeconds: Int64 = 300
  ) {
    precondition(averageSeconds > 0)
    self.averageSeconds = averageSeconds
    now = start
    load = Load(seed: seed, sun: sun, car: car)
    measurement = load.measurement(at: start)
  }

  /// Lives through every second until `now` is `second`; a second in the past is ignored.
  mutating func advance(to second: Int64) {
    while now < second {
      energy.add(measurement)
      if let tier { tiers[tier].add(measurement) }
      window.add(measurement)
      now += 1
      if now % averageSeconds == 0, let complete = window.close(averageSeconds) { average = complete }
      measurement = measure()
    }
  }

  /// Is at a later second without having counted what was before it.
  mutating func skip(to second: Int64) {
    now = max(now, second)
    measurement = measure()
  }

  /// Goes back to a second that was, without living through what lies between; what was counted then, it is told.
  mutating func goBack(to second: Int64, energy: Energy) {
    self.energy = energy
    now = second
    measurement = load.measurement(at: second)
  }

  /// A lost phase neither gives nor takes; at another voltage the house draws what it draws.
  private mutating func measure() -> Measurement {
    var result = load.measurement(at: now)
    guard supply != SIMD3(repeating: 1) else { return result }
    result.voltage *= supply
    result.activePower.replace(with: 0, where: supply .== 0)
    result.reactivePower.replace(with: 0, where: supply .== 0)
    return result
  }

  /// Sets the registers of a house that was there before the meter was looked at, each tier as often as the others.
  mutating func hasRunForYears(tiers count: Int) {
    energy.forwardActive = 12_345_678
    energy.reverseActive = 3_456_789
    energy.importReactive = 13_456_789
    energy.exportReactive = 2_345_678
    let (imported, exported) = (energy.importReactive, energy.exportReactive)
    energy.reactive = SIMD4(0.9 * imported, 0.1 * imported, 0.4 * exported, 0.6 * exported)
    let (forward, reverse) = (energy.forwardActive, energy.reverseActive)
    let active = SIMD4(0.8 * forward, 0.3 * reverse, 0.7 * reverse, 0.2 * forward)
    energy.apparent = (active * active + energy.reactive * energy.reactive).squareRoot()
    for tier in 0..<count { tiers[tier] = energy.scaled(by: 1 / Double(count)) }
  }

  /// The days for which a house has run that ``hasRunForYears(tiers:)``.
  static let daysBefore = 1500
}
