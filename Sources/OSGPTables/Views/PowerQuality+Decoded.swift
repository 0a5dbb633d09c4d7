// SPDX-License-Identifier: Apache-2.0
import C1219

extension PowerQuality {
  /// Nil for another table, and where the octets end before what every firmware has.
  public init?(_ table: Decoded) {
    guard table.layout.table == .extended(9) else { return nil }
    var fields = FieldReader(table)
    guard let longOutage = fields.integer(), let sag1SurgeMinutes = fields.integer(), let sag1 = fields.integer(),
      let surge = fields.integer(), let overCurrent = fields.integer(),
      let outages = fields.many(table.layout.entries(of: "Power Outage Record").count, { $0.outage() }),
      let sags1 = fields.many(3, { $0.occurrences() }), let surges = fields.many(3, { $0.occurrences() }),
      let minimum = fields.extreme(), let maximum = fields.extreme(),
      let overCurrents = fields.many(3, { $0.integer(UInt32.self) }), let lost = fields.many(3, { $0.integer() }),
      let losses = fields.many(3, { $0.occurrences() }), let sag1Voltages = fields.many(3, { $0.decimal() }),
      let surgeVoltages = fields.many(3, { $0.decimal() }), let shortOutages = fields.integer(UInt32.self)
    else { return nil }

    let configurationID = fields.integer(UInt32.self)
    let sag1SurgeSeconds = fields.integer() ?? 0
    let hold = fields.integer()
    let overCurrentSeconds = fields.integer()
    distortions = Distortion.Kind.allCases.compactMap { fields.distortion($0) }
    let transgressions = fields.many(12, { $0.transgression() }) ?? []
    let sag2Seconds = fields.integer()
    let sag2 = fields.integer()
    let sags2 = fields.many(3, { $0.occurrences() })
    let sag2Voltages = fields.many(3, { $0.decimal() })
    averageCurrentSeconds = fields.integer()
    let options = fields.integer()

    thresholds = Thresholds(
      longOutageSeconds: longOutage, sag1SurgeSeconds: 60 * sag1SurgeMinutes + sag1SurgeSeconds, sag1: sag1,
      surge: surge, overCurrent: overCurrent, overCurrentSeconds: overCurrentSeconds, holdSeconds: hold, sag2: sag2,
      sag2Seconds: sag2Seconds, logsBeginnings: options.map { $0 != 0 },
      configurationID: configurationID)
    let recorded = outages.reversed().filter { $0.on != nil || $0.off != nil }
    self.outages = recorded
    longOutages = recorded.count < outages.count ? recorded.count : nil
    self.shortOutages = shortOutages
    minimumFrequency = minimum
    maximumFrequency = maximum
    voltageTransgressions = transgressions.filter { $0.time != nil }
    phases = (0..<3).map { i in
      Phase(
        sag1: Excursion(sags1[i], sag1Voltages[i]),
        sag2: sags2.flatMap { sags in sag2Voltages.map { Excursion(sags[i], $0[i]) } },
        surge: Excursion(surges[i], surgeVoltages[i]), overCurrents: overCurrents[i],
        isLost: lost[i] != 0, losses: losses[i].count, lastLoss: losses[i].last)
    }
  }
}

extension PowerQuality.Excursion {
  fileprivate init(_ occurrences: (last: Moment?, count: Int), _ voltage: Decimal) {
    self.init(count: occurrences.count, last: occurrences.last, voltage: voltage)
  }
}

extension FieldReader {
  /// So many of the same; nil unless all of them are there.
  fileprivate mutating func many<T>(_ count: Int, _ one: (inout FieldReader) -> T?) -> [T]? {
    var all: [T] = []
    for _ in 0..<count {
      guard let next = one(&self) else { return nil }
      all.append(next)
    }
    return all
  }

  fileprivate mutating func outage() -> PowerQuality.Outage? {
    guard let on = octetString(), let cause = integer(UInt8.self), let off = octetString(),
      let seconds = integer(UInt32.self)
    else { return nil }
    return PowerQuality.Outage(
      off: Moment(off), on: Moment(on),
      cause: cause == 3 ? .powerFailure : cause == 8 ? .brownOut : .other(cause),
      seconds: seconds)
  }

  fileprivate mutating func occurrences() -> (last: Moment?, count: Int)? {
    guard let last = octetString(), let count = integer() else { return nil }
    return (Moment(last), count)
  }

  fileprivate mutating func extreme() -> PowerQuality.Extreme? {
    guard let frequency = decimal(), let time = octetString() else { return nil }
    return PowerQuality.Extreme(frequency: frequency, time: Moment(time))
  }

  fileprivate mutating func distortion(_ kind: PowerQuality.Distortion.Kind) -> PowerQuality.Distortion? {
    guard let seconds = integer(), let threshold = decimal(), let phases = many(3, { $0.distortedPhase() }) else {
      return nil
    }
    return PowerQuality.Distortion(kind: kind, thresholdSeconds: seconds, threshold: threshold, phases: phases)
  }

  fileprivate mutating func distortedPhase() -> PowerQuality.Distortion.Phase? {
    guard let count = integer(), let last = octetString(), let maximum = decimal(), let time = octetString(),
      let average = decimal()
    else { return nil }
    return PowerQuality.Distortion.Phase(
      count: count, last: Moment(last), maximum: maximum, maximumTime: Moment(time), average: average)
  }

  fileprivate mutating func transgression() -> PowerQuality.VoltageTransgression? {
    guard let drp = decimal(), let drc = decimal(), let time = octetString() else { return nil }
    return PowerQuality.VoltageTransgression(drp: drp, drc: drc, time: Moment(time))
  }
}
