// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension Meter {
  /// Reads the energy registers, BT23: all tiers together and each of them.
  ///
  /// A table of several messages takes as many moments; no value mixes two of them.
  public func readRegisters() async throws(MeterError) -> EnergyRegisters {
    let unit = try await readEnergyRegisterUnit()
    let (selection, table) = (try await read(.bt22), try await read(.bt23))
    guard let registers = EnergyRegisters(table, selection: selection, unit: unit) else {
      throw .short(table.layout.table, wanted: table.layout.octets, got: table.octets.count)
    }
    return registers
  }

  /// What one count of an energy register stands for: ET55 tells, or ET42 where the meter keeps that to itself. Firmware
  /// that is too old to tell counts in units of 1; unknown where neither can be read.
  public func readEnergyRegisterUnit() async throws(MeterError) -> EnergyRegisterUnit {
    try await alone { () async throws(MeterError) in try await energyRegisterUnit() }
  }

  func energyRegisterUnit() async throws(MeterError) -> EnergyRegisterUnit {
    do throws(MeterError) {
      let field = try await select(.et55, ["energy_register_unit"])
      return EnergyRegisterUnit(field.places.first?.integer(in: field.octets))
    } catch {
      switch error {
      case .noSuchField: return .one
      case .refused, .layout(.absent), .short: break
      default: throw error
      }
    }
    let interface = try await ifKept { () async throws(MeterError) in try await self.settledWhole(.et42) }
    guard let interface else { return .unknown }
    return EnergyRegisterUnit(interface.integer(named: "Energy Register Unit"))
  }

  /// Reads the self-reads, BT26, oldest entry first, in the meter's local time; nil where the meter keeps none.
  ///
  /// - Parameter progress: octets of entries read so far, and of all that are wanted.
  public func readSelfReads(
    _ extent: LogExtent = .all, progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws(MeterError) -> RegisterHistory? {
    try await readHistory(.bt26, "Self-read Entries", extent, progress)
  }

  /// Reads the log of demand resets, ET41, likewise; nil where the meter keeps none, though it may have the last one:
  /// ``readPreviousDemandReset()``.
  public func readDemandResets(
    _ extent: LogExtent = .all, progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws(MeterError) -> RegisterHistory? {
    try await readHistory(.et41, "Demand Reset Entries", extent, progress)
  }

  /// Reads the log of one-time reads, ET31, likewise: registers that the utility had copied on demand.
  public func readOneTimeReads(
    _ extent: LogExtent = .all, progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws(MeterError) -> RegisterHistory? {
    try await readHistory(.et31, "One-time Read Entries", extent, progress)
  }

  /// Reads the registers at the last change of season, BT24; nil where there was none, or the meter keeps no such copy.
  public func readPreviousSeason() async throws(MeterError) -> RegisterSnapshot? { try await readSnapshot(.bt24) }

  /// Reads the registers at the last demand reset, BT25; nil where there was none, or the meter keeps no such copy.
  public func readPreviousDemandReset() async throws(MeterError) -> RegisterSnapshot? { try await readSnapshot(.bt25) }

  private func readHistory(
    _ table: Table, _ array: StaticString, _ extent: LogExtent, _ progress: @Sendable (Int, Int) -> Void
  ) async throws(MeterError) -> RegisterHistory? {
    let unit = try await readEnergyRegisterUnit()
    let selection = try await read(.bt22)
    guard let list = try await readListIfKept(table, array, extent, progress) else { return nil }
    guard let history = RegisterHistory(list.table, newest: list.newest, selection: selection, unit: unit) else {
      throw .inconsistent(table.id)
    }
    return history
  }

  private func readSnapshot(_ table: Table) async throws(MeterError) -> RegisterSnapshot? {
    let unit = try await readEnergyRegisterUnit()
    let selection = try await read(.bt22)
    guard let decoded = try await readIfKept(table),
      let snapshot = RegisterSnapshot(decoded, selection: selection, unit: unit), snapshot.time != nil
    else { return nil }
    return snapshot
  }
}

extension EnergyRegisterUnit {
  /// What a field is in: registers count by the meter's own unit, and so do the step tariff's thresholds (ET55).
  public func quantity(of place: Place) -> Quantity { Self.isCounted(place) ? scaled(place.quantity) : place.quantity }

  /// Whether the meter's own unit has to be known to tell what a field holds.
  public static func isCounted(_ place: Place) -> Bool {
    counts(place.quantity.unit) && (place.source != nil || place.pathText.hasPrefix("step_tariff_thresholds"))
  }
}
