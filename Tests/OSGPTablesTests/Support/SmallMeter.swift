// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// A small meter that a test makes up: what shapes its registers.
struct SmallMeter {
  /// BT21.
  var register: [UInt8]
  /// BT22.
  var selection: [UInt8]
  var logs = Table.et36Image(registers: (0, 0))

  /// Two summations, no demands, no tiers: a copy of BT23 takes 8 octets.
  static let plain = SmallMeter(register: [0x03, 0x0C, 3, 2, 0, 0, 0, 0, 0, 0], selection: [0, 4])
  /// One summation and one demand, without the sums of demands, no tiers: 4 and 9 octets.
  static let demand = SmallMeter(register: [0x03, 0x0C, 2, 1, 1, 0, 1, 0, 0, 0], selection: [0, 8, 1])
  /// Two summations, two demands with everything, a coincident value, a tier: 1 octet, and twice 46.
  static let everything = SmallMeter(
    register: [0x37, 0x0E, 1, 2, 2, 1, 1, 1, 0, 0], selection: [0, 4, 8, 9, 0b01, 20, 1])

  func decoded(_ table: Table, _ octets: [UInt8]) throws -> Decoded {
    var dimensions = Dimensions()
    try dimensions.learn(.bt21, register)
    try dimensions.learn(.bt22, selection)
    try dimensions.learn(.et36, logs)
    return Decoded(layout: try table.layout(in: dimensions), octets: octets)
  }
}
