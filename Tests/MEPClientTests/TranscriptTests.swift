// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPClient
import OSGPTables
import Testing

@Suite("Transcript") struct TranscriptTests {
  let key = AccessKey(dummy: 1)

  /// The first octet of an encrypted answer can be any code, a request's and those of TLS among them.
  @Test func encryptedAnswersAreToldByTheirDigest() throws {
    var transcript = Transcript(key: key)
    var firstOctets = Set<UInt8>()
    for sequence in UInt32(0)..<1000 {
      let request = Request.read(.basic(52), length: 100)
      let (frame, exchange) = Exchange.seal(request, sequence: sequence, key: key, encrypted: true)
      let answer = exchange.seal(response: Response.data([26, 11, 22, 10, 5, 9, 0]).body)
      firstOctets.insert(answer[2])
      guard case .request(0x30, request, sequence, .verified, .encrypted) = transcript.take(frame) else {
        Issue.record("sequence \(sequence): not taken for the request")
        continue
      }
      guard case .response(0x00, .data?, to: request, .verified, .encrypted, .whole?) = transcript.take(answer) else {
        Issue.record("sequence \(sequence): not taken for the answer")
        continue
      }
    }
    #expect(firstOctets.isSuperset(of: [0x30, 0x3F, 0x40, 0x4F, 0x57, 0x58, 0x59, 0x80]))
  }

  /// Nor without the key: what is encrypted may look like any request and like an answer that does not fit it, and neither
  /// is damage.
  @Test(arguments: [
    Request.read(.basic(52), length: 100), .write(.basic(7), [0, 0, 1]), .read(.extended(42), length: 9),
  ])
  func whatIsEncryptedIsNoDamageToWhoHasNoKey(request: Request) throws {
    var transcript = Transcript()
    var lookedLikeOne = 0
    for sequence in UInt32(0)..<5000 {
      let (frame, exchange) = Exchange.seal(request, sequence: sequence, key: key, encrypted: true)
      if case .request(_, _?, _, .notChecked, .digest) = transcript.take(frame, from: .client) {
        lookedLikeOne += 1
      }
      let entry = transcript.take(exchange.seal(response: Response.data([26, 11, 22]).body), from: .meter)
      guard case .response(_, nil, to: nil, .notChecked, .digest, nil) = entry else {
        Issue.record("sequence \(sequence): \(entry)")
        continue
      }
    }
    #expect(lookedLikeOne > 10)
  }

  /// Where the sets of BT00 lie, only its own octets tell.
  @Test func aPartOfATableThatDescribesItselfIsNotGuessedAt() {
    var transcript = Transcript(key: key)
    let (frame, exchange) = Exchange.seal(.readPart(.basic(0), offset: 19, length: 4), sequence: 1, key: key)
    _ = transcript.take(frame)
    let entry = transcript.take(exchange.seal(response: Response.data([1, 2, 3, 4]).body))
    guard case .response(_, _, _, .verified, _, .octets([1, 2, 3, 4], _)?) = entry else {
      Issue.record("\(entry)")
      return
    }
  }
}
