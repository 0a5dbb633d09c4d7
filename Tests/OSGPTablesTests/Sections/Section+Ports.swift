// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables

extension Section {
  /// How a port works: requests, answers, transactions, alerts, what the interface is made of.
  static let ports = Section(
    tables: ["BT07", "BT08", "ET23", "ET51", "ET52", "ET53", "ET59", "ET71", "ET85"],
    errata: [
      Erratum(
        table: "BT08", row: "Procedure Sequence number (PSN)", printed: ("UINT8", "2"),
        name: "Procedure Sequence Number (PSN)", why: "elsewhere it is a Number"),
      Erratum(
        table: "ET51", row: "MEP Device Configuration", printed: ("ARRAY[ET11.34]", nil), name: Erratum.dropped,
        why: "a heading of the rows below"),
      Erratum(table: "ET71", row: "Status", printed: ("UINT8:", "12"), type: "UINT8", why: "a colon"),
      Erratum(
        table: "ET71", row: "Spares", printed: ("UINT(1..7)", "12"), name: "Unused", why: "its description says so"),
    ] + records("ET52") + records("ET53"),
    appendixC: [
      AppendixC(table: "BT07", write: .any), AppendixC(table: "BT08", write: .none),
      AppendixC(
        table: "ET23", write: .none,
        section: (.advanced, "the section has MAK for writing, the appendix has it read-only")),
      AppendixC(table: "ET51", write: .any, memory: .write),
      AppendixC(table: "ET52", write: .any, memory: [.write, .read]),
      AppendixC(table: "ET53", write: .none, memory: [.write, .read]), AppendixC(table: "ET59", write: .none),
      AppendixC(
        table: "ET71", write: .none,
        section: (.any, "the section has MBK and MAK for writing, the appendix has it read-only")),
      AppendixC(table: "ET85", write: .none),
    ],
    // Without a transaction all that follows its number is unused; see TransactionTableTests for one.
    unprintedBits: ["ET52": [(5, 0...(896 - 5) * 8 - 1)], "ET53": [(5, 0...(1785 - 5) * 8 - 1)]],
    // The lengths are those of BT00's section, the offsets those of the procedures' own parameters.
    inWords: [
      "BT07": [PrintedRow(name: "Parameters", type: "ARRAY[BT00.9] of HEX", offset: "3")],
      "BT08": responseParameters, "ET59": responseParameters, "ET85": responseParameters,
    ],
    beginning: ["ET52": beginning, "ET53": beginning],
    shaping: [
      [(.bt00, inventory(parameters: 255, response: 12))], [(.bt00, inventory(parameters: 0, response: 0))],
      [(.bt00, inventory(parameters: 60, response: 255))],
    ],
    plausible: { random, _ in
      [
        (
          .bt00,
          inventory(parameters: .random(in: 0...255, using: &random), response: .random(in: 0...40, using: &random))
        )
      ]
    })

  private static let responseParameters = [PrintedRow(name: "Parameters", type: "ARRAY[BT00.10] of HEX", offset: "4")]

  /// BT00 with no table or procedure in its sets.
  private static func inventory(parameters: UInt8, response: UInt8) -> [UInt8] {
    [UInt8](repeating: 0, count: 9) + [parameters, response] + [UInt8](repeating: 0, count: 8)
  }

  /// Mostly a size that a transaction may have.
  private static let beginning: @Sendable (inout SeededGenerator) -> [UInt8] = { random in
    let size = UInt16.random(in: 0...900, using: &random)
    let type = UInt8.random(in: 0...4, using: &random)
    return [UInt8(size & 0xFF), UInt8(size >> 8), type] + random.octets(2) + [.random(in: 0...20, using: &random)]
  }

  /// Rows that describe a transaction's content.
  private static func records(_ table: String) -> [Erratum] {
    let rows: [(row: String, nth: Int, type: String?, offset: String?)] = [
      ("Group ID Count", 0, "UINT8", "5"), ("Group ID List", 0, "ARRAY[ET52.5] of UINT16", "6"),
      ("Record List:", 0, "Array[variablelength] of Records", nil), ("Length (L0)", 0, "UINT16", "GL + 5"),
      ("Message", 0, "Array[L1] of UINT8", "GL + 7"), ("Length (L1)", 0, "UINT16", "GL + 5 + L0 +2"),
      ("Message", 0, "Array[L1] of UINT8", "GL + 7 + L0+2"),
      ("Length (Ln)", 0, "UINT16", "GL + 5 + L0+L1+ …+Ln-1 + (n*2)"),
      ("Message", 0, "Array[Ln] of UINT8", "GL + 7 + L0+L1+ …+Ln-1 + (n*2)"),
      ("Transaction Number", 1, "UINT16", "B-2"),
    ]
    return rows.map { row in
      Erratum(
        table: table, row: row.row, nth: row.nth, printed: (row.type, row.offset), name: Erratum.dropped,
        why: "there in a transaction only; record 0 is printed as Array[L1], its length is L0")
    }
  }
}
