// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension ScheduledMessage {
  /// Raw values are published names.
  package enum State: String, CaseIterable, Sendable {
    case none, waiting, shown, over
    case takenOff = "taken_off"
  }

  package func state(at now: Moment) -> State {
    guard let start, let end, start <= end else { return .none }
    return isOverridden ? .takenOff : now < start ? .waiting : isShown(at: now) ? .shown : .over
  }

  package var shownText: String { String(decoding: text, as: UTF8.self).printable.trimmed }

  /// What it is, by published names; times as `text` writes them.
  package func published(at now: Moment, time text: (Moment) -> String) -> [(String, JSON)] {
    [
      ("id", .string(pointedID.printable.trimmed)), ("text", .string(shownText)),
      ("start", start.map { .string(text($0)) } ?? .null), ("end", end.map { .string(text($0)) } ?? .null),
      ("state", .string(state(at: now).rawValue)), ("can_be_overridden", .bool(canBeOverridden)),
    ]
  }
}

extension MeterDisplay {
  /// By published names; times as `text` writes them.
  ///
  /// - Parameter now: where the meter's clock is not set.
  package func published(otherwise now: Moment, time text: (Moment) -> String) -> [(String, JSON)] {
    let now = clock ?? now
    let shown = message.flatMap { $0.state(at: now) == .none ? nil : $0 }
    return [
      ("register_digits", registerDigits.map { .integer(Int64($0)) } ?? .null),
      ("source_s", seconds.flatMap { $0 > 0 ? JSON.integer(Int64($0)) : nil } ?? .null),
      ("sources", .array(sources.map { .integer(Int64($0)) })),
      ("message", shown.map { .object($0.published(at: now, time: text)) } ?? .null),
    ]
  }
}
