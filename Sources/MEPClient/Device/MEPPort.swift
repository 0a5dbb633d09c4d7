// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// The MEP port that a client is at, and where in the tables that port is (guide, "Multiple MEP Ports").
public struct MEPPort: Equatable, Sendable {
  /// 1 or 2, as ET70 tells.
  public let number: Int
  /// How many clients the meter takes at once. On a meter of the fourth generation with 1 the rules of older ones hold:
  /// it is in its backward-compatible mode (ET54.0.8), and its second port is of no use.
  public let clients: Int

  /// The port's entry of ET13, ET14, ET16 and ET34; those before are M-Bus devices.
  public var slot: Int { Self.slot(of: number) }

  /// The handles that its clients get.
  public var handles: ClosedRange<UInt16> { number == 2 ? 2000...2999 : 1000...1999 }

  static func slot(of number: Int) -> Int { 3 + number }

  /// A path of ET50.
  func entry(_ field: String) -> String { "mep_inbound_configuration[\(number - 1)].\(field)" }
  /// A path of ET51.
  func setting(_ field: String) -> String { "mep_device_configuration[\(number - 1)].\(field)" }
}

extension Meter {
  /// Finds out the port, and whether it can be used: ET70, ET54 and ET11.
  public func mepPort() async throws(MeterError) -> MEPPort {
    let number = try await port()
    guard let firmware = try await firmware(), firmware >= FirmwareVersion(4, 0) else {
      return MEPPort(number: number, clients: 1)
    }
    let isMultiple = try await single(.et54, "multiple_mep_clients") == 1
    guard isMultiple || number == 1 else { throw .device(.secondPortUnused) }
    let channels = isMultiple ? try await single(.et11, "mep_channel_count") ?? 1 : 1
    return MEPPort(number: number, clients: Int(channels))
  }

  /// One integer field, in a turn of its own.
  func single(_ table: Table, _ path: String) async throws(MeterError) -> Int64? {
    let selection = try await read(table, paths: [path])
    return selection.places.first?.integer(in: selection.octets)
  }
}
