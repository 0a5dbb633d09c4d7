// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables

extension Section {
  /// What happened: events, outages, power quality.
  static let logs = Section(
    tables: ["BT70", "BT71", "BT74", "ET09", "ET79", "ET81"],
    errata: eventLog("BT74") + eventLog("ET79") + [
      Erratum(
        table: "ET09", row: "Power Outage Record:", printed: ("ARRAY[ET04.53] of 18-byte record:", nil),
        name: Erratum.dropped, why: "its fields follow as rows"),
      Erratum(
        table: "ET09", row: "Reserved For Internal Use", printed: ("UINT8", "13"), name: "Reserved",
        why: "as much as reserved"),
      Erratum(
        table: "ET09", row: "Over Current Time Threshold", printed: ("UINT16", "T04. 53 * 18 + 145"),
        offset: "ET04.53 * 18 + 145", why: "misspelt"),
      Erratum(
        table: "ET09", row: "THD Record", printed: ("ARRAY[3] of 70-byte record", nil), name: Erratum.dropped,
        why: "its fields follow as rows"),
      Erratum(
        table: "ET09", row: "THD Event Record", printed: ("ARRAY[3] of 22-byte record", nil), name: Erratum.dropped,
        why: "its fields follow as rows"),
      Erratum(
        table: "ET09", row: "DRP/DRC Event Record", printed: ("ARRAY[12] of 10-byte records", nil),
        name: Erratum.dropped,
        why: "its fields follow as rows"),
      Erratum(
        table: "ET09", row: "Options:", printed: ("UINT8", "A+10*12 +41"), name: "Options", why: "a colon"),
      Erratum(
        table: "ET81", row: "Last Entry Element", printed: ("UINT8", "2"), vci: "M",
        why: "printed as fixed at 0, but the log is a circular queue"),
      Erratum(
        table: "ET81", row: "Log Entries:", printed: ("Array of the remaini ng fields:", nil), name: Erratum.dropped,
        why: "its fields follow as rows"),
    ],
    appendixC: [
      AppendixC(table: "BT70", write: .none), AppendixC(table: "BT71", write: .none, memory: .write),
      AppendixC(table: "BT74", write: .none, memory: [.write, .read]), AppendixC(table: "ET09", write: .advanced),
      AppendixC(table: "ET79", write: .none, memory: [.write, .read]),
      AppendixC(table: "ET81", write: .none, memory: .read),
    ],
    unprintedBits: [
      "ET09": [("ET04.53 * 18 + 86", 3...7), ("ET04.53 * 18 + 169", 0...31), ("A+10*12 +41", 1...7)]
    ],
    symbols: ["ET09": ["A": "ET04.53 * 18 + 357"]],
    shaping: [(10, 100, 2, 50, 5), (1, 1, 0, 1, 1), (3, 200, 4, 3, 20)].map(images),
    plausible: { random, firmware in
      images(
        outages: .random(in: 0...20, using: &random), events: .random(in: 0...30, using: &random),
        argument: .random(in: 0...4, using: &random), alternateEvents: .random(in: 0...30, using: &random),
        log: .random(in: 0...20, using: &random), firmware)
    })

  private static func images(
    outages: UInt8, events: UInt8, argument: UInt8, alternateEvents: UInt8, log: UInt8
  ) -> [(table: Table, octets: [UInt8])] {
    images(outages: outages, events: events, argument: argument, alternateEvents: alternateEvents, log: log, nil)
  }

  /// ET04, BT71, ET54 and ET36 of a meter with this firmware.
  private static func images(
    outages: UInt8, events: UInt8, argument: UInt8, alternateEvents: UInt8, log: UInt8, _ firmware: FirmwareVersion?
  ) -> [(table: Table, octets: [UInt8])] {
    var dimensions = Dimensions(firmware: firmware)
    func image(_ table: Table, _ set: (octet: Int, value: UInt8)...) -> (table: Table, octets: [UInt8]) {
      var octets = (try? table.layout(in: dimensions).factoryImage) ?? []
      for (octet, value) in set where octet < octets.count { octets[octet] = value }
      return (table, octets)
    }
    let manufacturer = image(.et11)
    try? dimensions.learn(.et11, manufacturer.octets)
    return [
      image(.et04, (53, outages)), image(.bt71, (3, argument), (5, events)), image(.et54, (80, alternateEvents)),
      (.et36, Table.et36Image(outages: log, registers: (5000, 2))),
    ]
  }

  /// The rows of BT74, which those of ET79 repeat.
  private static func eventLog(_ table: String) -> [Erratum] {
    [
      Erratum(
        table: table, row: "History Record Array", printed: ("ARRAY[BT71.5] of (12+BT71.3)-byte records:", nil),
        name: Erratum.dropped, why: "its fields follow as rows"),
      Erratum(
        table: table, row: "Argument", printed: ("ARRAY[BT71.3] OF UINT8", "23"), type: "ARRAY[BT71.3] OF HEX",
        why: "these octets are one value"),
    ]
  }
}

extension Table {
  /// ET36 of a new meter, but for the entries of ET75 and ET81, which a new meter has none of, and for those of ET31 and
  /// ET41.
  static func et36Image(
    outages: UInt8 = 0, octets: UInt8 = 12, registers: (octets: UInt16, entries: UInt16) = (232, 2)
  ) -> [UInt8] {
    let logs: [(table: UInt8, size: UInt16, most: UInt8, now: UInt16)] = [
      (31, registers.octets, 255, registers.entries), (32, 525, 255, 8), (38, 35, 255, 10),
      (41, registers.octets, 255, registers.entries), (45, 525, 253, 0), (75, 159, 253, 2),
      (81, UInt16(octets), 253, UInt16(outages)),
    ]
    let records = logs.flatMap { log -> [UInt8] in
      [log.table, 8, UInt8(log.size & 0xFF), UInt8(log.size >> 8), log.most, 0, UInt8(log.now & 0xFF)]
        + [UInt8(log.now >> 8)] + [UInt8](repeating: 0, count: 9)
    }
    return [7] + records + [0]
  }
}
