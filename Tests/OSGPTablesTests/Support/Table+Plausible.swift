// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport

extension Table {
  /// A layout of it, and octets at random that a meter of these dimensions could have.
  func plausible(
    in dimensions: Dimensions, using random: inout SeededGenerator
  ) throws -> (layout: Layout, octets: [UInt8]) {
    var image = Section.beginning(of: id.description, using: &random)
    var layout = try self.layout(in: dimensions, image: image)
    // How a table that describes itself goes on shows behind each of its dimensions.
    while image.count < layout.octets {
      let next = layout.places.first { $0.end > image.count && $0.field.limit != nil }
      image += random.octets((next?.end ?? layout.octets) - image.count)
      if let next, let limit = next.field.limit, let value = next.integer(in: image) {
        _ = next.store(.integer(value % Int64(limit + 1)), in: &image)
      }
      if describesItself { layout = try self.layout(in: dimensions, image: image) }
    }
    return (layout, image)
  }
}
