// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

/// What a write would change, found out by reading first.
public struct WritePlan: Sendable {
  public let table: Table
  public let changes: [Change]
  /// The octets to be written, and where; those of bits that are not changed are as they were read.
  public let parts: [TablePart]
  /// Of the meter when it was made.
  let configuration: Int
  /// What the meter's energy registers count, where it is needed.
  public let energyUnit: EnergyRegisterUnit

  public struct Change: Sendable {
    public let place: Place
    public let old: Raw
    public let new: Raw
  }
}

extension Meter {
  /// Reads the fields of these paths and works out what giving them these values would write.
  ///
  /// Values are read as ``Place/raw(parsing:)`` does. Nothing is written yet.
  public func plan(
    _ table: Table, setting values: [(path: String, value: String)]
  ) async throws(MeterError) -> WritePlan {
    try await alone { () async throws(MeterError) in try await lay(table, setting: values) }
  }

  /// Writes what was planned and reads it back. Throws ``MeterError/outdated(_:)``, and writes nothing, when the meter's
  /// configuration has changed since.
  public func carryOut(_ plan: WritePlan) async throws(MeterError) {
    try await alone { () async throws(MeterError) in try await writeAndCompare(plan) }
  }

  /// Gives fields new values where they have others, and reads them back: as one operation, no other task's in between.
  public func write(_ table: Table, setting values: [(path: String, value: String)]) async throws(MeterError) {
    guard !values.isEmpty else { return }
    try await alone { () async throws(MeterError) in
      try await writeAndCompare(try await lay(table, setting: values))
    }
  }

  /// Writes octets, and reads them back.
  public func writeAndCompare(_ table: TableID, offset: Int = 0, _ octets: [UInt8]) async throws(MeterError) {
    try await writeAndCompare(table, [TablePart(offset: offset, octets: octets)])
  }

  /// Writes parts of a table as one operation, and reads them back.
  func writeAndCompare(_ table: TableID, _ parts: [TablePart]) async throws(MeterError) {
    var change = Change(table, parts)
    change.isReadBack = true
    try await alone { [change] () async throws(MeterError) in try await carryOut(change) }
  }

  private func writeAndCompare(_ plan: WritePlan) async throws(MeterError) {
    guard !plan.parts.isEmpty else { return }
    guard try await compareConfiguration(), plan.configuration == configurations else {
      throw .outdated(plan.table.id)
    }
    var change = Change(plan.table.id, plan.parts)
    change.names = plan.changes.map { ($0.place.offset..<$0.place.end, $0.place.pathText) }
    change.isReadBack = true
    try await carryOut(change)
  }

  private func lay(
    _ table: Table, setting values: [(path: String, value: String)]
  ) async throws(MeterError) -> WritePlan {
    try permit(table.id)
    let selection = try await select(table, values.map(\.path))
    var octets = selection.octets
    var changes: [WritePlan.Change] = []
    let hasEnergies = selection.places.contains(where: EnergyRegisterUnit.isCounted)
    let unit = hasEnergies ? try await energyRegisterUnit() : .one
    for (path, value) in values {
      let places = try selection.layout.places(matching: [path])
      guard places.count == 1, let place = places.first, let old = place.raw(in: selection.octets) else {
        throw .severalFields(table.id, path)
      }
      guard let new = place.raw(parsing: value, as: unit.quantity(of: place)), place.store(new, in: &octets) else {
        throw .badValue(table.id, path, value)
      }
      if new != old { changes.append(WritePlan.Change(place: place, old: old, new: new)) }
    }
    let ranges = changes.map { $0.place.offset..<$0.place.end }.sorted { $0.lowerBound < $1.lowerBound }
    var parts: [Range<Int>] = []
    for range in ranges {
      if let last = parts.last, range.lowerBound <= last.upperBound {
        parts[parts.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        parts.append(range)
      }
    }
    return WritePlan(
      table: table, changes: changes, parts: parts.map { TablePart(offset: $0.lowerBound, octets: Array(octets[$0])) },
      configuration: configurations, energyUnit: unit)
  }
}
