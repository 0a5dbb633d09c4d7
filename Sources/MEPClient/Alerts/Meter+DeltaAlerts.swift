// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

extension Meter {
  /// Has the meter watch sources and alert this client of their changes: writes all of ET71, reads it back, and sets
  /// "Delta Data Alerts" in ET50; clears it when there is nothing to watch. For firmware from 3.40 on.
  ///
  /// The meter forgets them with every power failure: ``alerts(every:)`` writes them again when it finds them gone. When it
  /// finds another client's in their place it throws ``MEPDevice/Problem/deltaAlertsTaken(_:)`` once, and leaves them.
  ///
  /// - Returns: what the meter holds.
  @discardableResult
  public func setDeltaAlerts(_ alerts: [DeltaDataAlert]) async throws(MeterError) -> [DeltaDataAlert] {
    let flag = "mep_inbound_configuration[\(try await port() - 1)].delta_data_alerts"
    let held = try await writeDeltaAlerts(alerts)
    deltaAlerts = alerts
    do throws(MeterError) { try await write(.et50, setting: [(flag, alerts.isEmpty ? "0" : "1")]) } catch {
      throw error.among(["the alerts of ET71", "their flag in ET50"], done: 1)
    }
    return held
  }

  /// What the meter watches now.
  public func readDeltaAlerts() async throws(MeterError) -> [DeltaDataAlert] {
    DeltaDataAlert.all(in: try await read(.et71))
  }

  /// Writes the delta alerts again when the meter has lost them.
  func rearmDeltaAlerts() async throws(MeterError) {
    guard !deltaAlerts.isEmpty else { return }
    let held = try await readDeltaAlerts()
    guard held.map(\.setting) != deltaAlerts.map(\.setting) else { return }
    // A power failure leaves none. Others are another client's, who would write them again in turn, for ever.
    guard held.isEmpty else {
      deltaAlerts = []
      throw .device(.deltaAlertsTaken(held))
    }
    log.notice("the meter has lost its delta data alerts: they are written again")
    try await writeDeltaAlerts(deltaAlerts)
  }

  @discardableResult
  private func writeDeltaAlerts(_ alerts: [DeltaDataAlert]) async throws(MeterError) -> [DeltaDataAlert] {
    let layout = try await layout(of: .et71)
    let entries = layout.entries(of: "Delta Data")
    guard alerts.count <= entries.count else {
      throw .noSuchField(layout.table, "delta_data[\(entries.count)]", closest: [])
    }
    let begin = try await comparisons(alerts)
    var octets = layout.factoryImage
    for (entry, (alert, comparison)) in zip(entries, zip(alerts, begin)) {
      let values = [Int64(alert.source), Int64(alert.delta), Int64(comparison)]
      for (place, value) in zip(entry, values) { _ = place.store(.integer(value), in: &octets) }
    }
    try await write(layout.table, octets)
    // Comparison values and samples are the meter's from now on.
    let held = try await readDeltaAlerts()
    guard held.map(\.setting) == alerts.map(\.setting) else { throw .notKept(layout.table) }
    return held
  }

  /// What to compare with first; where nobody says, what BT28 or BT23 says, so that the meter tells changes only.
  private func comparisons(_ alerts: [DeltaDataAlert]) async throws(MeterError) -> [Int32] {
    var present: [UInt16: Int32] = [:]
    if alerts.contains(where: { $0.comparison == nil }) {
      for table in [try await read(.bt28), try await read(.bt23)] {
        for place in table.places where place.path.count == 1 {
          guard let source = place.source, let value = place.integer(in: table.octets) else { continue }
          present[UInt16(source.number)] = Int32(truncatingIfNeeded: value)
        }
      }
    }
    return alerts.map { $0.comparison ?? present[$0.source] ?? 0 }
  }
}

extension DeltaDataAlert {
  /// What is the client's to set.
  fileprivate var setting: [UInt16] { [source, delta] }
}
