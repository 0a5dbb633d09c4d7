// SPDX-License-Identifier: Apache-2.0
import C1219
import MEP
import MEPTransport
import Testing

@Suite("Transactions") struct TransactionTests {
  private let limits = TransactionLimits(requests: 896, responses: 1785)

  private func refusal(_ requests: [Request], _ limits: TransactionLimits? = nil) -> TransactionRefusal? {
    do throws(TransactionRefusal) {
      _ = try Transaction(number: 1, requests, limits: limits ?? self.limits)
      return nil
    } catch { return error }
  }

  private func flaw(_ octets: String) -> TransactionFlaw? {
    do throws(TransactionFlaw) {
      _ = try Transaction(octets: hex(octets))
      return nil
    } catch { return error }
  }

  @Test func groupsStandBeforeTheRecords() throws {
    // Size 16, type 3, number 0x0201, two groups, one record of two octets.
    let octets = hex("10 00 03 01 02 02 FF 12 34 12 02 00 AA BB 01 02")
    let read = try Transaction(octets: octets)
    #expect(read == Transaction(.groupRequests, number: 0x0201, groups: [0x12FF, 0x1234], records: [[0xAA, 0xBB]]))
    #expect(read.octets == octets && read.fits(16) && !read.fits(15))
    // Other types have no groups.
    #expect(Transaction(.requests, number: 1, groups: [5], records: []).octets == hex("07 00 00 01 00 01 00"))
  }

  @Test func writesAreSteps() throws {
    let made = try Transaction(
      number: 0x0A0B, [.write(.basic(7), [0x27, 0x08, 5]), .writePart(.extended(50), offset: 30, [3])], limits: limits)
    #expect(
      made.octets
        == hex("1C 00 00 0B 0A 08 00 40 00 07 00 03 27 08 05 09 00 4F 08 32 00 00 1E 00 01 03 0B 0A"))
  }

  @Test func whatIsNoTransactionIsNamed() {
    #expect(flaw("") == TransactionFlaw.none && flaw("07") == TransactionFlaw.none)
    #expect(
      flaw("06 00 00 01 00 01 00") == TransactionFlaw.none && flaw("00 00 00 00 00 00 00") == TransactionFlaw.none)
    #expect(flaw("08 00 00 01 00 01 00") == .cutOff(size: 8))
    #expect(flaw("07 00 00 01 00 02 00") == .torn(first: 1, last: 2))
    #expect(flaw("08 00 03 01 00 01 01 00") == .cutOff(size: 8), "a group that is not there")
    #expect(flaw("07 00 03 01 00 01 00") == .cutOff(size: 7), "no count of groups")
    #expect(flaw("07 00 00 01 00 01 00") == nil)
    #expect(flaw("FF FF FF FF FF FF FF") == .cutOff(size: 0xFFFF))
  }

  @Test func anOlderTransactionBehindItIsIgnored() throws {
    #expect(try Transaction(octets: hex("07 00 00 01 00 01 00 55 55")).records.isEmpty)
  }

  /// A record's length of 0, one that is too large, one octet that is left.
  @Test(arguments: [
    "0D 00 00 01 00 01 00 AA 00 00 55 01 00", "0D 00 00 01 00 01 00 AA 02 00 55 01 00",
    "0B 00 00 01 00 01 00 AA 55 01 00",
  ])
  func aWrongLengthEndsTheRecords(_ octets: String) throws {
    let read = try Transaction(octets: hex(octets))
    #expect(read.records == [[0xAA]] && !read.isWhole)
    let response = read.answered(limit: 100) { _ in .done }
    // 0xAA is no request code.
    #expect(response.octets == hex("0A 00 02 01 00 01 00 01 01 00"))
  }

  @Test func responsesThatDoNotFitAreLeftOut() throws {
    let requests: [Request] = [.read(.basic(1), length: 4), .read(.basic(0), length: 19), .write(.extended(51), [0])]
    let asked = try Transaction(number: 3, requests, limits: limits)
    // 7 + (2 + 3 + 4) + (2 + 3 + 19) + (2 + 1) = 43
    for (limit, count) in [(43, 3), (42, 2), (40, 2), (39, 1), (16, 1), (15, 0)] {
      var calls = 0
      let response = asked.answered(limit: limit) { request in
        calls += 1
        switch request {
        case .read(_, let length): return .data([UInt8](repeating: 9, count: Int(length)))
        default: return .done
        }
      }
      #expect(response.records.count == count && response.size <= limit)
      #expect(response.type == (count == 3 ? .responses : .partialResponses))
      #expect(try response.answers(to: requests).count == count)
      // Nothing is carried out behind the first response that finds no room.
      #expect(calls == min(3, count + 1))
    }
  }

  @Test func refusalsAreAnswersToo() throws {
    let requests: [Request] = [.read(.basic(99), length: 1), .write(.basic(21), [0])]
    let response = try Transaction(number: 3, requests, limits: limits).answered(limit: 100) { request in
      .refused(request.isRead ? .tableOperationNotPossible : .noPermission)
    }
    #expect(response.octets == hex("0D 00 01 03 00 01 00 05 01 00 03 03 00"))
    #expect(try response.answers(to: requests) == [.refused(.tableOperationNotPossible), .refused(.noPermission)])
  }

  @Test func answersThatAreNoneAreNamed() throws {
    func flaw(_ transaction: Transaction, _ requests: [Request]) -> TransactionAnswerFlaw? {
      do throws(TransactionAnswerFlaw) {
        _ = try transaction.answers(to: requests)
        return nil
      } catch { return error }
    }
    let read = Request.read(.basic(1), length: 2)
    #expect(flaw(Transaction(.requests, number: 1, records: []), [read]) == .notResponses(.requests))
    #expect(flaw(Transaction(.responses, number: 1, records: []), [read]) == .wrongCount)
    #expect(flaw(Transaction(.partialResponses, number: 1, records: []), [read]) == nil)
    #expect(flaw(Transaction(.partialResponses, number: 1, records: [[0], [0]]), [read]) == .wrongCount)
    let short = Transaction(.responses, number: 1, records: [[5], [0, 0, 2, 7]])
    #expect(flaw(short, [read, read]) == .damaged(step: 1, .wrongLength))
  }

  @Test func theTablesSizesAreTheLimits() throws {
    // 7 + 2 + 8 octets of request, 7 + 2 + 3 + 44 of response.
    let one: [Request] = [.readPart(.basic(23), offset: 0, length: 44)]
    #expect(refusal(one, TransactionLimits(requests: 17, responses: 56)) == nil)
    #expect(refusal(one, TransactionLimits(requests: 16, responses: 56)) == .requestsTooLong(octets: 17))
    #expect(refusal(one, TransactionLimits(requests: 17, responses: 55)) == .responsesTooLong(octets: 56))
    // More than one message outside of a transaction can carry.
    #expect(refusal([.write(.basic(7), [0x27, 0x08] + [UInt8](repeating: 0, count: 880))]) == nil)
    #expect(
      refusal([.write(.basic(7), [0x27, 0x08] + [UInt8](repeating: 0, count: 881))]) == .requestsTooLong(octets: 897))
  }

  @Test func whatIsTooLongIsSplit() throws {
    func split(_ step: [Request], _ count: Int) -> [Range<Int>]? {
      Transaction.split([[Request]](repeating: step, count: count), limits: limits)
    }
    // (896 - 7) / 10 = 88 requests, (1785 - 7) / 225 = 7 responses.
    let step = Request.readPart(.basic(28), offset: 0, length: 220)
    #expect(split([step], 16) == [0..<7, 7..<14, 14..<16])
    #expect(split([.readPart(.basic(28), offset: 0, length: 1)], 89) == [0..<88, 88..<89])
    #expect(split([], 0) == [])
    #expect(split([.read(.basic(64), length: 1774)], 1) == nil)
    #expect(split([.read(.basic(64), length: 1773)], 1) == [0..<1])
    // The requests of a step stay together.
    #expect(split([step, step], 5) == [0..<3, 3..<5])
    #expect(split([Request](repeating: step, count: 8), 1) == nil)
  }

  @Test func whatMustNotBeRepeatedIsRefused() {
    func call(_ number: UInt16) -> Request {
      .write(.basic(7), ProcedureCall(number: number, sequence: 5, parameters: []).octets)
    }
    let read = Request.readPart(.extended(3), offset: 10, length: 10)
    #expect(refusal([read, call(0x0005)]) == .notRepeatable(step: 1), "BP05")
    #expect(refusal([call(0x0810)]) == .notRepeatable(step: 0), "EP16")
    #expect(refusal([.writePart(.basic(7), offset: 0, [0x10, 0x08, 5])]) == .notRepeatable(step: 0))
    #expect(refusal([.writePart(.basic(7), offset: 1, [0x08, 5])]) == .notRepeatable(step: 0), "who knows")
    #expect(refusal([call(0x0827)]) == nil, "EP39, for which the guide recommends it")
    #expect(refusal([.read(.extended(59), length: 16), call(0x0827)]) == .notRepeatable(step: 1))
    #expect(refusal([call(0x0827), .read(.extended(59), length: 16)]) == nil)
    // The second time the read would answer what was written.
    #expect(refusal([read, .writePart(.extended(3), offset: 19, [1])]) == .notRepeatable(step: 1))
    #expect(refusal([read, .writePart(.extended(3), offset: 20, [1])]) == nil)
    #expect(refusal([read, .write(.extended(3), [UInt8](repeating: 1, count: 10))]) == nil)
    #expect(refusal([read, .write(.extended(3), [UInt8](repeating: 1, count: 11))]) == .notRepeatable(step: 1))
    #expect(refusal([.writePart(.extended(3), offset: 19, [1]), read]) == nil)
    // The second time, too, it answers what this transaction wrote before it.
    let own = Request.writePart(.extended(3), offset: 10, [UInt8](repeating: 7, count: 10))
    #expect(refusal([own, read, .writePart(.extended(3), offset: 19, [1])]) == nil)
    #expect(
      refusal([.writePart(.extended(3), offset: 11, [7]), read, .writePart(.extended(3), offset: 19, [1])])
        == .notRepeatable(step: 2))
    let answer = Request.read(.extended(59), length: 16)
    #expect(refusal([call(0x0827), answer, call(0x0811), answer]) == nil)
    #expect(refusal([own, answer, call(0x0811)]) == .notRepeatable(step: 2))
    #expect(throws: TransactionRefusal.notRepeatable(step: 0)) {
      try Transaction(number: 1, [call(0x0813)], limits: limits) { $0 != 0x0813 }
    }
  }

  @Test func whatCannotBeAStepIsRefused() {
    #expect(refusal([]) == .noSteps)
    #expect(refusal([.read(.basic(1), length: 1), .read(.extended(53), length: 1)]) == .nested(step: 1))
    #expect(refusal([.writePart(.extended(52), offset: 0, [1])]) == .nested(step: 0))
    #expect(refusal([.readPart(.basic(1), offset: 1 << 24, length: 1)]) == .unencodable(step: 0))
    #expect(refusal([.writePart(.basic(1), offset: 1 << 24, [1])]) == .unencodable(step: 0))
    #expect(refusal([.write(.basic(1), [UInt8](repeating: 0, count: 65536))]) == .unencodable(step: 0))
  }

  @Test func theStateIsInTheHeadOfTheResponse() {
    #expect(TransactionState(head: [], number: 1) == .processing)
    #expect(TransactionState(head: hex("00 00 01 01 00"), number: 1) == .processing)
    #expect(TransactionState(head: hex("07 00 00 01 00"), number: 1) == .processing)
    #expect(TransactionState(head: hex("34 12 02 01 00"), number: 1) == .partial(size: 0x1234))
    #expect(TransactionState(head: hex("07 00 04 01 00"), number: 1) == .denied)
  }
}
