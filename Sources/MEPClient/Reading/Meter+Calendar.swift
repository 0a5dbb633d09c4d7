// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// The calendar of a meter, and where it is in it.
public struct MeterCalendar: Sendable {
  /// BT55.
  public let clock: LocalClock
  /// BT54.
  public let tariffs: TariffCalendar
  /// BT53.
  public let offset: TimeOffset
  /// What was asked for last (ET47); nil where the meter keeps it to itself.
  public let override: TariffOverride?
}

/// What switches the relays of a meter, and what it tells of them.
public struct MeterRelays: Sendable {
  /// ET61; nil where the meter has none.
  public let calendar: RelayCalendar?
  /// ET46 and ET54.
  public let status: RelayStatus
}

extension Meter {
  /// Reads BT53, BT54, BT55, ET47 and what it takes of ET04.
  public func readCalendar() async throws(MeterError) -> MeterCalendar {
    let (calendar, offset) = (try await read(.bt54), try await read(.bt53))
    let (system, override) = (try await readIfKept(.et04), try await readIfKept(.et47))
    // Last, so that it is as new as can be.
    let clock = try await read(.bt55)
    guard let tariffs = TariffCalendar(calendar) else { throw .notUnderstood(calendar.layout.table, "calendar") }
    guard let time = TimeOffset(offset, system: system) else { throw .notUnderstood(offset.layout.table, "time zone") }
    guard let local = LocalClock(clock) else { throw .notUnderstood(clock.layout.table, "clock") }
    return MeterCalendar(
      clock: local, tariffs: tariffs, offset: time, override: override.flatMap { TariffOverride($0) })
  }

  /// Reads how the meter's local time follows from UTC: BT53, and for a clock that knows summer time BT54 and what it takes
  /// of ET04. Nil where the meter keeps that to itself, or has nothing that the guide knows.
  public func readLocalZone() async throws(MeterError) -> LocalZone? {
    guard let bt53 = try await readIfKept(.bt53), let plain = TimeOffset(bt53) else { return nil }
    if plain.adjustment == 0 { return LocalZone(plain, nil) }
    guard let bt54 = try await readIfKept(.bt54), let calendar = TariffCalendar(bt54),
      let offset = TimeOffset(bt53, system: try await readIfKept(.et04))
    else { return nil }
    return LocalZone(offset, calendar)
  }

  /// Reads ET46, ET54 and ET61, those of them that the meter has.
  public func readRelays() async throws(MeterError) -> MeterRelays {
    let calendar = try await readIfKept(.et61)
    let status = RelayStatus(output: try await readIfKept(.et46), status: try await readIfKept(.et54))
    return MeterRelays(calendar: calendar.map { RelayCalendar($0) }, status: status)
  }
}
