// SPDX-License-Identifier: Apache-2.0

extension Household {
  /// The house behind the meter: a pure function from a second to a measurement, that remembers the minute it is in.
  struct Load: Sendable {
    private let noise: Noise
    private let sun: Bool
    private let car: Bool

    /// The day of `events`, counted in standard time.
    private var day = Int64.min
    /// What is switched on during that day, or was on the evening before.
    private var events: [DayPlan.Event] = []
    /// The minute of the scenes.
    private var minute = Int64.min
    private var scene = Scene()
    private var nextScene = Scene()
    /// The seconds of that minute in which nothing is switched on or off.
    private var steady: Range<Int64> = 0..<0
    private var power = SIMD3<Double>()
    private var reactive = SIMD3<Double>()

    init(seed: UInt64, sun: Bool, car: Bool) {
      noise = Noise(seed: seed)
      self.sun = sun
      self.car = car
    }

    /// What the meter sees during the second that starts at a UTC second.
    mutating func measurement(at second: Int64) -> Measurement {
      if !steady.contains(second) { prepare(second) }
      let scene = scene.toward(nextScene, Double(second - minute) / 60)
      let bits = noise.bits(.second, second)
      // 16 bits of chance from −1 to 1 for each phase, and 16 more for the grid.
      let flicker = SIMD3(Double(bits & 0xffff), Double(bits >> 16 & 0xffff), Double(bits >> 32 & 0xffff)) * 0x1p-15 - 1
      let jitter = Double(bits >> 48) * 0x1p-15 - 1
      let ripple = 1 + 0.015 * flicker

      var result = Measurement()
      result.activePower = (scene.background + power) * ripple - scene.sun / 3
      result.reactivePower = (0.2 * scene.background + reactive) * ripple
      // The inverter's filter is capacitive, a little more so under load.
      if sun { result.reactivePower -= 3 + 0.012 * scene.sun / 3 }
      // The cable and the transformer: 0.3 Ω, so that the voltage falls with import and rises with export.
      result.voltage = scene.voltage - 0.3 / 230 * result.activePower + 0.1 * jitter
      result.voltageAngle = scene.angle
      result.frequency = scene.frequency + 0.004 * jitter
      return result
    }

    /// Looks up the plan, the scenes and the appliances for a second and for as long as they hold.
    private mutating func prepare(_ second: Int64) {
      let today = (second + 3600).floored(by: CivilTime.day).quotient
      if day != today {
        day = today
        events = [today - 1, today].flatMap { DayPlan(day: $0, noise: noise, car: car).events }
      }
      let start = second - second.floored(by: 60).remainder
      if minute != start {
        scene = minute == start - 60 ? nextScene : Scene(at: start, noise: noise, sun: sun)
        nextScene = Scene(at: start + 60, noise: noise, sun: sun)
        minute = start
      }
      var end = start + 60
      (power, reactive) = (SIMD3(), SIMD3())
      for event in events {
        if event.seconds.contains(second) {
          power += event.power
          reactive += event.reactive
          end = min(end, event.seconds.upperBound)
        } else if event.seconds.lowerBound > second {
          end = min(end, event.seconds.lowerBound)
        }
      }
      steady = second..<end
    }
  }
}
