// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

/// The tables of a load profile that a test lays down octet by octet, without the declarations; one data set is in use.
struct LoadProfileMeter {
  /// Which data set, 0…3, and how many there are.
  var set = 0
  var sets = 1
  var dimensions = DataSetDimensions(3, 4, 3)
  var hasEndReadings = false
  var sources: [UInt8] = [0, 1, 15]
  /// Scalar and divisor of every channel; nil without.
  var scaling: (scalar: UInt16, divisor: UInt16)?
  var isANSICompliant = false
  var configuration: UInt32 = 1
  /// BT63 and ET21.
  var validBlocks: UInt16 = 0
  var lastBlock: UInt16 = 0
  var sequence: UInt32 = 0
  var lastInterval: UInt16 = 0
  var blockStart: Moment?
  var intervalEnd: Moment?
  /// The extended sources of 112, 113 and so on.
  var mapped: [UInt16]?
  /// The entries of ET57, four octets each.
  var dataTypes: [UInt8]?

  var channels: Int { Int(dimensions.channels) }
  var statusOffset: Int { hasEndReadings ? 5 + 4 * channels : 5 }
  var header: Int { statusOffset + (Int(dimensions.intervals) + 7) / 8 }
  var interval: Int { channels / 2 + 1 + 4 * channels }
  var block: Int { header + Int(dimensions.intervals) * interval }
  var flags: UInt16 { (hasEndReadings ? 0x0C10 : 0x0C00) | (scaling == nil ? 0 : 0x40 << UInt16(set)) }

  /// One entry for each data set, zeros but in the one that is in use.
  private func each(_ octets: [UInt8], empty: Int) -> [UInt8] {
    (0..<sets).flatMap { $0 == set ? octets : [UInt8](repeating: 0, count: empty) }
  }

  var bt61: [UInt8] {
    Table.loadProfileImage(flags: flags, (0..<sets).map { $0 == set ? dimensions : .init(0, 0, 0, minutes: 0) })
  }

  var bt62: [UInt8] {
    let scaling = scaling.map { scaling in
      [scaling.scalar, scaling.divisor].flatMap { value in sources.flatMap { _ in value.octets } }
    }
    return each(sources.flatMap { [0, $0, 0] } + [32] + (scaling ?? []), empty: 1)
  }

  var bt63: [UInt8] {
    each([0x24] + validBlocks.octets + lastBlock.octets + sequence.octets + [0, 0, 0, 0], empty: 13)
  }

  var et21: [UInt8] {
    var octets = [UInt8](repeating: 0, count: 131)
    func put(_ offset: Int, _ new: [UInt8]) { octets.replaceSubrange(offset..<offset + new.count, with: new) }
    put(8, UInt32(block).octets + UInt16(header).octets)
    put(14, validBlocks.octets + (lastInterval + 1).octets + lastBlock.octets + lastInterval.octets)
    put(22, [statusOffset, header - statusOffset, header, interval, channels / 2 + 1].map { UInt8($0) })
    put(28, [dimensions.channels, dimensions.minutes])
    put(78, configuration.octets)
    if let blockStart { put(83, blockStart.octets) }
    octets[93] = isANSICompliant ? 8 : 0
    if let intervalEnd { put(94, intervalEnd.octets) }
    return each(octets, empty: 131)
  }

  var et66: [UInt8]? {
    mapped.map { ($0 + [UInt16](repeating: 0, count: 64 - $0.count)).flatMap(\.octets) }
  }

  var et57: [UInt8]? {
    dataTypes.map { $0 + [UInt8](repeating: 0, count: 64 - $0.count) }
  }

  func decoded(_ table: Table, _ octets: [UInt8]) throws -> Decoded {
    var known = Dimensions()
    try known.learn(.et11, Table.et11Image())
    try known.learn(.bt60, Table.loadProfileImage([.init(9530, 1440, 16)]))
    try known.learn(.bt61, bt61)
    return Decoded(layout: try table.layout(in: known, image: octets), octets: octets)
  }

  /// - Parameter polledEach: minutes between two reads of the device at 0; nil without ET34.
  func profile(unit: EnergyRegisterUnit = .one, polledEach minutes: UInt16? = nil) throws -> LoadProfile {
    let et34 = try minutes.map { minutes in
      let entry = [0, 0, 0, 0] + minutes.octets
      return try decoded(.et34, entry + [UInt8](repeating: 0, count: 132 - entry.count))
    }
    return try LoadProfile(
      set: set, bt61: decoded(.bt61, bt61), bt62: decoded(.bt62, bt62), et21: decoded(.et21, et21),
      et66: et66.map { try decoded(.et66, $0) }, et57: et57.map { try decoded(.et57, $0) }, et34: et34,
      unit: unit)
  }

  func plan(after: Moment? = nil) throws -> [LoadProfile.Read] {
    try profile().plan(bt63: decoded(.bt63, bt63), et21: decoded(.et21, et21), after: after)
  }
}
