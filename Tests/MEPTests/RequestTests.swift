// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import Testing

@Suite("Requests") struct RequestTests {
  private static func random(_ random: inout SeededGenerator) -> Request {
    let table = TableID(number: UInt16.random(in: 0...UInt16.max, using: &random))
    let offset = UInt32.random(in: 0..<1 << 24, using: &random)
    return switch Int.random(in: 0..<4, using: &random) {
    case 0: .read(table, length: UInt16.random(in: 0...UInt16.max, using: &random))
    case 1: .readPart(table, offset: offset, length: UInt16.random(in: 0...UInt16.max, using: &random))
    case 2: .write(table, random.octets(in: 0...459))
    default: .writePart(table, offset: offset, random.octets(in: 0...456))
    }
  }

  @Test(arguments: UInt64(0)..<200) func comeBackAsTheyWent(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let request = Self.random(&generator)
    #expect(try Request(body: request.body) == request, "seed \(seed)")
  }

  @Test(arguments: UInt64(0)..<100) func withAnOctetMoreOrLessAreNotRead(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let body = Self.random(&generator).body
    #expect(throws: RequestFlaw.wrongLength, "seed \(seed)") { try Request(body: body + [0]) }
    #expect(throws: RequestFlaw.wrongLength, "seed \(seed)") { try Request(body: body.dropLast()) }
  }

  @Test func haveTheirFieldsMostSignificantOctetFirst() {
    #expect(Request.read(.extended(3), length: 0x0123).body == hex("30 0803 0123"))
    #expect(Request.readPart(.basic(23), offset: 0x010203, length: 44).body == hex("3F 0017 010203 002C"))
    #expect(Request.write(.basic(7), [0xAA, 0xBB]).body == hex("40 0007 0002 AABB"))
    #expect(Request.writePart(.extended(50), offset: 30, [1]).body == hex("4F 0832 00001E 0001 01"))
  }

  @Test func knowTheirTableAndWhetherTheyRead() {
    #expect(Request.read(.basic(1), length: 1).table == .basic(1))
    #expect(Request.writePart(.extended(2), offset: 0, []).table == .extended(2))
    #expect(Request.read(.basic(1), length: 1).isRead && Request.readPart(.basic(1), offset: 0, length: 1).isRead)
    #expect(!Request.write(.basic(1), []).isRead && !Request.writePart(.basic(1), offset: 0, []).isRead)
  }

  @Test func ofNoOctetsAreUnrecognized() { #expect(throws: RequestFlaw.unrecognized) { try Request(body: [UInt8]()) } }

  @Test(arguments: UInt8.min...UInt8.max) func ofOtherCodesAreUnrecognized(_ code: UInt8) {
    let known = [RequestCode.fullRead, .partialRead, .fullWrite, .partialWrite].contains(RequestCode(code))
    #expect(throws: known ? RequestFlaw.wrongLength : .unrecognized) { try Request(body: [code]) }
  }

  @Test(arguments: ["30 0017 00", "3F 0017 000000 00", "3F 0017 0000", "40 0017", "4F 0017 000000", "40 0007 0002 AA"])
  func withMissingFieldsHaveTheWrongLength(_ body: String) {
    #expect(throws: RequestFlaw.wrongLength) { try Request(body: hex(body)) }
  }

  @Test func fillAMessageOf476Octets() {
    #expect(MessageLimit.message == 476)
    #expect(MessageLimit.read == 465)
    #expect(MessageLimit.partialWrite == 456)
    #expect(MessageLimit.fullWrite == 459)
    let octets = { [UInt8](repeating: 0, count: $0) }
    for (fits, tooLong) in [
      (Request.write(.basic(7), octets(459)), Request.write(.basic(7), octets(460))),
      (.writePart(.basic(7), offset: 0, octets(456)), .writePart(.basic(7), offset: 0, octets(457))),
    ] {
      #expect(fits.fits && !tooLong.fits)
      #expect(Exchange.seal(fits, sequence: 1, key: defaultKey).frame.count == 2 + 476)
    }
    #expect(Request.read(.basic(7), length: 465).fits && !Request.read(.basic(7), length: 466).fits)
    #expect(Request.readPart(.basic(7), offset: 0, length: 465).fits)
    #expect(!Request.readPart(.basic(7), offset: 0, length: 466).fits)
    let answer = Exchange.seal(.read(.basic(7), length: 465), sequence: 1, key: defaultKey).exchange
    #expect(answer.seal(response: Response.data(octets(465)).body).count == 2 + 476)
  }

  @Test func haveOffsetsOf24Bits() {
    #expect(Request.readPart(.basic(7), offset: 0xFF_FFFF, length: 1).fits)
    #expect(!Request.readPart(.basic(7), offset: 0x100_0000, length: 1).fits)
    #expect(Request.writePart(.basic(7), offset: 0xFF_FFFF, [0]).fits)
    #expect(!Request.writePart(.basic(7), offset: 0x100_0000, [0]).fits)
  }
}
