// SPDX-License-Identifier: Apache-2.0
import C1219
import MEPTransport
import OSGPTables

extension Section {
  /// The devices behind the meter. Tables whose entries have several layouts are compared in ``PrintedEntriesTests``.
  static let mbus = Section(
    tables: ["ET14", "ET15", "ET34", "ET58"],
    errata: [et13, et14, et15, et16, et34, et58, et45].flatMap { $0 },
    appendixC: [
      AppendixC(table: "ET13", write: .advanced, memory: .write), AppendixC(table: "ET14", write: .none),
      AppendixC(table: "ET15", write: .none), AppendixC(table: "ET16", write: .none, memory: [.write, .read]),
      AppendixC(table: "ET34", write: .advanced, memory: .write),
      AppendixC(table: "ET45", write: .none, memory: .write), AppendixC(table: "ET58", write: .none),
      AppendixC(table: "ET74", write: .none),
    ],
    unprintedBits: ["ET14": [(0, 1...7)]],
    shaping: [
      [(.et36, recurringReads(entries: 3)), (.et54, extendedReads(2))],
      [(.et36, recurringReads(entries: 1)), (.et54, extendedReads(1))],
      [(.et36, recurringReads(entries: 0)), (.et54, extendedReads(0))],
    ],
    plausible: { random, _ in
      [
        (
          .et36,
          recurringReads(entries: .random(in: 0...4, using: &random), octets: .random(in: 0...600, using: &random))
        ),
        (.et54, extendedReads(.random(in: 0...4, using: &random))),
      ]
    })

  /// ET36 with the guide's seven logs, of which only the recurring reads have a size.
  static func recurringReads(entries: UInt8, octets: UInt16 = 525) -> [UInt8] {
    var image: [UInt8] = [7]
    for i in 0..<7 {
      let size = i == 4 ? octets : 0
      image += [0, 0, UInt8(size & 0xFF), UInt8(size >> 8), 253, 0, i == 4 ? entries : 0, 0]
      image += [UInt8](repeating: 0, count: 9)
    }
    return image + [0]
  }

  /// ET54 with so many entries of ET74.
  static func extendedReads(_ entries: UInt8) -> [UInt8] {
    var image = [UInt8](repeating: 0, count: 200)
    image[69] = entries
    return image
  }

  private static func dropped(
    _ table: String, _ row: String, nth: Int = 0, _ type: String?, _ offset: String? = nil,
    why: String = "the records follow as rows"
  ) -> Erratum {
    Erratum(table: table, row: row, nth: nth, printed: (type, offset), name: Erratum.dropped, why: why)
  }

  private static func named(_ table: String, _ name: String, _ type: String?, _ offset: String?) -> Erratum {
    Erratum(
      table: table, row: "", printed: (type, offset), name: name, why: "unnamed; the description says what it is")
  }

  private static let et13: [Erratum] = [
    dropped("ET13", "Device Config", "ARRAY [ET11.0] of ET11.1-byte structure"),
    dropped("ET13", "Scheduled Billing Read Time", "ARRAY[3] of UINT8", why: "its parts follow as rows"),
    Erratum(
      table: "ET13", row: "Day", printed: (nil, "0"), name: "Scheduled Billing Read Day", type: "UINT8",
      why: "under the heading Scheduled Billing Read Time"),
    Erratum(
      table: "ET13", row: "Hour", printed: (nil, "1"), name: "Scheduled Billing Read Hour", type: "UINT8",
      why: "under the heading Scheduled Billing Read Time"),
    Erratum(
      table: "ET13", row: "Minute", printed: (nil, "2"), name: "Scheduled Billing Read Minute", type: "UINT8",
      why: "under the heading Scheduled Billing Read Time"),
    dropped("ET13", "Alert Flags:", "UINT8:", "8", why: "its bits follow as rows"),
    Erratum(
      table: "ET13", row: "MEP Non-urgent Downlink Data", printed: ("Array[ET11.1-9] of UINT8", "9"),
      type: "ARRAY[ET11.1-9] of HEX", why: "opaque octets, no numbers"),
  ]

  private static let et14: [Erratum] =
    [
      Erratum(
        table: "ET14", row: "Mode", printed: ("UINT8", "0"), type: "UINT(0..0)", why: "only bit 0 is described"),
      Erratum(
        table: "ET14", row: "Device Occupancy", printed: ("UINT8", "5"), type: "SET(1)", why: "a bit for each slot"),
      Erratum(
        table: "ET14", row: "M-Bus/MEP Status:",
        printed: (
          "ARRAY[ET11.0] of ET11.2- byte structure",
          "Array of M-Bus/MEP status entries. The remaining fields in this table are included as part of each device "
            + "status entry."
        ), name: Erratum.dropped, why: "the records follow as rows"),
      Erratum(
        table: "ET14", row: "Reserved", nth: 1, printed: ("BOOL(8..15)", nil), offset: "20", why: "no offset printed"),
    ]
    + [
      "Billing Data Collected", "App Error Response Rcvd", "New Device Alarm", "Billing Read Overflow",
      "Failed Comms On Read", "Serial Number Mismatch",
    ].enumerated().map { bit, name in
      Erratum(table: "ET14", row: name, printed: ("BOOL(\(bit))", nil), offset: "20", why: "no offset printed")
    }

  private static let et15: [Erratum] = [
    dropped("ET15", "Pointers", "UINT8", why: "its bits follow as rows"),
    named("ET15", "Write Pointer", "UINT(0..3)", "0"), named("ET15", "Read Pointer", "UINT(4..7)", "0"),
    dropped("ET15", "Request Queue", "ARRAY[ET11.3] of ET11.4-byte structure"),
    dropped("ET15", "Write Messages:", "ARRAY[ET11.3] of ET11.11 byte structure"),
    Erratum(
      table: "ET15", row: "Write Data", printed: ("ARRAY[ET11.11-1] of UINT8", "ET11.3 * ET11.4 + 2"),
      type: "ARRAY[ET11.11-1] of HEX", why: "opaque octets, no numbers"),
    Erratum(
      table: "ET15", row: "Multicast Data Length", printed: ("UINT8", "ET11.3 * (ET11.4 + ET11.1 1) + 1"),
      offset: "ET11.3 * (ET11.4 + ET11.11) + 1", why: "the printed line breaks within ET11.11"),
    Erratum(
      table: "ET15", row: "Multicast Data Message:",
      printed: ("ARRAY[ET11.20–1] of UINT8", "ET11.3 * (ET11.4 + ET11.1 1) + 2"), name: "Multicast Data Message",
      type: "ARRAY[ET11.20-1] of HEX", offset: "ET11.3 * (ET11.4 + ET11.11) + 2", why: "opaque octets, no numbers"),
    dropped("ET15", "Packet Number", "UINT16", why: "the first octets of a code packet's multicast data"),
    dropped("ET15", "Code Packet", "ARRAY[ET11.20-3] of UINT8", why: "the rest of a code packet's multicast data"),
  ]

  private static let et16: [Erratum] = [
    dropped("ET16", "Device Table", "ARRAY[ET11.0] of MEP Billing Reads (MBR):"),
    dropped("ET16", "Response Info", "UINT8", "6", why: "its bits follow as rows"),
    dropped("ET16", "Telegram", "ARRAY[L] of UINT8", why: "its parts follow as rows"),
    dropped("ET16", "Status", "UINT8", "17", why: "its bits follow as rows"),
    named("ET16", "Application Status", "UINT8(0..1)", nil), named("ET16", "Power Low", "BOOL(2)", nil),
    named("ET16", "Permanent Error", "BOOL(3)", nil), named("ET16", "Temporary Error", "BOOL(4)", nil),
    named("ET16", "Manufacturer Specific", "UINT8(5..7)", nil),
    Erratum(
      table: "ET16", row: "Application Status", printed: ("UINT8(0..1)", nil), type: "UINT(0..1)", offset: "17",
      why: "a bit of the status; no offset printed"),
    statusBit("Power Low", 2, "17"), statusBit("Permanent Error", 3, "17"), statusBit("Temporary Error", 4, "17"),
    Erratum(
      table: "ET16", row: "Manufacturer Specific", printed: ("UINT8(5..7)", nil), type: "UINT(5..7)", offset: "17",
      why: "a bit of the status; no offset printed"),
    Erratum(
      table: "ET16", row: "Tel. Data Records", printed: ("ARRAY [L-13] of UINT8", "20"), type: "ARRAY[L-13] of HEX",
      why: "records, no numbers"),
    dropped("ET16", "Telegram", "ARRAY[L] of UINT8", why: "its parts follow as rows"),
    dropped("ET16", "Status", "UINT8", "13", why: "its bits follow as rows"),
    named("ET16", "Counters Signed Binary", "BOOL(0)", nil), named("ET16", "Counters Stored", "BOOL(1)", nil),
    named("ET16", "Power Low", "BOOL(2)", nil), named("ET16", "Permanent Error", "BOOL(3)", nil),
    named("ET16", "Temporary Error", "BOOL(4)", nil), named("ET16", "Manufacturer Specific", "UINT(5..7)", nil),
    statusBit("Counters Signed Binary", 0, "13"), statusBit("Counters Stored", 1, "13"),
    statusBit("Power Low", nth: 1, 2, "13"), statusBit("Permanent Error", nth: 1, 3, "13"),
    statusBit("Temporary Error", nth: 1, 4, "13"),
    Erratum(
      table: "ET16", row: "Manufacturer Specific", nth: 1, printed: ("UINT(5..7)", nil), offset: "13",
      why: "a bit of the status; no offset printed"),
    Erratum(
      table: "ET16", row: "Data", printed: ("ARRAY[L] of UINT8", "11"), type: "ARRAY[L] of HEX",
      why: "opaque octets, no numbers"),
  ]

  private static func statusBit(_ name: String, nth: Int = 0, _ bit: Int, _ offset: String) -> Erratum {
    Erratum(
      table: "ET16", row: name, nth: nth, printed: ("BOOL(\(bit))", nil), offset: offset,
      why: "a bit of the status; no offset printed")
  }

  private static let et34: [Erratum] = [
    dropped("ET34", "Device Config", "ARRAY [ET11.0] of [ET11.13]-byte structure"),
    Erratum(
      table: "ET34", row: "Group Mask", printed: ("UINT8", "2"), type: "SET(1)", why: "a bit for each of 8 groups"),
    Erratum(
      table: "ET34", row: "Reserved", nth: 2, printed: ("ARRAY[7] of UINT8", "14-21"), type: "ARRAY[8] of UINT8",
      offset: "14", why: "14 to 21 are 8 octets, and ET11.13 is 22"),
    named("ET34", "Hour Locator Bit Count", "UINT(5..7)", "9"),
    named("ET34", "Minute Locator Bit Count", "UINT(5..7)", "10"),
    Erratum(
      table: "ET34", row: "Hour Locator", printed: ("UINT(0..4)", "9"), name: "Hour Locator Start Bit",
      why: "the first of two rows"),
    Erratum(
      table: "ET34", row: "Minute Locator", printed: ("UINT(0..4)", "10"), name: "Minute Locator Start Bit",
      why: "the first of two rows"),
  ]

  private static let et58: [Erratum] = [
    dropped("ET58", "Device Status", "ARRAY [ET11.0] of MEPStatus"),
    Erratum(
      table: "ET58", row: "Reserved", printed: ("ARRAY[19] of UINT8", nil), offset: "1", why: "no offset printed"),
  ]

  /// And ET74.
  private static let et45: [Erratum] = [
    dropped("ET45", "Log Entries:", "Array of the following:"),
    Erratum(
      table: "ET45", row: "Identifier", printed: ("BOOL(0..10)", "8"), type: "UINT(0..10)", why: "a number, no flag"),
    newest("ET45", "UINT8", "2"), newest("ET74", "UINT16", "3"),
    dropped("ET45", "Data", "MBR", "14", why: "the rows of ET16"),
    dropped("ET74", "Log Entries:", "Array of the following:"),
    dropped("ET74", "Data", "MBR", "17", why: "the rows of ET16"),
  ]

  private static func newest(_ table: String, _ type: String, _ offset: String) -> Erratum {
    Erratum(
      table: table, row: "Last Entry Element", printed: (type, offset), vci: "M",
      why: "printed as fixed, yet the index of the newest entry changes with each")
  }
}
