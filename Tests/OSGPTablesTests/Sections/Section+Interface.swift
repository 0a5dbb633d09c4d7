// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension Section {
  /// What the meter's interface is made of, its alarms, and what is pending.
  static let interface = Section(
    tables: ["BT03", "BT04", "ET42"],
    errata: alarms + pending + definition + definitionNames,
    appendixC: [
      AppendixC(table: "BT04", write: .none), AppendixC(table: "ET42", write: .none, memory: [.write, .read]),
    ],
    fromElsewhere: [
      "ET42": [
        ("Entry Type", "ET57"), ("MDT", "ET57"), ("Special", "ET57"), ("DRH", "ET57"),
        ("Data Set 2 Active", "the bit mask's description"), ("Data Set 3 Active", "the bit mask's description"),
        ("Data Set 4 Active", "the bit mask's description"),
      ]
    ],
    unprintedBits: [
      "BT03": [(9, 1...7)],
      "BT04": [(29, 6...7), (35, 13...15)],
      // The MDT entry and the bit mask as well: their bits stand elsewhere.
      "ET42": [(10, 5...7), (37, 5...7), (75, 0...31), (83, 0...7)],
    ],
    symbols: [
      "ET42": [
        "ET42.FSL": "ET42.2", "ET42.LLS": "ET42.3", "ET42.NbrDmdSrcs": "ET42.13", "ET42.NbrCoinSrcs": "ET42.14",
        "ET42.NbrChans": "ET42.29",
        // As types are compared, in capitals.
        "ET42.NBRDMDSRCS": "ET42.13", "ET42.NBRCOINSRCS": "ET42.14", "ET42.NBRCHANS": "ET42.29",
        "A": "ET42.FSL + 3*ET42.LLS + ET42.13 + ET42.14 + 2*ET42.29 + 1 + 4*ET42.74",
        // Behind the data sets 2 and 4 of the image, with their channels.
        "R": "A + 1 + 14 + 2*ET42.90 + 14 + 2*ET42.106",
      ]
    ],
    // Afterwards random octets, counts within their limits.
    beginning: [
      "ET42": { random in [0, 0, .random(in: 41...60, using: &random), .random(in: 0...9, using: &random)] }
    ],
    shaping: [[(.bt00, generalConfiguration), (.et54, [0x04, 0]), (.et42, InterfaceDefinitionTests.octets)]],
    plausible: { random, _ in
      [(.bt00, generalConfiguration), (.et54, [.random(in: 0...7, using: &random), 0])]
    })

  /// BT00 with 10 and 13 octets for the sets of tables, 2 pending tables, 9 octets of alarms.
  private static let generalConfiguration: [UInt8] = [
    2, 0x0A, 0x88, 0x45, 0x4C, 0x4F, 0x4E, 2, 0, 0, 0, 1, 0, 10, 13, 2, 12, 9, 2,
  ]

  private static let alarms: [Erratum] = [
    Erratum(
      table: "BT03", row: "Extended Alarms", printed: ("SET(1)", "3"), name: Erratum.dropped,
      why: "the heading of the next rows"),
    Erratum(
      table: "BT03", row: "Mfg-defined alarms", printed: ("SET(BT00.17)", nil), name: Erratum.dropped,
      why: "the heading of the next rows"),
  ]

  private static let pending: [Erratum] = [
    Erratum(
      table: "BT04", row: "Basic Pending", printed: ("ARRAY[BT00.13] OF BOOL", "0"), type: "SET(BT00.13)",
      why: "a bit for each table, in BT00.13 octets"),
    Erratum(
      table: "BT04", row: "Extended Pending", printed: ("ARRAY[BT00.14] OF BOOL", "BT00.13"), type: "SET(BT00.14)",
      why: "a bit for each table, in BT00.14 octets"),
    Erratum(
      table: "BT04", row: "Self Read Flag", printed: ("BOOL (4)", nil), offset: "BT00.13+BT00.14+6",
      why: "no offset printed"),
    Erratum(
      table: "BT04", row: "Demand Reset Flag", printed: ("BOOL (5)", nil), offset: "BT00.13+BT00.14+6",
      why: "no offset printed"),
    Erratum(
      table: "BT04", row: "Event Storage", printed: ("ARRAY[5] OF CHAR", "BT00.13+BT00.14+7"),
      type: "ARRAY[5] OF UINT8", why: "by the event code a time or numbers, no text"),
    Erratum(
      table: "BT04", row: "Table", printed: (nil, "BT00.13+BT00.14+12"), name: Erratum.dropped,
      why: "the heading of the next rows"),
    Erratum(
      table: "BT04", row: "Table ID", printed: ("UINT(0..11)", nil), offset: "BT00.13+BT00.14+12",
      why: "printed at its heading"),
    Erratum(
      table: "BT04", row: "Still Pending", printed: ("UINT(12)", nil), type: "BOOL(12)", offset: "BT00.13+BT00.14+12",
      why: "printed at its heading; yes or no"),
  ]

  private static let definition: [Erratum] = [
    flag("ICS – ICA NAK", "BOOL(0)", printed: "0", at: "4"),
    flag("ICS - Blg/LP Format 2", "BOOL(1)", printed: "0", at: "4"),
    flag("ICS - Unused", "BOOL(2..15)", printed: "0", at: "4"),
    Erratum(
      table: "ET42", row: "Unused", printed: ("BOOL(0..15)", nil), name: Erratum.dropped,
      why: "the bits of C12.19 Compliance, none of which is used"),
    flag("Demand Reset Counter", "BOOL(0)", at: "10"), flag("Cumulative Demand", "BOOL(1)", at: "10"),
    flag("Continuous Cumulative Demand", "BOOL(2)", at: "10"), flag("Demand Configured", "BOOL(3)", at: "10"),
    flag("Unread Log Entries Bitmap Enabled", "BOOL(4)", at: "10"),
    flag("Event Number", "BOOL(0)", at: "37"), flag("Date Time", "BOOL(1)", at: "37"),
    flag("Sequence Nbr", "BOOL(2)", at: "37"), flag("Inhibit Overflow", "BOOL(3)", at: "37"),
    flag("Event Log Inhibit Overflow", "BOOL(4)", at: "37"),
    Erratum(
      table: "ET42", row: "Log List:", printed: ("ARRAY[LLS] of UINT24", "ET42.FSL"), name: Erratum.dropped,
      why: "the heading of the next rows, a count and a size each"),
    Erratum(
      table: "ET42", row: "MDTT Entries",
      printed: (
        "ARRAY[ET42.MDTTCurrentEntries] of MdtEntry (4 bytes each)",
        "ET42.FSL + 3* ET42.LLS + ET42.NbrD mdSrcs + ET42.NbrC oinVals + 2*ET42.Nbr Chans + 1"
      ), name: Erratum.dropped, why: "its entries have the fields of ET57"),
    Erratum(
      table: "ET42", row: "Load Profile Bit Mask", printed: ("UINT8", "A (end of MDTT entries +1)"), offset: "A",
      why: "with an explanation"),
    inDataSet("Block Size", 1, "UINT32", at: "A + 1"), inDataSet("Number of Blocks", 1, "UINT16", at: "A + 5"),
    inDataSet("Number of Channels", 1, "UINT8", at: "A + 7"), inDataSet("Interval Duration", 1, "UINT8", at: "A + 8"),
    inDataSet("Interval Size", 1, "UINT8", at: "A + 9"), inDataSet("Options", 1, "UINT8", at: "A + 10"),
    inDataSet("Intervals Per Block", 1, "UINT16", at: "A + 11"),
    inDataSet("Block Start Hour", 1, "UINT8", at: "A + 13"), inDataSet("Block Start Minute", 1, "UINT8", at: "A + 14"),
    Erratum(
      table: "ET42", row: "Load Profile Extended Sources", printed: ("ARRAY[BT61.11N] of UINT16", nil),
      name: "Extended Sources", type: "ARRAY[ET42.90] of UINT16", offset: "A + 15",
      why: "no offset printed; the data set's own number of channels; the name is that of another field's too"),
    inRequiredSection("Length", "UINT8", at: "R"), inRequiredSection("ET74 Entry Count", "UINT16", at: "R + 1"),
    inRequiredSection("ET77 Entry Count", "UINT8", at: "R + 3"),
    inRequiredSection("ET79 Entry Count", "UINT16", at: "R + 4"),
    inRequiredSection("Energy Register Unit", "UINT8", at: "R + 6"),
    inRequiredSection("Accumulator Rollover Digit", "UINT8", at: "R + 7"),
  ]

  private static let definitionNames: [Erratum] =
    [
      renamed("Fixed Section Length (FSL)", "UINT8", "2", "Fixed Section Length"),
      renamed("Log List Size (LLS)", "UINT8", "3", "Log List Size"),
      renamed("ICS – ICA NAK", "BOOL(0)", "4", "ICS - ICA NAK"), renamed("ICS - Unused", "BOOL(2..15)", "4", "Unused"),
      renamed("Billing Interface Definition Number (BIDN)", "UINT16", "8", "Billing Interface Definition Number"),
      renamed("Flags:", "UINT8", "10", "Flags"), renamed("History Log Flags:", "UINT8", "37", "History Log Flags"),
      renamed(
        "Demand Sources (DmdScrcs)", "ARRAY[ET42.NbrDmdSrcs] of UINT8", "ET42.FSL + 3* ET42.LLS", "Demand Sources"),
      renamed(
        "Coincident Sources (CoinSrcs)", "ARRAY[ET42.NbrCoinSrcs] of UINT8",
        "ET42.FSL + 3* ET42.LLS + ET42.NbrD mdSrcs", "Coincident Sources"),
      renamed(
        "Load Profile Extended Sources (Chans)", "ARRAY[ET42.NbrChans] of UINT16",
        "ET42.FSL + 3* ET42.LLS + ET42.NbrD mdSrcs + ET42.NbrC oinSrcs", "Load Profile Extended Sources"),
    ]
    + [
      ("Block Size", "UINT32", "23"), ("Number of Blocks", "UINT16", "27"), ("Number of Channels", "UINT8", "29"),
      ("Interval Duration", "UINT8", "30"), ("Interval Size", "UINT8", "31"), ("Options", "UINT8", "32"),
      ("Intervals Per Block", "UINT16", "33"), ("Block Start Hour", "UINT8", "35"),
      ("Block Start Minute", "UINT8", "36"),
    ].map { name, type, offset in
      Erratum(
        table: "ET42", row: name, printed: (type, offset), name: "Load Profile \(name)",
        why: "under the heading Load Profile Info; each data set has another")
    }

  private static func flag(_ row: String, _ type: String, printed: String? = nil, at offset: String) -> Erratum {
    Erratum(
      table: "ET42", row: row, printed: (type, printed), offset: offset, why: "its octets' offset stands above it")
  }

  private static func inDataSet(_ row: String, _ nth: Int, _ type: String, at offset: String) -> Erratum {
    Erratum(table: "ET42", row: row, nth: nth, printed: (type, nil), offset: offset, why: "no offset printed")
  }

  private static func inRequiredSection(_ row: String, _ type: String, at offset: String) -> Erratum {
    Erratum(table: "ET42", row: row, printed: (type, nil), offset: offset, why: "no offset printed")
  }

  private static func renamed(_ row: String, _ type: String, _ offset: String, _ name: String) -> Erratum {
    Erratum(
      table: "ET42", row: row, printed: (type, offset), name: name,
      why: "an abbreviation, a colon or another dash")
  }
}
