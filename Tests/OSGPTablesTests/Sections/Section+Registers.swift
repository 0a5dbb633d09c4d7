// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables

extension Section {
  /// What is kept of the energy registers: self-reads, seasons, demand resets; and the display of them.
  static let registers = Section(
    tables: ["BT24", "BT25", "BT26", "BT30", "BT33", "ET31", "ET41"],
    errata: snapshots + entries + headers("ET31") + headers("ET41") + others,
    appendixC: [
      AppendixC(table: "BT24", write: .advanced, memory: .read), AppendixC(table: "BT25", write: .none, memory: .read),
      AppendixC(table: "BT26", write: .none, memory: [.read, .write]), AppendixC(table: "BT30", write: .none),
      AppendixC(table: "BT33", write: .advanced), AppendixC(table: "ET31", write: .none, memory: .read),
      AppendixC(table: "ET41", write: .none, memory: .read),
    ],
    symbols: [
      // Whether there is an entry, and whether there are demands: 1 or 0.
      "BT26": ["E": "(BT21.2+254)/255", "N": "(BT21.4+7)/8"], "ET31": ["N": "(BT21.4+7)/8"],
    ],
    shaping: [
      [(.bt30, [1, 0xC2, 0x03, 2, 30, 0, 1, 0, 0, 0])], [(.bt30, [1, 0xC2, 0x03, 2, 5, 0, 2, 0, 0, 0])],
    ],
    plausible: { random, _ in
      let (items, lists) = (UInt8.random(in: 0...40, using: &random), UInt8.random(in: 0...3, using: &random))
      return [(.bt30, [1, 0xC2, 0x03, 2, items, 0, lists, 0, 0, 0])]
    })

  private static let snapshots: [Erratum] = [
    Erratum(
      table: "BT24", row: "Time and Date", printed: ("STIME_DATE", "0"), type: "ARRAY[BT21.0.1] of STIME_DATE",
      why: dateWhy),
    Erratum(
      table: "BT24", row: "Season", printed: ("UINT8", "5"), type: "ARRAY[BT21.0.0] of UINT8", offset: "5*BT21.0.1",
      why: dateWhy),
    Erratum(
      table: "BT24", row: "Register Data Received", printed: (nil, "6"), type: "BT23",
      offset: "5*BT21.0.1 + BT21.0.0",
      why: "the text names the data blocks only; ANSI C12.19 has the same record, with the count of resets, as in BT25"),
    Erratum(
      table: "BT25", row: "Date/Time", printed: ("STIME_DATE", "0"), type: "ARRAY[BT21.0.1] of STIME_DATE",
      why: dateWhy),
    Erratum(
      table: "BT25", row: "Season", printed: ("UINT8", "5"), type: "ARRAY[BT21.0.0] of UINT8", offset: "5*BT21.0.1",
      why: dateWhy),
    Erratum(
      table: "BT25", row: "Register Data Received", printed: (nil, "6"), type: "BT23", offset: "5*BT21.0.1 + BT21.0.0",
      why: "the text has the format of BT23"),
  ]
  private static let dateWhy = "BT21.0.1 and BT21.0.0 say whether tables 20 to 29 have dates and seasons"

  private static let entries: [Erratum] = [
    Erratum(
      table: "BT26", row: "IF BT21.4 != 0 then Blg Iface Def Nbr (BIDN)", printed: ("UINT16", "6"),
      name: "Blg Iface Def Nbr (BIDN)", type: "ARRAY[E*N] of UINT16", why: "a condition"),
    Erratum(
      table: "BT26", row: "Time and Date", printed: ("STIME_DATE", "8"), type: "ARRAY[E*BT21.0.1] of STIME_DATE",
      offset: "6 + 2*N", why: "supposes the BIDN; " + dateWhy),
    Erratum(
      table: "BT26", row: "Season", printed: ("UINT8", "13"), type: "ARRAY[E*BT21.0.0] of UINT8",
      offset: "6 + 2*N + 5*BT21.0.1", why: "supposes the BIDN; " + dateWhy),
    Erratum(
      table: "BT26", row: "Register Data Received", printed: (nil, "14"), type: "ARRAY[E] of BT23",
      offset: "6 + 2*N + 5*BT21.0.1 + BT21.0.0", why: "supposes the BIDN; the text has the format of BT23"),
    Erratum(
      table: "ET31", row: "IF BT21.4 != 0 then Blg Iface Def Nbr (BIDN)", printed: ("UINT16", "6"),
      name: "Blg Iface Def Nbr (BIDN)", type: "ARRAY[N] of UINT16", why: "a condition"),
    Erratum(
      table: "ET31", row: "Time and date", printed: ("STIME_DATE", "6 (+2)"), type: "ARRAY[BT21.0.1] of STIME_DATE",
      offset: "6 + 2*N", why: "2 octets on with the BIDN; " + dateWhy),
    Erratum(
      table: "ET31", row: "Season", printed: ("UINT8", "11 (+2)"), type: "ARRAY[BT21.0.0] of UINT8",
      offset: "6 + 2*N + 5*BT21.0.1", why: "2 octets on with the BIDN; " + dateWhy),
    Erratum(
      table: "ET31", row: "RegisterDataRcd = BT23", printed: (nil, "12 (+2)"), type: "BT23",
      offset: "6 + 2*N + 5*BT21.0.1 + BT21.0.0", why: "2 octets on with the BIDN; the type is in the name"),
    Erratum(
      table: "ET41", row: "Time and date", printed: ("STIME_DATE", "11"), type: "ARRAY[BT21.0.1] of STIME_DATE",
      why: dateWhy),
    Erratum(
      table: "ET41", row: "Season", printed: ("UINT8", "16"), type: "ARRAY[BT21.0.0] of UINT8",
      offset: "11 + 5*BT21.0.1", why: dateWhy),
    Erratum(
      table: "ET41", row: "Demand Reset Data", printed: (nil, "17"), type: "BT23",
      offset: "11 + 5*BT21.0.1 + BT21.0.0", why: "the text has the format of BT23"),
    Erratum(
      table: "ET41", row: "Last entry element", printed: ("UINT8", "2"), vci: "M",
      why: "a fixed 0 could not be what it is described as, the newest entry of a ring"),
  ]

  /// The same header as other lists have, and for once without capitals.
  private static func headers(_ table: String) -> [Erratum] {
    let rows: [(String, String, String, String)] = [
      ("List type", "BOOL(2)", "0", "List Type"), ("Inhibit overflow", "BOOL(3)", "0", "Inhibit Overflow"),
      ("Number of valid entries", "UINT8", "1", "Number of Valid Entries"),
      ("Last entry element", "UINT8", "2", "Last Entry Element"),
      ("Last entry sequence number", "UINT16", "3", "Last Entry Sequence Number"),
      ("Number of unread entries", "UINT8", "5", "Number of Unread Entries"),
    ]
    return rows.map { row, type, offset, name in
      Erratum(table: table, row: row, printed: (type, offset), name: name, why: "capitals, as in BT26")
    }
  }

  private static let others: [Erratum] = [
    Erratum(
      table: "BT33", row: "Primary Display List", printed: ("ARRAY[BT30.6] of DispListDesc Rcd", nil),
      name: Erratum.dropped, why: "the rows below are its record's"),
    Erratum(
      table: "BT33", row: "Display Sources:", printed: ("ARRAY[BT30.4] OF UINT16", "3"), name: "Display Sources",
      why: "a colon"),
  ]
}
