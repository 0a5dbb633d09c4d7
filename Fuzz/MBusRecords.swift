// SPDX-License-Identifier: Apache-2.0
// An M-Bus device that sends anything: records are decoded within bounds, and no octet is lost or made up.
import C1219
import OSGPTables

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 1 else { return 0 }
  let octets = [UInt8](UnsafeBufferPointer(start: data + 1, count: count - 1))
  let (isMode2, isFixed, isDecrypted) = (data[0] & 1 == 1, data[0] & 2 == 2, data[0] & 4 == 4)

  let records = MBusRecords(octets, mostSignificantFirst: isMode2)
  let end = (records.manufacturerData ?? []) + records.undecoded
  precondition(octets.suffix(end.count).elementsEqual(end))
  precondition(records.manufacturerData == nil || records.undecoded.isEmpty)
  var rest = octets.dropLast(end.count)
  if records.manufacturerData != nil { precondition(rest.popLast().map { $0 & 0xEF } == 0x0F) }
  // Between the records there is nothing but idle fillers.
  for record in records.records {
    rest = rest.drop { $0 == 0x2F }
    precondition(!record.octets.isEmpty && rest.starts(with: record.octets))
    rest = rest.dropFirst(record.octets.count)
  }
  precondition(rest.allSatisfy { $0 == 0x2F })
  for record in records.records {
    precondition(!record.description.isEmpty)
    precondition(MBusRecords(record.octets, mostSignificantFirst: isMode2).records.count == 1, "a record stands alone")
  }

  let telegram = MBusTelegram(
    octets, isFixed: isFixed, mostSignificantFirst: isMode2, isDecrypted: isDecrypted)
  precondition(telegram.identification.map { $0.count == 4 } ?? true)
  for record in telegram.records { precondition(!record.description.isEmpty) }
  return 0
}
