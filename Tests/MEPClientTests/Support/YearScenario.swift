// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPSimulator
import OSGPTables

/// What befalls a meter in a year, and what its load profile must have of it.
enum YearScenario {
  /// Noon of the first of January 2026, and the same a year later.
  static let (start, end) = (second("2026-01-01T12:00Z"), second("2027-01-01T12:00Z"))

  /// When power is out: within an interval, over midnight and a block's end, over intervals' ends, over the beginning of
  /// summer time, twice at once, while a phase sags.
  static let outages: [Range<Int64>] = [
    "2026-01-09T08:07Z"..<120, "2026-01-15T22:52Z"..<1200, "2026-02-10T17:20Z"..<2700,
    "2026-03-29T00:50Z"..<1860, "2026-07-07T12:01Z"..<7200, "2026-11-28T16:51Z"..<300,
  ]

  /// When the clock is set, and by how much: 42 minutes forward and back again.
  static let settings = [(at: second("2026-05-12T12:05Z"), by: 2520), (at: second("2026-06-20T12:05Z"), by: -2520)]

  static let tariff = second("2026-03-01T10:00Z")..<second("2026-03-03T10:00Z")
  static let tier = 2
  static let oneTimeRead = second("2026-08-01T10:00Z")

  /// The order of BT28 is turned round.
  static let reconfiguration = second("2026-09-20T12:00Z")

  static var scenario: Scenario {
    get throws {
      var scenario = try Scenario(
        parsing: """
          2026-02-03T10:01:00Z voltage 1 80 30s
          2026-02-05T03:15:00Z phase-loss 2 2h
          2026-05-04T18:01:00Z voltage 3 116 10m
          2026-06-01T09:00:00Z configuration-change
          2026-07-07T12:31:00Z power-outage 90m   # the second of two at once
          2026-09-12T06:01:00Z voltage 1 75 10s
          2026-09-12T06:01:05Z voltage 3 75 10s
          2026-11-28T16:21:00Z voltage 2 85 1h
          """)
      scenario.steps += outages.map { outage in
        // Of the two at once, the first.
        let seconds = Int64(outage.count) > 3600 ? 3600 : Int64(outage.count)
        return Scenario.Step(.at(outage.lowerBound), .powerOutage(seconds: seconds))
      }
      scenario.steps += settings.map { .init(.at($0.at), .clock(seconds: Int64($0.by))) }
      scenario.steps += [
        .init(.at(tariff.lowerBound), .tariff(tier: tier)), .init(.at(tariff.upperBound), .tariff(tier: nil)),
        .init(.at(oneTimeRead), .oneTimeRead),
      ]
      return scenario
    }
  }

  /// What a meter of any kind logs of it, by its own clock. Of sags and swells only the first octet's two lowest bits are
  /// the scenario's.
  static let events = [
    "01-09T08:07:00 s1", "01-09T08:09:00 s2 3", "01-15T22:52:00 s1", "01-15T23:12:00 s2 3",
    "02-03T10:01:00 m27 1", "02-03T10:01:30 m34 0", "02-05T03:15:10 m4 2",
    "02-10T17:20:00 s1", "02-10T18:05:00 s2 3",
    // Summer time, then summer; Easter.
    "03-29T00:50:00 s1", "03-29T01:21:00 s2 3", "03-29T01:21:00 s22", "03-31T22:00:00 s24 1",
    "04-01T22:00:00 s26", "04-02T22:00:00 s26", "04-05T22:00:00 s26",
    "05-04T18:01:00 m27 32", "05-04T18:11:00 m35 2",
    "05-12T12:05:00 s3", "05-12T12:47:00 s4", "05-13T22:00:00 s26", "05-24T22:00:00 s26",
    "06-01T09:42:00 m24 1", "06-04T22:00:00 s26 1", "06-20T12:47:00 s3", "06-20T12:05:00 s4",
    "07-07T12:01:00 s1", "07-07T14:01:00 s2 3",
    "09-12T06:01:00 m27 1", "09-12T06:01:05 m27 4", "09-12T06:01:10 m34 0", "09-12T06:01:15 m34 2",
    "09-20T12:00:00 m24 1", "09-30T22:00:00 s24", "10-25T01:00:00 s23",
    "11-28T16:21:00 m27 2", "11-28T16:51:00 s1", "11-28T16:56:00 s2 3", "11-28T16:56:02 m27 2", "11-28T17:21:00 m34 1",
    "12-23T23:00:00 s26 1", "12-24T23:00:00 s26", "12-25T23:00:00 s26", "12-30T23:00:00 s26 1", "12-31T23:00:00 s26",
  ]

  /// The power outage log, in local time.
  static let outageLog = [
    "01-09T09:07:00 01-09T09:09:00", "01-15T23:52:00 01-16T00:12:00", "02-10T18:20:00 02-10T19:05:00",
    "03-29T01:50:00 03-29T03:21:00", "07-07T14:01:00 07-07T16:01:00", "11-28T17:51:00 11-28T17:56:00",
  ]

  static func second(_ text: String) -> Int64 { Scenario.moment(text)?.secondsSince2000 ?? 0 }
}

extension String {
  /// A time, and so many seconds from it on.
  fileprivate static func ..< (start: String, seconds: Int64) -> Range<Int64> {
    let start = YearScenario.second(start)
    return start..<start + seconds
  }
}

// MARK: - What is to be expected

extension YearScenario {
  /// Seconds by which the meter's clock is ahead.
  static func clockError(at second: Int64) -> Int64 {
    settings.filter { $0.at <= second }.reduce(0) { $0 + Int64($1.by) }
  }

  /// The first second of true time at which the meter's clock shows a time; nil for one that it was moved over.
  static func truth(of shown: Int64) -> Int64? {
    let starts = [Int64.min] + settings.map(\.at)
    let ends = settings.map(\.at) + [.max]
    return zip(starts, ends).lazy.map { (shown - ($0 == .min ? 0 : clockError(at: $0)), $0..<$1) }
      .first { $1.contains($0) }?.0
  }

  static func outage(at second: Int64) -> Range<Int64>? { outages.first { $0.contains(second) } }

  /// An interval as it must have been recorded.
  struct Row: Equatable {
    /// Its end by the meter's clock.
    let end: Int64
    /// When that was, for the registers; nil where nobody was there to measure.
    var truly: Int64?
    var common: LoadProfile.CommonStatus = []
    /// The status of energies, and of what is measured at its end.
    var energy: UInt8 = 0
    var present: UInt8 = 0
  }

  /// - Parameter interval: seconds; the intervals are counted from 23:00 UTC.
  static func rows(interval: Int64) -> [Row] {
    let first = (start - 23 * 3600) / interval * interval + 23 * 3600 + interval
    return stride(from: first, through: end, by: Int64.Stride(interval)).map { row(end: $0, interval) }
  }

  private static func row(end: Int64, _ interval: Int64) -> Row {
    var row = Row(end: end, truly: truth(of: end))
    let span = end - interval..<end
    // By the law: from the last Sunday of March to that of October, at 01:00 UTC.
    let summer = second("2026-03-29T01:00Z")..<second("2026-10-25T01:00Z")
    if span.overlaps(summer) { row.common.insert(.daylightSaving) }
    for (at, by) in settings {
      let (before, after) = (at + clockError(at: at - 1), at + clockError(at: at))
      if by > 0 {
        let isCut = span.contains(before)
        if isCut || span.contains(after) || (before..<after).contains(end) {
          row.common.insert(.clockForward)
          (row.energy, row.present) = isCut || span.contains(after) ? (2, 2) : (4, 4)
        }
        if isCut, row.truly == nil { row.truly = at }
      } else if span.contains(before) {
        row.common.insert(.clockBackward)
        (row.energy, row.present) = (3, 3)
      }
    }
    if let truly = row.truly {
      let began = truth(of: span.lowerBound) ?? truly
      if outages.contains(where: { $0.overlaps(began..<truly) || $0.contains(truly) }) { row.common.insert(.powerFail) }
      if outage(at: truly) != nil { row.present = 4 }
    }
    return row
  }
}
