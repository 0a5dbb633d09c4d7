// SPDX-License-Identifier: Apache-2.0
import MEP
import Testing

/// A transaction's outer numbers are least significant octet first, the commands inside most significant octet first.
@Suite("Transaction examples of the guide") struct TransactionExampleTests {
  /// The six commands of pages 45 to 47.
  static let requests: [Request] = [
    .readPart(.extended(11), offset: 0, length: 10), .readPart(.basic(20), offset: 0, length: 10),
    .readPart(.basic(21), offset: 0, length: 10), .readPart(.extended(4), offset: 55, length: 1),
    .readPart(.extended(14), offset: 0, length: 12), .readPart(.extended(15), offset: 0, length: 31),
  ]

  /// What is printed of their answers on page 49.
  static let answers = [
    "05 42 24 05 06 05 02 01 03 F9", "3F 0E FD 0F 08 10 01 04 08 1A", "3F 0E 0C 0F 08 00 01 04 08 1A", "04",
    "00 00 00 00 00 11 01 00 01 04 2F 00",
    "00 42 00 01 00 02 01 45 00 01 00 02 01 48 00 01 00 02 01 03 00 F8 03 02 01 4B 00 01 00 02 01",
  ]

  private let limits = TransactionLimits(requests: 896, responses: 1785)

  /// ET52 as the guide writes it.
  static func requestTable() throws -> [UInt8] {
    guard case .writePart(.extended(52), offset: 0, let octets) = try GuideExample.named("six commands").parsedRequest()
    else { throw Missing.request }
    return octets
  }

  /// ET53 as the guide reads it.
  static func responseTable() throws -> [UInt8] {
    guard case .data(let octets) = try GuideExample.named("page 48, transaction").parsedResponse() else {
      throw Missing.outcome
    }
    return octets
  }

  @Test func theRequestTableIsWhatTheSixCommandsMake() throws {
    let made = try Transaction(number: 1, Self.requests, limits: limits)
    #expect(made.octets == (try Self.requestTable()))
    #expect(made.size == 67)
    // Page 43: one command.
    let one = try Transaction(number: 2, [.readPart(.basic(23), offset: 0, length: 44)], limits: limits)
    #expect(one.octets == hex("11 00 00 02 00 08 00 3F 00 17 00 00 00 00 2C 02 00"))
  }

  @Test func theRequestTableIsReadBack() throws {
    let read = try Transaction(octets: Self.requestTable())
    #expect(read.type == .requests && read.number == 1 && read.groups.isEmpty && read.isWhole)
    #expect(try read.records.map { try Request(body: $0) } == Self.requests)
  }

  @Test func theResponseTableIsWhatTheMeterAnswers() throws {
    var asked: [Request] = []
    let response = try Transaction(octets: Self.requestTable()).answered(limit: 1785) { request in
      asked.append(request)
      return .data(hex(Self.answers[asked.count - 1]))
    }
    #expect(asked == Self.requests)
    #expect(response.octets == (try Self.responseTable()))
  }

  @Test func theResponseTableIsReadBack() throws {
    let read = try Transaction(octets: Self.responseTable())
    #expect(read.type == .responses && read.number == 1 && read.isWhole)
    #expect(try read.answers(to: Self.requests) == Self.answers.map { .data(hex($0)) })
  }

  @Test func theHeadOfTheResponseTellsItsSize() throws {
    guard case .data(let head) = try GuideExample.named("size of").parsedResponse(),
      case .readPart(.extended(53), offset: 0, let asked) = try GuideExample.named("size of").parsedRequest(),
      case .readPart(_, _, let length) = try GuideExample.named("page 48, transaction").parsedRequest()
    else {
      Issue.record("not reads")
      return
    }
    #expect(Int(asked) == Transaction.head)
    #expect(TransactionState(head: head, number: 1) == .complete(size: Int(length)))
    #expect(TransactionState(head: head, number: 2) == .processing)
  }
}
