// SPDX-License-Identifier: Apache-2.0

/// What changes slowly around and in the house: sampled once a minute, with straight lines between the samples.
struct Scene: Sendable {
  /// W that the solar inverter delivers, over all phases.
  var sun = 0.0
  /// W of each phase that standby, ventilation and light take.
  var background = SIMD3<Double>()
  /// V of each phase where no current flows in the cable to the house.
  var voltage = SIMD3<Double>()
  /// Degrees by which each phase lags the first.
  var angle = SIMD3<Double>()
  /// Hz.
  var frequency = 0.0

  init() {}

  /// The scene at a UTC second, which is a pure function of the seed.
  init(at second: Int64, noise: Noise, sun hasPanels: Bool) {
    let clear = Sun.clearPower(at: second)
    if hasPanels, clear > 0 { sun = clear * (1 - 0.85 * Self.clouds(at: second, noise)) }
    background = Self.background(at: second, noise)
    voltage = 230 + 2 * noise.wanders(.voltage, at: second, every: 900)
    voltage += 2 * noise.wanders(.voltage, at: second, every: 14_400)
    angle = SIMD3(0, 120, 240)
    angle += SIMD3(0, 0.4, 0.4) * noise.wanders(.angle, at: second, every: 600)
    frequency = 50 + 0.025 * noise.wander(.frequency, at: second, every: 180)
  }

  /// The scene that is `part` (0…1) of the way to another.
  func toward(_ next: Scene, _ part: Double) -> Scene {
    var scene = self
    scene.sun += (next.sun - sun) * part
    scene.background += (next.background - background) * part
    scene.voltage += (next.voltage - voltage) * part
    scene.angle += (next.angle - angle) * part
    scene.frequency += (next.frequency - frequency) * part
    return scene
  }

  /// The share of the sky under clouds, 0…1: the weather of half a day, with gaps of minutes.
  private static func clouds(at second: Int64, _ noise: Noise) -> Double {
    let weather = 0.9 * noise.wander(.clouds, lane: 0, at: second, every: 43_200)
    let gaps = 0.35 * noise.wander(.clouds, lane: 1, at: second, every: 1800)
    let edges = 0.2 * noise.wander(.clouds, lane: 2, at: second, every: 180)
    return min(max(0.55 + weather + gaps + edges, 0), 1)
  }

  private static func background(at second: Int64, _ noise: Noise) -> SIMD3<Double> {
    var dice = Dice(noise, .house, 0)
    let (standby, lamps) = (dice.between(45, 75), dice.between(50, 110))
    let time = CivilTime.local(utc: second)
    let awake = [0, 6].contains(time.weekday) ? 8..<24 : 6..<23
    let dark = min(max(0.3 - 3 * Sun.height(at: second), 0), 1)
    let light = awake.contains(time.hour) ? lamps * dark : 0
    let habit = 1 + 0.3 * noise.wanders(.background, at: second, every: 1200)
    return standby * habit * SIMD3(1, 0.9, 1.1) + light * SIMD3(0.6, 1, 0.8)
  }
}
