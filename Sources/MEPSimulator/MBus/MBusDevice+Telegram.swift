// SPDX-License-Identifier: Apache-2.0
import C1219

extension MBusDevice {
  /// What it answers to a request for data: header and records of a variable data structure (EN 13757-3, CI 0x72).
  ///
  /// - Parameters:
  ///   - second: the true time, by which it counts.
  ///   - clock: the meter's, which sets the device's own.
  ///   - access: counts its answers.
  ///   - valve: what was last written to its digital output.
  func telegram(at second: Int64, _ clock: MeterClock, access: UInt8, valve: UInt8) -> [UInt8] {
    let header: [UInt8] =
      Self.bcd(serialNumber, 4) + Self.manufacturer + [kind == .water ? 0x11 : 0x21, kind.rawValue, access, 0, 0, 0]
    return header + records(at: second, clock, valve: valve).joined()
  }

  func records(at second: Int64, _ clock: MeterClock, valve: UInt8) -> [[UInt8]] {
    let shown = second + clock.error
    let local = clock.calendar.local(utc: shown)
    let month = Moment(year: local.year, month: local.month, day: 1)
    let first = clock.calendar.utc(of: month) - clock.error
    let stored: [UInt8] = [0x42, 0x6C] + Self.date(month)
    // DIF and VIF before each value: instantaneous but for the 0x4…, which are the first values of the month.
    let records: [[UInt8]] =
      switch kind {
      case .water:
        [
          [0x0C, 0x13] + Self.bcd(total(at: second), 4), [0x4C, 0x13] + Self.bcd(total(at: first), 4), stored,
          [0x0B, 0x3B] + Self.bcd(rate(at: second), 3), [0x01, 0xFD, 0x1A, valve],
        ]
      case .heat: heat(at: second, first) + [stored]
      }
    return records + [[0x04, 0x6D] + Self.time(local, isSummer: clock.calendar.isDaylightSaving(utc: shown))]
  }

  private func heat(at second: Int64, _ first: Int64) -> [[UInt8]] {
    let (flow, back) = temperatures(at: second)
    // A litre of water gives 1.163 Wh for each kelvin; 30 kelvin are what it gives on average.
    let litresPerKWh = 1000 / (1.163 * 30)
    let rate = rate(at: second)
    return [
      [0x0C, 0x06] + Self.bcd(total(at: second), 4), [0x4C, 0x06] + Self.bcd(total(at: first), 4),
      [0x0C, 0x13] + Self.bcd(total(at: second) * litresPerKWh, 4), [0x0B, 0x2D] + Self.bcd(rate * 10, 3),
      [0x0B, 0x3B] + Self.bcd(rate * 1000 / (1.163 * (flow - back)), 3), [0x0A, 0x5A] + Self.bcd(flow * 10, 2),
      [0x0A, 0x5E] + Self.bcd(back * 10, 2),
    ]
  }

  /// "SIM", five bits a letter.
  private static let manufacturer: [UInt8] = {
    let code = "SIM".utf8.reduce(0) { $0 << 5 | UInt16($1 - 64) }
    return [UInt8(code & 0xFF), UInt8(code >> 8)]
  }()

  private static func bcd(_ value: Double, _ octets: Int) -> [UInt8] { bcd(Int64(value), octets) }

  /// Least significant octet first.
  private static func bcd(_ value: Int64, _ octets: Int) -> [UInt8] {
    var rest = max(0, value)
    return (0..<octets).map { _ in
      let (quotient, digits) = rest.quotientAndRemainder(dividingBy: 100)
      rest = quotient
      return UInt8((digits / 10) << 4 | digits % 10)
    }
  }

  /// Type G.
  private static func date(_ time: Moment) -> [UInt8] {
    let year = time.year % 100
    return [UInt8(time.day | (year & 7) << 5), UInt8(time.month | (year >> 3) << 4)]
  }

  /// Type F.
  private static func time(_ time: Moment, isSummer: Bool) -> [UInt8] {
    [UInt8(time.minute), UInt8(time.hour | 0x20 | (isSummer ? 0x80 : 0))] + date(time)
  }
}
