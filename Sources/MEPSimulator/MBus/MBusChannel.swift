// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// A channel of the load profile that records what an M-Bus device reads.
struct MBusChannel: Sendable {
  private let device: MBusDevice
  private let clock: MeterClock
  private let valve: UInt8
  /// Of the records that it looks for, the special ones first.
  private let headers: [ArraySlice<UInt8>]
  /// Minutes by the meter's clock; 0 for whenever an interval ends.
  private let pollRate: Int64

  /// Nil for a source that is no device's, or that of a slot without one.
  init?(_ source: UInt8, _ types: Decoded, _ body: inout MeterBody) {
    let index = source - ExtendedSource.mapped.lowerBound
    let id = UInt16(truncatingIfNeeded: body.tables.integer(.et66, "extended_source_ids[\(index)]"))
    guard case .mbus(let slot, let type) = ExtendedSource(id), let device = body.device(in: slot) else { return nil }
    self.device = device
    clock = body.clock
    valve = UInt8(truncatingIfNeeded: body.tables.integer(.et58, "device_status[\(slot)].control_status"))
    pollRate = body.tables.integer(.et34, "device_config[\(slot)].load_profile_poll_rate")
    let known = MBusDataType(type, in: types).headers.filter { !$0.isMEP }
    headers = (known.filter(\.isSpecial) + known.filter { !$0.isSpecial }).map { Self.header($0.octets) }
  }

  /// The first four octets of the value, as an integer; skipped where the device is not read, or does not send it.
  func value(at second: Int64, _ status: LoadProfileSet.Status) -> LoadProfileSet.Value {
    let minute = (second + clock.error).floored(by: CivilTime.day).remainder / 60
    guard pollRate == 0 || minute.isMultiple(of: pollRate) else { return .skipped }
    let records = device.records(at: second, clock, valve: valve)
    for header in headers {
      guard let record = records.first(where: { $0.starts(with: header) }) else { continue }
      let octets = record.dropFirst(header.count).prefix(4) + [0, 0, 0, 0]
      return LoadProfileSet.Value(integer: Int64(UInt32(leastFirst: Array(octets), at: 0) ?? 0), status: status)
    }
    return .skipped
  }

  /// DIF and DIFEs, VIF and VIFEs: an octet whose highest bit is set has another one behind it.
  private static func header(_ octets: [UInt8]) -> ArraySlice<UInt8> {
    var end = 0
    for _ in 0..<2 {
      while end < octets.count, octets[end] & 0x80 != 0 { end += 1 }
      end += 1
    }
    return octets.prefix(end)
  }
}
