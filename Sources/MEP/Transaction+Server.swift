// SPDX-License-Identifier: Apache-2.0
import C1219

/// The meter's side of ET52: when a transaction is due, and what ET53 then holds.
public struct TransactionServer: Sendable {
  /// The transaction carried out last. The guide compares "a CRC over the data" and tells neither which nor over what; it is
  /// not to be seen outside the meter, so the octets themselves are compared.
  private var last: [UInt8]?

  public init() {}

  /// The transaction to be carried out after a write, or nil: its closing number is not written yet or not its number, it
  /// is no request, or it is the one carried out last, which the client has sent again.
  ///
  /// - Parameters:
  ///   - range: the octets of ET52 that were written.
  ///   - image: ET52 with them.
  public mutating func due(afterWriting range: Range<Int>, of image: [UInt8]) -> Transaction? {
    guard let size = UInt16(leastFirst: image, at: 0).map({ Int($0) }), range.contains(size - 1),
      let transaction = try? Transaction(octets: image), transaction.type == .requests
    else { return nil }
    let octets = Array(image[..<size])
    guard octets != last else { return nil }
    last = octets
    return transaction
  }
}

extension Transaction {
  /// What ET53 holds after each request was answered, in at most `limit` octets (ET11.9). What no request can be is
  /// answered as it is outside of a transaction; a transaction within the transaction is refused.
  public func answered(limit: Int, by answer: (Request) -> Response) -> Transaction {
    var responses = Transaction(.responses, number: number, records: [])
    if !isWhole { responses.type = .partialResponses }
    for record in records {
      responses.records.append(Self.response(to: record, answer).body)
      if responses.size > limit {
        responses.records.removeLast()
        responses.type = .partialResponses
        break
      }
    }
    return responses
  }

  private static func response(to record: [UInt8], _ answer: (Request) -> Response) -> Response {
    let request: Request
    do throws(RequestFlaw) { request = try Request(body: record) } catch {
      return .refused(error == .unrecognized ? .unrecognizedRequest : .operationNotPossible)
    }
    if !request.isRead, request.table == requestTable { return .refused(.operationNotPossible) }
    return answer(request)
  }
}
