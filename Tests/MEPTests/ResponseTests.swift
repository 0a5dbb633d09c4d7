// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport
import Testing

@Suite("Responses") struct ResponseTests {
  let read = Request.readPart(.basic(23), offset: 0, length: 44)
  let write = Request.writePart(.extended(50), offset: 30, [1])

  @Test(arguments: UInt64(0)..<100) func comeBackAsTheyWent(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let read = Request.read(.basic(1), length: 465)
    let code = UInt8.random(in: 1...255, using: &random)
    for (response, request) in [
      (Response.data(random.octets(in: 0...465)), read), (.done, write),
      (.sequence(UInt32.random(in: 0...UInt32.max, using: &random)), seed % 2 == 0 ? read : write),
      (.refused(ResponseCode(code == 0x0C ? 0x0B : code)), seed % 2 == 0 ? read : write),
    ] {
      #expect(try Response(body: response.body, to: request) == response, "seed \(seed)")
    }
  }

  @Test func carryTheirCountMostSignificantOctetFirst() {
    #expect(Response.data([UInt8](repeating: 7, count: 258)).body.prefix(4) == [0x00, 0x01, 0x02, 0x07])
    #expect(Response.done.body == [0x00])
    #expect(Response.sequence(0x7763_5B90).body == hex("0C 77635B90"))
    #expect(Response.refused(.noPermission).body == [0x03])
  }

  @Test(arguments: UInt8.min...UInt8.max) func keepCodesThatTheGuideDoesNotList(_ code: UInt8) throws {
    guard code != 0x00, code != 0x0C else { return }
    for request in [read, write] {
      #expect(try Response(body: [code], to: request) == .refused(ResponseCode(code)))
      #expect(throws: ResponseFlaw.wrongLength) { try Response(body: [code, 0], to: request) }
    }
    #expect(!ResponseCode(code).words.description.isEmpty)
  }

  @Test(arguments: [
    "", "00", "00 00", "00 00 02 AA", "00 00 02 AA BB CC", "00 00 00 AA", "0C", "0C 77 63 5B", "0C 77 63 5B 90 00",
    "03 00",
  ])
  func toAReadHaveExactLengths(_ body: String) {
    #expect(throws: ResponseFlaw.wrongLength) { try Response(body: hex(body), to: read) }
  }

  @Test(arguments: ["", "00 00", "00 00 00", "00 00 01 AA", "0C 77 63 5B", "0B 00"])
  func toAWriteHaveExactLengths(_ body: String) {
    #expect(throws: ResponseFlaw.wrongLength) { try Response(body: hex(body), to: write) }
  }

  @Test func mayCarryLessThanAskedButNotMore() throws {
    #expect(try Response(body: Response.data([1]).body, to: read) == .data([1]))
    #expect(try Response(body: Response.data([]).body, to: read) == .data([]))
    let whole = Response.data([UInt8](repeating: 1, count: 44))
    #expect(try Response(body: whole.body, to: read) == whole)
    #expect(throws: ResponseFlaw.moreThanAsked) {
      try Response(body: Response.data([UInt8](repeating: 1, count: 45)).body, to: read)
    }
  }

  /// The digest can't see zeros cut off the end of an answer, or put there; the count can.
  @Test(arguments: 1...3) func withTheirTrailingZerosCutAreRefused(_ cut: Int) throws {
    let exchange = Exchange.seal(read, sequence: 1, key: defaultKey).exchange
    let body = Response.data(hex("5E B8 EC 03 B3 00 00 00")).body
    let digest = exchange.seal(response: body).suffix(8)
    for damaged in [body.dropLast(cut), body + [UInt8](repeating: 0, count: cut)] {
      let opened = try exchange.open(response: (damaged + digest)[...])
      #expect(opened.elementsEqual(damaged))
      #expect(throws: ResponseFlaw.wrongLength) { try Response(body: opened, to: read) }
    }
  }

  @Test(arguments: 0...8) func shorterThanACodeAndADigestAreTooShort(_ count: Int) {
    let exchange = Exchange.seal(read, sequence: 1, key: defaultKey).exchange
    #expect(throws: SealFlaw.tooShort) { try exchange.open(response: [UInt8](repeating: 0, count: count)[...]) }
  }

  @Test func withAnyBitChangedHaveTheWrongDigest() {
    let example = GuideExample.named("second read")
    let exchange = Exchange.open(message: example.request.dropFirst(2), key: defaultKey)!.exchange
    for octet in example.response.indices.dropFirst(2) {
      for bit in 0..<8 {
        var damaged = example.response
        damaged[octet] ^= 1 << bit
        #expect(throws: SealFlaw.wrongDigest) { try exchange.open(response: damaged.dropFirst(2)) }
      }
    }
  }

  @Test func toAnotherRequestHaveTheWrongDigest() {
    let first = Exchange.seal(read, sequence: 1, key: defaultKey).exchange
    let second = Exchange.seal(read, sequence: 2, key: defaultKey).exchange
    let answer = first.seal(response: Response.data([1, 2]).body).dropFirst(2)
    #expect(throws: SealFlaw.wrongDigest) { try second.open(response: answer) }
  }
}
