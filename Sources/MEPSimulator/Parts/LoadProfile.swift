// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// The load profile: what its channels are, and what they recorded.
///
/// Energy channels hold the register at the interval's end. During a power failure nothing is counted, so the intervals
/// that ended meanwhile are known when power returns; present values are skipped. Intervals that the clock was moved over
/// are skipped. Blocks of which the meter lived through no second are left out.
struct LoadProfilePart: Part {
  private var sets: [LoadProfileSet] = []
  /// House, channels and newest block when the meter was switched on, until somebody wants to know what was before.
  private var past: [Past?] = []

  private struct Past {
    let household: Household
    let channels: [Channel]
    let calendar: LocalCalendar
    let sequence: UInt32
    let blockStart: Int64
  }

  mutating func start(_ body: inout MeterBody) {
    sets = body.profile.loadProfile.map { LoadProfileSet($0, at: body.utc) }
    past = sets.indices.map { i in
      Past(
        household: body.household, channels: channels(i, &body), calendar: body.calendar, sequence: sets[i].sequence,
        blockStart: sets[i].blockStart)
    }
  }

  func due(_ body: MeterBody) -> Int64? { sets.lazy.map(\.end).min().flatMap { $0 == .max ? nil : $0 } }

  mutating func act(_ body: inout MeterBody) {
    for i in sets.indices {
      while sets[i].end <= body.utc {
        record(i, &body)
        // Its value waits there for whoever wanted to know.
        if sets[i].shape.hasMBus { body.alertMBusChange() }
      }
    }
  }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    for i in sets.indices where sets[i].shape.blocks > 0 {
      switch happening {
      case .powerFailed: sets[i].common.insert(.powerFail)
      case .powerReturned: powerReturned(i, &body)
      case .clockMoved(let seconds) where body.hasPower: clockMoved(i, by: seconds, &body)
      case .configurationChanged: sets[i].tellAll()
      default: break
      }
    }
  }

  mutating func refresh(_ table: TableID, for access: PortAccess, _ body: inout MeterBody) {
    switch table {
    case Table.bt63.id:
      for (i, set) in sets.enumerated() { tellStatus(set, i, &body) }
    case Table.et21.id:
      for (i, set) in sets.enumerated() { tellState(set, i, &body) }
    case Table.bt64.id, Table.bt65.id, Table.bt66.id, Table.bt67.id:
      let i = Int(table.index) - 64
      guard i < sets.count else { return }
      recall(i)
      if let changes = sets[i].takeChanges() { body.tables.put(changes.octets, at: changes.offset, of: table) }
    default: break
    }
  }

  // MARK: Recording

  private mutating func record(_ i: Int, _ body: inout MeterBody) {
    let channels = channels(i, &body)
    let common = sets[i].common.union(summer(i, sets[i].end, body.calendar))
    sets[i].record(channels.map { $0.value(body.household, sets[i].length) }, common)
  }

  /// Daylight saving time changes on the hour, which only intervals of a day have in their middle.
  private func summer(_ i: Int, _ end: Int64, _ calendar: LocalCalendar) -> LoadProfile.CommonStatus {
    [end - sets[i].shape.interval, end - 1].contains { calendar.isDaylightSaving(utc: $0) } ? .daylightSaving : []
  }

  private func channels(_ i: Int, _ body: inout MeterBody) -> [Channel] {
    guard sets[i].shape.hasMBus, let types = body.tables.decoded(.et57) else {
      return sets[i].shape.sources.map { .register($0) }
    }
    return sets[i].shape.sources.map { source in
      ExtendedSource.mapped.contains(source) ? .mbus(MBusChannel(source, types, &body)) : .register(source)
    }
  }

  private mutating func powerReturned(_ i: Int, _ body: inout MeterBody) {
    // The clock was set back meanwhile.
    if body.utc < sets[i].end - sets[i].shape.interval { clockMoved(i, by: -1, &body) }
    skip(i, body) { source in
      Self.isEnergy(source) ? Channel.register(source).value(body.household, .none) : .skipped
    } common: {
      .powerFail
    }
    sets[i].common.insert(.powerFail)
  }

  private mutating func clockMoved(_ i: Int, by seconds: Int64, _ body: inout MeterBody) {
    if seconds < 0 {
      sets[i].common.insert(.clockBackward)
      sets[i].length = .long
      // Its end comes again, but nobody wants to wait for that for days.
      if body.utc < sets[i].blockStart { sets[i].end = sets[i].nextEnd(after: body.utc) }
      return
    }
    sets[i].common.insert(.clockForward)
    sets[i].length = .partial
    guard sets[i].end <= body.utc else { return }
    record(i, &body)
    skip(i, body) { _ in
      .skipped
    } common: {
      .clockForward
    }
    if sets[i].end - sets[i].shape.interval < body.utc {
      sets[i].common.insert(.clockForward)
      sets[i].length = .partial
    }
  }

  /// Records the intervals that ended unseen, in the newest block and in the one at hand.
  private mutating func skip(
    _ i: Int, _ body: MeterBody, _ value: (UInt8) -> LoadProfileSet.Value, common: () -> LoadProfile.CommonStatus
  ) {
    let shape = sets[i].shape
    let values = shape.sources.map(value)
    let atHand = sets[i].start(of: body.utc)
    while sets[i].end <= body.utc {
      let start = sets[i].start(of: sets[i].end)
      if start != sets[i].blockStart, start < atHand {
        sets[i].end = atHand + shape.interval
      } else {
        let common = sets[i].common.union(common()).union(summer(i, sets[i].end, body.calendar))
        sets[i].record(values, common)
      }
    }
  }

  /// Fills a ring with what was before the meter was switched on: the house's habits, seen every quarter of an hour.
  private mutating func recall(_ i: Int) {
    guard let before = past[i] else { return }
    past[i] = nil
    var (household, energy) = (before.household, before.household.energy)
    var end = household.now.floored(by: Self.quarter).quotient * Self.quarter
    while sets[i].recalls(end, before: before.blockStart) {
      energy.add(household.measurement, seconds: Double(end - household.now))
      household.goBack(to: end, energy: energy)
      if sets[i].isEnd(end) {
        sets[i].recall(
          before.channels.map { $0.value(household, .none) }, summer(i, end, before.calendar), end: end,
          before: (before.sequence, before.blockStart))
      }
      end -= Self.quarter
    }
  }

  private static let quarter: Int64 = 900

  private static func isEnergy(_ source: UInt8) -> Bool {
    let unit = RegisterSource.numbered(source).quantity.unit
    return unit == .wattHour || unit == .varHour
  }
}

/// What one column of a data set records.
private enum Channel {
  case register(UInt8)
  /// Nil for a device that is not there.
  case mbus(MBusChannel?)

  func value(_ household: Household, _ status: LoadProfileSet.Status) -> LoadProfileSet.Value {
    switch self {
    case .register(let source):
      LoadProfileSet.Value(integer: household.value(of: source, energy: household.energy), status: status)
    case .mbus(let channel): channel?.value(at: household.now, status) ?? LoadProfileSet.Value(status: .noMBusData)
    }
  }
}
