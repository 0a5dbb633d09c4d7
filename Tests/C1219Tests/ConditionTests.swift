// SPDX-License-Identifier: Apache-2.0
import C1219
import Testing

@Suite struct ConditionTests {
  private func holds(_ condition: Condition, _ dimensions: Dimensions = Dimensions()) throws -> Bool {
    let table = Table.of([.when(condition, [.uint8("Yes")], otherwise: [.uint16("No")])])
    return try table.octets(dimensions) == 1
  }

  @Test func flagsAndNumbers() throws {
    let (flag, kind) = (Reference.shaping("Has Time"), Reference.shaping("Kind"))
    #expect(try holds(.isSet(flag), .of(flags: 0x01)) && !holds(.isSet(flag), .of(flags: 0xFE)))
    #expect(try holds(.isSet(kind), .of(flags: 0x08)) && !holds(.isSet(kind), .of(flags: 0xF1)))
    #expect(try holds(.equals(kind, 5), .of(flags: 0x0A)) && !holds(.equals(kind, 5), .of(flags: 0x0C)))
    #expect(try holds(.not(.isSet(flag)), .of(flags: 0)) && !holds(.not(.isSet(flag)), .of(flags: 1)))
    #expect(try holds(.any([.isSet(flag), .equals(kind, 1)]), .of(flags: 0x02)))
    #expect(try !holds(.any([.isSet(flag), .equals(kind, 1)]), .of(flags: 0x04)) && !holds(.any([])))
  }

  /// The firmware, and whether it has what came with 3.50, modules from 1.20.
  @Test(
    arguments: [
      (nil, true), (FirmwareVersion(3, 50), true), (FirmwareVersion(3, 49, 31), false), (FirmwareVersion(4, 0), true),
      (FirmwareVersion(2, 99), false), (FirmwareVersion(1, 20), true), (FirmwareVersion(1, 19, 31), false),
      (FirmwareVersion(1, 99), true), (FirmwareVersion(0, 0), false),
    ] as [(FirmwareVersion?, Bool)])
  func choicesByFirmware(firmware: FirmwareVersion?, expected: Bool) throws {
    let dimensions = Dimensions(firmware: firmware)
    #expect(try holds(.firmware(3, 50, module: FirmwareVersion(1, 20)), dimensions) == expected)
    let meterOnly = firmware.map { !$0.isModule && $0 >= FirmwareVersion(3, 50) } ?? true
    #expect(try holds(.firmware(3, 50), dimensions) == meterOnly)
    #expect(try holds(.not(.firmware(3, 50)), dimensions) == !meterOnly)
  }

  @Test func oneVersionAlone() throws {
    let only = Condition.any([.version(3, 13), .firmware(3, 80)])
    for (firmware, expected) in [
      (FirmwareVersion(3, 13, 20), true), (FirmwareVersion(3, 14), false), (FirmwareVersion(3, 80), true),
    ] { #expect(try holds(only, Dimensions(firmware: firmware)) == expected) }
    #expect(try holds(only))
  }

  /// As ET13 has it: entries 0 to 3 are laid out in one way, those behind in another.
  @Test func entriesMayDifferByTheirPlace() throws {
    let table = Table.of([
      .when(.index(0...9), [.uint8("Outside")]),
      .array(
        "Devices", .exactly(6), stride: .exactly(4),
        of: [
          .when(.index(0...3), [.uint16("Bus"), .uint8("Medium")], otherwise: [.uint32("Handle")]),
          .array("Inner", .exactly(1), of: [.when(.index(1...9), [.uint8("Never")])]),
        ]),
    ])
    let map = try table.map()
    #expect(
      Array(map.prefix(4)) == [
        "0+2 devices[0].bus", "2+1 devices[0].medium", "3+1 devices[0].unlisted", "4+2 devices[1].bus",
      ])
    #expect(Array(map.suffix(2)) == ["16+4 devices[4].handle", "20+4 devices[5].handle"])
    #expect(map.count == 14)
  }

  @Test func tablesSayWhatTheyDependOn() {
    #expect(Table.of([.when(.firmware(3, 50), [.uint8("A")])]).dependsOnFirmware)
    #expect(Table.of([.array("A", .exactly(1), of: [.when(.not(.version(3, 1)), [])])]).dependsOnFirmware)
    #expect(Table.of([.when(.index(0...1), [.when(.any([.firmware(4, 0)]), [])])]).dependsOnFirmware)
    #expect(
      !Table.of([.when(.isSet(.shaping("Has Time")), [.uint8("A")]), .bits("B", octets: 1, [])]).dependsOnFirmware)
    #expect(Table.of([.when(.not(.any([.isSet(.shaping("Kind"))])), [])]).dimensionTables.map(\.id) == [shaping.id])
    #expect(Table.of([.uint8("A")]).dimensionTables.isEmpty)
  }
}
