// SPDX-License-Identifier: Apache-2.0
import C1219
import OSGPTables
import Testing

/// BT00 of a real meter, read through its optical port (Fixtures/optical-bt00.txt). The port's packets are taken apart
/// here only: what counts is the table.
@Suite struct OpticalCaptureTests {
  /// An ANSI C12.18 packet: EE, identity, control, packets that follow, length, data, CRC.
  struct Packet {
    let control: UInt8
    let following: UInt8
    let data: ArraySlice<UInt8>
    let crc: UInt16
    let computed: UInt16

    init(_ octets: [UInt8]) throws {
      try #require(octets.count >= 8 && octets[0] == 0xEE)
      let length = Int(octets[4]) << 8 | Int(octets[5])
      try #require(octets.count == 6 + length + 2)
      control = octets[2]
      following = octets[3]
      data = octets[6..<6 + length]
      crc = UInt16(octets[6 + length]) | UInt16(octets[7 + length]) << 8
      computed = Self.crc(octets.dropLast(2))
    }

    /// CRC-16/X-25.
    static func crc(_ octets: some Sequence<UInt8>) -> UInt16 {
      var crc: UInt16 = 0xFFFF
      for octet in octets {
        crc ^= UInt16(octet)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x8408 : crc >> 1 }
      }
      return ~crc
    }
  }

  private func answer() throws -> [UInt8] {
    try Fixtures.octets("optical-bt00.txt").map { try Packet($0) }.flatMap { Array($0.data) }
  }

  /// The table's octets out of the answer to a read: code, count, octets, checksum.
  private func image() throws -> [UInt8] {
    let answer = try answer()
    let count = Int(answer[1]) << 8 | Int(answer[2])
    try #require(answer[0] == 0 && answer.count == count + 4)
    let octets = Array(answer[3..<3 + count])
    #expect(octets.reduce(0, &+) &+ answer[3 + count] == 0, "two's complement of the sum")
    return octets
  }

  @Test func theChecksumIsTheOneOfTheStandard() {
    #expect(Packet.crc(Array("123456789".utf8)) == 0x906E)
  }

  @Test func packetsAreWholeAndInOrder() throws {
    let packets = try Fixtures.octets("optical-bt00.txt").map { try Packet($0) }
    #expect(packets.map(\.following) == [1, 0])
    // More than one packet (80), the first of them (40), and the toggle (20).
    #expect(packets.map(\.control) == [0xC0, 0xA0])
    for packet in packets { #expect(packet.crc == packet.computed) }
  }

  private func decoded() throws -> Decoded {
    let image = try image()
    return Decoded(layout: try Table.bt00.layout(in: Dimensions(), image: image), octets: image)
  }

  @Test func theWholeTableIsDeclared() throws {
    let decoded = try decoded()
    #expect(decoded.octets.count == 79 && decoded.layout.octets == 79 && decoded.tail.isEmpty)
    #expect(decoded.layout.encode(decoded.values) == decoded.octets)
    #expect(octets("manufacturer", decoded) == Array("ELON".utf8))
    #expect(decoded.integer("data_order") == 0 && decoded.integer("char_format") == 1)
    #expect(decoded.integer("time_format") == 2 && decoded.integer("non_integer_format_1") == 8)
    #expect(decoded.integer("procedure_parameter_length") == 255 && decoded.integer("response_data_length") == 12)
    #expect(decoded.integer("number_of_pending_tables") == 4)
  }

  private func octets(_ path: String, _ decoded: Decoded) -> [UInt8] {
    guard let place = decoded.places.first(where: { $0.pathText == path }), case .octets(let octets)? = decoded[place]
    else { return [] }
    return octets
  }

  private func elements(_ path: String, _ decoded: Decoded) -> [Int] {
    let octets = octets(path, decoded)
    return (0..<octets.count * 8).filter { octets[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
  }

  /// Element i is bit i % 8 of octet i / 8; were it otherwise, this meter would have no clock and no registers.
  @Test func tablesAndProceduresThatTheMeterHas() throws {
    let decoded = try decoded()
    let basic = elements("basic_tables_used", decoded)
    #expect(
      basic == Array(0...7) + [8, 10, 12, 13, 15, 16, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30, 33, 40, 42, 43, 44]
        + [50, 52, 53, 54, 55, 60, 61, 62, 63, 64, 65, 66, 67, 70, 71, 72, 73, 74])
    let extended = elements("extended_tables_used", decoded)
    for number in [3, 4, 11, 13, 14, 16, 21, 50, 51, 52, 53, 54, 59] { #expect(extended.contains(number)) }
    // It has one port, so no procedure response of a second one.
    for number in [85, 89] { #expect(!extended.contains(number)) }
    #expect(elements("basic_procedures_used", decoded) == [4, 5, 6, 10, 12, 13, 14, 15])
    for number in [16, 17, 19, 39] { #expect(elements("extended_procedures_used", decoded).contains(number)) }
    // What may be written exists, and BT28 may not.
    let writable = elements("basic_tables_writable", decoded)
    #expect(Set(writable).isSubset(of: basic) && writable.contains(15) && !writable.contains(28))
    // The guide has ET89 on firmware 4 only, not writable; this meter says that it may be written, not that it is there.
    #expect(Set(elements("extended_tables_writable", decoded)).subtracting(extended).sorted() == [89])
  }

  @Test func everyDeclaredTableIsThere() throws {
    let decoded = try decoded()
    let basic = elements("basic_tables_used", decoded)
    let extended = elements("extended_tables_used", decoded)
    // Of firmware 4.
    let later: [TableID] = [.extended(85), .extended(89)]
    for table in Catalogue.tables where !later.contains(table.id) {
      #expect((table.id.isExtended ? extended : basic).contains(Int(table.id.index)), "\(table.id)")
    }
  }
}
