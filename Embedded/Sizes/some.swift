// SPDX-License-Identifier: Apache-2.0
// A program that reads three tables, and so links no other.
import C1219
import OSGPTables

@_cdecl("start") public func start(_ octets: UnsafePointer<UInt8>, _ count: Int) -> Int64 {
  let octets = [UInt8](UnsafeBufferPointer(start: octets, count: count))
  var sum: Int64 = 0
  for table in [Table.bt21, .bt27, .bt28] {
    guard let layout = try? table.layout(in: Dimensions(), image: octets) else { continue }
    for place in layout.places { sum &+= place.integer(in: octets) ?? 0 }
  }
  return sum
}
