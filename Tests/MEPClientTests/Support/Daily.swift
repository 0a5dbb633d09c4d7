// SPDX-License-Identifier: Apache-2.0
import OSGPTables

extension [EventLog.Entry] {
  /// Without what a calendar does every day: self-reads, tiers, relays.
  var withoutDaily: [EventLog.Entry] {
    let daily: [EventID] = [.standard(21), .standard(27), .manufacturer(3)]
    return filter { !daily.contains($0.id) }
  }
}
