// SPDX-License-Identifier: Apache-2.0
// A meter that has anything in the tables whose content decides their layout: views make of it what they can, within
// bounds.
import C1219
import OSGPTables

private let tables: [Table] = [.et13, .et14, .et15, .et16, .et42, .et45, .et71, .et74, .bt74]

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 48 else { return 0 }
  var dimensions = Dimensions(firmware: FirmwareVersion(4, 30))
  // The dimensions that count: few devices with small entries, so that the input fills them.
  var manufacturer = [UInt8](repeating: 0, count: 39)
  for (octet, most) in [(0, 8), (1, 80), (2, 40), (3, 16), (4, 8), (5, 120), (11, 30), (20, 70), (27, 12)] {
    manufacturer[octet] = data[octet + 1] % UInt8(most + 1)
  }
  try? dimensions.learn(.et11, manufacturer)
  try? dimensions.learn(.bt71, (0..<9).map { data[39] >> UInt8($0 % 4) })
  var logs = [UInt8](repeating: 0, count: 121)
  logs[0] = 7
  (logs[71], logs[75]) = (data[40] % 140, data[41] % 6)
  try? dimensions.learn(.et36, logs)

  let table = tables[Int(data[0]) % tables.count]
  let image = [UInt8](UnsafeBufferPointer(start: data + 42, count: count - 42))
  guard let layout = try? table.layout(in: dimensions, image: image) else { return 0 }
  let decoded = Decoded(layout: layout, octets: image)
  precondition(layout.encode(decoded.values, tail: Array(decoded.tail)) == image || decoded.places.isEmpty)

  let status = (try? Table.et14.layout(in: dimensions, image: image)).map { Decoded(layout: $0, octets: image) }
  switch table.id {
  case Table.et15.id:
    for request in OnDemandRequests(decoded)?.requests ?? [] { precondition(request.index < 16) }
  case Table.bt74.id:
    for entry in EventLog(decoded)?.entries ?? [] { _ = entry }
  case Table.et45.id, Table.et74.id:
    for entry in 0..<6 { check(BillingRead(decoded, entry: entry)) }
    for entry in ReadLog(decoded)?.entries ?? [] { check(entry.read) }
    if let ring = Ring(decoded) { precondition(ring.entries(of: 6).map { $0.count <= 6 } ?? true) }
  case Table.et42.id:
    guard let definition = InterfaceDefinition(decoded) else { break }
    precondition(definition.dataSets.count <= 4 && definition.logs.count <= 7)
    precondition(definition.dataSets.allSatisfy { (1...4).contains($0.number) && $0.sources.count <= 255 })
  case Table.et71.id: precondition(DeltaDataAlert.all(in: decoded).allSatisfy { $0.source != 255 })
  default:
    guard let status else { break }
    let devices = MBusDevices(
      status: status, configuration: table.id == Table.et13.id ? decoded : nil,
      data: table.id == Table.et16.id ? decoded : nil)
    for device in devices.devices { check(device.read) }
  }
  return 0
}

private func check(_ read: BillingRead?) {
  guard case .telegrams(let telegrams)? = read?.data else { return }
  for telegram in telegrams {
    for record in telegram.records { precondition(!record.description.isEmpty) }
  }
}
