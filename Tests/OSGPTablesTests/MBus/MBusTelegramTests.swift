// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// Whole telegrams: examples that "The M-Bus: A Documentation" prints in its chapter 6, without the frame and the CI
/// field, and what can become of such telegrams.
@Suite struct MBusTelegramTests {
  /// A water meter.
  static let water: [UInt8] = [
    0x78, 0x56, 0x34, 0x12, 0x24, 0x40, 0x01, 0x07, 0x55, 0x00, 0x00, 0x00, 0x03, 0x13, 0x15, 0x31, 0x00, 0xDA, 0x02,
    0x3B, 0x13, 0x01, 0x8B, 0x60, 0x04, 0x37, 0x18, 0x02,
  ]
  /// A fixed data structure, of a water meter too.
  static let fixed: [UInt8] = [
    0x78, 0x56, 0x34, 0x12, 0x0A, 0x00, 0xE9, 0x7E, 0x01, 0x00, 0x00, 0x00, 0x35, 0x01, 0x00, 0x00,
  ]

  @Test func variableDataStructure() throws {
    guard case .variable(let header, .records(let records)) = MBusTelegram(Self.water) else {
      Issue.record("no records")
      return
    }
    #expect(header.identification == [0x12, 0x34, 0x56, 0x78])
    #expect(header.manufacturer == Array("PAD".utf8))
    #expect(header.version == 1 && header.accessNumber == 0x55 && header.signature == 0)
    #expect(header.medium.words.description == "water" && header.status.words.isEmpty)
    #expect(
      records.records.map(\.description) == [
        "volume 12.565 m³", "volume flow 0.113 m³/h, maximum, storage 5", "energy 218370 Wh, tariff 2, subunit 1",
      ])
    #expect(records.records.flatMap(\.octets) == Array(Self.water[12...]))
    #expect(records.undecoded.isEmpty && records.manufacturerData == nil && !records.moreFollow)
  }

  @Test func fixedDataStructure() throws {
    let telegram = MBusTelegram(Self.fixed, isFixed: true)
    guard case .fixed(let data) = telegram else {
      Issue.record("not fixed")
      return
    }
    #expect(telegram.identification == [0x12, 0x34, 0x56, 0x78] && telegram.alarms.isEmpty)
    #expect(data.accessNumber == 10 && data.medium.words.description == "water")
    #expect(data.counters.map(\.value) == [.number(Decimal(1, exponent: -3)), .number(Decimal(135, exponent: -3))])
    #expect(data.counters.map(\.unit) == [.cubicMetre, .cubicMetre] && data.counters.map(\.isStored) == [false, true])
  }

  /// kWh × 10 signed, and counters of the fixed date; permanent error and power low.
  @Test func fixedDataStructureInBinary() throws {
    var octets = Self.fixed
    octets[5] = 0x0F
    (octets[6], octets[7]) = (0x06, 0x46)
    octets.replaceSubrange(8..<12, with: [0xFE, 0xFF, 0xFF, 0xFF])
    let telegram = MBusTelegram(octets, isFixed: true)
    guard case .fixed(let data) = telegram else {
      Issue.record("not fixed")
      return
    }
    #expect(telegram.alarms.map(\.description) == ["power low", "permanent error"])
    #expect(data.medium.words.description == "heat" && data.counters.allSatisfy { $0.isStored })
    #expect(data.counters[0].value == .number(Decimal(-2, exponent: 4)) && data.counters[0].unit == .wattHour)
  }

  /// The same telegrams as a device of mode 2 sends them: BCD, letters and signature the other way round.
  @Test func mostSignificantOctetFirst() throws {
    let octets: [UInt8] =
      [0x12, 0x34, 0x56, 0x78, 0x40, 0x24, 0x01, 0x07, 0x55, 0x00, 0x00, 0x00, 0x03, 0x13, 0x00, 0x31, 0x15]
      + [0x0D, 0xFC, 0x03, 0x25, 0x52, 0x48, 0x00, 0x02, 0x4F, 0x4B]
    let telegram = MBusTelegram(octets, mostSignificantFirst: true)
    guard case .variable(let header, _) = telegram else {
      Issue.record("not variable")
      return
    }
    #expect(header.identification == [0x12, 0x34, 0x56, 0x78] && header.manufacturer == Array("PAD".utf8))
    #expect(telegram.records.map(\.description) == ["volume 12.565 m³", "value \"OK\""])
    #expect(telegram.records[1].unitText == "%RH")

    let fixed: [UInt8] = [0x12, 0x34, 0x56, 0x78, 10, 0, 0xE9, 0xBF, 0, 0, 0x01, 0x35, 0, 0, 0, 0x02]
    guard case .fixed(let data) = MBusTelegram(fixed, isFixed: true, mostSignificantFirst: true) else {
      Issue.record("not fixed")
      return
    }
    #expect(data.identification == [0x12, 0x34, 0x56, 0x78] && data.medium.words.description == "heat")
    #expect(data.counters.map(\.value) == [.number(Decimal(135, exponent: -3)), .number(Decimal(2))])
  }

  @Test(arguments: [(0x0500, true), (0x0200, true), (0x00FF, false), (0x2000, false)] as [(UInt16, Bool)])
  func encryptedRecordsAreNeverReadAsPlain(signature: UInt16, isEncrypted: Bool) {
    var octets = Self.water
    (octets[10], octets[11]) = (UInt8(signature & 0xFF), UInt8(signature >> 8))
    let telegram = MBusTelegram(octets)
    #expect(telegram.records.isEmpty == isEncrypted)
    if case .variable(_, .encrypted(let left)) = telegram { #expect(left == Array(octets[12...])) }
    #expect(MBusTelegram(octets, isDecrypted: true).records.count == 3)
  }

  @Test func statusInWords() {
    var octets = Self.water
    octets[9] = 0xFD
    #expect(
      MBusTelegram(octets).alarms.map(\.description) == [
        "application busy", "power low", "permanent error", "temporary error", "manufacturer specific status",
      ])
  }

  @Test func shorterThanTheHeader() {
    for isFixed in [false, true] {
      for count in 0..<(isFixed ? 16 : 12) {
        let octets = Array(Self.water.prefix(count))
        guard case .damaged(octets) = MBusTelegram(octets, isFixed: isFixed) else {
          Issue.record("\(count) octets")
          continue
        }
      }
    }
    #expect(MBusTelegram(Array(Self.water.prefix(12))).records.isEmpty)
  }
}
