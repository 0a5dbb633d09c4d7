// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables

extension Section {
  /// The load profile.
  static let loadProfile = Section(
    tables: [
      "BT60", "BT61", "BT62", "BT63", "BT64", "BT65", "BT66", "BT67", "ET21", "ET57", "ET62", "ET66", "ET75",
    ],
    errata: places + (64...67).flatMap { data(of: "BT\($0)") } + codes + names,
    appendixC: [
      AppendixC(table: "BT60", write: .none), AppendixC(table: "BT61", write: .none, memory: .write),
      AppendixC(table: "BT62", write: .none, memory: .write), AppendixC(table: "BT63", write: .none),
      AppendixC(table: "ET21", write: .none), AppendixC(table: "ET57", write: .advanced),
      AppendixC(table: "ET62", write: .advanced), AppendixC(table: "ET66", write: .none),
      AppendixC(table: "ET75", write: .none, memory: .read),
    ] + (64...67).map { AppendixC(table: "BT\($0)", write: .none, memory: [.write, .read]) },
    unprintedBits: [
      "BT62": [(0, 1...7)], "BT63": [(0, 7...7)], "ET21": [(93, 4...7), (100, 0...7)], "ET62": [(0, 3...7)],
    ],
    symbols: ["BT62": symbols(1), "BT64": symbols(1), "BT65": symbols(2), "BT66": symbols(3), "BT67": symbols(4)],
    beginning: ["BT60": sets, "BT61": sets],
    shaping: [
      images([.init(3, 4, 3), .init(1, 9, 2), .init(2, 1, 1), .init(4, 16, 16)]),
      images(flags: 0x03D0, [.init(1, 8, 1), .init(5, 17, 5), .init(1, 1, 8), .init(2, 3, 7)]),
      images(flags: 0x0290, [.init(2, 1, 16), .init(1, 24, 4), .init(3, 15, 2), .init(1, 7, 3)]),
      images(flags: 0x0140, [.init(1, 255, 2), .init(2, 2, 9), .init(1, 60, 1), .init(1, 5, 6)]),
    ],
    plausible: { random, _ in
      let sets = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        DataSetDimensions(
          .random(in: 0...2, using: &random), .random(in: 0...9, using: &random), .random(in: 0...6, using: &random))
      }
      return images(flags: .random(in: 0...0xFFFF, using: &random), sets)
    })

  @Sendable private static func sets(_ random: inout SeededGenerator) -> [UInt8] {
    random.octets(7 + 6 * Int.random(in: 0...4, using: &random))
  }

  /// BT60, BT61 and BT62.
  private static func images(flags: UInt16 = 0, _ sets: [DataSetDimensions]) -> [(table: Table, octets: [UInt8])] {
    [
      (.bt60, Table.loadProfileImage(sets.map { _ in .init(9530, 1440, 16, minutes: 255) })),
      (.bt61, Table.loadProfileImage(flags: flags, sets)),
      (.bt62, Table.loadProfileControlImage(flags: flags, sets)),
    ]
  }

  /// "BT61.11N" is octet 11 of BT61 for the first data set.
  private static func symbols(_ set: Int) -> [String: String] {
    Dictionary(uniqueKeysWithValues: [7, 9, 11].map { ("BT61.\($0)N", "BT61.\($0 + 6 * (set - 1))") })
  }

  private static let places: [Erratum] = [
    Erratum(
      table: "BT62", row: "Channel Settings:", printed: ("Array[BT61.11N] of 3-byte records:", nil),
      name: Erratum.dropped, why: "its fields follow as rows"),
    Erratum(
      table: "BT62", row: "Scalars", printed: ("ARRAY[BT61.11N] of UINT16", "BT61.11N * 3 + 1"),
      type: "ARRAY[BT61.11N * BT61.4.6] of UINT16", why: "a condition: IF BT60.4.Y, by which BT61.4.Y is meant"),
    Erratum(
      table: "BT62", row: "Divisors",
      printed: ("ARRAY[BT61.11N] of UINT16", "BT61.11N * 3 + 1 + 2*BT61.1 1N"),
      type: "ARRAY[BT61.11N * BT61.4.6] of UINT16", why: "a condition: IF BT60.4.Y, by which BT61.4.Y is meant"),
    Erratum(table: "ET21", row: "Flags", printed: ("lUINT8", "111"), type: "UINT8", why: "misspelt"),
    Erratum(
      table: "ET66", row: "Extended Source IDs", printed: ("ARRAY[4][BT60.11] of UINT16", nil),
      type: "ARRAY[4*BT60.11] of UINT16", offset: "0", why: "one list; no offset printed"),
    Erratum(table: "ET62", row: "Flags", printed: ("UINT8", nil), offset: "0", why: "no offset printed"),
    Erratum(
      table: "ET62", row: "Code Word:", printed: ("Array[BT60.11] of 6-byte records:", "25"), name: Erratum.dropped,
      why: "its fields follow as rows; they have 7 octets from 4.0 on"),
    Erratum(
      table: "ET62", row: "Channel ID Format:", printed: (nil, nil), name: Erratum.dropped,
      why: "its fields follow as rows"),
    Erratum(
      table: "ET75", row: "Last Entry Element", printed: ("UINT8", "2"), vci: "M",
      why: "printed as fixed at 0, but the number of the newest of several entries"),
    Erratum(
      table: "ET75", row: "Log Entries:", printed: ("Array of the following:", nil), name: Erratum.dropped,
      why: "its fields follow as rows"),
    Erratum(
      table: "ET75", row: "Extended Source IDs", printed: ("Array UINT16[BT60.11]", "11"),
      type: "ARRAY[BT60.11] of UINT16", why: "written otherwise elsewhere"),
    Erratum(
      table: "ET75", row: "Demand Sources", printed: ("Array UINT8[BT20.4]", "43"), type: "ARRAY[BT20.4] of UINT8",
      why: "written otherwise elsewhere"),
    Erratum(
      table: "ET75", row: "LP Display Config", printed: ("Array[BT60.11] of the following:", nil),
      name: Erratum.dropped, why: "its fields follow as rows"),
  ]

  /// The tables of the four data sets are printed as one.
  private static func data(of table: String) -> [Erratum] {
    let endReadings = "4*BT61.11N*BT61.4.4"
    return [
      Erratum(
        table: table, row: "Block Data:",
        printed: ("Array[BT61.7N] OF (End Time + End Readings + Simple Status + Intervals) records:", nil),
        name: Erratum.dropped, why: "its fields follow as rows"),
      Erratum(
        table: table, row: "Intervals:",
        printed: ("Array[BT61.9N] of (((BT61.11N /2) +1) + 4 * BT61.11N)-byte records", nil), name: Erratum.dropped,
        why: "its fields follow as rows"),
      Erratum(
        table: table, row: "Interval Channel Data:", printed: ("Array[BT61.11N] of 4-byte records", nil),
        name: Erratum.dropped, why: "its field follows as a row"),
      Erratum(
        table: table, row: "IF BT61.4.4 THEN: End Readings", printed: ("ARRAY[BT61.11N] of NI_FMAT1", "5"),
        name: "End Readings", type: "ARRAY[BT61.11N*BT61.4.4] of NI_FMAT1", why: "a condition"),
      Erratum(
        table: table, row: "Simple Status", printed: ("SET((BT61.9n +7)/8)", "5 + 4*BT61.11 N"),
        offset: "5 + \(endReadings)", why: "supposes end readings"),
      Erratum(
        table: table, row: "Extended Status",
        printed: ("Array[(BT61.11N/2)+1] of Byte", "5 + 4*BT61.11 N + SET ((BT61.9N +7)/8)"),
        type: "ARRAY[BT61.11N/2 + 1] of HEX", offset: "5 + \(endReadings) + (BT61.9N + 7)/8",
        why: "supposes end readings; nibbles, not numbers"),
      Erratum(
        table: table, row: "Interval Channel X Value",
        printed: ("INT32", "5 + 4*BT61.11 N + SET((BT61 .9N +7)/8) + (BT61.11N /2+1)"),
        name: "Interval Channel Data", type: "ARRAY[BT61.11N] of INT32",
        offset: "5 + \(endReadings) + (BT61.9N + 7)/8 + BT61.11N/2 + 1",
        why: "supposes end readings; the entry of the array above it"),
      Erratum(
        table: table, row: "End time", printed: ("STIME_DATE", "0"), name: "End Time", why: "a capital letter"),
    ]
  }

  /// What the display calls things: characters, not numbers.
  private static let codes: [Erratum] = [
    ("ET62", "Load Profile List ID Code", "1"), ("ET62", "Load Profile Date ID Code", "7"),
    ("ET62", "Interval Time ID Code", "13"), ("ET62", "Extended Status ID Code", "19"),
    ("ET62", "Channel ID Code", "25"), ("ET62", "Power Outage List ID Code", "137"),
    ("ET62", "Power Outage Number ID Code", "143"), ("ET75", "ID Code", "53"),
  ].map { table, row, offset in
    Erratum(
      table: table, row: row, printed: ("Array [4+X] of UINT8", offset), type: "ARRAY[4+X] of CHAR",
      why: "in ASCII, as ET75 says")
  }

  /// Rows whose name the declarations have otherwise: N and x stand for the index.
  private static let names: [Erratum] =
    [
      Erratum(
        table: "BT60", row: "Set 1 Inhibit overflow", printed: ("BOOL(0)", "4"), name: "Set 1 Inhibit Overflow",
        why: "a capital letter"),
      Erratum(
        table: "BT60", row: "Set 4 scalar Divisor Enable", printed: ("BOOL(9)", "4"),
        name: "Set 4 Scalar Divisor Enable", why: "a capital letter"),
      indexed("BT62", "End Reading", "(Channel x)", "BOOL(0)", "0"),
      indexed("BT62", "Interval Source", "(Channel x)", "UINT8", "1"),
      indexed("BT62", "End Reading Source", "(Channel x)", "UINT8", "2"),
    ]
    + ["BT60", "BT61"].flatMap { table in
      [
        indexed(table, "Number of Blocks", "in Set N", "UINT16", "7"),
        indexed(table, "Number of Intervals", "in Set N", "UINT16", "9"),
        indexed(table, "Number of Channels", "in Set N", "UINT8", "11"),
        indexed(table, "Maximum Interval Time", "in Set N", "UINT8", "12"),
      ]
    }

  private static func indexed(
    _ table: String, _ name: String, _ index: String, _ type: String, _ offset: String
  ) -> Erratum {
    Erratum(
      table: table, row: "\(name) \(index)", printed: (type, offset), name: name, why: "which one its index tells")
  }
}
