// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// Power quality (ET09): outages, and voltages and frequencies that were out of the ordinary. The house is never above the
/// meter's maximum current, and its distortion stays below the threshold.
struct QualityPart: Part {
  private var excursions: [Excursion] = []
  private var frequencies: (least: Int64, most: Int64) = (.max, .min)

  /// Often enough for what changes within minutes.
  private static let sampling: Int64 = 900

  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError) {
    guard sheet.id == Table.et09.id else { return }
    // As EN 50160 has it: above 3 minutes an interruption is a long one, and 8 % of distortion too much.
    sheet.set("long_outage_duration_threshold", 180)
    sheet.set("over_current_threshold", 10)
    if profile.isFrom(3, 10, module: FirmwareVersion(1, 0)) {
      sheet.set("over_current_time_threshold", 10)
      sheet.set("thd_record[0].thd_time_threshold", 600)
      sheet.set("thd_record[0].thd_threshold", 800)
    }
  }

  mutating func start(_ body: inout MeterBody) { sampleFrequency(&body) }

  func due(_ body: MeterBody) -> Int64? {
    let sample = (body.utc.floored(by: Self.sampling).quotient + 1) * Self.sampling
    return excursions.filter { !$0.isCounted }.reduce(sample) { min($0, $1.countsAt + body.clockError) }
  }

  mutating func act(_ body: inout MeterBody) {
    sampleFrequency(&body)
    for i in excursions.indices { count(i, &body) }
  }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    switch happening {
    case .phase(let phase, _), .voltage(let phase, _): judge(phase, &body)
    case .powerFailed:
      for excursion in excursions where excursion.kind == .phaseLoss { excursion.mark(isLost: false, &body) }
      excursions = []
    case .powerReturned(let since):
      Self.record(outageSince: since, &body)
      let hold = body.tables.integer(.et09, "power_up_quality_hold_time")
      for phase in 0..<3 { judge(phase, holding: hold, &body) }
    default: break
    }
  }

  mutating func written(_ table: TableID, _ range: Range<Int>, by access: PortAccess, _ body: inout MeterBody) {
    guard table == Table.et09.id else { return }
    frequencies = (
      body.tables.integer(.et09, "min_frequency"), body.tables.integer(.et09, "max_frequency")
    )
    for phase in 0..<3 { judge(phase, &body) }
  }

  // MARK: Voltage

  /// Compares a phase's voltage with what is ordinary.
  ///
  /// - Parameter holding: seconds until what is found begins to count.
  private mutating func judge(_ phase: Int, holding: Int64 = 0, _ body: inout MeterBody) {
    let voltage = Int64((body.household.measurement.voltage[phase] * 1000).rounded())
    for kind in Excursion.Kind.allCases {
      let i = excursions.firstIndex { $0.phase == phase && $0.kind == kind }
      switch (i, kind.covers(voltage, &body)) {
      case (nil, true):
        let start = body.household.now + holding
        excursions.append(
          Excursion(phase, kind, since: start, countsAt: start + kind.threshold(&body), voltage: voltage))
        count(excursions.count - 1, &body)
      case (let i?, true): excursions[i].deepen(to: voltage, &body)
      case (let i?, false): excursions.remove(at: i).end(&body)
      case (nil, false): break
      }
    }
  }

  /// Makes an event of an excursion that has lasted long enough.
  private mutating func count(_ i: Int, _ body: inout MeterBody) {
    guard !excursions[i].isCounted, excursions[i].countsAt <= body.household.now else { return }
    excursions[i].count(&body)
    guard excursions[i].kind == .phaseLoss else { return }
    let lost = excursions.filter { $0.kind == .phaseLoss && $0.isCounted }.reduce(UInt16(0)) {
      $0 | 1 << UInt16($1.phase)
    }
    body.tell(.event(.manufacturer(4), lost))
  }

  // MARK: Outages and frequency

  private static func record(outageSince since: Int64, _ body: inout MeterBody) {
    let seconds = body.household.now - since
    guard seconds >= body.tables.integer(.et09, "long_outage_duration_threshold") else {
      let count = body.tables.integer(.et09, "short_outage_count")
      body.tables.set(.et09, "short_outage_count", min(count + 1, 0xFFFF_FFFF))
      return
    }
    guard let records = body.tables.layout(of: .et09)?.entries(of: "Power Outage Record"),
      let first = records.first?.first?.offset, let second = records.dropFirst().first?.first?.offset,
      let last = records.last?.first?.offset, let octets = body.tables[Table.et09.id]
    else { return }
    // The newest one comes first; the oldest one is lost.
    body.tables.put(Array(octets[first..<last]), at: second, of: Table.et09.id)
    let path = "power_outage_record[0]."
    body.tables.set(.et09, path + "power_on_date_time", Moment(secondsSince2000: body.utc).octets)
    body.tables.set(.et09, path + "reset_cause", 3)
    body.tables.set(
      .et09, path + "power_off_date_time", Moment(secondsSince2000: since + body.clockError).octets)
    body.tables.set(.et09, path + "power_off_duration", seconds)
  }

  private mutating func sampleFrequency(_ body: inout MeterBody) {
    let source: UInt8 = 19
    let frequency =
      body.profile.frozen?[source] ?? body.household.value(of: source, energy: body.household.energy)
    let now = Moment(secondsSince2000: body.utc).octets
    if frequency < frequencies.least {
      frequencies.least = frequency
      body.tables.set(.et09, "min_frequency", frequency)
      body.tables.set(.et09, "min_freq_date_time", now)
    }
    if frequency > frequencies.most {
      frequencies.most = frequency
      body.tables.set(.et09, "max_frequency", frequency)
      body.tables.set(.et09, "max_freq_date_time", now)
    }
  }
}
