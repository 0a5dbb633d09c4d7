// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables

extension Section {
  /// How a meter is configured.
  static let configuration = Section(
    tables: ["ET29", "ET55", "ET80", "ET89", "ET90", "ET97"],
    errata: hardware + meter + averagePower + status + localNetwork,
    appendixC: [
      AppendixC(table: "ET29", write: .none), AppendixC(table: "ET55", write: .advanced),
      AppendixC(table: "ET80", write: .advanced, memory: .write), AppendixC(table: "ET89", write: .none),
      AppendixC(table: "ET90", write: .none), AppendixC(table: "ET97", write: .advanced),
    ],
    inWords: [
      "ET29": hardwareBits,
      "ET55": [
        PrintedRow(name: "Reserved", type: "BOOL(6..7)", offset: "3"),
        PrintedRow(name: "Reserved", type: "BOOL(3..7)", offset: "78"),
        PrintedRow(name: "Reserved", type: "BOOL(4..7)", offset: "81"),
        PrintedRow(name: "Reserved", type: "UINT8", offset: "128"),
        PrintedRow(name: "Reserved", type: "BOOL(2..7)", offset: "A+46"),
        PrintedRow(name: "Reserved", type: "BOOL(1..15)", offset: "A+59"),
      ],
      "ET89": [
        PrintedRow(name: "Reserved", type: "BOOL(3..7)", offset: "75"),
        PrintedRow(name: "Key 0 Invalidated", type: "BOOL(0)", offset: "113", vci: "M"),
        PrintedRow(name: "Key 1 Invalidated", type: "BOOL(1)", offset: "113", vci: "M"),
        PrintedRow(name: "Reserved", type: "BOOL(2..7)", offset: "113"),
        PrintedRow(
          name: "Log Masks, Disconnect Flags, Security Events and TLS Port Status", type: "ARRAY[0] of UINT8",
          offset: "130", vci: "M"),
      ],
      "ET97": [PrintedRow(name: "Maintenance Mode Exit Minute", type: "UINT8", offset: "A+79", vci: "H")],
    ],
    symbols: ["ET55": ["A": "146 + X + 4*(BT20.7-1)"], "ET97": ["A": "8*ET90.16"]],
    shaping: [(4, 3), (8, 1), (1, 0), (6, 32), (2, 5), (5, 3)].map { tiers, messages in
      [(.bt20, Table.bt20Image(tiers: tiers)), (.et90, Table.et90Image(messages: messages))]
    },
    plausible: { random, firmware in
      let octets = (try? Table.et90.layout(in: Dimensions(firmware: firmware)).octets) ?? 0
      return [
        (.bt20, Table.bt20Image(tiers: .random(in: 0...8, using: &random))),
        (.et90, Array(Table.et90Image(messages: .random(in: 0...32, using: &random)).prefix(octets))),
      ]
    })

  /// The bits that the description of "Hardware Options" and "Internal Configuration" lists, as from 4.30 on, and those
  /// of the matrices behind the table.
  private static let hardwareBits: [PrintedRow] =
    [
      (0, "S0 / KYZ Output"), (5, "Disconnect and Buzzer"), (6, "Control Relay 1"), (7, "Control Relay 2"),
      (8, "M-Bus Module"), (9, "Cover Tamper"), (10, "MEP Client 1 Port"), (11, "Disconnect Sensor"),
      (12, "Magnetic Tamper"), (13, "High Frequency Noise Detection Disabled"), (14, "Two Line Disconnect"),
      (15, "No Metering"), (16, "No LCD"), (17, "External CT"), (18, "Backup Power"),
      (19, "External Disconnect Feedback"), (20, "External Voltage"), (21, "Voltage Signal ADC Input Inverted"),
      (22, "Non-latching Relay"), (23, "MEP Client 2 Port"),
    ].map { PrintedRow(name: $1, type: "BOOL(\($0))", offset: "0", vci: "F") }
    + [(0, "Single Phase"), (1, "Polyphase"), (6, "Pulse Relay for Disconnect"), (7, "Power Boost Relay")].map {
      PrintedRow(name: $1, type: "BOOL(\($0))", offset: "5")
    }
    + [("Board", 24), ("Port", 25), ("Sequence Number", 26), ("Modem Board", 48), ("Modem Port", 49)].map {
      PrintedRow(name: $0, type: "UINT8", offset: "\($1)", vci: "F")
    }
    + [
      PrintedRow(name: "Logical Port Number", type: "UINT8", offset: "50", vci: "F"),
      PrintedRow(name: "Reserved", type: "BOOL(1..4)", offset: "0"),
      PrintedRow(name: "Reserved", type: "BOOL(2..5)", offset: "5"),
      PrintedRow(name: "Reserved", type: "BOOL(15..31)", offset: "33"),
    ]

  private static let hardware: [Erratum] = [
    Erratum(
      table: "ET29", row: "Reserved", printed: ("UINT8", "2…4"), type: .some(nil), offset: "3..4",
      why: "the hardware options have three octets"),
    Erratum(
      table: "ET29", row: "Reserved", nth: 1, printed: ("UINT8", "6…19"), type: .some(nil), why: "many octets"),
    Erratum(
      table: "ET29", row: "Reserved", nth: 4, printed: ("UINT8", "37…46"), type: .some(nil), why: "many octets"),
    Erratum(table: "ET29", row: "Internal Configuration", printed: (nil, "5"), type: "UINT8", why: "no type printed"),
    Erratum(
      table: "ET29", row: "Comm Assignment Matrix 1", printed: ("LogicPorts[3][3] of UINT8", "24"),
      name: Erratum.dropped, why: "what its octets mean is told behind the table"),
    Erratum(
      table: "ET29", row: "Comm Assignment Matrix 2", printed: ("LogicPorts[2][3] of UINT8", "48"),
      name: Erratum.dropped, why: "what its octets mean is told behind the table"),
    Erratum(
      table: "ET29", row: "Backliight LCD Present", printed: ("BOOL(3)", "33"), name: "Backlight LCD Present",
      why: "misspelt"),
    Erratum(
      table: "ET29", row: "Line", printed: ("UINT(0...4)", "47"), name: "Line Current Sensor",
      why: "under the heading Current Sensors"),
    Erratum(
      table: "ET29", row: "Neutral", printed: ("UINT(5...7)", "47"), name: "Neutral Current Sensor",
      why: "under the heading Current Sensors"),
  ]

  private static let meter: [Erratum] =
    [
      Erratum(
        table: "ET55", row: "Delta Time Adjustment Increment", printed: ("UINT8", "1"), offset: "4",
        why: "1 is reserved; in the other column it is 4"),
      Erratum(
        table: "ET55", row: "Reserved", nth: 3, printed: (nil, "4..13"), offset: "5..13",
        why: "4 is the delta time adjustment increment"),
      Erratum(
        table: "ET55", row: "Reserved", nth: 4, printed: (nil, "17..51"), offset: "17..19",
        why: "20 to 23 are described"),
      Erratum(
        table: "ET55", row: "Reserved", nth: 10, printed: ("BOOL(4..15)", nil), offset: "108",
        why: "no offset printed"),
      Erratum(
        table: "ET55", row: "Over Power Time Threshold", printed: ("UIN16", "86"), type: "UINT16", why: "misspelt"),
      Erratum(
        table: "ET55", row: "Scheduled LCD Message ID (FTa Message OBIS Code)",
        printed: ("Array [4 + X] of UINT8", "52"), name: "Scheduled LCD Message ID", type: "ARRAY[4 + X] of CHAR",
        why: "characters; what else the field is used for is no part of its name"),
      Erratum(
        table: "ET55",
        row: "Scheduled LCD Message ID Decimal Point State (FTa Message OBIS Code Decimal Point)",
        printed: ("UINT8", "57"), name: "Scheduled LCD Message ID Decimal Point State",
        why: "what else the field is used for is no part of its name"),
      Erratum(
        table: "ET55", row: "Scheduled LCD Message Text (Remaining FTa Message Characters)",
        printed: ("Array [8] of UINT8", "58"), name: "Scheduled LCD Message Text", type: "ARRAY[8] of CHAR",
        why: "characters; what else the field is used for is no part of its name"),
      Erratum(
        table: "ET55", row: "General Cover Removed Detection Threshold (General CRDT)", nth: 1,
        printed: ("UINT16", "A+54"), name: "General Cover Removed Detection Threshold 2",
        why: "printed twice: one for each cover"),
      Erratum(
        table: "ET55", row: "General Cover Removed Detection Threshold (General CRDT)", printed: ("UINT16", "104"),
        name: "General Cover Removed Detection Threshold", why: "the abbreviation is no part of the name"),
      Erratum(
        table: "ET55", row: "Power Quality Cover Cover Removed Detection Threshold (Power Quality CRDT)",
        printed: ("UINT16", "106"), name: "Power Quality Cover Removed Detection Threshold", why: "a word twice"),
      Erratum(
        table: "ET55", row: "Cover Tamper Power Quality Events Mask:", printed: ("UINT16", "108"),
        name: "Cover Tamper Power Quality Events Mask", why: "a colon"),
      Erratum(
        table: "ET55", row: "Current on Missing Or Uniused Phase", printed: ("BOOL(1)", nil),
        name: "Current on Missing Or Unused Phase", offset: "108",
        offset3: "107", why: "misspelt; no offset printed"),
      Erratum(
        table: "ET55", row: "VA Power and Engery Calculation Method", printed: ("UINT8", "A+58"),
        name: "VA Power and Energy Calculation Method", why: "misspelt"),
    ]
    + [
      "PLC Failed Authentication Lockout Threshold", "PLC Failed Authentication Lockout Duration",
      "Optical Failed Authentication Lockout Threshold", "Optical Failed Authentication Lockout Duration",
    ].enumerated().map { i, name in
      Erratum(
        table: "ET55", row: name, printed: ("UINT8", "\(20 + i)"), offset3: "N/A",
        why: "from firmware 4.30 on, as its description has it")
    }
    + [("Earth Fault Detection Current Threshold", "115"), ("Earth Fault Time Threshold", "118")].map {
      Erratum(
        table: "ET55", row: $0, printed: ("UINT16", $1), offset3: "N/A",
        why: "from firmware 4.0 on, as its description has it")
    }
    + [("Phase Loss", 0), ("Subsequent Power Outage", 2), ("Preceding or Coincident Power Outage", 3)].map {
      Erratum(
        table: "ET55", row: $0, printed: ("BOOL(\($1))", nil), offset: "108", offset3: "107", why: "no offset printed")
    }

  private static let averagePower: [Erratum] =
    [
      ("Average Power Enabled", "UINT8", "0"), ("Average Power Control Sub-interval", "UINT16", "1"),
      ("Average Power Control Interval Multiplier", "UINT8", "3"),
      ("Average power Disconnect Threshold", "UINT32", "4"),
    ].map {
      Erratum(
        table: "ET80", row: $0, printed: ($1, $2), vci: "H",
        why: "the columns of the value and of its control are exchanged")
    }

  private static let status: [Erratum] =
    [
      Erratum(table: "ET89", row: "H1 Device Present", printed: ("BOOL(0)", nil), offset: "74", why: "not printed"),
      Erratum(table: "ET89", row: "PLC Disabled", printed: ("BOOL(1)", nil), offset: "74", why: "not printed"),
      Erratum(
        table: "ET89", row: "Filler", printed: ("BOOL(1..7)", nil), type: "BOOL(2..7)", offset: "74",
        why: "bit 1 tells whether PLC is disabled"),
      Erratum(
        table: "ET89", row: "Image Validation Key IDs", printed: ("UINT16[2]", "109"), type: "ARRAY[2] of UINT16",
        why: "written otherwise"),
      Erratum(
        table: "ET89", row: "Signature", printed: ("UINT8[8]", "122"), type: "ARRAY[8] of UINT8",
        why: "written otherwise"),
    ]
    + [("Maintenance", "76"), ("Locked", "80"), ("Remote", "84"), ("Local", "88")].map {
      Erratum(
        table: "ET89", row: "\($0) reserved", printed: ("UINT32(22..31)", $1), name: "Reserved", why: "reserved bits")
    }
    + [
      ("Adj log unread entry mask", "UINT8[A]", "130"), ("Block Remote Procedure Disconnect", "BOOL(0)", "130+A"),
      ("Block Automatic and Pushbutton Disconnect", "BOOL(1)", "130+A"),
      ("Block Local Procedure Disconnect", "BOOL(2)", "130+A"), ("Block Remote Unblock", "BOOL(3)", "130+A"),
      ("Alarm ID", "UINT16", "131+A"), ("Argument", "UINT16", "133+A"), ("Count", "UINT16", "135+A"),
      ("Minutes to report", "UINT16", "137+A"), ("Session State", "UINT8(0..2)", "138+B"),
      ("TLS State", "UINT8(3..7)", "138+b"), ("TLS Error", "UINT16", "139+B"),
      ("TLS Error Count", "UINT16", "141+B"),
    ].map {
      Erratum(
        table: "ET89", row: $0, printed: ($1, $2), name: Erratum.dropped,
        why: "what A and B are, and ET90.25 and ET90.26, is not told")
    }

  private static let localNetwork: [Erratum] = [
    Erratum(
      table: "ET97", row: "FTz Message Contents Array", printed: ("ARRAY[ET90.16] OF ARRAY[8] OF UINT8", "0"),
      type: "ARRAY[ET90.16] OF ARRAY[8] OF CHAR", why: "characters"),
    Erratum(
      table: "ET97", row: "Mbus AD use 300 Baud", printed: ("BOOL(1)", nil), offset: "A+62",
      why: "in the wrong column: before 4.0 nothing is between A+30 and it"),
    Erratum(
      table: "ET97", row: "Reserved", printed: ("BOOL(2..7)", nil), offset: "A+62",
      why: "in the wrong column: before 4.0 nothing is between A+30 and it"),
    Erratum(
      table: "ET97", row: "Group ID", printed: ("UINT16[5]", "A+63"), type: "ARRAY[5] of UINT16",
      why: "written otherwise"),
    Erratum(
      table: "ET97", row: "Maintenance Mode Exit", printed: ("UINT8(5..6)", nil), offset: "A+76",
      why: "no offset printed"),
    Erratum(
      table: "ET97", row: "Security Log Interval (Minutes)", printed: ("UINT16", "A+97"), type: "UINT8",
      why: "A+98 is told to be the optical port's TLS"),
    Erratum(
      table: "ET97", row: "Maintenance Mode Exit time", printed: ("UINT8[2]", "A+78"),
      name: "Maintenance Mode Exit Hour", type: "UINT8", why: "hour and minute"),
  ]
}

extension Table {
  /// BT20 of a new meter, but for its tiers.
  static func bt20Image(tiers: UInt8) -> [UInt8] { [0x3F, 0x0E, 253, 15, 8, 16, 1, tiers, 8, 41] }

  /// ET90 of a new meter with the newest firmware, but for the number of FTz messages.
  static func et90Image(messages: UInt8) -> [UInt8] {
    [50, 0, 20, 2, 64, 32, 32, 5, 32, 32, 32, 32, 32, 40, 2, 10, messages, 200, 0, 23]
  }
}
