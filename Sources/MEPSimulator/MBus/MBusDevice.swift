// SPDX-License-Identifier: Apache-2.0
/// A meter at the M-Bus. What it has counted depends on its seed and the time only.
struct MBusDevice: Sendable {
  enum Kind: UInt8, Sendable {
    /// Cold water, with a valve.
    case water = 7
    case heat = 4
  }

  /// Seconds that a telegram and its answer take at 2400 Bd.
  static let telegramTime: Int64 = 3

  let kind: Kind
  private let noise: Noise

  init(_ kind: Kind, seed: UInt64) {
    self.kind = kind
    noise = Noise(seed: seed &+ UInt64(kind.rawValue))
  }

  /// 8 digits.
  var serialNumber: Int64 { Int64(noise.bits(.device, lane: 1, 0) % 90_000_000) + 10_000_000 }

  /// Litres or kWh until a UTC second, since the device was fitted.
  func total(at second: Int64) -> Double {
    let (day, share) = Self.dayAndShare(second)
    let start = total(until: day)
    return start + (total(until: day + 1) - start) * Self.curve(share)
  }

  /// Litres an hour, or kW, in the hour of a UTC second.
  func rate(at second: Int64) -> Double { total(at: second) - total(at: second - 3600) }

  /// °C; of a heat meter.
  func temperatures(at second: Int64) -> (flow: Double, back: Double) {
    (
      65 + 5 * noise.wander(.device, lane: 2, at: second, every: 5400),
      35 + 4 * noise.wander(.device, lane: 3, at: second, every: 7200)
    )
  }

  // MARK: Days

  /// On 2019-12-27.
  private static let fitted: Int64 = 7300

  /// What one day uses more than another is less than any day uses: it never counts backwards.
  private func total(until day: Int64) -> Double {
    let chance = Double(noise.bits(.device, day) >> 11) * 0x1p-53
    guard day >= Self.fitted else { return 0 }
    let days = Double(day - Self.fitted)
    switch kind {
    case .water: return 310 * days + 180 * chance
    case .heat:
      // 85 kWh a day in January, 5 in July: the integral of a cosine.
      func season(_ day: Double) -> Double { Sun.sine(turns: (day - 20) / 365.25) * 365.25 / (2 * .pi) }
      return 45 * days + 40 * (season(Double(Self.fitted) + days) - season(Double(Self.fitted))) + 4 * chance
    }
  }

  /// The day in standard time (UTC+1), and how much of it has passed.
  private static func dayAndShare(_ second: Int64) -> (day: Int64, share: Double) {
    let (day, rest) = (second + 3600).floored(by: CivilTime.day)
    return (day, Double(rest) / Double(CivilTime.day))
  }

  /// How much of a day's use is made when so much of the day has passed: mornings and evenings count most.
  private static func curve(_ share: Double) -> Double {
    let points = [(0, 0), (5, 0.03), (8, 0.26), (11, 0.36), (13, 0.47), (17, 0.56), (20, 0.85), (23, 0.97), (24, 1)]
    let hour = share * 24
    for (a, b) in zip(points, points.dropFirst()) where hour <= Double(b.0) {
      return a.1 + (b.1 - a.1) * (hour - Double(a.0)) / Double(b.0 - a.0)
    }
    return 1
  }
}
