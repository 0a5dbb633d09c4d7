// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import OSGPTables

extension Meter {
  /// The MEP port that this client is at: 2 where ET70 says so, else 1. Firmware before 4.0 has one only.
  public func port() async throws(MeterError) -> Int {
    try await alone { () async throws(MeterError) in
      try await settled(.et70) { () async throws(MeterError) in try await ownPort() }
    }
  }

  func ownPort() async throws(MeterError) -> Int {
    guard let firmware = try await learnFirmware(), firmware >= FirmwareVersion(4, 0) else { return 1 }
    return try await integer(.et70, "current_comm_channel_index") == 2 ? 2 : 1
  }

  /// Reads what is behind the meter: ET14, ET13 and ET58, and of ET16 what the devices have answered last. All of
  /// it belongs together: when the meter reads a device meanwhile, it is read again. Others may ask it in between.
  ///
  /// - Parameter progress: requests done, and how many there will be.
  public func readDevices(progress: @Sendable (Int, Int) -> Void = { _, _ in }) async throws(MeterError) -> MBusDevices
  {
    for _ in 0..<3 {
      let before = configurations
      do throws(MeterError) {
        let status = try await read(.et14)
        let (configuration, control) = (try await read(.et13), try await readIfKept(.et58))
        let data = try await deviceData(status, progress)
        guard try await read(.et14).octets == status.octets, configurations == before else { continue }
        return MBusDevices(status: status, configuration: configuration, control: control, data: data)
      } catch {
        // The layout may have been that of the old configuration.
        if configurations == before { throw error }
      }
    }
    throw .unsettled(Table.et14.id)
  }

  /// Reads the scheduled reads that the meter keeps, oldest first: those in ET45, then those that wait for a place there in
  /// ET74. Nil where the meter keeps none.
  ///
  /// - Parameter progress: entries of a table read so far, and of all that are wanted of it.
  public func readReadLog(
    _ extent: LogExtent = .all, progress: @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws(MeterError) -> [ReadLog.Entry]? {
    // First what waits: what the meter moves meanwhile is then met twice, and not missed.
    let waiting = try await readListIfKept(.et74, "Log Entries", .unread, progress)
    guard let list = try await readListIfKept(.et45, "Log Entries", extent, progress) else { return nil }
    let late = try waiting.map { list throws(MeterError) in try readLog(list).entries } ?? []
    let entries = try readLog(list).entries
    let both = entries + late.filter { entry in !entries.contains { $0.octets == entry.octets } }
    if case .last(let count) = extent { return Array(both.suffix(max(0, count))) }
    return both
  }

  private func readLog(_ list: ReadList) throws(MeterError) -> ReadLog {
    guard let log = ReadLog(list.table, newest: list.newest) else { throw .inconsistent(list.table.layout.table) }
    return log
  }

  /// ET16 as far as ET14 says that there are reads in it; all else is 0.
  private func deviceData(
    _ status: Decoded, _ progress: @Sendable (Int, Int) -> Void
  ) async throws(MeterError) -> Decoded {
    let layout = try await layout(of: .et16)
    let starts = layout.entries(of: "Device Table").compactMap { $0.first?.offset } + [layout.octets]
    var ranges: [Range<Int>] = []
    for (slot, length) in status.integers(named: "Billing Read Length").enumerated() where slot + 1 < starts.count {
      let end = min(starts[slot] + Int(length), starts[slot + 1])
      if end > starts[slot] { ranges += Fetch.split(starts[slot]..<end, within: room.read) }
    }
    // Three tables were read before these.
    let total = 3 + ranges.count
    var octets = [UInt8](repeating: 0, count: layout.octets)
    for (i, range) in ranges.enumerated() {
      progress(3 + i, total)
      let part = try await alone { () async throws(MeterError) in
        try await settled(.et16) { () async throws(MeterError) in try await self.part(of: layout.table, range) }
      }
      guard part.count == range.count else { throw .short(layout.table, wanted: range.count, got: part.count) }
      octets.replaceSubrange(range, with: part)
    }
    progress(total, total)
    return Decoded(layout: try laidOut(.et16, image: octets), octets: octets)
  }
}
