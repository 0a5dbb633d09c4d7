// SPDX-License-Identifier: Apache-2.0

/// What is switched on during one day; it depends on the seed and the day only.
struct DayPlan: Sendable {
  /// Something that runs from one UTC second to another.
  struct Event: Sendable {
    var seconds: Range<Int64>
    /// W of each phase.
    var power: SIMD3<Double>
    /// var of each phase, positive when inductive.
    var reactive: SIMD3<Double>
  }

  private(set) var events: [Event] = []
  private var dice: Dice
  /// The UTC second at which the minutes of the plan start.
  private var midnight: Int64

  /// The plan of a day, counted in standard time (UTC+1) from 2000-01-01.
  init(day: Int64, noise: Noise, car: Bool) {
    dice = Dice(noise, .plan, day)
    midnight = day * CivilTime.day - 3600
    cold()
    // People follow the clock on the wall, and fridges do not.
    if CivilTime.isDaylightSaving(utc: midnight + CivilTime.day / 2) { midnight -= 3600 }
    let isWeekend = [0, 6].contains(CivilTime.weekday(day: day))
    kitchen(isWeekend)
    laundry(isWeekend)
    living(isWeekend)
    if car { charging() }
  }

  /// Runs something for some minutes from a minute of the day, on one phase; negative `vars` are capacitive.
  private mutating func run(at minute: Double, for minutes: Double, phase: Int, watts: Double, vars: Double = 0) {
    var (power, reactive) = (SIMD3<Double>(), SIMD3<Double>())
    power[phase] = watts
    reactive[phase] = vars
    run(at: minute, for: minutes, power, reactive)
  }

  private mutating func run(
    at minute: Double, for minutes: Double, _ power: SIMD3<Double>, _ reactive: SIMD3<Double>
  ) {
    let start = midnight + Int64(minute * 60)
    events.append(Event(seconds: start..<start + Int64(minutes * 60), power: power, reactive: reactive))
  }
}

// MARK: - Appliances

extension DayPlan {
  private mutating func cold() {
    for cycle in 0..<30 { run(at: Double(cycle) * 48 + dice.between(0, 8), for: 17, phase: 0, watts: 85, vars: 48) }
    for cycle in 0..<20 { run(at: Double(cycle) * 72 + dice.between(0, 12), for: 24, phase: 1, watts: 95, vars: 55) }
  }

  private mutating func kitchen(_ isWeekend: Bool) {
    let breakfast = isWeekend ? 480.0 : 375
    kettle(from: breakfast, to: breakfast + 75)
    if dice.happens(isWeekend ? 0.9 : 0.4) { kettle(from: 14.5 * 60, to: 17 * 60) }
    if dice.happens(0.7) { kettle(from: 19 * 60, to: 21 * 60) }
    let dinner = dice.between(16.75 * 60, 18.25 * 60)
    if dice.happens(0.85) {
      for turn in 0..<10 { run(at: dinner + Double(turn) * 3, for: 1.8, phase: 1, watts: 1600) }
    }
    if dice.happens(isWeekend ? 0.6 : 0.35) {
      run(at: dinner - 15, for: 11, phase: 2, watts: 2400)
      for turn in 0..<9 { run(at: dinner + Double(turn) * 4.5, for: 1.4, phase: 2, watts: 2400) }
    }
    if dice.happens(0.65) { dishwasher(at: dice.between(19 * 60, 22 * 60)) }
  }

  private mutating func kettle(from: Double, to: Double) {
    run(at: dice.between(from, to), for: dice.between(1.5, 4), phase: 0, watts: 1950)
  }

  private mutating func dishwasher(at start: Double) {
    run(at: start, for: 75, phase: 1, watts: 75, vars: 60)
    run(at: start + 9, for: 14, phase: 1, watts: 1850)
    run(at: start + 56, for: 12, phase: 1, watts: 1850)
  }

  private mutating func laundry(_ isWeekend: Bool) {
    guard dice.happens(isWeekend ? 0.85 : 0.35) else { return }
    let start = isWeekend ? dice.between(8.5 * 60, 15 * 60) : dice.between(16 * 60, 19 * 60)
    run(at: start, for: 75, phase: 2, watts: 180, vars: 130)
    run(at: start + 4, for: 15, phase: 2, watts: 2000)
    run(at: start + 75, for: 8, phase: 2, watts: 450, vars: 230)
    if dice.happens(0.5) { run(at: start + 95, for: dice.between(70, 110), phase: 0, watts: 620, vars: 210) }
  }

  private mutating func living(_ isWeekend: Bool) {
    let television = dice.between(18.5 * 60, 20.5 * 60)
    run(at: television, for: dice.between(60, 170), phase: 2, watts: 130, vars: -18)
    if isWeekend {
      run(at: dice.between(10 * 60, 16 * 60), for: dice.between(10, 30), phase: 0, watts: 850, vars: 90)
      run(at: dice.between(9 * 60, 13 * 60), for: dice.between(120, 480), phase: 1, watts: 110, vars: -12)
    }
  }

  /// Three phases of 16 A at night, for 11 to 44 kWh.
  private mutating func charging() {
    guard dice.happens(0.3) else { return }
    let power = SIMD3<Double>(repeating: 3667)
    run(at: dice.between(22.5 * 60, 25 * 60), for: dice.between(60, 240), power, power * -0.03)
  }
}
