// SPDX-License-Identifier: Apache-2.0
// ET52 and ET53 with anything in them: what is read of them is written again as it was, a meter carries out what is whole
// once only, and a client takes nothing for an answer that is none.
import C1219
import MEP

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 4 else { return 0 }
  var octets = [UInt8](UnsafeBufferPointer(start: data + 1, count: count - 1))
  // Few inputs would tell their own size.
  if data[0] & 1 == 1 { octets.replaceSubrange(0..<2, with: [UInt8(octets.count & 0xFF), UInt8(octets.count >> 8)]) }
  if data[0] & 2 == 2, octets.count > 6 { octets.replaceSubrange(octets.count - 2..<octets.count, with: octets[3..<5]) }

  if let transaction = try? Transaction(octets: octets) {
    precondition(transaction.size <= octets.count)
    if transaction.isWhole { precondition(octets.starts(with: transaction.octets)) }
    precondition(transaction.records.allSatisfy { !$0.isEmpty })
    precondition((try? Transaction(octets: transaction.octets))?.records == transaction.records)
    check(transaction)
    var server = TransactionServer()
    let all = 0..<octets.count
    if let due = server.due(afterWriting: all, of: octets) {
      precondition(due == transaction && due.type == .requests)
      precondition(server.due(afterWriting: all, of: octets) == nil, "the same once more")
      let answered = due.answered(limit: Int(data[0]) * 8) { request in
        request.isRead ? .data([1, 2, 3]) : .done
      }
      precondition(answered.size <= max(Int(data[0]) * 8, 7) && answered.number == due.number)
      precondition(answered.type == .responses || answered.type == .partialResponses)
    }
  }
  if case .complete(let size) = TransactionState(head: octets, number: 1) { precondition(size >= 7) }
  return 0
}

/// As the answer to six requests of all kinds.
private func check(_ transaction: Transaction) {
  let requests: [Request] = [
    .read(.basic(1), length: 100), .readPart(.extended(11), offset: 0, length: 4), .write(.basic(7), [1, 2, 3]),
    .writePart(.extended(50), offset: 3, [1]), .read(.basic(28), length: 0),
    .readPart(.basic(64), offset: 9, length: 1),
  ]
  for used in 1...requests.count {
    guard let answers = try? transaction.answers(to: Array(requests.prefix(used))) else { continue }
    precondition(answers.count <= used && (answers.count == used || transaction.type == .partialResponses))
    precondition(transaction.isWhole && answers.count == transaction.records.count)
  }
}
