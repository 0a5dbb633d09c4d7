// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Sizes of the tables of M-Bus devices and MEP clients, by the guide's formulas.
@Suite struct MBusSizeTests {
  private func octets(_ table: Table, devices: UInt8) throws -> Int {
    var image = Table.et11Image()
    image[0] = devices
    var dimensions = Dimensions()
    try dimensions.learn(.et11, image)
    return try table.layout(in: dimensions).octets
  }

  /// ET11.0 × ET11.1, 6 + ET11.0 × ET11.2, ET11.0 × ET11.5, ET11.0 × ET11.13, 20 × ET11.0.
  @Test func devicesMultiply() throws {
    #expect(try [5, 6].map { try octets(.et13, devices: $0) } == [330, 396])
    #expect(try [5, 6].map { try octets(.et14, devices: $0) } == [186, 222])
    #expect(try [5, 6].map { try octets(.et16, devices: $0) } == [2585, 3102])
    #expect(try [5, 6].map { try octets(.et34, devices: $0) } == [110, 132])
    #expect(try [5, 6].map { try octets(.et58, devices: $0) } == [100, 120])
  }

  /// 1 + 5 × (6 + 25) + 65.
  @Test func onDemandRequests() throws {
    #expect(try octets(.et15, devices: 5) == 221)
  }

  @Test(arguments: [0, 1, 3] as [UInt8]) func logs(entries: UInt8) throws {
    var dimensions = Dimensions()
    try dimensions.learn(.et11, Table.et11Image())
    try dimensions.learn(.et36, Section.recurringReads(entries: entries))
    try dimensions.learn(.et54, Section.extendedReads(entries))
    #expect(try Table.et45.layout(in: dimensions).octets == 6 + 525 * Int(entries))
    #expect(try Table.et74.layout(in: dimensions).octets == 9 + 525 * Int(entries))
  }

  /// ET54 of firmware before 3.60 is too short to count entries of ET74.
  @Test func oldFirmwareHasNoExtendedLog() throws {
    var dimensions = Dimensions(firmware: FirmwareVersion(3, 50))
    try dimensions.learn(.et11, Table.et11Image())
    try dimensions.learn(.et36, Section.recurringReads(entries: 3))
    try dimensions.learn(.et54, [UInt8](repeating: 9, count: 69))
    #expect(try Table.et74.layout(in: dimensions).octets == 9)
  }
}
