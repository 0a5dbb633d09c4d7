// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables

extension MBusDevices {
  /// Those of which there is something to tell.
  package var known: [Device] { devices.filter { $0.isOccupied || $0.read != nil } }

  /// A row a value, and one for each device that has none: who it is, and what it has sent last.
  package var published: [[(String, JSON)]] {
    known.flatMap { device in (device.read?.rowsOrNone ?? [.empty]).map { device.members + $0.published } }
  }
}

extension MBusDevices.Device {
  fileprivate var members: [(String, JSON)] {
    [
      ("slot", .integer(Int64(slot + 1))), ("handle", .integer(Int64(handle))), ("kind", .text(kindWords)),
      ("state", .text(state.words.description)), ("medium", .text(medium?.words.description)),
      ("identification", .text(identification.map { Hex.text($0) })), ("manufacturer", .text(read?.maker)),
      ("customer", .text(customerName)),
      ("alarms", alarms == nil && alarmWords.isEmpty ? .null : .array(alarmWords.map { .string($0) })),
      ("read_local", .text(lastRead?.description)), ("untrusted", .text(read?.securityFailure?.description)),
    ]
  }

  package var kindWords: String {
    switch kind {
    case .mbus: "M-Bus device"
    case .client(let port): "MEP client \(port)"
    }
  }

  package var alarmWords: [String] {
    ((alarms ?? []) + (deviceAlarms?.words ?? []) + (telegrams.first?.alarms ?? [])).map(\.description)
  }

  /// Of ISO 8859-1.
  package var customerName: String? {
    customer.map { octets in String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) })) }
  }
}
