// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// What happened: the primary event log, and the alternate one where the meter has it.
struct EventLogPart: Part {
  /// One run of numbers for both logs.
  private var lastSequence: Int64 = 0

  /// What the alternate log is for in this meter: sags, swells and distortion, as the guide's example has it.
  private static let alternate: [EventID] = [27, 29, 34, 35, 36, 37, 38, 39, 40, 41].map { .manufacturer($0) }

  static func fill(_ sheet: inout Sheet, for profile: Profile) throws(LayoutError) {
    switch sheet.id {
    case Table.bt70.id:
      sheet.set("number_of_standard_events", 64)
      sheet.set("number_of_manufacturer_events", 152)
      sheet.set("number_of_history_entries", Int64(profile.events))
    case Table.bt71.id: sheet.set("number_of_history_entries", Int64(profile.events))
    case Table.bt74.id where profile.events == 0, Table.et79.id where profile.alternateEvents == 0:
      sheet.set("list_type", 0)
    default: break
    }
  }

  mutating func take(_ happening: Happening, _ body: inout MeterBody) {
    switch happening {
    case .event(let id, let argument): log(EventID(code: id), argument, &body)
    case .powerReturned(let since):
      guard body.household.now - since >= Self.leastOutage(&body) else { return }
      log(.standard(1), [], at: since + body.clockError, &body)
      log(.standard(2), [3, 0], &body)
    case .clockMoved(let seconds):
      log(.standard(3), [], at: body.utc - seconds, &body)
      log(.standard(4), [], &body)
    case .configurationChanged(let cause): log(.manufacturer(24), cause.rawValue.leastFirst, &body)
    case .clientRemoved(let port):
      log(.manufacturer(16), [1, 0], &body)
      log(.manufacturer(32), (MeterBody.device(MeterBody.slot(ofPort: port)) | 4).leastFirst, &body)
    case .deviceRemoved(let slot): log(.manufacturer(32), (MeterBody.device(slot) | 4).leastFirst, &body)
    case .powerFailed, .phase, .voltage, .order, .seasonChanged, .demandReset, .selfRead, .display, .procedureEnded:
      break
    }
  }

  /// Seconds from which on an outage is an event.
  private static func leastOutage(_ body: inout MeterBody) -> Int64 {
    let threshold = body.tables.integer(.et04, "events_outage_threshold")
    return threshold == 0xFFFF ? body.tables.integer(.et09, "long_outage_duration_threshold") : threshold
  }

  /// - Parameter time: in seconds since 2000 UTC, by the meter's clock; nil for now.
  private mutating func log(
    _ id: EventID, _ argument: [UInt8], at time: Int64? = nil, _ body: inout MeterBody
  ) {
    lastSequence += 1
    let isAlternate = body.profile.alternateEvents > 0 && Self.alternate.contains(id)
    let numbers = [UInt16(truncatingIfNeeded: lastSequence), body.user.code, id.code].flatMap(\.leastFirst)
    body.tables.append(
      Moment(secondsSince2000: time ?? body.utc).octets + numbers + argument, to: isAlternate ? .et79 : .bt74,
      array: "History Record Array", sequence: lastSequence)
  }
}
