// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// What some meters have, and others have not. Raw values are published names.
public enum Feature: String, CaseIterable, Sendable {
  case loadProfile = "load_profile"
  case selfReads = "self_reads"
  case calendar, events, outages, display
  case powerQuality = "power_quality"
  case mbus = "m_bus"

  /// The table without which there is none of it.
  fileprivate var table: TableID {
    switch self {
    case .loadProfile: Table.bt64.id
    case .selfReads: Table.bt26.id
    case .calendar: Table.bt54.id
    case .events: Table.bt74.id
    case .outages: Table.et81.id
    case .display: Table.bt33.id
    case .powerQuality: Table.et09.id
    case .mbus: Table.et14.id
    }
  }
}

extension Meter {
  /// What the meter has by its own list of tables, BT00; nil where it keeps that to itself.
  public func readFeatures() async throws(MeterError) -> [Feature]? {
    guard let list = try await readIfKept(.bt00), let basic = list.octets(named: "Basic Tables Used"),
      let extended = list.octets(named: "Extended Tables Used")
    else { return nil }
    return Feature.allCases.filter { feature in
      let (set, index) = (feature.table.isExtended ? extended : basic, Int(feature.table.index))
      return index / 8 < set.count && set[index / 8] >> UInt8(index % 8) & 1 == 1
    }
  }
}
