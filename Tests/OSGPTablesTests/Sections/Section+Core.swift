// SPDX-License-Identifier: Apache-2.0
import MEPTransport

extension Section {
  /// What it takes to read any meter's energy and present values, and to know the meter.
  static let core = Section(
    tables: [
      "BT00", "BT01", "BT15", "BT20", "BT21", "BT22", "BT27", "BT52", "BT55", "ET03", "ET04", "ET11", "ET36", "ET50",
      "ET54", "ET70",
    ],
    errata: places + names,
    appendixC: [
      AppendixC(table: "BT00", write: .none), AppendixC(table: "BT01", write: .none, memory: .write),
      AppendixC(table: "BT15", write: .advanced, memory: .write), AppendixC(table: "BT20", write: .none),
      AppendixC(table: "BT21", write: .none, memory: .write),
      AppendixC(table: "BT22", write: .none, memory: [.write, .read]), AppendixC(table: "BT23", write: .advanced),
      AppendixC(table: "BT27", write: .none, memory: [.write, .read]), AppendixC(table: "BT28", write: .none),
      AppendixC(table: "BT52", write: .none), AppendixC(table: "BT55", write: .none),
      AppendixC(table: "ET03", write: .advanced, memory: .write), AppendixC(table: "ET04", write: .advanced),
      AppendixC(table: "ET11", write: .none), AppendixC(table: "ET36", write: .none, memory: .write),
      AppendixC(table: "ET50", write: .any), AppendixC(table: "ET54", write: .none),
      AppendixC(
        table: "ET70", write: .none,
        section: (.advanced, "the section has MAK for writing, the appendix has it read-only")),
    ],
    fromElsewhere: [
      "BT00": [
        ("Basic Tables Used", "ANSI C12.19"), ("Extended Tables Used", "ANSI C12.19"),
        ("Basic Procedures Used", "ANSI C12.19"), ("Extended Procedures Used", "ANSI C12.19"),
        ("Basic Tables Writable", "ANSI C12.19"), ("Extended Tables Writable", "ANSI C12.19"),
      ],
      "BT01": [
        ("Hardware Version Number", "Optical guide"), ("Hardware Revision Number", "Optical guide"),
        ("Manufacturer Serial Number", "Optical guide"),
      ],
    ],
    unprintedBits: ["ET04": [(71, 4...7), (121, 1...7)], "ET54": [(44, 2...7), (71, 7...7)]],
    symbols: ["ET36": ["Count": "7", "COUNT": "7"]],
    beginning: [
      "ET36": { random in [UInt8.random(in: 0...20, using: &random)] },
      // Few enough octets for its sets.
      "BT00": { random in random.octets(13) + (0..<4).map { _ in UInt8.random(in: 0...20, using: &random) } },
    ])

  private static let places: [Erratum] = [
    Erratum(
      table: "BT01", row: "Reserved", printed: (nil, "5…15"), offset: "12..13",
      why: "the model takes 4 to 11; the Optical guide has the hardware version here"),
    Erratum(
      table: "BT01", row: "Reserved", nth: 1, printed: (nil, "5…16"), offset: "16..23",
      why: "the version takes 14 and 15; the Optical guide has the serial number here"),
    Erratum(
      table: "BT22", row: "Min Max Flags", printed: ("SET((BT21..4 +7) /8)", "BT21.3 + BT21.4"),
      type: "SET((BT21.4+7)/8)", why: "two dots"),
    Erratum(
      table: "BT23", row: "IF BT21.0.4 THEN Cumulative Demand", printed: ("NI_FMAT1", "B + 5*BT21. 6"),
      offset: "B + 5*BT21.6*BT21.0.1", why: "the event times are there only IF BT21.0.1"),
    Erratum(
      table: "BT23", row: "IF BT21.0.5 THEN Contin Cum Demand", printed: ("NI_FMAT1", "B + 5*BT21. 6 + 4"),
      offset: "B + 5*BT21.6*BT21.0.1 + 4*BT21.0.4", why: "the cumulative demand is there only IF BT21.0.4"),
    Erratum(
      table: "BT23", row: "Demand", printed: ("ARRAY[BT21.6] of NI_FMAT2", "B + 5*BT21. 6 +8"),
      offset: "B + 5*BT21.6*BT21.0.1 + 4*BT21.0.4 + 4*BT21.0.5", why: "supposes both cumulative demands"),
    Erratum(
      table: "BT28", row: "Demand value", printed: ("NI_FMAT2", "3"), offset: "3*BT21.0.6",
      why: "the time remaining is there only IF BT21.0.6"),
    Erratum(
      table: "ET03", row: "Reserved", nth: 1, printed: (nil, "138..142"), offset: "139..142",
      why: "the image CRC is a UINT16 at 137"),
    Erratum(
      table: "ET04", row: "Reserved", printed: ("BOOL(7)", nil), offset: "62", why: "no offset printed"),
    Erratum(
      table: "ET04", row: "Mfg Status", printed: ("UINT8", "68…70"), type: "ARRAY[3] of UINT8",
      why: "three octets by its offset"),
    Erratum(
      table: "ET04", row: "Unused", nth: 2, printed: ("BOOL(0..15)", nil), name: Erratum.dropped,
      why: "the bits of C12.19 Compliance, none of which is used"),
    Erratum(
      table: "ET36", row: "Actual Dimension List:", printed: ("ARRAY[Count] of 17-byte records", nil),
      name: Erratum.dropped, why: "the records follow as rows"),
    Erratum(table: "ET36", row: "Table", printed: ("TABLE_ID C", "1"), name: Erratum.dropped, why: "its bits follow"),
    Erratum(
      table: "ET36", row: "Tbl_Proc_Nbr", printed: ("UINT(0..10)", nil), offset: "1", why: "no offset printed"),
    Erratum(
      table: "ET36", row: "Std_vs_MfgFl ag", printed: ("BOOL(11)", nil), offset: "1", why: "no offset printed"),
    Erratum(table: "ET36", row: "Procedure Flag", printed: ("BOOL(12)", nil), offset: "1", why: "no offset printed"),
    Erratum(table: "ET36", row: "Flags", printed: ("UINT(13..15)", nil), offset: "1", why: "no offset printed"),
    Erratum(table: "ET36", row: "Length Included", printed: ("BOOL(0)", nil), offset: "9", why: "no offset printed"),
    Erratum(table: "ET36", row: "Unused", printed: ("UINT(1..7)", nil), offset: "9", why: "no offset printed"),
    Erratum(
      table: "ET36", row: "Unread Entries Bitmap", printed: ("ARRAY[(Count-1/8)+1] of UINT8", "(Count*1 0) +1"),
      type: "SET((Count-1)/8+1)", offset: "Count*17+1", why: "a record has 17 octets, not 10, and it is a bitmap"),
    Erratum(
      table: "ET54", row: "Multiple Load Profile Data Set Support", printed: ("BOOL(2)", nil), offset: "0",
      why: "no offset printed"),
    Erratum(
      table: "ET54", row: "Flags", printed: ("UNIT16", "19"), type: "UINT16", why: "misspelt"),
    Erratum(
      table: "ET54", row: "Reserved", nth: 5, printed: (nil, "20..43"), offset: "21..43",
      why: "the flags are a UINT16 at 19"),
    Erratum(
      table: "ET54", row: "Module Records", printed: ("ARRAY of [ET11.32] records", nil),
      type: "ARRAY[ET11.32 * ET11.33] of UINT8", offset: "91",
      why: "the records have ET11.33 octets; ET54.95+M tells where they begin"),
    Erratum(
      table: "ET54", row: "Reserved", nth: 13, printed: ("UINT32", "95"), type: "UINT16",
      why: "a record has 7 octets, 91 to 97, and bits are printed at 97"),
    Erratum(
      table: "ET54", row: "Reserved", nth: 16, printed: (nil, "91+ (ET11.32*ET11.33)"), type: "ARRAY[4] of UINT8",
      why: "no size printed; the next field is 4 octets on"),
  ]

  /// Rows whose name the declarations have otherwise.
  private static let names: [Erratum] = [
    Erratum(
      table: "BT23", row: "IF BT21.0.2 THEN Nbr Demand Resets", printed: ("UINT8", "0"), name: "Nbr Demand Resets",
      why: "a condition"),
    Erratum(
      table: "BT23", row: "IF BT21.0.1 THEN Event Time", printed: ("ARRAY[BT21.6] of STIME_DATE", "B"),
      name: "Event Time", why: "a condition"),
    Erratum(
      table: "BT23", row: "IF BT21.0.4 THEN Cumulative Demand",
      printed: ("NI_FMAT1", "B + 5*BT21.6*BT21.0.1"), name: "Cumulative Demand", why: "a condition"),
    Erratum(
      table: "BT23", row: "IF BT21.0.5 THEN Contin Cum Demand",
      printed: ("NI_FMAT1", "B + 5*BT21.6*BT21.0.1 + 4*BT21.0.4"), name: "Contin Cum Demand", why: "a condition"),
    Erratum(
      table: "BT28", row: "IF BT21.0.6 THEN Time Remaining", printed: ("TIME", "0"), name: "Time Remaining",
      why: "a condition"),
    inactive("Voltage", 1, bit: 0), inactive("Voltage", 2, bit: 1), inactive("Voltage", 3, bit: 2),
    inactive("Current", 1, bit: 4), inactive("Current", 2, bit: 5), inactive("Current", 3, bit: 6),
    Erratum(
      table: "ET04", row: "Separate Volatage and Current Inactive Phases", printed: ("BOOL(3)", "62"),
      name: "Separate Voltage and Current Inactive Phases", why: "misspelt"),
    Erratum(
      table: "ET04", row: "Hour", printed: ("UINT8", "65"), name: "Self-Read Hour",
      why: "under the heading Self-Read Time"),
    Erratum(
      table: "ET04", row: "Minute", printed: ("UINT8", "66"), name: "Self-Read Minute",
      why: "under the heading Self-Read Time"),
    Erratum(
      table: "ET04", row: "Reverse Energy Alarm Current Threshould", printed: ("UINT16", "88"),
      name: "Reverse Energy Alarm Current Threshold", why: "misspelt"),
    Erratum(
      table: "ET04", row: "PLC Signal Qualty Status", printed: ("UINT8", "90"), name: "PLC Signal Quality Status",
      why: "misspelt"),
    Erratum(
      table: "BT20", row: "Number of Present demands", printed: ("UINT8", "8"), name: "Number of Present Demands",
      why: "a capital letter"),
    Erratum(
      table: "BT20", row: "Date/time Field", printed: ("BOOL(1)", "0"), name: "Date/Time Field",
      why: "a capital letter"),
    Erratum(
      table: "ET11", row: "Reserved", nth: 1, printed: ("UINT8", "32"), name: "Module Record Count",
      why: "ET54 counts its module records by it"),
    Erratum(
      table: "ET11", row: "Reserved", nth: 1, printed: ("UINT8", "33"), name: "Module Record Size",
      why: "ET54 sizes its module records by it"),
  ]

  /// "Phase L1" is printed twice, each time under a heading that tells which.
  private static func inactive(_ kind: String, _ phase: Int, bit: Int) -> Erratum {
    Erratum(
      table: "ET04", row: "Phase L\(phase)", printed: ("BOOL(\(bit))", "62"), name: "Inactive \(kind) Phase L\(phase)",
      why: "under the heading Inactive \(kind) Phases")
  }
}
