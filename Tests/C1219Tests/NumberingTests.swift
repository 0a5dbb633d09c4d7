// SPDX-License-Identifier: Apache-2.0
import C1219
import Testing

/// Table numbers and firmware versions.
@Suite struct NumberingTests {
  @Test(arguments: [
    ("BT28", TableID.basic(28)), ("bt28", .basic(28)), ("bT0", .basic(0)), ("BT00", .basic(0)), ("ET3", .extended(3)),
    ("et03", .extended(3)), ("ET2047", .extended(2047)), ("2051", .extended(3)), ("0x0803", .extended(3)),
    ("0X803", .extended(3)), ("28", .basic(28)), ("0x1c", .basic(28)), ("4095", TableID(number: 4095)),
  ])
  func tablesByName(text: String, id: TableID) { #expect(TableID(text) == id) }

  @Test(arguments: [
    "", "BT", "ET", "0x", "BT2048", "ET2048", "XT01", "BT-1", "-1", "65536", "0x10000", "BT 1", "ET03 ", "BT1C", "B",
    "12a",
  ])
  func whatIsNoTable(text: String) { #expect(TableID(text) == nil) }

  @Test func numbersAndNames() {
    #expect(TableID.extended(3).number == 0x0803 && TableID.extended(3).index == 3 && TableID.extended(3).isExtended)
    #expect(TableID.basic(28).number == 28 && TableID.basic(28).index == 28 && !TableID.basic(28).isExtended)
    #expect(TableID.basic(5).description == "BT05" && TableID.extended(70).description == "ET70")
    #expect(TableID.extended(128).description == "ET128")
    #expect(TableID.basic(2047) < TableID.extended(0))
    for number in 0..<4096 as Range<UInt16> {
      let id = TableID(number: number)
      #expect(TableID(id.description) == id)
    }
  }

  @Test(
    arguments: [
      (0x3A86, FirmwareVersion(3, 84, 6), "3.84.6"), (0x3018, FirmwareVersion(3, 0, 24), "3.0.24"),
      (0x3155, FirmwareVersion(3, 10, 21), "3.10.21"), (0x0000, FirmwareVersion(0, 0), "0.0.0"),
      (0xFFFF, FirmwareVersion(15, 127, 31), "15.127.31"),
    ] as [(UInt16, FirmwareVersion, String)])
  func firmwareVersions(word: UInt16, version: FirmwareVersion, text: String) {
    let read = FirmwareVersion(main: UInt8(word >> 8), revision: UInt8(word & 0xFF))
    #expect(read == version && read.description == text)
    #expect(version.octets.main == UInt8(word >> 8) && version.octets.revision == UInt8(word & 0xFF))
  }

  @Test func firmwareVersionsAreInOrder() {
    let order = [
      FirmwareVersion(1, 32), FirmwareVersion(2, 1), FirmwareVersion(3, 9, 31), FirmwareVersion(3, 13),
      FirmwareVersion(3, 13, 1), FirmwareVersion(3, 84, 6), FirmwareVersion(4, 0),
    ]
    #expect(order.shuffled().sorted() == order)
    #expect(order.filter(\.isModule) == [FirmwareVersion(1, 32)])
  }
}
