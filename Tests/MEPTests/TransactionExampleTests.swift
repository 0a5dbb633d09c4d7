// SPDX-License-Identifier: Apache-2.0
import MEP
import Testing

/// A transaction's outer numbers are least significant octet first, the commands inside most significant octet first.
@Suite("Transaction example of the guide") struct TransactionExampleTests {
  @Test func theCommandsInsideAreRequests() throws {
    let example = GuideExample.named("six commands")
    guard case .writePart(let table, let offset, let data) = try example.parsedRequest() else {
      Issue.record("not a partial write")
      return
    }
    #expect(table == .extended(52))
    #expect(offset == 0)
    let transaction = try #require(Transaction(data))
    #expect(transaction.type == 0)
    #expect(transaction.first == 1)
    #expect(transaction.last == 1)
    #expect(
      try transaction.records.map { try Request(body: $0) } == [
        .readPart(.extended(11), offset: 0, length: 10), .readPart(.basic(20), offset: 0, length: 10),
        .readPart(.basic(21), offset: 0, length: 10), .readPart(.extended(4), offset: 55, length: 1),
        .readPart(.extended(14), offset: 0, length: 12), .readPart(.extended(15), offset: 0, length: 31),
      ])
  }

  @Test func theResponsesInsideAnswerThem() throws {
    guard case .writePart(_, _, let asked) = try GuideExample.named("six commands").parsedRequest(),
      case .data(let answered) = try GuideExample.named("page 48, transaction").parsedResponse()
    else {
      Issue.record("not a partial write and its answer")
      return
    }
    let requests = try #require(Transaction(asked))
    let responses = try #require(Transaction(answered))
    #expect(responses.type == 1)
    #expect(responses.first == requests.first)
    #expect(responses.last == requests.last)
    #expect(responses.records.count == requests.records.count)
    for (request, response) in zip(requests.records, responses.records) {
      guard case .data = try Response(body: response, to: Request(body: request)) else {
        Issue.record("not data")
        continue
      }
    }
  }

  @Test func theHeadOfTheResponseTellsItsSize() throws {
    guard case .data(let head) = try GuideExample.named("size of").parsedResponse(),
      case .readPart(_, _, let length) = try GuideExample.named("page 48, transaction").parsedRequest()
    else {
      Issue.record("not reads")
      return
    }
    #expect(UInt16(head[0]) | UInt16(head[1]) << 8 == length)
  }
}

/// What ET52 and ET53 hold: size, type, number, records with their lengths, and the number again.
private struct Transaction {
  let type: UInt8
  let first: UInt16
  let last: UInt16
  var records: [[UInt8]] = []

  init?(_ octets: [UInt8]) {
    func number(at i: Int) -> Int { Int(octets[i]) | Int(octets[i + 1]) << 8 }
    guard octets.count >= 7, number(at: 0) == octets.count else { return nil }
    type = octets[2]
    first = UInt16(number(at: 3))
    last = UInt16(number(at: octets.count - 2))
    var position = 5
    while position < octets.count - 2 {
      let end = position + 2 + number(at: position)
      guard end <= octets.count - 2 else { return nil }
      records.append(Array(octets[position + 2..<end]))
      position = end
    }
  }
}
