// SPDX-License-Identifier: Apache-2.0
// The same with every table, to see what naming only some is worth.
import C1219
import OSGPTables

@_cdecl("start") public func start(_ octets: UnsafePointer<UInt8>, _ count: Int) -> Int64 {
  let octets = [UInt8](UnsafeBufferPointer(start: octets, count: count))
  var sum: Int64 = 0
  for table in Catalogue.tables {
    guard let layout = try? table.layout(in: Dimensions(), image: octets) else { continue }
    for place in layout.places { sum &+= place.integer(in: octets) ?? 0 }
  }
  return sum
}
