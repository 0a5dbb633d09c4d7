// SPDX-License-Identifier: Apache-2.0

/// Where the sun stands over Denmark (56° N, 10.5° E), and what 6 kW of panels on a roof to the south make of it.
enum Sun {
  /// The sine of the sun's height over the horizon at a UTC second; below zero it is night.
  static func height(at second: Int64) -> Double { facing(sin56, cos56, at: second) }

  /// The power in W of the inverter under a clear sky.
  static func clearPower(at second: Int64) -> Double {
    let height = height(at: second)
    guard height > 0 else { return 0 }
    // A roof tilted by 38° at 56° N sees the sun as level ground at 18° N does; low light crosses more air.
    let beam = max(0, facing(sin18, cos18, at: second)) * height / (height + 0.18)
    let sky = 0.1 * height
    return min(inverterLimit, panels * (beam + sky))
  }

  /// The power in W of the panels in full sun.
  private static let panels = 6000.0
  /// The most in W that the inverter delivers.
  private static let inverterLimit = 5600.0
  private static let (sin56, cos56) = (0.829_038, 0.559_193)
  private static let (sin18, cos18) = (0.309_017, 0.951_057)

  /// The cosine of the angle between the sun and the zenith at the latitude whose sine and cosine are given.
  private static func facing(_ sinLatitude: Double, _ cosLatitude: Double, at second: Int64) -> Double {
    let days = Double(second) / Double(CivilTime.day)
    // Turns since the equinox of March 2000, then the declination, with the sine of the 23.44° tilt of the axis.
    let sinDeclination = 0.397_777 * sine(turns: (days - 79.3) / 365.2422)
    let cosDeclination = (1 - sinDeclination * sinDeclination).squareRoot()
    let hourAngle = days + 10.5 / 360 - 0.5
    return sinLatitude * sinDeclination + cosLatitude * cosDeclination * sine(turns: hourAngle + 0.25)
  }

  /// The sine of an angle in whole turns, within 4 millionths, and the same on every machine, as a libm's is not.
  static func sine(turns: Double) -> Double {
    let turn = turns - turns.rounded()
    let quarter = abs(turn) > 0.25 ? (turn < 0 ? -0.5 : 0.5) - turn : turn
    let angle = quarter * 2 * .pi
    let square = angle * angle
    return angle * (1 - square / 6 * (1 - square / 20 * (1 - square / 42 * (1 - square / 72))))
  }
}
