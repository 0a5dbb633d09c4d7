// SPDX-License-Identifier: Apache-2.0
import MEP
import MEPTransport
import Testing

@Suite("Transactions at the meter") struct TransactionServerTests {
  private let first = hex("0A 00 00 01 00 01 00 AA 01 00")
  private let second = hex("0A 00 00 02 00 01 00 AA 02 00")

  @Test func itIsDueOnceItsClosingNumberIsWritten() {
    var server = TransactionServer()
    var image = [UInt8](repeating: 0, count: 20)
    image.replaceSubrange(0..<9, with: first.prefix(9))
    #expect(server.due(afterWriting: 0..<9, of: image) == nil)
    // The octet that is missing happens to be there already: only the write of it counts.
    #expect(server.due(afterWriting: 9..<10, of: image)?.number == 1)
    image[9] = 3
    #expect(server.due(afterWriting: 9..<10, of: image) == nil, "another number")
    #expect(server.due(afterWriting: 0..<0, of: [UInt8](repeating: 0xFF, count: 20)) == nil)
  }

  @Test func theSameAgainIsNotCarriedOut() {
    var server = TransactionServer()
    #expect(server.due(afterWriting: 0..<10, of: first)?.number == 1)
    #expect(server.due(afterWriting: 0..<10, of: first + [7]) == nil)
    var other = first
    other[7] = 0xAB
    #expect(server.due(afterWriting: 0..<10, of: other)?.records == [[0xAB]], "the same number, other data")
    #expect(server.due(afterWriting: 0..<10, of: second)?.number == 2)
    #expect(server.due(afterWriting: 0..<10, of: first)?.number == 1, "not the next one any more")
  }

  @Test func onlyRequestsAreCarriedOut() {
    var server = TransactionServer()
    for type in 1...5 as ClosedRange<UInt8> {
      #expect(server.due(afterWriting: 0..<8, of: [8, 0, type, 1, 0, 0, 1, 0]) == nil)
    }
  }

  @Test func aTransactionInATransactionIsRefused() throws {
    let inner = Request.writePart(.extended(52), offset: 0, first)
    let outer = Transaction(.requests, number: 9, records: [inner.body, Request.read(.extended(52), length: 3).body])
    let response = outer.answered(limit: 100) { request in
      #expect(request.isRead)
      return .data([1, 2, 3])
    }
    #expect(response.records == [[4], [0, 0, 3, 1, 2, 3]])
  }

  /// Whatever is written to ET52: no trap, and an answer that fits and can be read.
  @Test(arguments: 0..<150 as Range<UInt64>) func anyOctets(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var server = TransactionServer()
    for _ in 0..<20 {
      var image = random.octets(in: 0...60)
      // Mostly a frame that holds, so that its records are looked at.
      if image.count >= 7, random.chance(0.9) {
        let size = Int.random(in: 7...image.count, using: &random)
        image.replaceSubrange(
          0..<3, with: [UInt8(size), 0, random.chance(0.7) ? 0 : UInt8.random(in: 0...4, using: &random)])
        image.replaceSubrange(3..<5, with: [image[size - 2], image[size - 1]])
        for i in 5..<max(5, size - 2) where random.chance(0.6) { image[i] %= 5 }
      }
      _ = TransactionState(head: Array(image.prefix(5)), number: 1)
      guard let read = try? Transaction(octets: image) else { continue }
      if read.isWhole {
        #expect(read.octets == Array(image.prefix(read.size)), "seed \(seed)")
        #expect(try Transaction(octets: read.octets) == read, "seed \(seed)")
      }
      let limit = Int.random(in: 7...60, using: &random)
      if let due = server.due(afterWriting: 0..<image.count, of: image) {
        let response = due.answered(limit: limit) { $0.isRead ? .data([1, 2]) : .done }
        #expect(response.size <= limit && response.octets.count == response.size, "seed \(seed)")
        #expect(try Transaction(octets: response.octets) == response, "seed \(seed)")
      }
      _ = try? read.answers(to: [.read(.basic(1), length: 9), .write(.basic(2), [])])
    }
  }
}
