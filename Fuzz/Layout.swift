// SPDX-License-Identifier: Apache-2.0
// A meter that says anything of its dimensions: every table is laid out or refused, within bounds, and what is decoded
// can be encoded again to the same octets.
import C1219
import OSGPTables

private let tables = Catalogue.tables
private let dimensionTables = tables.filter { Catalogue.shapesOthers($0.id) }

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 4 else { return 0 }
  let firmware = FirmwareVersion(main: data[0], revision: data[1])
  var dimensions = Dimensions(firmware: data[2] & 1 == 0 ? firmware : nil)
  let table = tables[Int(data[3]) % tables.count]
  var octets = [UInt8](UnsafeBufferPointer(start: data + 4, count: count - 4))[...]

  for dimension in dimensionTables {
    let size = Int(octets.popFirst() ?? 0)
    let image = Array(octets.prefix(size))
    octets = octets.dropFirst(size)
    try? dimensions.learn(dimension, image)
  }
  let image = Array(octets)
  guard let layout = try? table.layout(in: dimensions, image: image) else { return 0 }
  precondition(layout.octets <= Table.largest)
  let decoded = Decoded(layout: layout, octets: image)
  let known = decoded.places.count
  let whole = layout.places.prefix(known)
  precondition(whole.elementsEqual(decoded.places) { $0.offset == $1.offset && $0.end == $1.end })
  precondition(layout.encode(decoded.values, tail: Array(decoded.tail)) == image)
  _ = layout.factoryImage
  return 0
}
